package restore

import (
	"slices"
	"time"

	"snapback/approvals"
)

// WaitFor says why an approved request is not submitted yet, or returns nil if enough is told of that already.
func (r *Request) WaitFor(w Wait) Body {
	moved := false
	if r.Wait != nil {
		if r.Wait.Tells(w) {
			r.Wait.Until, r.Wait.Tries = w.Until, w.Tries
			return nil
		}
		if moved = r.Wait.Code == w.Code && r.Wait.Place > 0 && w.Place > 0; moved {
			w.Since = r.Wait.Since
		}
	}
	r.Wait = &w
	return BodyWaiting{Wait: w, Moved: moved}
}

// Prepare starts an attempt. The locks must have been taken in the same transaction.
func (r *Request) Prepare(now time.Time) BodyPreparing {
	n := len(r.Attempts) + 1
	r.Attempts = append(r.Attempts, Submission{Kind: r.Plan.Spec.Submission(), Attempt: n, Prepared: now})
	return BodyPreparing{Attempt: n, Locks: r.Locks}
}

// Hold ends an attempt that certainly started nothing; the request stays approved and waits.
func (r *Request) Hold(w Wait, o Outcome) BodyHeld {
	w.Tries = r.HeldFor(w.Code)
	r.Wait = &w
	a := r.Attempt()
	a.Outcome, a.Held = o, w.Code
	return BodyHeld{Attempt: a.Attempt, Wait: w, Outcome: o}
}

// HeldFor returns how many attempts in a row, right before the latest, started nothing for the same reason. What a
// request waited for between them does not matter: a lock that was taken meanwhile mends nothing.
func (r *Request) HeldFor(code WaitCode) int {
	n := 0
	for i := len(r.Attempts) - 2; i >= 0 && r.Attempts[i].Held == code; i-- {
		n++
	}
	return n
}

// Send is recorded, durably, before the POST. From here on only evidence tells whether a restore was started.
func (r *Request) Send(now time.Time, list JobList) BodySending {
	a := r.Attempt()
	a.Sent, a.ServerDate, a.Seen = now, list.Date, ids(list.Jobs)
	return BodySending{Attempt: a.Attempt, PlanHash: r.Plan.Hash, Seen: len(a.Seen), ServerDate: list.Date}
}

// Accept takes the jobs that the backend named for the request's own.
func (r *Request) Accept(o Outcome) BodyAccepted {
	a := r.Attempt()
	a.Outcome, a.Jobs = Outcome{Kind: o.Kind, Status: o.Status}, o.Jobs
	r.Wait, r.Deadline = nil, time.Time{}
	return BodyAccepted{Attempt: a.Attempt, Jobs: Facts(o.Jobs)}
}

// Doubt records that nobody can know what became of the latest attempt.
func (r *Request) Doubt(cause DoubtCause, o Outcome, candidates []Job) BodyDoubted {
	a := r.Attempt()
	if !cause.Started() {
		a.Outcome = o
	}
	r.Wait, r.Deadline, r.Cause = nil, time.Time{}, cause
	return BodyDoubted{Cause: cause, Attempt: a.Attempt, Outcome: o, Candidates: Facts(candidates)}
}

// Unanswered notes an outcome that only the list of jobs can explain. Settle is how long after the POST the list may
// lag behind.
func (r *Request) Unanswered(o Outcome, settle time.Duration) BodyUnanswered {
	a := r.Attempt()
	a.Outcome, a.Until = o, a.Sent.Add(settle)
	return BodyUnanswered{Attempt: a.Attempt, Outcome: o, Until: a.Until}
}

// Take takes a group that was found for the request's own. By is the standing of the person who says so, nil if
// nobody had to.
func (r *Request) Take(g Group, by *approvals.Standing) BodyAdopted {
	a := r.Attempt()
	a.Jobs, r.Sighted, r.Wait, r.Deadline = g.Jobs, Sighting{}, nil, time.Time{}
	r.Absent, r.Misses, r.Lack = time.Time{}, 0, Lack{}
	body := BodyAdopted{Attempt: a.Attempt, Jobs: Facts(g.Jobs), Started: g.Jobs[0].born()}
	if r.State == InDoubt {
		body.Cause = r.Cause
	}
	if by != nil {
		body.Standing, a.Adopter = *by, by.Person
	}
	return body
}

// Fail ends a request that the backend refuses for good.
func (r *Request) Fail(o Outcome) BodyFailed {
	r.Attempt().Outcome = o
	return BodyFailed{Cause: FailRefused, Outcome: o}
}

// Candidates returns the jobs that may be the plan's although this request did not start them: not there when the
// plan was made, nobody's, and alike or near. One of them before a POST means that somebody seems to have started
// the same restore. Somebody else's restore onto the target that is over says nothing about this plan.
func (r *Request) Candidates(jobs []Job, owned func(id string) bool) []Job {
	found := r.Sight(jobs, owned)
	found.Near = slices.DeleteFunc(found.Near, func(g Group) bool {
		return !slices.ContainsFunc(g.Jobs, func(j Job) bool { return j.Phase == JobRunning })
	})
	return found.Jobs()
}

// Dropped returns the people whose usable approval no longer counts by their fresh standings, and whether some
// standing leaves it open. A person is dropped who is barred, or who left one of the groups that counted: the seat may
// rest on just that one.
func (r *Request) Dropped(fresh map[approvals.Person]approvals.Standing) (gone []approvals.Person, unclear bool) {
	for _, d := range r.Usable() {
		s, ok := fresh[d.Standing.Person]
		unread := func(g string) bool { return slices.Contains(s.Unread, g) }
		left := func(g string) bool { return !s.In(g) && !unread(g) }
		switch {
		case !ok:
			unclear = true
		case s.Barred() != approvals.Counts, slices.ContainsFunc(d.Groups, left):
			gone = append(gone, s.Person)
		case slices.ContainsFunc(d.Groups, unread):
			unclear = true
		}
	}
	return gone, unclear
}

func ids(jobs []Job) []string {
	out := make([]string, 0, len(jobs))
	for _, j := range jobs {
		out = append(out, j.ID)
	}
	return out
}
