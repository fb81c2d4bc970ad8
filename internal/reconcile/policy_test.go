package reconcile_test

import (
	"slices"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/reconcile"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// asking are policies of which the first is for people on duty only.
func asking(requester string) []restore.Policy {
	first := policy("duty", "*/*/orders-staging", "dba", "leads")
	first.Match.Requesters = []string{requester}
	return []restore.Policy{first, policy("rest", "*/*/*", "dba", "leads", "oncall")}
}

// auto lets a policy approve by itself what goes onto scratch clusters.
func auto() restore.Policy {
	p := policy("auto", "*/*/scratch-*")
	p.Match.Source, p.Terms.Auto = patterns("*/*/*"), true
	return p
}

// configure restarts the process with other policies.
func (r *rig) configure(policies ...restore.Policy) {
	r.t.Helper()
	r.stop()
	r.planner = reconcile.NewPlanner([]restore.Backend{r.backend}, policies, r.people)
	r.handler = commands.NewHandler(commands.Options{
		Store: r.store.Store, Directory: r.people, Planner: r.planner, Timings: r.set.timings, Poll: poll,
	})
	r.start()
}

// join puts people into a group, and nobody else.
func (r *rig) join(group string, users ...string) {
	r.people.change(func(d *directory) { d.groups[group] = users })
}

// unread has groups that cannot be read.
func (r *rig) unread(groups ...string) {
	r.people.change(func(d *directory) { d.unread = groups })
}

// votes has somebody press approve, and returns the verdict.
func (r *rig) votes(user string, s restore.Subject) approvals.Verdict {
	r.t.Helper()
	q := r.get(s)
	return as[commands.Decided](r, r.do(user, commands.Approve{Card: commands.CardOf(q), Typed: q.ConfirmName()})).Verdict
}

// TestPolicyChanges restarts with another configuration while a request is in each state.
func TestPolicyChanges(t *testing.T) {
	t.Parallel()
	usual := policy("staging", "*/*/orders-staging", "dba", "leads")
	stricter := policy("staging", "*/*/orders-staging", "dba", "leads", "oncall")
	looser := policy("staging", "*/*/orders-staging", "leads")
	other := policy("other", "*/*/scratch-*", "leads")
	ticket := usual
	ticket.Terms.Reason.Ticket = "CHG-[0-9]+"
	states := map[string]func(r *rig) restore.Subject{
		"pending":      func(r *rig) restore.Subject { return r.pending(line) },
		"one approval": func(r *rig) restore.Subject { s := r.pending(line); r.approve(s, "dba1"); return s },
		"approved":     func(r *rig) restore.Subject { return held(r) },
		"running":      func(r *rig) restore.Subject { return r.running(line) },
		"in doubt":     func(r *rig) restore.Subject { return doubtful(r, fake.Fault{Kind: fake.Drop}) },
	}
	same := map[string]restore.State{
		"pending": restore.Pending, "one approval": restore.Pending, "approved": restore.Approved,
		"running": restore.Running, "in doubt": restore.InDoubt,
	}
	but := func(state restore.State, names ...string) map[string]restore.State {
		out := make(map[string]restore.State)
		for name := range same {
			if out[name] = same[name]; slices.Contains(names, name) {
				out[name] = state
			}
		}
		return out
	}
	waiting := []string{"pending", "one approval", "approved"}
	for change, tt := range map[string]struct {
		policies []restore.Policy
		want     map[string]restore.State
		open     []string // groups of open seats of the pending
	}{
		"nothing":         {[]restore.Policy{usual}, same, nil},
		"stricter":        {[]restore.Policy{stricter}, but(restore.Pending, "approved"), []string{"oncall"}},
		"looser":          {[]restore.Policy{looser}, same, nil},
		"no policy":       {[]restore.Policy{other}, but(restore.Canceled, waiting...), nil},
		"another ticket":  {[]restore.Policy{ticket}, but(restore.Canceled, waiting...), nil},
		"another decides": {[]restore.Policy{policy("first", "*/*/*", "oncall"), usual}, but(restore.Pending, "approved"), []string{"oncall"}},
	} {
		for name, prepare := range states {
			t.Run(change+", "+name, func(t *testing.T) {
				t.Parallel()
				run(t, func(s *settings) {
					s.policies, s.manager.JobDuration = []restore.Policy{usual}, 5*time.Hour
				}, func(r *rig) {
					s := prepare(r)
					sent := len(r.server.Posts())
					r.configure(tt.policies...)
					q := r.stays(s, tt.want[name], time.Minute)
					if q.State == restore.Pending {
						for _, g := range tt.open {
							if !slices.Contains(q.OpenGroups(), g) {
								r.t.Errorf("open are %v, want %v, too", q.OpenGroups(), g)
							}
						}
					}
					if got := len(r.server.Posts()); got != sent {
						r.t.Errorf("%d POSTs, want %d", got, sent)
					}
				})
			})
		}
	}
}

// TestStricterIsFilled goes on with a request that a stricter policy reopened when people fill its new seat, and sends it
// once.
func TestStricterIsFilled(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := held(r)
		r.configure(policy("staging", "*/*/orders-staging", "dba", "leads", "oncall"))
		r.reach(s, restore.Pending)
		r.expect(r.votes("colleague", s), approvals.NotEntitled)
		r.approve(s, "dba2")
		r.reachable(true)
		r.reach(s, restore.Succeeded)
		r.posts(1, 1)
	})
}

// TestRequesterLeavesGroup has who asked leave the group that the policy asks for.
func TestRequesterLeavesGroup(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.policies = asking("duty") }, func(r *rig) {
		r.join("duty", "engineer")
		s := r.pending(line)
		r.join("duty")
		r.expect(r.votes("dba1", s), approvals.PolicyChanged) // at once, not when somebody looks
		q := r.until(s, "today's policy", func(q *restore.Request) bool { return q.Today != nil })
		if !slices.Equal(q.OpenGroups(), []string{"dba", "leads", "oncall"}) {
			r.t.Errorf("open are %v", q.OpenGroups())
		}
		r.approve(s, "dba1", "lead1")
		r.stays(s, restore.Pending, time.Hour)
		r.approve(s, "dba2")
		r.reach(s, restore.Running)
		r.posts(1, 1)
	})
}

// TestRequesterLeavesGroupLast has who asked leave the group when everybody has approved: it is noticed before the POST.
func TestRequesterLeavesGroupLast(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.policies = asking("duty") }, func(r *rig) {
		r.join("duty", "engineer")
		s := r.pending(line)
		r.approve(s, "dba1")
		r.stop()
		r.approve(s, "lead1")
		r.join("duty")
		r.start()
		q := r.reach(s, restore.Pending)
		if !slices.Equal(q.OpenGroups(), []string{"oncall"}) || len(r.locks(s)) != 0 {
			r.t.Errorf("open are %v, locks %v", q.OpenGroups(), r.locks(s))
		}
		r.posts(0, 0)
	})
}

// TestGroupCannotBeRead has the group of requesters unreadable at each moment that needs it: nothing is decided, and it
// goes on when it can be read.
func TestGroupCannotBeRead(t *testing.T) {
	t.Parallel()
	duty := func(s *settings) { s.policies = asking("duty") }
	t.Run("while it is checked", func(t *testing.T) {
		t.Parallel()
		run(t, duty, func(r *rig) {
			r.join("duty", "engineer")
			r.unread("duty")
			s := r.file(line)
			r.stays(s, restore.Checking, 5*time.Minute)
			r.unread()
			if q := r.reach(s, restore.Pending); q.Terms.Policy != "duty" {
				r.t.Errorf("policy %s", q.Terms.Policy)
			}
		})
	})
	t.Run("while it is pending", func(t *testing.T) {
		t.Parallel()
		run(t, duty, func(r *rig) {
			r.join("duty", "engineer")
			s := r.pending(line)
			n := r.get(s).N
			r.unread("duty")
			r.expect(r.votes("dba1", s), approvals.PolicyUnread)
			if q := r.stays(s, restore.Pending, 30*time.Minute); q.N != n {
				r.t.Errorf("events %v", r.kinds(s))
			}
			r.unread()
			r.approve(s, "dba1", "lead1")
			r.reach(s, restore.Running)
		})
	})
	t.Run("before it is sent", func(t *testing.T) {
		t.Parallel()
		run(t, duty, func(r *rig) {
			r.join("duty", "engineer")
			s := r.pending(line)
			r.approve(s, "dba1")
			r.stop()
			r.approve(s, "lead1")
			r.unread("duty")
			r.start()
			r.waits(s, restore.WaitStanding)
			r.stays(s, restore.Approved, time.Hour)
			r.posts(0, 0)
			r.unread()
			r.reach(s, restore.Running)
			r.posts(1, 1)
		})
	})
}

// TestRenamedOntoAnotherPolicy has the target renamed so that another policy is for it: the new plan stands under both at
// once, without a pause.
func TestRenamedOntoAnotherPolicy(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.pending(line)
		r.become(recluster("orders-staging", func(c *fake.Cluster) { c.Name = "orders-live" }))
		r.approve(s, "dba1", "lead1")
		r.until(s, "both policies", func(q *restore.Request) bool { return q.Today != nil && q.Today.Policy == "rest" })
		r.pass(time.Minute)
		r.approve(s, "dba2", "lead2")
		r.reach(s, restore.Running)
		r.posts(1, 1)
		if planned := r.at(s, restore.KindReplanned); r.at(s, restore.KindRuled).Sub(planned) > time.Second {
			r.t.Errorf("ruled %s after the plan", r.at(s, restore.KindRuled).Sub(planned))
		}
	})
}

// at returns when something last happened to a request.
func (r *rig) at(s restore.Subject, kind restore.Kind) time.Time {
	r.t.Helper()
	out := time.Time{}
	for _, e := range r.events(s) {
		if e.Kind == kind {
			out = e.At
		}
	}
	return out
}
