package storagetest

import (
	"errors"
	"testing"
	"time"

	"snapback/internal/restore"
)

// touch is something a step does to a record, and the key it needs.
type touch struct {
	name string
	key  restore.Key
	do   func(tx restore.Tx) error
}

// touches lists everything that needs a key. R-1 must have been filed.
func touches(r *restore.Request) []touch {
	return []touch{
		{"read request", restore.RequestKey("R-1"), func(tx restore.Tx) error {
			_, err := tx.Request("R-1")
			return err
		}},
		{"put request", restore.RequestKey("R-1"), func(tx restore.Tx) error { return tx.PutRequest(r) }},
		{"append", restore.RequestKey("R-1"), func(tx restore.Tx) error {
			_, err := tx.Append(note("R-1", 2))
			return err
		}},
		{"next request", restore.NewRequestKey(), func(tx restore.Tx) error {
			_, err := tx.NextSubject()
			return err
		}},
		{"read lock", restore.LockRecord("lock"), func(tx restore.Tx) error {
			_, err := tx.Lock("lock")
			return err
		}},
		{"put lock", restore.LockRecord("lock"), func(tx restore.Tx) error {
			return tx.PutLock(restore.Lock{Key: "lock", Holder: "R-1"})
		}},
		{"drop lock", restore.LockRecord("lock"), func(tx restore.Tx) error { return tx.DropLock("lock") }},
		{"once", restore.OnceKey("key"), func(tx restore.Tx) error {
			_, err := tx.Once("key", "R-1", at(0), at(time.Hour))
			return err
		}},
		{"read posts", restore.PostsKey("R-1"), func(tx restore.Tx) error {
			_, err := tx.Posts("R-1")
			return err
		}},
		{"put posts", restore.PostsKey("R-1"), func(tx restore.Tx) error {
			return tx.PutPosts(&restore.Posts{Subject: "R-1"})
		}},
		{"read chore", restore.ChoreKey("backup"), func(tx restore.Tx) error {
			_, err := tx.Chore("backup")
			return err
		}},
		{"put chore", restore.ChoreKey("backup"), func(tx restore.Tx) error {
			return tx.PutChore(&restore.Chore{Subject: "backup"})
		}},
		{"erase", restore.RequestKey("R-1"), func(tx restore.Tx) error { return tx.Erase("R-1") }},
		{"drop request", restore.RequestKey("R-1"), func(tx restore.Tx) error { return tx.DropRequest("R-1") }},
	}
}

// keysRefused checks that each touch needs its own key, and that this key suffices.
func keysRefused(t *testing.T, s Store) {
	t.Helper()
	filed(t, s, 2)
	var r *restore.Request
	view(t, s, func(rd restore.Reader) error {
		var err error
		r, err = rd.Request("R-1")
		return err
	})
	others := []restore.Key{
		restore.NewRequestKey(), restore.RequestKey("R-1"), restore.RequestKey("R-2"), restore.LockRecord("lock"),
		restore.LockRecord("key"), restore.OnceKey("lock"), restore.OnceKey("key"), restore.PostsKey("R-1"),
		restore.ChoreKey("backup"), restore.ChoreKey("witness"),
	}
	for _, try := range touches(r) {
		var keys []restore.Key
		for _, k := range others {
			if k != try.key {
				keys = append(keys, k)
			}
		}
		before := head(t, s)
		err := s.Update(t.Context(), keys, func(tx restore.Tx) error {
			err := try.do(tx)
			if !errors.Is(err, restore.ErrKey) {
				t.Errorf("%s without its key: %v", try.name, err)
			}
			return err
		})
		if !errors.Is(err, restore.ErrKey) {
			t.Errorf("%s without its key: update gave %v", try.name, err)
		}
		if h := head(t, s); h != before {
			t.Errorf("%s without its key: the log grew", try.name)
		}
		err = s.Update(t.Context(), []restore.Key{try.key}, func(tx restore.Tx) error {
			if err := try.do(tx); err != nil {
				t.Errorf("%s with its key: %v", try.name, err)
			}
			return errUndo
		})
		if !errors.Is(err, errUndo) {
			t.Errorf("%s with its key: update gave %v", try.name, err)
		}
	}
}

// freeReads checks what needs no key.
func freeReads(t *testing.T, s Store) {
	t.Helper()
	filed(t, s, 1)
	update(t, s, nil, func(tx restore.Tx) error {
		for name, read := range map[string]func() error{
			"head":      func() error { _, err := tx.Head(); return err },
			"in state":  func() error { _, err := tx.InState(restore.Checking); return err },
			"newest":    func() error { _, err := tx.Newest(0, 1); return err },
			"due":       func() error { _, err := tx.Due(restore.ClassRequest, at(0), 1); return err },
			"next due":  func() error { _, err := tx.NextDue(restore.ClassRequest); return err },
			"events":    func() error { _, err := tx.Events("R-1", 0, 1); return err },
			"log":       func() error { _, err := tx.Log(0, 1); return err },
			"job owner": func() error { _, err := tx.JobOwner(origin, "job"); return err },
			"behind":    func() error { _, err := tx.Behind(1); return err },
			"note":      func() error { _, err := tx.Append(note(restore.SubjectSystem, 1)); return err },
		} {
			if err := read(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if tx.Installation() == "" {
			t.Error("no installation id")
		}
		return nil
	})
}
