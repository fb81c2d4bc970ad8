package storagetest

import (
	"slices"
	"testing"
	"time"

	"snapback/internal/restore"
)

// reopening checks that a store is the same after it was closed.
func reopening(t *testing.T, open Opener) {
	t.Helper()
	place := t.TempDir()
	s := open(t, place)
	filed(t, s, 2)
	update(t, s, everything(), writeAll)
	before := head(t, s)
	var installation string
	view(t, s, func(r restore.Reader) error {
		installation = r.Installation()
		return nil
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), nil, func(restore.Tx) error { return nil }); err == nil {
		t.Error("a closed store takes steps")
	}
	if err := s.View(t.Context(), func(restore.Reader) error { return nil }); err == nil {
		t.Error("a closed store can be read")
	}

	s = open(t, place)
	if h := head(t, s); h != before {
		t.Errorf("head %+v, before %+v", h, before)
	}
	view(t, s, func(r restore.Reader) error {
		if r.Installation() != installation {
			t.Errorf("installation %q, before %q", r.Installation(), installation)
		}
		if l, err := r.Lock("lock"); l == nil || err != nil {
			t.Errorf("lock %+v, %v", l, err)
		}
		got, err := r.InState(restore.Checking)
		if !slices.Equal(got, subjects(1, 2, 3)) {
			t.Errorf("checking %v", got)
		}
		return err
	})
	update(t, s, everything(), func(tx restore.Tx) error {
		if was, err := tx.Once("key", "R-9", at(0), at(time.Hour)); was != "R-3" || err != nil {
			t.Errorf("key remembered for %q, %v", was, err)
		}
		return nil
	})
	if next := filed(t, s, 1); next[0] != "R-4" {
		t.Errorf("next request %s", next[0])
	}
	verify(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	other := open(t, t.TempDir())
	view(t, other, func(r restore.Reader) error {
		if r.Installation() == installation {
			t.Error("two stores have one installation id")
		}
		return nil
	})
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
}
