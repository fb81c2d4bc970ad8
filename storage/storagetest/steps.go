package storagetest

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"snapback/internal/restore"
)

// everything names all records that writeAll touches.
func everything() []restore.Key {
	return []restore.Key{
		restore.NewRequestKey(), restore.RequestKey("R-1"), restore.LockRecord("lock"), restore.OnceKey("key"),
		restore.PostsKey("R-1"),
	}
}

// writeAll writes something of each kind.
func writeAll(tx restore.Tx) error {
	r, err := file(tx)
	if err != nil {
		return err
	}
	_, once := tx.Once("key", r.Subject, at(0), at(time.Hour))
	return errors.Join(
		once,
		tx.PutLock(restore.Lock{Key: "lock", Holder: r.Subject, Since: at(0)}),
		tx.PutPosts(&restore.Posts{Subject: "R-1", Surfaces: map[string]restore.Surface{"card": {Through: 1}}}),
	)
}

// untouched checks that nothing but one request is in the store.
func untouched(t *testing.T, s Store, before restore.Head) {
	t.Helper()
	if h := head(t, s); h != before {
		t.Errorf("head %+v, before the step %+v", h, before)
	}
	view(t, s, func(r restore.Reader) error {
		l, err := r.Lock("lock")
		if l != nil || err != nil {
			t.Errorf("lock %+v, %v", l, err)
		}
		p, err := r.Posts("R-1")
		if err != nil || len(p.Surfaces) != 0 {
			t.Errorf("posts %+v, %v", p, err)
		}
		all, err := r.Newest(0, 10)
		if !slices.Equal(all, subjects(1)) {
			t.Errorf("requests %v", all)
		}
		return err
	})
	update(t, s, everything(), func(tx restore.Tx) error {
		if before, err := tx.Once("key", "R-1", at(0), at(time.Hour)); before != "" || err != nil {
			t.Errorf("key remembered for %q, %v", before, err)
		}
		if next, err := tx.NextSubject(); next != "R-2" || err != nil {
			t.Errorf("next request %s, %v", next, err)
		}
		return nil
	})
}

func failing(t *testing.T, s Store) {
	t.Helper()
	filed(t, s, 1)
	before := head(t, s)
	err := s.Update(t.Context(), everything(), func(tx restore.Tx) error {
		if err := writeAll(tx); err != nil {
			t.Error(err)
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		t.Errorf("got %v", err)
	}
	untouched(t, s, before)
}

// panicking checks that a panic, and the end of a goroutine, leave nothing behind and do not stop the store.
func panicking(t *testing.T, s Store) {
	t.Helper()
	filed(t, s, 1)
	before := head(t, s)
	for _, leave := range []func(){func() { panic("in a step") }, runtime.Goexit} {
		var wg sync.WaitGroup
		wg.Go(func() {
			defer func() { _ = recover() }()
			err := s.Update(context.WithoutCancel(t.Context()), everything(), func(tx restore.Tx) error {
				if err := writeAll(tx); err != nil {
					t.Error(err)
				}
				leave()
				return nil
			})
			t.Errorf("update came back with %v", err)
		})
		wg.Wait()
	}
	untouched(t, s, before)
}

func sameError(t *testing.T, s Store) {
	t.Helper()
	err := s.Update(t.Context(), nil, func(restore.Tx) error { return errUndo })
	if err != errUndo { //nolint:errorlint // the very error is what is checked
		t.Errorf("update: got %v", err)
	}
	err = s.View(t.Context(), func(restore.Reader) error { return errUndo })
	if err != errUndo { //nolint:errorlint // the very error is what is checked
		t.Errorf("view: got %v", err)
	}
}

// swallowed checks that a step fails in which a write was refused, even if its function goes on.
func swallowed(t *testing.T, s Store) {
	t.Helper()
	filed(t, s, 1)
	before := head(t, s)
	err := s.Update(t.Context(), everything(), func(tx restore.Tx) error {
		_ = tx.PutLock(restore.Lock{Key: "another"})
		return writeAll(tx)
	})
	if !errors.Is(err, restore.ErrKey) {
		t.Errorf("got %v", err)
	}
	untouched(t, s, before)
}

// ownWrites checks that a step reads what it wrote.
func ownWrites(t *testing.T, s Store) {
	t.Helper()
	filed(t, s, 2)
	keys := append(everything(), restore.RequestKey("R-2"))
	update(t, s, keys, func(tx restore.Tx) error {
		if err := writeAll(tx); err != nil {
			return err
		}
		if l, err := tx.Lock("lock"); l == nil || l.Holder != "R-3" || err != nil {
			t.Errorf("lock %+v, %v", l, err)
		}
		if err := tx.DropLock("lock"); err != nil {
			return err
		}
		if l, err := tx.Lock("lock"); l != nil || err != nil {
			t.Errorf("dropped lock %+v, %v", l, err)
		}
		r, err := tx.Request("R-2")
		if err != nil {
			return err
		}
		r.State, r.Deadline = restore.Pending, at(time.Minute)
		if err := tx.PutRequest(r); err != nil {
			return err
		}
		if got, err := tx.InState(restore.Checking); !slices.Equal(got, subjects(1, 3)) || err != nil {
			t.Errorf("checking %v, %v", got, err)
		}
		if got, err := tx.Due(restore.ClassRequest, at(2*time.Hour), 10); !slices.Equal(got, subjects(2, 1, 3)) || err != nil {
			t.Errorf("due %v, %v", got, err)
		}
		if got, err := tx.Newest(3, 10); !slices.Equal(got, subjects(2, 1)) || err != nil {
			t.Errorf("newest %v, %v", got, err)
		}
		events, err := tx.Log(1, 10)
		if len(events) != 2 || events[1].Subject != "R-3" {
			t.Errorf("log %+v", events)
		}
		return err
	})
}

// canceled checks that a step whose context is over does not run.
func canceled(t *testing.T, s Store) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		err := s.Update(ctx, nil, func(restore.Tx) error {
			t.Error("the step ran")
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}
