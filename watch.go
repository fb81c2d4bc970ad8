package main

import (
	"context"
	"errors"
	"os"
	"os/user"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"snapback/bot"
	"snapback/internal/reconcile"
	"snapback/internal/restore"
)

// work runs the bot until ctx ends or something ends it, and sees through what is under way then.
func (s *server) work(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.guard(ctx) })
	group.Go(func() error { return s.run(ctx) })
	err := group.Wait()
	select {
	case broken := <-s.store.Broken(): // by what was seen through
		return broken
	default:
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// guard ends the process when the store can no longer be trusted: a commit after a failed sync proves nothing.
func (s *server) guard(ctx context.Context) error {
	select {
	case <-ctx.Done():
		s.monitor.Ending()
		return nil
	case err := <-s.store.Broken():
		s.monitor.StoreBroken()
		return err
	}
}

// watch keeps readiness in step with what cannot be heard of as it happens.
func (s *server) watch(ctx context.Context, b *bot.Bot) error {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for ctx.Err() == nil {
		s.monitor.SlackUp(!b.Up().IsZero())
		s.monitor.ClockTrusted(s.skew.Trusted(time.Now()))
		free, err := s.store.Free()
		s.monitor.StoreRoom(free, reconcile.LeastFree, err)
		s.age(ctx)
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	return nil
}

// age looks whether the store is known to be an older copy, and says so when it becomes known.
func (s *server) age(ctx context.Context) {
	err := s.store.View(ctx, func(r restore.Reader) error {
		mark, err := r.Recovery()
		if err != nil {
			return err
		}
		if mark == nil {
			s.monitor.Recovery(false, "")
			return nil
		}
		s.monitor.Recovery(true, string(mark.Cause))
		if !s.old {
			s.log.ErrorContext(ctx, "the store looks like an older copy: nothing is submitted until it is started with serve --recovered",
				"cause", mark.Cause, "detail", mark.Detail, "since", mark.Since)
		}
		s.old = true
		return nil
	})
	if err != nil && ctx.Err() == nil {
		s.log.WarnContext(ctx, "look whether the store is an older copy", "error", err)
	}
}

// goOn goes on with a store that is an older copy, if whoever started the process says so.
func (s *server) goOn(ctx context.Context) error {
	if !s.recovered {
		return nil
	}
	taken, err := reconcile.Recover(ctx, s.store, operator())
	switch {
	case errors.Is(err, restore.ErrNotOld):
		s.log.InfoContext(ctx, "--recovered changed nothing: nothing says that the store is an older copy")
		return nil
	case err != nil:
		return err
	}
	s.log.WarnContext(ctx, "going on with a store that is an older copy", "approvals_taken_back", taken)
	return nil
}

// operator names the account and the machine that the process runs on.
func operator() string {
	account, host := "uid "+strconv.Itoa(os.Getuid()), "an unnamed host"
	if u, err := user.Current(); err == nil {
		account = u.Username
	}
	if name, err := os.Hostname(); err == nil {
		host = name
	}
	return account + " on " + host
}

// open counts the requests that have not ended, by state.
func (s *server) open() map[string]int {
	out := make(map[string]int)
	err := s.store.View(context.Background(), func(r restore.Reader) error {
		for _, state := range restore.OpenStates() {
			subjects, err := r.InState(state)
			if err != nil {
				return err
			}
			out[state.Name()] += len(subjects)
		}
		return nil
	})
	if err != nil {
		s.log.Error("count requests", "error", err)
	}
	return out
}
