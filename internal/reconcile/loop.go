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

	work  *work
	putup chan struct{} // full while duplicates are looked for and a plan is put up
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
		skew: o.Skew, timings: o.Timings, polls: o.Polls, log: o.Logger,
		work: newWork(o.Timings.RetryMax, o.Logger), putup: make(chan struct{}, 1),
	}
}

// The pauses of the loop itself.
const (
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
// is looked for.
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
			if r.State == restore.Sending && !r.Attempt().Until.IsZero() {
				return nil // known to be unknown, and looked for
			}
			if r.State == restore.Preparing {
				body = r.Hold(restore.Wait{Code: restore.WaitRestart, Since: now}, restore.Outcome{})
			} else {
				o := restore.Outcome{Kind: restore.Unknown, Code: restore.CodeCrash}
				body = r.Unanswered(o, l.settle(r.Plan.Spec.Source.Backend))
			}
			return restore.Record(tx, r, restore.ByBot, now, body)
		})
		if err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// round starts all work that is due and returns when to look again, if nothing happens before. A request that is
// being prepared while nobody is at it was left there by a store that could not be written: it is taken up again.
func (l *Loop) round(ctx context.Context) (time.Time, error) {
	now := time.Now()
	next := now.Add(longestIdle)
	for _, part := range []func(context.Context, time.Time) (time.Time, error){
		l.hear,
		l.reap,
		l.each(restore.Checking, l.check),
		l.rule,
		l.prove,
		l.each(restore.Preparing, l.resume),
		l.dispatch,
		l.lost,
		l.doubts,
		l.follow,
	} {
		at, err := part(ctx, now)
		if err != nil {
			return next, err
		}
		next = sooner(next, at)
	}
	l.work.sweep(now)
	return next, nil
}

// each starts the task of every request in a state that is not at work or pausing already. It returns the earliest
// end of a pause.
func (l *Loop) each(
	state restore.State, run func(context.Context, restore.Subject) error,
) func(context.Context, time.Time) (time.Time, error) {
	return func(ctx context.Context, now time.Time) (time.Time, error) {
		var (
			subjects []restore.Subject
			next     time.Time
		)
		err := l.store.View(ctx, func(rd restore.Reader) error {
			var err error
			subjects, err = rd.InState(state)
			return err
		})
		if err != nil {
			return next, fmt.Errorf("list %s: %w", state, err)
		}
		for _, s := range subjects {
			next = sooner(next, l.work.start(ctx, string(s), now, func() (time.Duration, error) { return 0, run(ctx, s) }))
		}
		return next, nil
	}
}

// sooner returns the earlier of two instants; zero is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// requests reads every request in a state, by number.
func requests(rd restore.Reader, state restore.State) ([]*restore.Request, error) {
	subjects, err := rd.InState(state)
	if err != nil {
		return nil, err
	}
	out := make([]*restore.Request, 0, len(subjects))
	for _, s := range subjects {
		r, err := rd.Request(s)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// read returns a request as it is now.
func (l *Loop) read(ctx context.Context, s restore.Subject) (*restore.Request, error) {
	var r *restore.Request
	err := l.store.View(ctx, func(rd restore.Reader) error {
		var err error
		r, err = rd.Request(s)
		return err
	})
	return r, err
}
