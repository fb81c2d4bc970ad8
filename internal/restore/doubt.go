package restore

import (
	"slices"
	"time"

	"snapback/approvals"
)

// Abandon ends a doubtful request on the word of somebody who may fill a seat of it, or of its requester where there
// are no seats. The target stays locked until no unfinished job writes to it; lookAgain is when that is looked at first.
func (r *Request) Abandon(v Vote, lookAgain time.Time) (approvals.Verdict, []Body) {
	if verdict := r.inDoubt(v); verdict != approvals.Counts {
		return verdict, nil
	}
	r.Linger = lookAgain
	if a := r.Attempt(); a.Until.After(lookAgain) { // until then the list may not show what was started
		r.Linger = a.Until
	}
	return approvals.Counts, []Body{BodyAbandoned{Standing: v.Standing}}
}

// AdoptFound takes a group that was sighted for the request's own, on a person's word. Owned tells which jobs belong
// to some request meanwhile. A request that has jobs of its own takes no others, and one for a download takes none that
// does not tell the snapshot: its link would show other data.
func (r *Request) AdoptFound(v Vote, group string, owned func(id string) bool) (approvals.Verdict, []Body) {
	if verdict := r.inDoubt(v); verdict != approvals.Counts {
		return verdict, nil
	}
	if r.Started() {
		return approvals.NotPossible, nil
	}
	all := slices.Concat(r.Sighted.Alike, r.Sighted.Near)
	i := slices.IndexFunc(all, func(g Group) bool { return g.ID == group })
	if i < 0 || slices.ContainsFunc(all[i].Jobs, func(j Job) bool { return owned(j.ID) }) {
		return approvals.Gone, nil
	}
	if r.Plan.Spec.Delivery.Kind == Download && i >= len(r.Sighted.Alike) {
		return approvals.NotPossible, nil
	}
	return approvals.Counts, []Body{r.Take(all[i], &v.Standing)}
}

// Resend lets a request be submitted again on a person's word: everything is checked anew, and the first list of seen
// jobs is kept. Found is a fresh sighting; while it holds anything, or may not yet, people have to look at that first.
// A request that has started jobs is never sent again.
func (r *Request) Resend(v Vote, found Sighting) (approvals.Verdict, []Body) {
	if verdict := r.inDoubt(v); verdict != approvals.Counts {
		return verdict, nil
	}
	switch {
	case r.Started() || len(r.Seats()) == 0:
		return approvals.NotPossible, nil
	case len(found.Alike) > 0 || len(found.Near) > 0 || v.Now.Before(r.Attempt().Until):
		return approvals.LookFirst, nil
	}
	r.Deadline, r.Sighted, r.Cause = v.Now.Add(r.submitWithin()), Sighting{}, ""
	return approvals.Counts, []Body{BodyResent{Standing: v.Standing}}
}

// Finish ends a request that started a job whose record is gone, or whose jobs never all showed, on the word of a person who looked.
func (r *Request) Finish(v Vote) (approvals.Verdict, []Body) {
	if verdict := r.inDoubt(v); verdict != approvals.Counts {
		return verdict, nil
	}
	if !r.Started() {
		return approvals.NotPossible, nil
	}
	return approvals.Counts, []Body{BodyFinished{Standing: v.Standing}}
}

// See keeps what a list showed of a request in doubt, and returns what to record if that changed.
func (r *Request) See(s Sighting) Body {
	if slices.Equal(ids(r.Sighted.Jobs()), ids(s.Jobs())) {
		r.Sighted = s
		return nil
	}
	r.Sighted = s
	return BodyCandidate{Jobs: Facts(s.Jobs())}
}

// Sent reports whether the latest attempt reached the POST. Where it did not, no job is the request's own by itself.
func (r *Request) Sent() bool {
	return r.Cause == DoubtAnswer || r.Cause == DoubtCrash
}

// Reappeared returns the request's own jobs if their records were gone and some are listed again, or if some were
// missing and show now.
func (r *Request) Reappeared(jobs []Job) (Group, bool) {
	if r.Cause == DoubtMissing {
		return r.shown(jobs)
	}
	if r.Cause != DoubtGone {
		return Group{}, false
	}
	var back Group
	for _, old := range r.Jobs() {
		i := slices.IndexFunc(jobs, func(j Job) bool { return j.ID == old.ID })
		if i < 0 {
			back.Jobs = append(back.Jobs, old)
			continue
		}
		back.ID = jobs[i].ID
		back.Jobs = append(back.Jobs, jobs[i])
	}
	return back, back.ID != ""
}

// Started reports whether jobs of the request's own are known: the answer to some POST was an acceptance, or a group
// was found and taken.
func (r *Request) Started() bool {
	return slices.ContainsFunc(r.Attempts, func(a Submission) bool {
		return a.Outcome.Kind == Accepted || len(a.Jobs) > 0
	})
}

// inDoubt holds what the decisions about a doubt have in common: an entitled person, the current card, the target's
// name typed.
func (r *Request) inDoubt(v Vote) approvals.Verdict {
	if verdict := r.mayResolve(v); verdict != approvals.Counts {
		return verdict
	}
	if r.State != InDoubt {
		return approvals.Closed
	}
	return r.confirmed(v)
}

// confirmed says whether somebody decides on the current card, with the target's name typed.
func (r *Request) confirmed(v Vote) approvals.Verdict {
	switch {
	case v.Nonce != r.Nonce || v.Revision != r.Plan.Revision:
		return approvals.Outdated
	case !r.namesTarget(v.Typed):
		return approvals.WrongTarget
	}
	return approvals.Counts
}

// mayResolve holds who may decide a doubt. Where nobody has a seat, only the requester is left to do it.
func (r *Request) mayResolve(v Vote) approvals.Verdict {
	if r.Terms != nil && len(r.Seats()) == 0 && v.Standing.Person == r.Requester {
		if verdict := v.Standing.Barred(); verdict != approvals.Counts {
			return verdict
		}
		return r.ready(v)
	}
	if verdict := r.mayVote(v); verdict != approvals.Counts {
		return verdict
	}
	return r.seatFor(v.Standing, v.Standing.Groups)
}
