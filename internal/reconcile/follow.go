package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"snapback/internal/restore"
)

// follow looks at the running jobs of every source cluster that is due, with one list call for each, whatever the
// number of requests. It returns when the next source is due.
func (l *Loop) follow(ctx context.Context, now time.Time) (time.Time, error) {
	var next time.Time
	sources, err := l.running(ctx)
	if err != nil {
		return next, fmt.Errorf("list running requests: %w", err)
	}
	for key, requests := range sources {
		at := l.work.start("follow/"+string(key), now, func() time.Duration {
			source := requests[0].Plan.Spec.Source
			poll := max(l.polls[source.Backend], 10*time.Millisecond)
			if err := l.look(ctx, source, requests); err != nil && ctx.Err() == nil {
				l.log.Warn("look at restore jobs later", "cluster", source.Path(), "error", err)
				return max(poll, l.work.failed("follow/"+string(key), l.timings.RetryMax))
			}
			return poll
		})
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next, nil
}

// running groups the running requests by source.
func (l *Loop) running(ctx context.Context) (map[restore.LockKey][]*restore.Request, error) {
	out := make(map[restore.LockKey][]*restore.Request)
	err := l.store.View(ctx, func(rd restore.Reader) error {
		subjects, err := rd.InState(restore.Running)
		if err != nil {
			return err
		}
		for _, s := range subjects {
			r, err := rd.Request(s)
			if err != nil {
				return err
			}
			key := restore.SourceLock(r.Plan.Spec.Source)
			out[key] = append(out[key], r)
		}
		return nil
	})
	return out, err
}

// look fetches the newest jobs of a source, and by id those that are not among them, and records what changed.
func (l *Loop) look(ctx context.Context, source restore.Cluster, requests []*restore.Request) error {
	b, err := l.planner.backend(source)
	if err != nil {
		return err
	}
	list, err := b.Recent(ctx, source)
	if err != nil {
		return fmt.Errorf("list restore jobs of %s: %w", source.Path(), err)
	}
	found := make(map[string]restore.Job, len(list.Jobs))
	for _, j := range list.Jobs {
		found[j.ID] = j
	}
	for _, r := range requests {
		for _, j := range r.Jobs() {
			if _, ok := found[j.ID]; ok {
				continue
			}
			one, err := b.Job(ctx, source, j.ID)
			switch {
			case errors.Is(err, restore.ErrNotFound):
			case err != nil:
				return fmt.Errorf("read restore job %s of %s: %w", j.ID, source.Path(), err)
			default:
				found[j.ID] = one
			}
		}
		if err := l.tell(ctx, r.Subject, found); err != nil {
			return fmt.Errorf("%s: %w", r.Subject, err)
		}
	}
	return nil
}

// tell records what a look found. A look that changes nothing writes nothing, except that a record is missing.
func (l *Loop) tell(ctx context.Context, s restore.Subject, found map[string]restore.Job) error {
	return restore.Change(ctx, l.store, s, func(tx restore.Tx, r *restore.Request) error {
		now := time.Now()
		misses := r.Misses
		bodies := r.Follow(now, found, l.timings.JobGone)
		for _, body := range bodies {
			if err := restore.Record(tx, r, restore.ByBot, now, body); err != nil {
				return err
			}
		}
		if len(bodies) == 0 && r.Misses != misses {
			return tx.PutRequest(r)
		}
		return nil
	})
}
