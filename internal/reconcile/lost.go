package reconcile

import (
	"context"
	"fmt"
	"time"

	"snapback/internal/restore"
)

// settle is how long after a POST the list of jobs may lag behind what it started.
func (l *Loop) settle(backend string) time.Duration {
	return l.timings.PostTimeout + max(l.timings.Settle, 4*l.poll(backend))
}

// poll is how often the jobs of a backend are looked at.
func (l *Loop) poll(backend string) time.Duration { return max(l.polls[backend], 10*time.Millisecond) }

// lost looks, for every attempt whose answer is not known, at what it may have started. It returns when to look again.
func (l *Loop) lost(ctx context.Context, now time.Time) (time.Time, error) {
	return l.watch(ctx, now, restore.Sending, func(r *restore.Request) bool { return !r.Attempt().Until.IsZero() }, l.trace)
}

// doubts goes on looking for every request in doubt, less and less often.
func (l *Loop) doubts(ctx context.Context, now time.Time) (time.Time, error) {
	return l.watch(ctx, now, restore.InDoubt, func(*restore.Request) bool { return true }, l.ponder)
}

// watch starts a task for each request in a state that wants one.
func (l *Loop) watch(
	ctx context.Context, now time.Time, state restore.State, wants func(*restore.Request) bool,
	look func(context.Context, *restore.Request) (time.Duration, error),
) (time.Time, error) {
	var (
		all  []*restore.Request
		next time.Time
	)
	err := l.store.View(ctx, func(rd restore.Reader) error {
		var err error
		all, err = requests(rd, state)
		return err
	})
	for _, r := range all {
		if wants(r) {
			name := fmt.Sprint(state, "/", r.Subject, "/", len(r.Attempts)) // each attempt is looked at afresh
			next = sooner(next, l.work.start(ctx, name, now, func() (time.Duration, error) { return look(ctx, r) }))
		}
	}
	return next, err
}

// trace looks once at what an attempt may have started, and records what follows from it. A list that cannot be read
// even when it should have settled proves nothing, not even after a refusal: it leaves the question to people.
func (l *Loop) trace(ctx context.Context, seen *restore.Request) (time.Duration, error) {
	settled := !time.Now().Before(seen.Attempt().Until) // a list that is asked for earlier may be too old
	list, failed := l.planner.jobs(ctx, seen.Plan.Spec)
	if failed != nil && !settled {
		return 0, failed
	}
	err := l.again(ctx, seen, func(tx restore.Tx, r *restore.Request) error {
		now, a := time.Now(), r.Attempt()
		sight, outcome := r.Sight(list.Jobs, r.Owned(tx)), a.Outcome.Kind
		if failed != nil {
			outcome = restore.Unknown
		}
		switch r.Resolve(outcome, sight, settled) {
		case restore.LookAgain:
			return nil
		case restore.Adopt:
			return restore.Record(tx, r, restore.ByBot, now, r.Take(sight.Alike[0], nil))
		case restore.NotStarted:
			w, err := blocker(tx, r, list.Jobs)
			if err != nil {
				return err
			}
			w.Detail, w.Since = a.Outcome.Detail, now
			return restore.Record(tx, r, restore.ByBot, now, l.refused(r, w, a.Outcome, now))
		case restore.AskPeople:
		}
		cause := restore.DoubtAnswer
		if a.Outcome.Code == restore.CodeCrash {
			cause = restore.DoubtCrash
		}
		r.Sighted = sight
		return restore.Record(tx, r, restore.ByBot, now, r.Doubt(cause, a.Outcome, sight.Jobs()))
	})
	return list.Pause(l.poll(seen.Plan.Spec.Source.Backend), l.timings.RetryMax), err
}

// ponder looks once for a request in doubt. Jobs of its own that were gone are taken back. What can only be its own is
// taken without a person, unless nothing was ever sent; anything else is shown to people.
func (l *Loop) ponder(ctx context.Context, seen *restore.Request) (time.Duration, error) {
	pause := l.doubtPause(seen, time.Now())
	list, err := l.planner.jobs(ctx, seen.Plan.Spec)
	if err != nil {
		return pause, err
	}
	return pause, l.again(ctx, seen, func(tx restore.Tx, r *restore.Request) error {
		now := time.Now()
		if r.Started() {
			if back, ok := r.Reappeared(list.Jobs); ok {
				return restore.Record(tx, r, restore.ByBot, now, r.Take(back, nil))
			}
			return nil
		}
		sight := r.Sight(list.Jobs, r.Owned(tx))
		if r.Sent() && r.Resolve(restore.Unknown, sight, true) == restore.Adopt {
			return restore.Record(tx, r, restore.ByBot, now, r.Take(sight.Alike[0], nil))
		}
		if body := r.See(sight); body != nil {
			return restore.Record(tx, r, restore.ByBot, now, body)
		}
		return nil
	})
}

// again changes a request that still is where it was when it was looked at. A list that was read for another attempt
// says nothing about this one.
func (l *Loop) again(ctx context.Context, seen *restore.Request, fn func(restore.Tx, *restore.Request) error) error {
	return restore.Change(ctx, l.store, seen.Subject, func(tx restore.Tx, r *restore.Request) error {
		if r.State != seen.State || len(r.Attempts) != len(seen.Attempts) {
			return nil
		}
		return fn(tx, r)
	})
}

// The pauses between looks for a request in doubt.
const (
	doubtLook  = 5 * time.Minute
	doubtDay   = 24 * time.Hour
	doubtAfter = time.Hour // after the first day
)

// doubtPause grows with the age of the doubt: from a poll to five minutes, and after a day to an hour.
func (l *Loop) doubtPause(r *restore.Request, now time.Time) time.Duration {
	age := now.Sub(r.Doubted)
	if age > doubtDay {
		return doubtAfter
	}
	return max(l.poll(r.Plan.Spec.Source.Backend), min(age/4, doubtLook))
}
