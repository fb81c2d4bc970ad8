package storagetest

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"snapback/internal/restore"
)

// numbers checks that numbers are given out in order, and again if the step fails.
func numbers(t *testing.T, s Store) {
	t.Helper()
	got := filed(t, s, 2)
	err := s.Update(t.Context(), []restore.Key{restore.NewRequestKey()}, func(tx restore.Tx) error {
		if _, err := file(tx); err != nil {
			t.Error(err)
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		t.Errorf("got %v", err)
	}
	got = append(got, filed(t, s, 1)...)
	if !slices.Equal(got, subjects(1, 2, 3)) {
		t.Errorf("numbers %v", got)
	}
}

// copies checks that what comes out belongs to the caller.
func copies(t *testing.T, s Store) {
	t.Helper()
	filed(t, s, 1)
	change(t, s, "R-1", func(r *restore.Request) { r.Seen = []string{"a", "b"} })
	read := func() (r *restore.Request, events []restore.Event) {
		view(t, s, func(rd restore.Reader) error {
			var err, more error
			r, err = rd.Request("R-1")
			events, more = rd.Log(0, 1)
			return errors.Join(err, more)
		})
		return r, events
	}
	r, events := read()
	r.Seen[0], r.Asked.Source = "changed", "changed"
	clear(events[0].Body)
	clear(events[0].Salt)
	again, events := read()
	if again.Seen[0] != "a" || !reflect.DeepEqual(again.Asked, asked()) {
		t.Errorf("a reader changed the store: %+v", again)
	}
	if err := events[0].Verify(restore.Head{}); err != nil {
		t.Errorf("a reader changed the log: %v", err)
	}
}

// unknown checks what is said about requests that are not there.
func unknown(t *testing.T, s Store) {
	t.Helper()
	filed(t, s, 7)
	for _, subject := range []restore.Subject{"R-8", "R-0", "R-07", "7", "", "policy"} {
		err := s.View(t.Context(), func(r restore.Reader) error {
			_, err := r.Request(subject)
			return err
		})
		if !errors.Is(err, restore.ErrNoRequest) {
			t.Errorf("read %q: %v", subject, err)
		}
		err = s.Update(t.Context(), []restore.Key{restore.RequestKey(subject)}, func(tx restore.Tx) error {
			return tx.PutRequest(&restore.Request{Subject: subject})
		})
		if !errors.Is(err, restore.ErrNoRequest) {
			t.Errorf("put %q: %v", subject, err)
		}
	}
}

// stale checks that a request which was read before another step cannot undo that step.
func stale(t *testing.T, s Store) {
	t.Helper()
	filed(t, s, 1)
	var old *restore.Request
	view(t, s, func(r restore.Reader) error {
		var err error
		old, err = r.Request("R-1")
		return err
	})
	key := []restore.Key{restore.RequestKey("R-1")}
	update(t, s, key, func(tx restore.Tx) error {
		r, err := tx.Request("R-1")
		if err != nil {
			return err
		}
		return restore.Record(tx, r, restore.ByBot, at(0), restore.BodyRefused{})
	})
	if err := s.Update(t.Context(), key, func(tx restore.Tx) error { return tx.PutRequest(old) }); err == nil {
		t.Error("a stale request was written")
	}
	view(t, s, func(r restore.Reader) error {
		now, err := r.Request("R-1")
		if err == nil && now.State != restore.Refused {
			t.Errorf("state %s", now.State)
		}
		return err
	})
}
