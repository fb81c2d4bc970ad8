// Package chores does what Snapback does by the calendar, on nobody's request: it backs the store up, has the end of the
// log witnessed, and erases what was kept long enough. It knows nothing of restores.
package chores

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"snapback/internal/cron"
	"snapback/internal/restore"
)

// Chore is something to do by the calendar.
type Chore struct {
	Subject restore.Subject
	Cron    cron.Cron
	Missed  bool // what was missed while nobody could do it is done once, when somebody can
	// Do does it, and returns the event that tells of it, nil for none. It is called again after an error, and after a
	// crash, so it may find that it has been done.
	Do func(ctx context.Context) (restore.Body, error)
}

// Monitor hears how chores end. Safe for concurrent use.
type Monitor interface {
	// ChoreEnded hears of a chore's end, with the error that keeps it from being done.
	ChoreEnded(chore string, err error)
}

// Runner does chores.
type Runner struct {
	Store   restore.Store
	Chores  []Chore
	Trusted func(now time.Time) (source string, offset time.Duration, ok bool) // the clock
	Monitor Monitor
	Logger  *slog.Logger
}

const (
	// lookAgain bounds how long the clock is not looked at: it may jump.
	lookAgain = time.Minute
	// retryAfter is the pause after a chore that failed.
	retryAfter = 10 * time.Minute
	// late is how long after its instant a chore counts as missed.
	late = 2 * time.Minute
)

// Run does what is due until ctx ends, one after the other, and returns nil. An error of the store ends it.
func (r *Runner) Run(ctx context.Context) error {
	d := days{Runner: r, retry: make(map[restore.Subject]time.Time)}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		next, err := d.round(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("chores: %w", err)
		}
		timer.Reset(max(0, min(time.Until(next), lookAgain)))
	}
}

// days is a runner at work.
type days struct {
	*Runner

	planned bool                          // every chore stands in the due index where it is to, and nothing else does
	retry   map[restore.Subject]time.Time // after an error
}

// round does what is due now and returns when to look again.
func (d *days) round(ctx context.Context) (time.Time, error) {
	next := time.Now().Add(lookAgain)
	if _, _, ok := d.Trusted(time.Now()); !ok {
		return next, nil
	}
	if !d.planned {
		if err := d.plan(ctx); err != nil {
			return next, err
		}
		d.planned = true
	}
	now := time.Now()
	due, err := d.due(ctx, now)
	if err != nil {
		return next, err
	}
	for _, c := range due {
		if err := d.meet(ctx, c); err != nil {
			return next, err
		}
	}
	return d.next(ctx, now)
}

// meet begins a run that is due, or passes over it, and does what has begun.
func (d *days) meet(ctx context.Context, c Chore) error {
	state, err := d.begin(ctx, c)
	if err != nil {
		return err
	}
	if now := time.Now(); !state.Begun.IsZero() && !now.Before(d.retry[c.Subject]) {
		err := d.do(ctx, c)
		if errors.Is(err, restore.ErrBroken) || ctx.Err() != nil {
			return err
		}
		d.Monitor.ChoreEnded(string(c.Subject), err)
		if err != nil {
			d.retry[c.Subject] = now.Add(retryAfter)
			d.Logger.ErrorContext(ctx, "chore failed", "chore", c.Subject, "again_at", d.retry[c.Subject], "error", err)
		}
	}
	return nil
}

// begin begins a run of a chore if it is due, and passes over what was missed. That a run begins and when the next one is
// due is one step.
func (r *Runner) begin(ctx context.Context, c Chore) (state restore.Chore, err error) {
	err = r.Store.Update(ctx, []restore.Key{restore.ChoreKey(c.Subject)}, func(tx restore.Tx) error {
		known, err := tx.Chore(c.Subject)
		if err != nil {
			return err
		}
		if err := begin(tx, known, c, time.Now()); err != nil {
			return err
		}
		state = *known
		return nil
	})
	return state, err
}

// begin is the step of [Runner.begin].
func begin(tx restore.Tx, state *restore.Chore, c Chore, now time.Time) error {
	due := state.Next
	if now.Before(due) {
		return nil
	}
	state.Next = c.Cron.Next(now)
	missed := now.Sub(due) > late
	if !missed || c.Missed {
		state.Begun = due
	}
	if missed {
		return restore.RecordChore(tx, state, now, restore.BodyMissed{Due: due, Next: state.Next, Runs: c.Missed})
	}
	return tx.PutChore(state)
}

// do does a chore, and notes that it is done.
func (r *Runner) do(ctx context.Context, c Chore) error {
	body, err := c.Do(ctx)
	if err != nil {
		return err
	}
	return r.Store.Update(context.WithoutCancel(ctx), []restore.Key{restore.ChoreKey(c.Subject)}, func(tx restore.Tx) error {
		state, err := tx.Chore(c.Subject)
		if err != nil {
			return err
		}
		state.Begun = time.Time{}
		if body == nil {
			return tx.PutChore(state)
		}
		return restore.RecordChore(tx, state, time.Now(), body)
	})
}
