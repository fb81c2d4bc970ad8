package restore

import (
	"slices"
	"time"

	"snapback/approvals"
)

// Proposal is what a check found: the plan, the terms that apply, and who may fill its seats.
type Proposal struct {
	Plan     Plan
	Terms    Terms
	Members  Members
	Standing approvals.Standing // of the requester
	Seen     []string           // ids of the source's restore jobs
	SeenAt   time.Time          // the backend's clock when it listed them; zero if it told none
}

// PutUp puts the first plan up for approval.
func (r *Request) PutUp(now time.Time, installation string, p Proposal) BodyPlanned {
	p.Plan.Revision = 1
	p.Plan.Seal(installation, r.Nonce)
	r.Plan, r.Terms, r.Members = &p.Plan, &p.Terms, p.Members
	r.Seen, r.SeenAt = p.Seen, p.SeenAt
	r.Pended, r.Deadline, r.Wait = now, now.Add(p.Terms.ExpiresAfter), nil
	return BodyPlanned{Plan: p.Plan, Terms: p.Terms, Members: p.Members, Standing: p.Standing, Deadline: r.Deadline}
}

// AutoApprove puts the first plan up and approves it by policy alone.
func (r *Request) AutoApprove(now time.Time, installation string, p Proposal) BodyAutoApproved {
	p.Plan.Revision = 1
	p.Plan.Seal(installation, r.Nonce)
	r.Plan, r.Terms = &p.Plan, &p.Terms
	r.Seen, r.SeenAt = p.Seen, p.SeenAt
	r.Approved, r.Deadline, r.Wait = now, now.Add(p.Terms.SubmitWithin), nil
	return BodyAutoApproved{Plan: p.Plan, Terms: p.Terms}
}

// Refuse ends a request that cannot be put up for approval.
func (r *Request) Refuse(findings []Finding) BodyRefused {
	r.Findings = findings
	return BodyRefused{Findings: findings}
}

// Replan replaces the plan by a fresh one with the next revision. Approvals of the old one no longer count. The
// first list of seen jobs is kept. In pending the deadline stays; from later states it is as for [Request.Reopen].
func (r *Request) Replan(now time.Time, installation string, fresh Plan) BodyReplanned {
	fresh.Revision = r.Plan.Revision + 1
	fresh.PolicyDigest = r.Plan.PolicyDigest
	changed := r.Plan.Changed(&fresh)
	fresh.Seal(installation, r.Nonce)
	r.Plan, r.Aged = &fresh, nil
	r.backToPending(now)
	return BodyReplanned{Plan: fresh, Changed: changed, Deadline: r.Deadline}
}

// Drifted reports whether a fresh plan differs in what people approved, or shows a danger that they did not see.
func (r *Request) Drifted(fresh Plan, installation string) bool {
	fresh.Revision = r.Plan.Revision
	fresh.PolicyDigest = r.Plan.PolicyDigest
	fresh.Seal(installation, r.Nonce)
	if fresh.Hash != r.Plan.Hash {
		return true
	}
	known := Dangers(r.Plan.Findings)
	return slices.ContainsFunc(Dangers(fresh.Findings), func(c Code) bool { return !slices.Contains(known, c) })
}

// Reopen takes the approval back because those of the given people no longer count.
// The new deadline is a full waiting time from now, but not beyond the end of the time to submit.
func (r *Request) Reopen(now time.Time, cause ReopenCause, people []approvals.Person) BodyReopened {
	for _, p := range people {
		r.void(p)
	}
	r.backToPending(now)
	return BodyReopened{Cause: cause, People: people, Open: r.OpenGroups(), Deadline: r.Deadline}
}

func (r *Request) backToPending(now time.Time) {
	if r.State != Pending {
		r.Pended = now
		if fresh := now.Add(r.expiresAfter()); fresh.Before(r.Deadline) {
			r.Deadline = fresh
		}
	}
	r.Approved, r.Wait = time.Time{}, nil
}

// Expire ends the request if its deadline is more than grace ago, or returns nil. The pause lets a decision that was
// read in time be written.
func (r *Request) Expire(now time.Time, grace time.Duration) Body {
	switch r.State {
	case Checking, Pending, Approved, Preparing:
	case None, Sending, Running, InDoubt, Refused, Denied, Expired, Canceled, Succeeded, Failed:
		return nil
	}
	if r.Deadline.IsZero() || now.Before(r.Deadline.Add(grace)) {
		return nil
	}
	return BodyExpired{From: r.State, Deadline: r.Deadline, Wait: r.Wait}
}

// Refill approves a waiting request whose approvals fill every seat without one more, or returns nil. Nobody decides
// here, so it does that only before the deadline. The time to submit counts from the last approval: that somebody left
// does not make it longer. Where nobody has to approve, the deadline stays.
func (r *Request) Refill(now time.Time) Body {
	if !r.Filled() || !now.Before(r.Deadline) {
		return nil
	}
	var last time.Time
	for _, d := range r.Usable() {
		if d.At.After(last) {
			last = d.At
		}
	}
	if r.Approved = now; !last.IsZero() {
		r.Deadline = last.Add(r.submitWithin())
	}
	return r.approved()
}
