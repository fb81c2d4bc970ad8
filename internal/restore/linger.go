package restore

import (
	"time"

	"snapback/approvals"
)

// KeptWhy says why an ended request keeps its target locked.
type KeptWhy string

// The reasons. Both end when the list of jobs shows no unfinished job onto the target, or by a person's release.
const (
	KeptJobs   KeptWhy = "jobs"   // an unfinished job may still write to it
	KeptUnseen KeptWhy = "unseen" // the list of jobs can no longer be seen, so that only a person can free it
)

// Lingers reports whether the request has ended and still keeps its target.
func (r *Request) Lingers() bool { return r.State.Ended() && len(r.Locks) > 0 }

// LookAgain keeps the target's lock of an ended request and says when to look next. It returns what to record if why it
// is kept has changed, else nil.
func (r *Request) LookAgain(why KeptWhy, at time.Time) Body {
	r.Linger = at
	if r.Kept == why {
		return nil
	}
	r.Kept = why
	return BodyKept{Why: why}
}

// Release frees the locks that an ended request still holds, when it is recorded.
func (r *Request) Release() BodyReleased {
	body := BodyReleased{Locks: r.Locks, Why: r.Kept}
	r.Linger = time.Time{}
	return body
}

// ReleaseBy frees what an ended request still holds on the word of somebody who may decide a doubt of it, with the
// target's name typed.
func (r *Request) ReleaseBy(v Vote) (approvals.Verdict, []Body) {
	if verdict := r.mayResolve(v); verdict != approvals.Counts {
		return verdict, nil
	}
	if !r.Lingers() {
		return approvals.Closed, nil
	}
	if verdict := r.confirmed(v); verdict != approvals.Counts {
		return verdict, nil
	}
	body := r.Release()
	body.Standing = v.Standing
	return approvals.Counts, []Body{body}
}

// keepsTarget reports whether an ended request keeps a lock: the target's, as long as somebody has to look at it.
func (r *Request) keepsTarget(k LockKey) bool {
	return !r.Linger.IsZero() && r.Plan != nil && k == TargetLock(r.Plan.Spec.Delivery.Target)
}

// explain has the records of the locks that an ended request keeps say why.
func (r *Request) explain(tx Tx) error {
	if len(r.Locks) == 0 {
		r.Linger, r.Kept = time.Time{}, ""
		return nil
	}
	if r.Kept == "" {
		r.Kept = KeptJobs
	}
	for _, k := range r.Locks {
		l, err := tx.Lock(k)
		if err != nil {
			return err
		}
		if l == nil || l.Why == r.Kept {
			continue
		}
		l.Why = r.Kept
		if err := tx.PutLock(*l); err != nil {
			return err
		}
	}
	return nil
}

// Writes reports whether some unfinished job in the list writes to the plan's target.
func (p Plan) Writes(jobs []Job) bool {
	if p.Spec.Delivery.Kind != Automated {
		return false // there is no target
	}
	for _, j := range jobs {
		if j.Phase == JobRunning && p.Compare(j) != Unlike {
			return true
		}
	}
	return false
}
