package restore

import (
	"cmp"
	"slices"
	"time"
)

// Turn is an approved request in the queue, with what keeps it from going ahead.
type Turn struct {
	Request *Request
	Wait    *Wait // nil: nothing in the store does
	Pauses  bool  // it was tried; Wait says why, and until when it is left alone
}

// Queue is every approved request that has not expired (all of them wait where the store is an old copy), in the order in which they may go ahead: by the time of their
// approval, and by number where that is equal. The time is stored with the request and survives restarts and attempts
// that started nothing, so whoever comes back to the queue comes back to their old place.
//
// Who waits keeps their target from those behind, but not their source: submitting is a matter of seconds and must not
// stand still for hours because of one target. Who pauses after an attempt that started nothing lets others pass, since
// what it waits for may never come; only where the target itself was found busy would those behind find the same, so
// there it keeps its place.
//
// Nobody starves. All locks of a request are taken in one step or none is, so nobody waits while holding any, and crossed
// sources and targets cannot block each other. A return to the queue frees both locks, and a pause follows it in which
// the next one goes. Whoever takes a target during a pause is the last to do so: when the pause is over, the request is
// ahead again of all who were approved later.
type Queue []Turn

// ReadQueue reads and judges the queue as of now.
func ReadQueue(rd Reader, now time.Time) (Queue, error) {
	subjects, err := rd.InState(Approved)
	if err != nil {
		return nil, err
	}
	var waiting []*Request
	for _, s := range subjects {
		r, err := rd.Request(s)
		if err != nil {
			return nil, err
		}
		if now.Before(r.Deadline) {
			waiting = append(waiting, r)
		}
	}
	slices.SortStableFunc(waiting, func(a, b *Request) int {
		return cmp.Or(a.Approved.Compare(b.Approved), cmp.Compare(a.Subject.Number(), b.Subject.Number()))
	})
	old, err := rd.Recovery()
	if err != nil {
		return nil, err
	}
	out := make(Queue, 0, len(waiting))
	seen := make(lines)
	for _, r := range waiting {
		if old != nil {
			out = append(out, Turn{Request: r, Wait: &Wait{Code: WaitRecovery}})
			continue
		}
		t, err := seen.turn(rd, r, now)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// Blocker returns the first unfinished job in the list that keeps the plan from being sent, and whether there is one: a
// job that writes to its target, or another download of Atlas, which refuses a second one of the same cluster
// (CANNOT_DOWNLOAD_SNAPSHOT_CONCURRENTLY in its list of error codes).
func (p Plan) Blocker(jobs []Job) (Job, bool) {
	alone := p.BackendKind == Atlas && p.Spec.Delivery.Kind == Download
	i := slices.IndexFunc(jobs, func(j Job) bool {
		return p.Writes([]Job{j}) || alone && j.Delivery == Download && j.Phase == JobRunning
	})
	if i < 0 {
		return Job{}, false
	}
	return jobs[i], true
}

// lines is what the requests seen so far keep from those behind them.
type lines map[LockKey]line

// line is who is ahead for one lock.
type line struct {
	keeper  Subject // the first of those who keep it from others
	waiting int     // how many wait for it
}

// turn judges the next request of the queue.
func (l lines) turn(rd Reader, r *Request, now time.Time) (Turn, error) {
	t := Turn{Request: r, Pauses: r.Wait.pauses(now)}
	target := TargetLock(r.Plan.Spec.Delivery.Target)
	if t.Pauses {
		w := *r.Wait
		if w.Code == WaitTarget {
			w.Place = l.join(target, r.Subject, true)
		}
		t.Wait = &w
		return t, nil
	}
	wanted := r.WantedLocks()
	for _, k := range slices.Backward(wanted) { // the target first: that is the long wait
		holder, why, err := l.holder(rd, k, r.Subject)
		if err != nil {
			return t, err
		}
		if holder != "" && t.Wait == nil {
			t.Wait = &Wait{Code: WaitSource, Holder: holder, Why: why}
			if k == target {
				t.Wait.Code = WaitTarget
			}
		}
	}
	for _, k := range wanted {
		switch {
		case t.Wait == nil:
			l.join(k, r.Subject, false)
		case k == target:
			place := l.join(k, r.Subject, true)
			if t.Wait.Code == WaitTarget {
				t.Wait.Place = place
			}
		case t.Wait.Code == WaitSource:
			t.Wait.Place = l.wait(k)
		}
	}
	return t, nil
}

// holder returns who keeps a lock from a request: who holds it, and why if it has ended, else the first ahead that keeps
// it; "" if nobody does.
func (l lines) holder(rd Reader, k LockKey, s Subject) (Subject, KeptWhy, error) {
	lock, err := rd.Lock(k)
	if err != nil {
		return "", "", err
	}
	if lock != nil && lock.Holder != s {
		return lock.Holder, lock.Why, nil
	}
	return l[k].keeper, "", nil
}

// join keeps a lock from those behind, and returns the place of who waits for it.
func (l lines) join(k LockKey, s Subject, waits bool) (place int) {
	here := l[k]
	if here.keeper == "" {
		here.keeper = s
	}
	l[k] = here
	if waits {
		place = l.wait(k)
	}
	return place
}

// wait counts one more who waits for a lock, and returns the place.
func (l lines) wait(k LockKey) (place int) {
	here := l[k]
	here.waiting++
	l[k] = here
	return here.waiting
}
