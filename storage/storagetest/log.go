package storagetest

import (
	"errors"
	"math"
	"testing"
	"time"

	"snapback/internal/restore"
)

// chain checks that all subjects share one chain and that the clock never runs backward in it.
func chain(t *testing.T, s Store) {
	t.Helper()
	filed(t, s, 2)
	last := head(t, s)
	update(t, s, []restore.Key{restore.RequestKey("R-2")}, func(tx restore.Tx) error {
		early := note("R-2", 2)
		early.At = at(-time.Hour)
		first, err := tx.Append(early)
		if err != nil {
			return err
		}
		second, err := tx.Append(note(restore.SubjectPolicy, 1))
		if err != nil {
			return err
		}
		if first.Seq != last.Seq+1 || first.Prev != last.Hash || !first.At.Equal(last.At) {
			t.Errorf("event %+v after %+v", first, last)
		}
		if second.Seq != first.Seq+1 || second.Prev != first.Hash {
			t.Errorf("event %+v after %+v", second, first)
		}
		if h, err := tx.Head(); h != second.Head() || err != nil {
			t.Errorf("head %+v, %v", h, err)
		}
		return errors.Join(first.Verify(last), second.Verify(first.Head()))
	})
	if h := head(t, s); h.Seq != 4 {
		t.Errorf("head %+v", h)
	}
	salts := make(map[string]bool)
	view(t, s, func(r restore.Reader) error {
		events, err := r.Log(0, 10)
		for _, e := range events {
			salts[string(e.Salt)] = true
		}
		if len(salts) != 4 {
			t.Errorf("%d salts for 4 events", len(salts))
		}
		return err
	})
}

// unknownBody is of a kind that no version knows.
type unknownBody struct{}

// Kind implements [restore.Body].
func (unknownBody) Kind() restore.Kind { return "nonsense" }

// sequence checks that an event must be its subject's next, and of a known kind.
func sequence(t *testing.T, s Store) {
	t.Helper()
	filed(t, s, 1)
	nonsense := note("R-1", 2)
	nonsense.Body = unknownBody{}
	for name, d := range map[string]restore.Draft{
		"again":           note("R-1", 1),
		"zero":            note("R-1", 0),
		"gap":             note("R-1", 3),
		"first is second": note(restore.SubjectSystem, 2),
		"no subject":      note("", 1),
		"unknown kind":    nonsense,
	} {
		before := head(t, s)
		err := s.Update(t.Context(), []restore.Key{restore.RequestKey("R-1")}, func(tx restore.Tx) error {
			_, err := tx.Append(d)
			return err
		})
		if err == nil || head(t, s) != before {
			t.Errorf("%s: error %v, head %+v", name, err, head(t, s))
		}
	}
}

// pages checks the limits of the two lists of events.
func pages(t *testing.T, s Store) {
	t.Helper()
	filed(t, s, 11) // R-1 is a prefix of
	update(t, s, []restore.Key{restore.RequestKey("R-1")}, func(tx restore.Tx) error {
		for n := uint64(2); n <= 5; n++ {
			if _, err := tx.Append(note("R-1", n)); err != nil {
				return err
			}
		}
		return nil
	})
	change(t, s, "R-2", func(*restore.Request) {})
	for _, c := range []struct {
		after uint64
		limit int
		first uint64
		many  int
	}{
		{0, 10, 1, 5}, {0, 2, 1, 2}, {3, 10, 4, 2}, {4, 1, 5, 1}, {5, 10, 0, 0}, {math.MaxUint64, 10, 0, 0}, {0, 0, 0, 0},
	} {
		view(t, s, func(r restore.Reader) error {
			events, err := r.Events("R-1", c.after, c.limit)
			if len(events) != c.many {
				t.Errorf("events after %d up to %d: %d of them", c.after, c.limit, len(events))
			}
			for i, e := range events {
				if e.Subject != "R-1" || e.N != c.first+uint64(i) {
					t.Errorf("events after %d up to %d: %s %d at %d", c.after, c.limit, e.Subject, e.N, i)
				}
			}
			return err
		})
	}
	view(t, s, func(r restore.Reader) error {
		for after, want := range map[uint64]int{0: 4, 11: 4, 13: 2, 15: 0, math.MaxUint64: 0} {
			events, err := r.Log(after, 4)
			if err != nil {
				return err
			}
			if len(events) != want || (want > 0 && events[0].Seq != after+1) {
				t.Errorf("log after %d: %d events", after, len(events))
			}
		}
		return nil
	})
}
