package storage

import (
	"context"
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"

	"snapback/internal/restore"
)

// Usage returns how large the store's file is, and how much of it is free.
func (s *Store) Usage(context.Context) (restore.Usage, error) { return usage(s.db) }

// Usage is [Store.Usage] for a store that no process works with.
func (f *File) Usage(context.Context) (restore.Usage, error) { return usage(f.db) }

func usage(db *bolt.DB) (restore.Usage, error) {
	var out restore.Usage
	err := db.View(func(tx *bolt.Tx) error {
		info, err := os.Stat(db.Path())
		if err != nil {
			return err
		}
		stats := db.Stats()
		out.Bytes = info.Size()
		out.Free = max(0, out.Bytes-tx.Size()) + int64(stats.FreePageN+stats.PendingPageN)*int64(db.Info().PageSize)
		return nil
	})
	if err != nil {
		return restore.Usage{}, fmt.Errorf("look how large the store is: %w", err)
	}
	return out, nil
}
