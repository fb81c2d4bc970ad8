package reconcile

import (
	"context"
	"fmt"
	"time"

	"snapback/internal/restore"
)

// reap expires what is past its deadline, reminds people of doubts, and looks after locks that ended requests left. It
// returns when the next request is due. Nothing is due while the clock is not trusted, or before people could have
// reached us for a while.
func (l *Loop) reap(ctx context.Context, now time.Time) (time.Time, error) {
	if l.clock(now) != nil {
		return now.Add(intakeUp), nil
	}
	up := l.intake.Up()
	if up.IsZero() {
		return now.Add(intakeUp), nil
	}
	if ready := up.Add(intakeUp); now.Before(ready) {
		return ready, nil
	}
	var (
		due  []restore.Subject
		next time.Time
	)
	err := l.store.View(ctx, func(r restore.Reader) error {
		var err error
		if due, err = r.Due(restore.ClassRequest, now.Add(-l.timings.Grace), batch); err != nil {
			return err
		}
		next, err = r.NextDue(restore.ClassRequest)
		return err
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("read what is due: %w", err)
	}
	for _, s := range due {
		if err := l.expire(ctx, s); err != nil && ctx.Err() == nil {
			l.log.WarnContext(ctx, "expire later", "request", s, "error", err)
		}
	}
	if next.IsZero() {
		return next, nil
	}
	return later(next.Add(l.timings.Grace), now.Add(firstRetry)), nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (l *Loop) expire(ctx context.Context, s restore.Subject) error {
	linger := false
	bare := "" // the backend of a target that has no snapshot yet
	err := restore.Change(ctx, l.store, s, func(tx restore.Tx, r *restore.Request) error {
		now := time.Now()
		linger, bare = r.State.Ended() && !r.Linger.IsZero(), ""
		if r.Unprotected() {
			bare = r.Plan.Spec.Delivery.Target.Backend
		}
		body := r.Expire(now, l.timings.Grace)
		if body == nil {
			body = r.Remind(now)
		}
		if body == nil {
			body = r.Lapse(now)
		}
		if body == nil {
			return nil
		}
		return restore.Record(tx, r, restore.ByBot, now, body)
	})
	if err == nil && linger {
		l.work.start(ctx, "linger/"+string(s), time.Now(), func() (time.Duration, error) { return 0, l.linger(ctx, s) })
	}
	if err == nil && bare != "" {
		l.work.start(ctx, "protect/"+bare, time.Now(), func() (time.Duration, error) { return 0, l.protect(ctx, bare) })
	}
	return err
}
