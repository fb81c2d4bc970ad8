package restore

import (
	"time"

	"snapback/approvals"
)

// Stopping is somebody's wish that the jobs of a running request be canceled. The wish is durable before the backend is asked;
// whether it came in time, the jobs tell.
type Stopping struct {
	By     approvals.Person `json:"by"`
	At     time.Time        `json:"at"`
	Reason string           `json:"reason,omitempty"`
	Taken  time.Time        `json:"taken,omitzero"` // when the backend said that it does it; zero: it has not
	Never  bool             `json:"never,omitempty"`
}

// RefusedWhy says why a backend does not cancel.
type RefusedWhy string

// The reasons of a [BodyCancelRefused].
const (
	RefusedNever  RefusedWhy = "never"  // it does not cancel this job
	RefusedDenied RefusedWhy = "denied" // the credential may not do that; somebody may ask again
)

// The bodies of events about the cancel of a running request.
type (
	// BodyCancelAsked notes that somebody wants the jobs canceled. The backend has not been asked yet.
	BodyCancelAsked struct {
		Standing approvals.Standing `json:"standing"`
		Reason   string             `json:"reason,omitempty"`
	}
	// BodyCancelRefused notes that the backend does not do it. The jobs go on.
	BodyCancelRefused struct {
		Why    RefusedWhy `json:"why"`
		Detail string     `json:"detail,omitempty"` // for people, without secrets
	}
)

// Kind implements [Body].
func (BodyCancelAsked) Kind() Kind   { return KindCancelAsked }
func (BodyCancelRefused) Kind() Kind { return KindCancelRefused } // Kind implements [Body].

// Cancels reports whether jobs of the plan can be canceled, as far as its backend tells before: only Atlas cancels, and only
// downloads (Atlas Administration API Error Codes, CANNOT_CANCEL_AUTOMATED_RESTORE); Flex clusters have no resource for it.
func (p Plan) Cancels() bool {
	return p.BackendKind == Atlas && p.Spec.Delivery.Kind == Download && p.Spec.Source.Type != Flex
}

// Cancelable reports whether somebody can have the jobs of the request canceled now.
func (r *Request) Cancelable() bool {
	return r.State == Running && r.Plan != nil && r.Plan.Cancels() && (r.Stop == nil || !r.Stop.Never)
}

// Stops reports whether somebody wants the jobs canceled and the backend has not said yet what it makes of that.
func (r *Request) Stops() bool {
	return r.State == Running && r.Stop != nil && r.Stop.Taken.IsZero() && !r.Stop.Never
}

// cancelRunning notes that somebody who could fill a seat wants the jobs canceled. That they cannot be, everybody is told.
func (r *Request) cancelRunning(v Vote) (approvals.Verdict, []Body) {
	if !r.Cancelable() {
		return approvals.NotPossible, nil
	}
	if verdict := v.Standing.Barred(); verdict != approvals.Counts {
		return verdict, nil
	}
	if verdict := r.ready(v); verdict != approvals.Counts {
		return verdict, nil
	}
	if v.Nonce != "" && v.Nonce != r.Nonce {
		return approvals.Outdated, nil
	}
	if verdict := r.seatFor(v.Standing, v.Standing.Groups); verdict != approvals.Counts && !v.Today.seats(v.Standing) {
		return verdict, nil
	}
	if r.Stop != nil {
		return approvals.Repeated, nil
	}
	r.Stop = &Stopping{By: v.Standing.Person, At: v.Now, Reason: v.Reason}
	return approvals.Counts, []Body{BodyCancelAsked{Standing: v.Standing, Reason: v.Reason}}
}

// StopTaken notes that the backend said it cancels. Until the jobs show it, the request runs.
func (r *Request) StopTaken(now time.Time) { r.Stop.Taken = now }

// StopRefused notes that the backend does not cancel. Where that may change, somebody can ask again.
func (r *Request) StopRefused(why RefusedWhy, detail string) BodyCancelRefused {
	if why == RefusedDenied {
		r.Stop = nil
	} else {
		r.Stop.Never = true
	}
	return BodyCancelRefused{Why: why, Detail: detail}
}

// killed is the end of a request whose jobs were canceled.
func (r *Request) killed(facts []JobFact) BodyCanceled {
	body := BodyCanceled{Cause: CancelKilled, Jobs: facts}
	if r.Stop != nil && !r.Stop.Never {
		body.Cause, body.Reason = CancelStopped, r.Stop.Reason
	}
	return body
}

// vanished is the end of a request whose backend said that it cancels, and which knows no record of the jobs since. Without
// that word nobody can know what became of them.
func (r *Request) vanished() Body {
	if r.Stop == nil || r.Stop.Taken.IsZero() {
		return nil
	}
	jobs := r.Attempt().Jobs
	for i := range jobs {
		if jobs[i].Phase == JobRunning {
			jobs[i].Phase, jobs[i].Status = JobKilled, ""
		}
	}
	return r.killed(Facts(jobs))
}
