package reconcile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"snapback/internal/restore"
)

// Loop is the reconciler. Its Run may be called once.
type Loop struct {
	store     Store
	planner   *Planner
	directory Directory
	intake    Intake
	observer  Observer
	skew      *Skew
	timings   restore.Timings
	polls     map[string]time.Duration
	log       *slog.Logger

	work *work
}

// Options are what a [Loop] works with.
type Options struct {
	Store     Store
	Planner   *Planner
	Directory Directory
	Intake    Intake
	Observer  Observer
	Skew      *Skew
	Timings   restore.Timings
	Polls     map[string]time.Duration // by backend: how often its running jobs are looked at
	Logger    *slog.Logger
}

// New returns a loop.
func New(o Options) *Loop {
	return &Loop{
		store: o.Store, planner: o.Planner, directory: o.Directory, intake: o.Intake, observer: o.Observer,
		skew: o.Skew, timings: o.Timings, polls: o.Polls, log: o.Logger, work: newWork(),
	}
}

// The pauses of the loop itself.
const (
	firstRetry  = 2 * time.Second // doubled at each failure, up to RetryMax
	longestIdle = time.Minute
	intakeUp    = 10 * time.Second // how long people must have been able to reach us before anything expires
	batch       = 200              // due subjects looked at in one go
)

// Run works until ctx ends, then waits for what is under way: a POST is never cut off. It returns nil when ctx ended,
// else the error that stopped it.
func (l *Loop) Run(ctx context.Context) error {
	changed, stop := l.store.Subscribe()
	defer stop()
	defer l.work.wait()
	if err := l.recover(ctx); err != nil {
		return stopped(ctx, fmt.Errorf("recover submissions: %w", err))
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-l.work.done:
		case <-timer.C:
		}
		next, err := l.round(ctx)
		if err != nil {
			return stopped(ctx, err)
		}
		timer.Reset(max(0, min(time.Until(next), longestIdle)))
	}
}

// stopped turns the errors that come of the end of ctx into none.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil
	}
	return err
}

// recover takes up what a crash left in the middle: an attempt that was not sent starts over, one that may have been
// is in doubt.
func (l *Loop) recover(ctx context.Context) error {
	var subjects []restore.Subject
	err := l.store.View(ctx, func(r restore.Reader) error {
		var err error
		subjects, err = r.InState(restore.Preparing, restore.Sending)
		return err
	})
	if err != nil {
		return err
	}
	for _, s := range subjects {
		err := restore.Change(ctx, l.store, s, func(tx restore.Tx, r *restore.Request) error {
			now := time.Now()
			var body restore.Body
			if r.State == restore.Preparing {
				body = r.Hold(restore.Wait{Code: restore.WaitRestart, Since: now}, restore.Outcome{})
			} else {
				body = r.Doubt(restore.DoubtCrash, restore.Outcome{Kind: restore.Unknown}, nil)
			}
			return restore.Record(tx, r, restore.ByBot, now, body)
		})
		if err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// round starts all work that is due and returns when to look again, if nothing happens before.
func (l *Loop) round(ctx context.Context) (time.Time, error) {
	now := time.Now()
	next := now.Add(longestIdle)
	soonest := func(t time.Time) {
		if !t.IsZero() && t.Before(next) {
			next = t
		}
	}
	due, err := l.reap(ctx, now)
	if err != nil {
		return next, err
	}
	soonest(due)
	for _, task := range []struct {
		state restore.State
		run   func(context.Context, restore.Subject) (time.Duration, error)
	}{
		{restore.Checking, l.check},
		{restore.Approved, l.submit},
	} {
		again, err := l.each(ctx, now, task.state, task.run)
		if err != nil {
			return next, err
		}
		soonest(again)
	}
	again, err := l.follow(ctx, now)
	soonest(again)
	return next, err
}

// each starts the task of every request in a state that is not at work or pausing already, the longest approved
// first. It returns the earliest end of a pause.
func (l *Loop) each(
	ctx context.Context, now time.Time, state restore.State,
	run func(context.Context, restore.Subject) (time.Duration, error),
) (time.Time, error) {
	queue, err := l.queue(ctx, state)
	if err != nil {
		return time.Time{}, fmt.Errorf("list %s: %w", state, err)
	}
	var next time.Time
	for _, s := range queue {
		at := l.work.start(string(s), now, func() time.Duration {
			pause, err := run(ctx, s)
			if err == nil || ctx.Err() != nil {
				return pause
			}
			pause = l.work.failed(string(s), l.timings.RetryMax)
			l.log.Warn("try again later", "request", s, "state", state, "pause", pause, "error", err)
			return pause
		})
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next, nil
}
