package storage

import (
	"log/slog"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"

	"snapback/storage/storagetest"
)

// options returns the options of a store in a folder.
func options(dir string) Options {
	return Options{Path: filepath.Join(dir, "snapback.db"), Version: "test", Logger: slog.New(slog.DiscardHandler)}
}

// opened opens a store that the test closes.
func opened(tb testing.TB, dir string) *Store {
	tb.Helper()
	s, err := Open(tb.Context(), options(dir))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// checked checks itself when it is closed.
type checked struct {
	*Store
	t *testing.T
}

func (c checked) Close() error {
	check(c.t, c.Store)
	return c.Store.Close()
}

// check walks the log and lets bbolt check its file.
func check(t *testing.T, s *Store) {
	t.Helper()
	if err := s.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	err := s.db.View(func(tx *bolt.Tx) error {
		for err := range tx.Check() {
			t.Error(err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, func(t *testing.T, place string) storagetest.Store {
		t.Helper()
		return checked{opened(t, place), t}
	})
}
