package main

import (
	"context"
	"errors"
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
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	return nil
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
