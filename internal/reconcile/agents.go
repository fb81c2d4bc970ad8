package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"snapback/internal/restore"
)

// agents looks, for every project with a target whose jobs have finished, how far the agents are, with one call for
// each project, whatever the number of requests. It returns when to look again.
func (l *Loop) agents(ctx context.Context, now time.Time, projects map[string][]*restore.Request) time.Time {
	var next time.Time
	overdue := func(r *restore.Request) bool { return r.Overdue(now, l.timings.GoalState) }
	for project, waiting := range projects {
		name := "agents/" + project
		if i := slices.IndexFunc(waiting, overdue); i >= 0 {
			name += "/" + string(waiting[i].Subject) // the last look waits for the end of no pause
		}
		for _, r := range waiting {
			if !overdue(r) {
				next = sooner(next, r.Goal.Since.Add(l.timings.GoalState))
			}
		}
		next = sooner(next, l.work.look(ctx, name, now, func() (time.Duration, error) {
			return l.ask(ctx, waiting[0].Plan.Spec.Delivery.Target, waiting)
		}))
	}
	return next
}

// ask asks once how far the agents of a target's project are, and records what that says about each request. It returns when
// to ask again.
func (l *Loop) ask(ctx context.Context, target restore.Cluster, waiting []*restore.Request) (time.Duration, error) {
	var seen restore.Agents
	b, failed := l.planner.backend(target)
	if failed == nil {
		seen, failed = b.Agents(ctx, target.ProjectID)
	}
	var errs []error
	for _, r := range waiting {
		if err := l.await(ctx, r.Subject, seen, failed); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", r.Subject, err))
		}
	}
	if errors.Is(failed, restore.ErrDenied) || errors.Is(failed, restore.ErrNotFound) {
		failed = nil // it is an answer
	}
	return seen.Pause(l.poll(target.Backend), l.timings.RetryMax), errors.Join(append(errs, failed)...)
}

// await records what a look at the agents told. How many are there is kept without an event: people hear of the wait
// when it begins and when it ends.
func (l *Loop) await(ctx context.Context, s restore.Subject, seen restore.Agents, failed error) error {
	return restore.Change(ctx, l.store, s, func(tx restore.Tx, r *restore.Request) error {
		if !r.Awaits() {
			return nil
		}
		before := *r.Goal
		now := time.Now()
		bodies := r.Await(now, seen, failed, l.timings.GoalState)
		for _, body := range bodies {
			if err := restore.Record(tx, r, restore.ByBot, now, body); err != nil {
				return err
			}
		}
		if len(bodies) == 0 && *r.Goal != before {
			return tx.PutRequest(r)
		}
		return nil
	})
}
