package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"snapback/internal/restore"
)

// place is an approved request whose turn it is, or which has to be told why it is not.
type place struct {
	subject restore.Subject
	wait    *restore.Wait // nil: it goes ahead
}

// dispatch lets approved requests go ahead in the order of their approval, each as soon as its locks are free. It
// returns when the first of those that pause is due. Locks need no look at times: who frees one commits, and that
// wakes the loop.
func (l *Loop) dispatch(ctx context.Context, now time.Time) (time.Time, error) {
	var (
		line []place
		next time.Time
	)
	err := l.store.View(ctx, func(rd restore.Reader) error {
		var err error
		line, next, err = l.line(rd, now)
		return err
	})
	if err != nil {
		return next, fmt.Errorf("list %s: %w", restore.Approved, err)
	}
	for _, p := range line {
		next = sooner(next, l.work.start(ctx, string(p.subject), now, func() (time.Duration, error) {
			if p.wait != nil {
				return 0, l.waitFor(ctx, p.subject, *p.wait)
			}
			return l.submit(ctx, p.subject)
		}))
	}
	return next, nil
}

// line judges the queue from its head. A request that may not be tried yet lets others pass: what it waits for may
// never come. One past its deadline is the reaper's.
func (l *Loop) line(rd restore.Reader, now time.Time) (out []place, next time.Time, err error) {
	queue, err := requests(rd, restore.Approved)
	if err != nil {
		return nil, next, err
	}
	slices.SortStableFunc(queue, func(a, b *restore.Request) int {
		return cmp.Or(a.Approved.Compare(b.Approved), cmp.Compare(a.Subject.Number(), b.Subject.Number()))
	})
	ahead := make(map[restore.LockKey]restore.Subject)
	for _, r := range queue {
		if !now.Before(r.Deadline) {
			continue
		}
		if pauses(r.Wait, now) {
			next = sooner(next, r.Wait.Until)
			continue
		}
		w, err := blocked(rd, r, ahead)
		if err != nil {
			return nil, next, err
		}
		if w == nil {
			if w = l.unfit(now); w != nil && w.Code == restore.WaitDisk {
				next = sooner(next, now.Add(diskPause))
			}
		}
		if w == nil || !told(r.Wait, *w) {
			out = append(out, place{r.Subject, w})
		}
	}
	return out, next, nil
}

// pauses reports whether a wait names an instant to try again that is to come. One that began in the future was noted by
// a clock that was set back since, and so was that instant.
func pauses(w *restore.Wait, now time.Time) bool {
	return w != nil && now.Before(w.Until) && !now.Before(w.Since)
}

// blocked returns what stands in the way of a request: a lock that is held, or somebody ahead in the queue who wants
// the same one. It notes what the request itself keeps from those behind it. Who waits keeps the target only:
// submitting from one source is a matter of seconds, and must not stand still for hours because of one target.
func blocked(rd restore.Reader, r *restore.Request, ahead map[restore.LockKey]restore.Subject) (*restore.Wait, error) {
	target := restore.TargetLock(r.Plan.Spec.Delivery.Target)
	var wait *restore.Wait
	for _, k := range slices.Backward(r.WantedLocks()) { // the target first: that is the long wait
		code := restore.WaitSource
		if k == target {
			code = restore.WaitTarget
		}
		lock, err := rd.Lock(k)
		if err != nil {
			return nil, err
		}
		switch holder, queued := ahead[k]; {
		case wait != nil:
		case lock != nil && lock.Holder != r.Subject:
			wait = &restore.Wait{Code: code, Holder: lock.Holder, Why: lock.Why}
		case queued:
			wait = &restore.Wait{Code: code, Holder: holder}
		}
	}
	for _, k := range r.WantedLocks() {
		if _, taken := ahead[k]; !taken && (wait == nil || k == target) {
			ahead[k] = r.Subject
		}
	}
	return wait, nil
}

// told reports whether a wait is on the card already. By how much clocks disagree changes all the time.
func told(old *restore.Wait, w restore.Wait) bool {
	return old != nil && (old.Same(w) || old.Code == restore.WaitClock && w.Code == restore.WaitClock)
}

// clock returns the wait for clocks that disagree, nil while they can be trusted.
func (l *Loop) clock(now time.Time) *restore.Wait {
	source, offset, ok := l.skew.Trusted(now)
	if ok {
		return nil
	}
	return &restore.Wait{Code: restore.WaitClock, Detail: source + " " + offset.Round(time.Second).String()}
}

// waitFor notes why an approved request is not submitted, if that is new.
func (l *Loop) waitFor(ctx context.Context, s restore.Subject, w restore.Wait) error {
	return restore.Change(ctx, l.store, s, func(tx restore.Tx, r *restore.Request) error {
		if r.State != restore.Approved || told(r.Wait, w) {
			return nil
		}
		now := time.Now()
		w.Since = now
		if body := r.WaitFor(w); body != nil {
			return restore.Record(tx, r, restore.ByBot, now, body)
		}
		return nil
	})
}
