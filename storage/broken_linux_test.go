package storage

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"

	bolt "go.etcd.io/bbolt"

	"snapback/internal/restore"
)

// replace puts a device in the place of the store's open file: writing to /dev/full fails as on a full disk, writing
// to /dev/null succeeds but cannot be synced.
func replace(t *testing.T, path, device string) {
	t.Helper()
	f, err := os.OpenFile(device, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const fds = "/proc/self/fd"
	entries, err := os.ReadDir(fds)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if to, err := os.Readlink(filepath.Join(fds, e.Name())); err != nil || to != path {
			continue
		}
		fd, err := strconv.Atoi(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Dup3(int(f.Fd()), fd, syscall.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatal("the store has no open file")
}

// makeRoom leaves free pages in the file, so that the next commits need not let it grow.
func makeRoom(t *testing.T, s *Store) {
	t.Helper()
	name := []byte("room")
	err := s.db.Update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucket(name)
		if err != nil {
			return err
		}
		return b.Put(name, make([]byte, 1<<20))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.db.Update(func(tx *bolt.Tx) error { return tx.DeleteBucket(name) }); err != nil {
		t.Fatal(err)
	}
}

func TestFailedCommit(t *testing.T) {
	t.Parallel()
	for device, why := range map[string]error{"/dev/full": syscall.ENOSPC, "/dev/null": syscall.EINVAL} {
		t.Run(filepath.Base(device), func(t *testing.T) {
			t.Parallel()
			o := options(t.TempDir())
			s, err := Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			makeRoom(t, s)
			for range 3 {
				if _, err := fileOne(t.Context(), s); err != nil {
					t.Fatal(err)
				}
			}
			before := size(t, s)
			replace(t, o.Path, device)
			fail(t, s, why)
			if got := size(t, s); got != before {
				t.Errorf("a view saw %d requests, %d are durable", got, before)
			}
			if err := s.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			again := opened(t, filepath.Dir(o.Path))
			if got := size(t, again); got != before {
				t.Errorf("%d requests, %d were durable", got, before)
			}
			check(t, again)
		})
	}
}

// fail lets many write at once while commits fail.
func fail(t *testing.T, s *Store, why error) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			err := s.Update(t.Context(), []restore.Key{restore.NewRequestKey()}, func(tx restore.Tx) error {
				if _, err := filing(tx); err != nil || i%2 == 0 {
					return err
				}
				return errUndo
			})
			// A step that failed by itself may have had a batch without anything to commit.
			if !errors.Is(err, restore.ErrBroken) && (i%2 == 0 || !errors.Is(err, errUndo)) {
				t.Errorf("step %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	select {
	case err := <-s.Broken():
		if !errors.Is(err, restore.ErrBroken) || !errors.Is(err, why) {
			t.Errorf("broken by %v", err)
		}
	case <-t.Context().Done():
	}
	err := s.Update(context.WithoutCancel(t.Context()), nil, func(restore.Tx) error {
		t.Error("a broken store takes steps")
		return nil
	})
	if !errors.Is(err, restore.ErrBroken) {
		t.Errorf("afterwards: %v", err)
	}
}

// size returns how many requests a view sees.
func size(t *testing.T, s *Store) int {
	t.Helper()
	n := 0
	err := s.View(t.Context(), func(r restore.Reader) error {
		all, err := r.Newest(0, 1000)
		n = len(all)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
