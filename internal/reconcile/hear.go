package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"snapback/internal/restore"
)

// hearPause is how often servers are asked while the clock is not trusted.
const hearPause = 30 * time.Second

// hear asks every server something while the clock is not trusted, for the date of its answer: requests that wait for
// the clock ask nobody, so without it nothing could ever end their wait.
func (l *Loop) hear(ctx context.Context, now time.Time) (time.Time, error) {
	if l.clock(now) == nil {
		return time.Time{}, nil
	}
	return l.work.start(ctx, "clock", now, func() (time.Duration, error) {
		return hearPause, errors.Join(l.planner.hear(ctx), l.hearSlack(ctx))
	}), nil
}

// hear makes a call to each backend.
func (p *Planner) hear(ctx context.Context) error {
	var errs []error
	for _, b := range p.backends {
		if _, err := b.Clusters(ctx); err != nil {
			errs = append(errs, fmt.Errorf("ask %s for its clock: %w", b.Name(), err))
		}
	}
	return errors.Join(errs...)
}

// hearSlack has somebody looked up who waits for an answer. Where nobody does, nothing hangs on the clock.
func (l *Loop) hearSlack(ctx context.Context) error {
	var r *restore.Request
	err := l.store.View(ctx, func(rd restore.Reader) error {
		r = nil
		open, err := rd.InState(restore.OpenStates()...)
		if err != nil || len(open) == 0 {
			return err
		}
		r, err = rd.Request(open[0])
		return err
	})
	if err != nil || r == nil {
		return err
	}
	if _, err := l.directory.Standing(ctx, r.Requester); err != nil {
		return fmt.Errorf("ask Slack for its clock: %w", err)
	}
	return nil
}
