// Package watch looks after a running bot: whether its store can be trusted, is current and has room, whether Slack is
// connected and the clocks agree. It tells what it sees, and ends the process where nothing else is safe; it decides
// nothing about restores.
package watch

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"snapback/internal/reconcile"
	"snapback/internal/restore"
)

// Store is the store with its room and its end.
type Store interface {
	reconcile.Copy
	// Free returns how many bytes there are for it to grow.
	Free() (uint64, error)
	// Broken returns a channel that gets the error after which the store can no longer be trusted.
	Broken() <-chan error
}

// Monitor keeps readiness. Its methods are safe for concurrent use.
type Monitor interface {
	SlackUp(up bool)
	ClockTrusted(source string, offset time.Duration, ok bool)
	StoreRoom(free, least uint64, err error)
	StoreBroken()
	Ending()
	Recovery(old bool, cause string)
}

// Watch looks after one running bot. Its fields are set before its methods are called, but Monitor is not needed for
// GoOn and Open. Age and Keep are not safe for concurrent use.
type Watch struct {
	Store   Store
	Skew    *reconcile.Skew
	Monitor Monitor
	Logger  *slog.Logger

	old bool // the store is known to be an older copy
}

// every is how often it is looked at what cannot be heard of as it happens.
const every = 2 * time.Second

// GoOn goes on with a store that is an older copy, because the operator who started the process says so.
func (w *Watch) GoOn(ctx context.Context, operator string) error {
	taken, err := reconcile.Recover(ctx, w.Store, operator)
	switch {
	case errors.Is(err, restore.ErrNotOld):
		w.Logger.InfoContext(ctx, "--recovered changed nothing: nothing says that the store is an older copy")
		return nil
	case err != nil:
		return err
	}
	w.Logger.WarnContext(ctx, "going on with a store that is an older copy", "approvals_taken_back", taken)
	return nil
}

// Guard ends the process when the store can no longer be trusted: a commit after a failed sync proves nothing. It
// returns nil when ctx ends.
func (w *Watch) Guard(ctx context.Context) error {
	select {
	case <-ctx.Done():
		w.Monitor.Ending()
		return nil
	case err := <-w.Store.Broken():
		w.Monitor.StoreBroken()
		return err
	}
}

// Keep keeps readiness in step with what cannot be heard of as it happens, until ctx ends. Up tells since when people
// can reach the bot, zero while they cannot.
func (w *Watch) Keep(ctx context.Context, up func() time.Time) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for ctx.Err() == nil {
		w.Monitor.SlackUp(!up().IsZero())
		w.Monitor.ClockTrusted(w.Skew.Trusted(time.Now()))
		free, err := w.Store.Free()
		w.Monitor.StoreRoom(free, reconcile.LeastFree, err)
		w.Age(ctx)
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	return nil
}

// Age looks whether the store is known to be an older copy, and says so when it becomes known.
func (w *Watch) Age(ctx context.Context) {
	err := w.Store.View(ctx, func(r restore.Reader) error {
		mark, err := r.Recovery()
		if err != nil {
			return err
		}
		if mark == nil {
			w.Monitor.Recovery(false, "")
			return nil
		}
		w.Monitor.Recovery(true, string(mark.Cause))
		if !w.old {
			w.Logger.ErrorContext(ctx, "the store looks like an older copy: nothing is submitted until it is started with serve --recovered",
				"cause", mark.Cause, "detail", mark.Detail, "since", mark.Since)
		}
		w.old = true
		return nil
	})
	if err != nil && ctx.Err() == nil {
		w.Logger.WarnContext(ctx, "look whether the store is an older copy", "error", err)
	}
}

// Open counts the requests that have not ended, by state; nil if the store cannot be read.
func (w *Watch) Open() map[string]int {
	var out map[string]int
	err := w.Store.View(context.Background(), func(r restore.Reader) error {
		var err error
		out, err = restore.CountOpen(r)
		return err
	})
	if err != nil {
		w.Logger.Error("count requests", "error", err)
	}
	return out
}
