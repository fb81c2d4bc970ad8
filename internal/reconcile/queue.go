package reconcile

import (
	"context"
	"fmt"
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

// line returns who has something to do or to be told. A request past its deadline is the reaper's.
func (l *Loop) line(rd restore.Reader, now time.Time) (out []place, next time.Time, err error) {
	queue, err := restore.ReadQueue(rd, now)
	if err != nil {
		return nil, next, err
	}
	for _, t := range queue {
		if t.Pauses {
			next = sooner(next, t.Wait.Until)
			continue
		}
		w := t.Wait
		if w == nil {
			if w = l.unfit(now); w != nil && w.Code == restore.WaitDisk {
				next = sooner(next, now.Add(diskPause))
			}
		}
		if w == nil || !told(t.Request.Wait, *w) {
			out = append(out, place{t.Request.Subject, w})
		}
	}
	return out, next, nil
}

// told reports whether enough is told of a wait already. By how much clocks disagree changes all the time.
func told(old *restore.Wait, w restore.Wait) bool {
	return old != nil && (old.Tells(w) || old.Code == restore.WaitClock && w.Code == restore.WaitClock)
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
