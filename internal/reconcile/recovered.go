package reconcile

import (
	"context"
	"fmt"
	"time"

	"snapback/internal/restore"
)

// Copy is a store that may be an old copy.
type Copy interface {
	restore.Store
	// RenewHead makes the note outside the store say where this store ends.
	RenewHead(ctx context.Context) error
}

// Recover goes on with a store that is an old copy, on the word of an operator; operator names the account and the
// machine. Requests that may be submitted again lose their approvals; it returns those. What the copy takes for being
// sent or running, the loop looks up as after a crash. It fails with [restore.ErrNotOld], and changes nothing, where
// nothing proves that the store is old. The loop must not run yet. After an error it can be called again: the mark goes
// last.
func Recover(ctx context.Context, store Copy, operator string) ([]restore.Subject, error) {
	var subjects []restore.Subject
	err := store.View(ctx, func(r restore.Reader) error {
		old, err := r.Recovery()
		if err != nil {
			return err
		}
		if old == nil {
			return restore.ErrNotOld
		}
		subjects, err = r.InState(restore.Approved, restore.Preparing)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("recover: %w", err)
	}
	for _, s := range subjects {
		err := restore.Change(ctx, store, s, func(tx restore.Tx, r *restore.Request) error {
			now := time.Now()
			if body := r.TakeBack(now); body != nil {
				return restore.Record(tx, r, restore.ByBot, now, body)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("recover %s: %w", s, err)
		}
	}
	if err := store.RenewHead(ctx); err != nil {
		return nil, fmt.Errorf("recover: %w", err)
	}
	err = store.Update(ctx, nil, func(tx restore.Tx) error {
		return restore.EndRecovery(tx, time.Now(), operator, subjects)
	})
	if err != nil {
		return nil, fmt.Errorf("recover: %w", err)
	}
	return subjects, nil
}
