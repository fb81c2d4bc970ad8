package restore

import (
	"maps"
	"slices"

	"snapback/approvals"
)

// Clone returns a copy of the request that shares no memory with it.
func (r *Request) Clone() *Request {
	out := *r
	out.Asked.Collections = slices.Clone(r.Asked.Collections)
	out.Plan, out.Terms, out.Today = cloneOf(r.Plan, Plan.clone), cloneOf(r.Terms, Terms.clone), cloneOf(r.Today, Terms.clone)
	out.Members, out.Joined, out.Seen = r.Members.clone(), r.Joined.clone(), slices.Clone(r.Seen)
	out.Decisions = cloneAll(r.Decisions, approvals.Decision.Clone)
	out.Findings, out.Aged = cloneAll(r.Findings, Finding.clone), cloneAll(r.Aged, Finding.clone)
	out.Wait = cloneOf(r.Wait, Wait.clone)
	out.Attempts = cloneAll(r.Attempts, Submission.clone)
	out.Sighted.Alike = cloneAll(r.Sighted.Alike, Group.clone)
	out.Sighted.Near = cloneAll(r.Sighted.Near, Group.clone)
	out.Locks = slices.Clone(r.Locks)
	out.Stop = cloneOf(r.Stop, func(s Stopping) Stopping { return s })
	out.Protection = cloneOf(r.Protection, func(p Protection) Protection { return p })
	out.Goal = cloneOf(r.Goal, func(g GoalState) GoalState { return g })
	return &out
}

func (m Members) clone() Members {
	out := maps.Clone(m)
	for group, people := range out {
		out[group] = slices.Clone(people)
	}
	return out
}

func (p Plan) clone() Plan {
	p.Spec.Source, p.Spec.Delivery.Target = p.Spec.Source.clone(), p.Spec.Delivery.Target.clone()
	p.Spec.Scope.Namespaces = slices.Clone(p.Spec.Scope.Namespaces)
	p.Findings = cloneAll(p.Findings, Finding.clone)
	return p
}

func (c Cluster) clone() Cluster {
	c.Shards, c.Versions = slices.Clone(c.Shards), slices.Clone(c.Versions)
	return c
}

func (t Terms) clone() Terms {
	t.Seats, t.Rotating = slices.Clone(t.Seats), slices.Clone(t.Rotating)
	return t
}

func (f Finding) clone() Finding {
	f.Near = slices.Clone(f.Near)
	return f
}

func (w Wait) clone() Wait {
	w.Finding = cloneOf(w.Finding, Finding.clone)
	return w
}

func (a Submission) clone() Submission {
	a.Seen, a.Jobs, a.Outcome.Jobs = slices.Clone(a.Seen), cloneAll(a.Jobs, Job.clone), cloneAll(a.Outcome.Jobs, Job.clone)
	return a
}

func (j Job) clone() Job {
	j.Namespaces = slices.Clone(j.Namespaces)
	return j
}

func (g Group) clone() Group {
	g.Jobs = cloneAll(g.Jobs, Job.clone)
	return g
}

// cloneOf returns a pointer to a copy, nil for nil.
func cloneOf[T any](p *T, clone func(T) T) *T {
	if p == nil {
		return nil
	}
	out := clone(*p)
	return &out
}

func cloneAll[T any](s []T, clone func(T) T) []T {
	out := slices.Clone(s)
	for i := range out {
		out[i] = clone(out[i])
	}
	return out
}
