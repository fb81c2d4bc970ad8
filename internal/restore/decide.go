package restore

import (
	"strings"
	"time"

	"snapback/approvals"
)

// Vote is what a person brings to a decision. Everything in it is judged inside the transaction that records it.
type Vote struct {
	Standing approvals.Standing
	Today    Ruling    // what the configuration says about the request now
	Revision int       // of the plan on the card; 0 where a typed command carries none
	Nonce    string    // of the card; "" likewise
	Typed    string    // the target's name as the person typed it
	Reason   string    //
	Read     time.Time // when the envelope was read; deadlines are compared with this
	Now      time.Time
	Limits   Timings
}

// Approve notes a person's approval and, when it fills the last seat, approves the request. The bodies are to be
// recorded in their order; none means that nothing changed, and the verdict says why.
func (r *Request) Approve(v Vote) (approvals.Verdict, []Body) {
	if verdict := r.mayVote(v); verdict != approvals.Counts {
		return verdict, nil
	}
	who := v.Standing.Person
	switch r.State {
	case Pending:
	case Expired:
		return approvals.TooLate, nil
	case None, Checking, Approved, Preparing, Sending, Running, InDoubt, Refused, Denied, Canceled, Succeeded, Failed:
		if r.approvedBy(who, nil) {
			return approvals.Repeated, nil
		}
		return approvals.Closed, nil
	}
	if v.Nonce != r.Nonce || v.Revision != r.Plan.Revision {
		return approvals.Outdated, nil
	}
	if r.late(v) {
		return approvals.TooLate, nil
	}
	if verdict := r.ruled(v.Today); verdict != approvals.Counts {
		return verdict, nil
	}
	groups := r.counted(who, v.Standing.Groups)
	if verdict := r.seatFor(v.Standing, groups); verdict != approvals.Counts {
		return verdict, nil
	}
	if r.approvedBy(who, groups) {
		return approvals.Repeated, nil
	}
	if r.Confirmation() == ConfirmTarget && !r.namesTarget(v.Typed) {
		return approvals.WrongTarget, nil
	}
	verdict := approvals.Counts
	if !r.Helps(who, groups) {
		verdict = approvals.NoSeatOpen
	}
	return verdict, r.noteApproval(v, groups, verdict)
}

func (r *Request) noteApproval(v Vote, groups []string, verdict approvals.Verdict) []Body {
	d := approvals.Decision{
		N: r.N + 1, Choice: approvals.Approve, Revision: r.Plan.Revision, PlanHash: r.Plan.Hash, Nonce: r.Nonce,
		Standing: v.Standing, Groups: groups, At: v.Now,
	}
	r.Decisions = append(r.Decisions, d)
	bodies := []Body{BodyApproval{
		Decision: d, Verdict: verdict, PolicyDigest: r.Terms.Digest, Today: v.Today.Terms.Digest, Open: r.OpenGroups(),
	}}
	if !r.Filled() {
		return bodies
	}
	r.Approved, r.Deadline = v.Now, v.Now.Add(r.submitWithin())
	return append(bodies, r.approved())
}

// Deny ends the request by one entitled person's no, even after enough approvals, until it is sent.
func (r *Request) Deny(v Vote) (approvals.Verdict, []Body) {
	if verdict := r.mayVote(v); verdict != approvals.Counts {
		return verdict, nil
	}
	switch r.State {
	case Pending, Approved, Preparing:
	case Expired:
		return approvals.TooLate, nil
	case None, Checking, Sending, Running, InDoubt, Refused, Denied, Canceled, Succeeded, Failed:
		return approvals.Closed, nil
	}
	if v.Nonce != "" && v.Nonce != r.Nonce || v.Revision != 0 && v.Revision != r.Plan.Revision {
		return approvals.Outdated, nil
	}
	if r.late(v) {
		return approvals.TooLate, nil
	}
	if verdict := r.seatFor(v.Standing, v.Standing.Groups); verdict != approvals.Counts && !v.Today.seats(v.Standing) {
		return verdict, nil
	}
	if strings.TrimSpace(v.Reason) == "" {
		return approvals.ReasonNeeded, nil
	}
	d := approvals.Decision{
		N: r.N + 1, Choice: approvals.Deny, Revision: r.Plan.Revision, PlanHash: r.Plan.Hash, Nonce: r.Nonce,
		Standing: v.Standing, Groups: v.Standing.Groups, At: v.Now, Reason: v.Reason,
	}
	r.Decisions = append(r.Decisions, d)
	return approvals.Counts, []Body{BodyDenied{Decision: d, PolicyDigest: r.Terms.Digest, Today: v.Today.Terms.Digest}}
}

// Cancel ends the request on its requester's word, until it is sent. Once it runs, whoever may fill a seat can have its jobs
// canceled, where the backend does that.
func (r *Request) Cancel(v Vote) (approvals.Verdict, []Body) {
	if r.State == Running {
		return r.cancelRunning(v)
	}
	if v.Standing.Person != r.Requester {
		return approvals.NotEntitled, nil
	}
	switch r.State {
	case Checking, Pending, Approved, Preparing:
	case None, Sending, Running, InDoubt, Refused, Denied, Expired, Canceled, Succeeded, Failed:
		return approvals.Closed, nil
	}
	if v.Nonce != "" && v.Nonce != r.Nonce {
		return approvals.Outdated, nil
	}
	return approvals.Counts, []Body{BodyCanceled{Cause: CancelRequester, Reason: v.Reason}}
}

// mayVote holds what every decision of another person than the requester has in common.
func (r *Request) mayVote(v Vote) approvals.Verdict {
	if verdict := v.Standing.Barred(); verdict != approvals.Counts {
		return verdict
	}
	if r.Ban().Covers(v.Standing.Person) {
		return approvals.OwnRequest
	}
	return r.ready(v)
}

// ready reports whether there is something to decide, and a standing to decide it with.
func (r *Request) ready(v Vote) approvals.Verdict {
	if r.Terms == nil { // and so no plan
		return approvals.Closed
	}
	if !v.Standing.Fresh(v.Now, v.Limits.StandingAge) {
		return approvals.Stale
	}
	return approvals.Counts
}

// ruled reports whether an approval can be counted under what the configuration says. A policy that says something else
// than the card shows has to be on the card first.
func (r *Request) ruled(today Ruling) approvals.Verdict {
	switch {
	case today.Matching == CannotTell:
		return approvals.PolicyUnread
	case !r.Rules(today):
		return approvals.PolicyChanged
	}
	return approvals.Counts
}

// seats reports whether a person could fill a seat of the ruling's terms.
func (o Ruling) seats(s approvals.Standing) bool {
	return o.Matching == Matches && approvals.Entitled(o.Terms.Seats, s.Groups)
}

// late reports whether a decision about a pending request comes too late: read at or after the deadline, or so long
// after it that the reaper may already have been there.
func (r *Request) late(v Vote) bool {
	return !v.Read.Before(r.Deadline) || v.Now.After(r.Deadline.Add(v.Limits.Grace))
}

// seatFor says whether a person, by the groups that count, could fill some seat, and if not, why.
func (r *Request) seatFor(s approvals.Standing, groups []string) approvals.Verdict {
	seats := r.Seats()
	switch {
	case approvals.Entitled(seats, groups):
		return approvals.Counts
	case approvals.Entitled(seats, s.Unread):
		return approvals.GroupUnread
	case approvals.Entitled(seats, s.Groups):
		return approvals.JoinedLater
	}
	return approvals.NotEntitled
}

// Confirmation returns how an approval of the current plan is confirmed: the strongest way that the terms that hold ask
// for. A danger always asks for the name.
func (r *Request) Confirmation() Confirm {
	if len(Dangers(r.Plan.Findings)) > 0 {
		return ConfirmTarget
	}
	for _, t := range r.Holding() {
		if t.Confirmation(r.Plan.Spec.Delivery.Kind) == ConfirmTarget {
			return ConfirmTarget
		}
	}
	return ConfirmDialog
}

// ConfirmName returns what an approver types: the target's name, or the source's where there is no target.
func (r *Request) ConfirmName() string {
	if d := r.Plan.Spec.Delivery; d.Kind == Automated {
		return d.Target.Name
	}
	return r.Plan.Spec.Source.Name
}

func (r *Request) namesTarget(typed string) bool { return strings.TrimSpace(typed) == r.ConfirmName() }
