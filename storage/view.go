package storage

import (
	"context"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"snapback/internal/restore"
)

// View implements [restore.Store]. The function must not call the store, and must be short: as long as it runs, the
// file can only grow. What it reads is durable. Its error is returned as it is.
func (s *Store) View(ctx context.Context, fn func(restore.Reader) error) error {
	tx, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	return fn(&reader{overlay: newOverlay(tx), installation: s.installation, memo: &s.memo})
}

// begin starts a transaction on the latest durable state. While bbolt syncs a commit its readers see it already; who
// meets that moment waits for the end of the commit, because nothing may be told that a power failure could undo.
func (s *Store) begin(ctx context.Context) (*bolt.Tx, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("read the store: %w", err)
		}
		tx, err := s.db.Begin(false)
		if errors.Is(err, berrors.ErrDatabaseNotOpen) {
			return nil, ErrClosed
		}
		if err != nil {
			return nil, fmt.Errorf("read the store: %w", err)
		}
		if int64(tx.ID()) <= s.durable.Load() {
			return tx, nil
		}
		_ = tx.Rollback()
		b := s.committing.Load()
		select {
		case <-b.done:
			if b.err != nil {
				return nil, b.err
			}
		case <-ctx.Done():
		}
	}
}
