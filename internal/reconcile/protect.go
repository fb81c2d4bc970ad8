package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"snapback/internal/restore"
)

// backing looks up what could bring the data of a spec's target back. It is zero where nothing is overwritten, or where that is
// not told.
func (p *Planner) backing(ctx context.Context, s restore.Spec) (restore.Backing, error) {
	if !s.Overwrites() {
		return restore.Backing{}, nil
	}
	found, err := p.saved(ctx, s.Delivery.Target)
	switch {
	case errors.Is(err, restore.ErrNotFound), errors.Is(err, restore.ErrDenied):
		return restore.Backing{}, nil
	case err != nil:
		return restore.Backing{}, err
	}
	return restore.NewBacking(found), nil
}

// saved lists the snapshots of a target.
func (p *Planner) saved(ctx context.Context, target restore.Cluster) ([]restore.Snapshot, error) {
	b, err := p.backend(target)
	if err != nil {
		return nil, err
	}
	found, err := b.Snapshots(ctx, target)
	if err != nil {
		return nil, fmt.Errorf("list snapshots of %s: %w", target.Path(), err)
	}
	return found, nil
}

// looks is how often a new snapshot of a target is looked for at most in the least time that it is waited for: every 5 min of a day.
const looks = 24 * 12

// protectPause is the shortest time from one look for a snapshot of a target to the next.
func (l *Loop) protectPause() time.Duration {
	return max(l.timings.RetryMax, l.timings.Protected/looks)
}

// protect looks which targets of a backend that were overwritten have a new snapshot since: one after the other, as none of it
// is urgent, and once for all requests that wait for the same target and would look before long.
func (l *Loop) protect(ctx context.Context, backend string) error {
	waiting, err := l.unprotected(ctx, backend)
	if err != nil {
		return err
	}
	var errs []error
	for _, of := range waiting {
		target := of[0].Plan.Spec.Delivery.Target
		found, unread := l.planner.saved(ctx, target)
		for _, r := range of {
			if err := l.protected(ctx, r.Subject, found, unread); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", r.Subject, err))
			}
		}
	}
	return errors.Join(errs...)
}

// unprotected lists the requests that wait for a snapshot of a target of a backend and look before long, by target, as far as a
// look at that is due.
func (l *Loop) unprotected(ctx context.Context, backend string) (map[restore.LockKey][]*restore.Request, error) {
	all, due, now := make(map[restore.LockKey][]*restore.Request), make(map[restore.LockKey]bool), time.Now()
	err := l.store.View(ctx, func(rd restore.Reader) error {
		soon, err := rd.Due(restore.ClassRequest, now.Add(l.protectPause()), batch)
		if err != nil {
			return err
		}
		for _, s := range soon {
			r, err := rd.Request(s)
			if err != nil {
				return err
			}
			if !r.Unprotected() || r.Plan.Spec.Delivery.Target.Backend != backend {
				continue
			}
			key := restore.TargetLock(r.Plan.Spec.Delivery.Target)
			all[key], due[key] = append(all[key], r), due[key] || !now.Before(r.Protection.Next)
		}
		return nil
	})
	maps.DeleteFunc(all, func(k restore.LockKey, _ []*restore.Request) bool { return !due[k] })
	return all, err
}

// protected records what a look at the snapshots of a request's target found. When to look again is kept without an event.
func (l *Loop) protected(ctx context.Context, s restore.Subject, found []restore.Snapshot, unread error) error {
	return restore.Change(ctx, l.store, s, func(tx restore.Tx, r *restore.Request) error {
		if !r.Unprotected() {
			return nil
		}
		var body restore.Body
		now, least, pause := time.Now(), l.timings.Protected, l.protectPause()
		if unread == nil {
			body = r.Protect(now, found, least, pause)
		} else {
			body = r.ProtectBlind(now, unseen(unread), least, pause)
		}
		if body != nil {
			return restore.Record(tx, r, restore.ByBot, now, body)
		}
		return tx.PutRequest(r)
	})
}
