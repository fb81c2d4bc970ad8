package chores_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"testing"
	"time"

	"snapback/internal/audit"
	"snapback/internal/chores"
	"snapback/internal/restore"
	"snapback/storage"
)

// chain walks the log of a store.
func chain(t *testing.T, s *storage.Store, most int, q audit.Question) (audit.Report, error) {
	t.Helper()
	done := false
	q.From = 1
	return audit.Verify(t.Context(), func(ctx context.Context) ([][]byte, error) {
		if done {
			return nil, nil
		}
		done = true
		return s.Lines(ctx, 0, most)
	}, q)
}

// TestWitness posts where the log ends, notes it only then, and finds out what is missing from the log afterwards.
func TestWitness(t *testing.T) {
	t.Parallel()
	s := opened(t, t.TempDir())
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	var posted []string
	broken := errors.New("not_in_channel")
	var fails error
	w := &chores.Witness{Store: s, Key: key, Channel: "C0AUDIT", Post: func(_ context.Context, channel string, head restore.Head, line string) error {
		if fails == nil {
			posted = append(posted, line)
		}
		if channel != "C0AUDIT" || head.Seq == 0 {
			t.Errorf("posted to %s as of %+v", channel, head)
		}
		return fails
	}}
	if body, err := w.Do(t.Context()); body != nil || err != nil || len(posted) > 0 {
		t.Errorf("an empty log: %+v, %v", body, err)
	}
	for n := range 3 {
		err := s.Update(t.Context(), []restore.Key{restore.ChoreKey(restore.SubjectWitness)}, func(tx restore.Tx) error {
			c, err := tx.Chore(restore.SubjectWitness)
			if err != nil {
				return err
			}
			return restore.RecordChore(tx, c, time.Now(), restore.BodyMissed{})
		})
		if err != nil {
			t.Fatal(err)
		}
		fails = broken
		if body, err := w.Do(t.Context()); body != nil || !errors.Is(err, broken) {
			t.Errorf("not posted: %+v, %v", body, err)
		}
		fails = nil
		body, err := w.Do(t.Context())
		if got, ok := body.(restore.BodyWitnessed); err != nil || !ok || got.Seq != uint64(n+1) || got.Line != posted[n] || got.Key != audit.PublicKey(key) {
			t.Errorf("told %+v, %v", body, err)
		}
	}
	last, err := audit.ParseWitnesses(posted[2])
	if err != nil {
		t.Fatal(err)
	}
	if report, err := chain(t, s, 100, audit.Question{Witnesses: last}); err != nil || report.Witnessed != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	if _, err := chain(t, s, 2, audit.Question{Witnesses: last}); !errors.Is(err, audit.ErrCut) {
		t.Errorf("the tail is gone: %v", err)
	}
}
