package reconcile

import (
	"context"
	"errors"
	"time"

	"snapback/internal/restore"
)

// stop has the backends cancel the jobs of requests of which somebody wants that. The wish is durable, so that it outlives the
// process. It returns when the next one is tried again.
func (l *Loop) stop(ctx context.Context, now time.Time, wanted []*restore.Request) time.Time {
	var next time.Time
	for _, r := range wanted {
		next = sooner(next, l.work.start(ctx, "cancel/"+string(r.Subject), now, func() (time.Duration, error) {
			return l.poll(r.Plan.Spec.Source.Backend), l.cancel(ctx, r.Subject)
		}))
	}
	return next
}

// cancel looks at the jobs of a request before it asks for each that still runs to be canceled: one that has ended meanwhile,
// or because an answer was lost, is not asked for again. What the backend says is recorded; what becomes of the jobs, looks at
// them tell.
func (l *Loop) cancel(ctx context.Context, s restore.Subject) error {
	r, err := l.read(ctx, s)
	if err != nil || !r.Stops() {
		return err
	}
	source := r.Plan.Spec.Source
	b, err := l.planner.backend(source)
	if err != nil {
		return err
	}
	over, err := l.ended(ctx, b, r)
	if err != nil || over {
		return err
	}
	for _, j := range r.Jobs() {
		if err = b.Cancel(ctx, source, j.ID); err != nil {
			break
		}
	}
	if err != nil {
		// It may have been refused because it has just ended.
		if over, failed := l.ended(ctx, b, r); over || failed != nil {
			return failed
		}
	}
	switch {
	case err == nil:
		return l.stopping(ctx, r, func(r *restore.Request, now time.Time) restore.Body {
			r.StopTaken(now)
			return nil
		})
	case errors.Is(err, restore.ErrCannotCancel):
		return l.unstopped(ctx, r, restore.RefusedNever, err)
	case errors.Is(err, restore.ErrDenied):
		return l.unstopped(ctx, r, restore.RefusedDenied, err)
	case errors.Is(err, restore.ErrNotFound):
		return nil // looks tell what that means
	}
	return err
}

// ended looks at the jobs of a request, and records it if that is its end.
func (l *Loop) ended(ctx context.Context, b restore.Backend, r *restore.Request) (bool, error) {
	found := make(map[string]restore.Job)
	if err := fetch(ctx, b, r, found); err != nil {
		return false, err
	}
	if len(found) == 0 {
		return false, nil
	}
	if err := l.tell(ctx, r.Subject, found); err != nil {
		return false, err
	}
	now, err := l.read(ctx, r.Subject)
	return err == nil && !now.Stops(), err
}

func (l *Loop) unstopped(ctx context.Context, r *restore.Request, why restore.RefusedWhy, cause error) error {
	return l.stopping(ctx, r, func(r *restore.Request, _ time.Time) restore.Body {
		return r.StopRefused(why, reason(cause))
	})
}

// stopping changes a request while it is wanted that its jobs are canceled. A body that is nil is kept without an event.
func (l *Loop) stopping(
	ctx context.Context, r *restore.Request, change func(*restore.Request, time.Time) restore.Body,
) error {
	return restore.Change(ctx, l.store, r.Subject, func(tx restore.Tx, r *restore.Request) error {
		if !r.Stops() {
			return nil // it ended meanwhile
		}
		now := time.Now()
		if body := change(r, now); body != nil {
			return restore.Record(tx, r, restore.ByBot, now, body)
		}
		return tx.PutRequest(r)
	})
}
