package reconcile

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"snapback/internal/restore"
)

// age looks once, each time that somebody has decided about a request or was reminded of it, whether its plan has aged.
// What cannot be looked up then is looked at the next time: it is checked anyway before the request is sent.
func (l *Loop) age(ctx context.Context, now time.Time, r *restore.Request) {
	stirred := r.Stirred()
	if !r.Ages() || stirred.IsZero() {
		return
	}
	name := "age/" + string(r.Subject) + "/" + strconv.FormatInt(stirred.UnixNano(), 10)
	l.work.start(ctx, name, now, func() (time.Duration, error) {
		return time.Until(r.Deadline), l.lookAtAge(ctx, r)
	})
}

func (l *Loop) lookAtAge(ctx context.Context, seen *restore.Request) error {
	found, err := l.planner.aged(ctx, seen)
	if err != nil {
		return fmt.Errorf("look whether the plan of %s has aged: %w", seen.Subject, err)
	}
	revision := seen.Plan.Revision
	if seen.Clone().Age(revision, found) == nil {
		return nil
	}
	return restore.Change(ctx, l.store, seen.Subject, func(tx restore.Tx, r *restore.Request) error {
		if body := r.Age(revision, found); body != nil {
			return restore.Record(tx, r, restore.ByBot, time.Now(), body)
		}
		return nil
	})
}

// aged returns what is to be known about a plan that waits for approval, as of now.
func (p *Planner) aged(ctx context.Context, r *restore.Request) ([]restore.Finding, error) {
	source, point := r.Plan.Spec.Source, r.Plan.Spec.Point
	if point.Newest {
		reached, refused, err := p.reach(ctx, source, restore.Point{Kind: restore.Latest})
		if err != nil || len(refused) > 0 {
			return nil, err
		}
		return r.Newer(reached.Snapshot), nil
	}
	reached, refused, err := p.reach(ctx, source, point)
	if err != nil || len(refused) > 0 {
		return refused, err
	}
	now := time.Now()
	until := now.Add(r.Terms.SubmitWithin)
	return append(restore.Sliding(reached, source, now, until), restore.Ebbing(reached, source, until)...), nil
}
