package e2e

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"

	"snapback/internal/restore"
	"snapback/storage"
)

// image is what a process left in its store.
type image struct {
	requests map[string]*restore.Request
	log      []restore.Event
	posts    map[string]*restore.Posts
	behind   []restore.Subject
	commits  int // since the store was created
}

// read reads a copy of the store after the process has ended, so that the next one finds it as it was left. A log that
// does not verify fails the test.
func (r *rig) read(t *testing.T) image {
	t.Helper()
	file := filepath.Join(t.TempDir(), "copy.db")
	copyFile(t, r.store, file)
	copyFile(t, r.store+".head", file+".head") // or the copy would know that it is one
	out := image{
		requests: make(map[string]*restore.Request), posts: make(map[string]*restore.Posts),
		commits: transactions(t, file) - transactions(t, empty(t)),
	}
	s := openStore(t, file)
	defer s.Close()
	must(t, s.Verify(t.Context()))
	must(t, s.View(t.Context(), func(rd restore.Reader) error {
		var err error
		if out.log, err = rd.Log(0, 10_000); err != nil {
			return err
		}
		if out.behind, err = rd.Behind(100); err != nil {
			return err
		}
		subjects, err := rd.Newest(0, 100)
		if err != nil {
			return err
		}
		for _, s := range subjects {
			if out.requests[string(s)], err = rd.Request(s); err != nil {
				return err
			}
			if out.posts[string(s)], err = rd.Posts(s); err != nil {
				return err
			}
		}
		return nil
	}))
	return out
}

func openStore(t *testing.T, file string) *storage.Store {
	t.Helper()
	s, err := storage.Open(context.WithoutCancel(t.Context()), storage.Options{
		Path: file, Version: "test", Logger: slog.New(slog.DiscardHandler),
	})
	must(t, err)
	return s
}

// empty returns a store that was just created.
func empty(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "empty.db")
	must(t, openStore(t, file).Close())
	return file
}

// transactions returns how many transactions a store has seen.
func transactions(t *testing.T, file string) int {
	t.Helper()
	db, err := bolt.Open(file, 0o600, &bolt.Options{ReadOnly: true})
	must(t, err)
	defer db.Close()
	n := 0
	must(t, db.View(func(tx *bolt.Tx) error {
		n = tx.ID()
		return nil
	}))
	return n
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	must(t, err)
	defer in.Close()
	out, err := os.Create(to)
	must(t, err)
	defer out.Close()
	_, err = io.Copy(out, in)
	must(t, err)
}

// state returns where a request stands, "" if it was never filed.
func (i image) state(subject string) restore.State {
	if r := i.requests[subject]; r != nil {
		return r.State
	}
	return restore.None
}

// kinds returns what happened to a request, in order.
func (i image) kinds(subject string) []restore.Kind {
	var out []restore.Kind
	for _, e := range i.log {
		if string(e.Subject) == subject {
			out = append(out, e.Kind)
		}
	}
	return out
}

// count returns how many events of a kind a request has.
func (i image) count(subject string, k restore.Kind) int {
	n := 0
	for _, kind := range i.kinds(subject) {
		if kind == k {
			n++
		}
	}
	return n
}

// approvers returns who approved a request, once for every approval in the log.
func (i image) approvers(subject string) []string {
	var out []string
	for _, e := range i.log {
		if string(e.Subject) == subject && e.Kind == restore.KindApproval {
			out = append(out, e.By)
		}
	}
	return out
}
