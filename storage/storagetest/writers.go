package storagetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"snapback/internal/restore"
)

// writerCount is how many goroutines write at once.
const writerCount = 64

// oneRecord lets many writers increment one counter: none may be lost.
func oneRecord(t *testing.T, s Store) {
	t.Helper()
	filed(t, s, 1)
	const rounds = 4
	var wg sync.WaitGroup
	for range writerCount {
		wg.Go(func() {
			for range rounds {
				if err := increment(t.Context(), s, "R-1", 1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	view(t, s, func(r restore.Reader) error {
		req, err := r.Request("R-1")
		if err == nil && req.Misses != writerCount*rounds {
			t.Errorf("counted %d, want %d", req.Misses, writerCount*rounds)
		}
		return err
	})
}

func increment(ctx context.Context, s Store, subject restore.Subject, by int) error {
	return s.Update(ctx, []restore.Key{restore.RequestKey(subject)}, func(tx restore.Tx) error {
		r, err := tx.Request(subject)
		if err != nil {
			return err
		}
		r.Misses += by
		return tx.PutRequest(r)
	})
}

// twoRecords lets writers move units between two records while readers add them up: the sum never changes.
func twoRecords(t *testing.T, s Store) {
	t.Helper()
	filed(t, s, 2)
	keys := []restore.Key{restore.RequestKey("R-1"), restore.RequestKey("R-2")}
	var wg sync.WaitGroup
	for i := range writerCount {
		wg.Go(func() {
			err := s.Update(t.Context(), keys, func(tx restore.Tx) error {
				return move(tx, i%2 == 0)
			})
			if err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			err := s.View(t.Context(), func(r restore.Reader) error {
				one, err := r.Request("R-1")
				if err != nil {
					return err
				}
				two, err := r.Request("R-2")
				if err == nil && one.Misses+two.Misses != 0 {
					err = fmt.Errorf("a view saw half a step: %d and %d", one.Misses, two.Misses)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func move(tx restore.Tx, back bool) error {
	for subject, by := range map[restore.Subject]int{"R-1": 1, "R-2": -1} {
		r, err := tx.Request(subject)
		if err != nil {
			return err
		}
		if back {
			by = -by
		}
		r.Misses += by
		if err := tx.PutRequest(r); err != nil {
			return err
		}
	}
	return nil
}

// filings lets many file at once, half of them in vain: every acknowledged filing is there once, the others are not.
func filings(t *testing.T, s Store) {
	t.Helper()
	var mu sync.Mutex
	acknowledged := make(map[restore.Subject]int)
	var wg sync.WaitGroup
	for i := range writerCount {
		wg.Go(func() {
			var subject restore.Subject
			err := s.Update(t.Context(), []restore.Key{restore.NewRequestKey()}, func(tx restore.Tx) error {
				r, err := file(tx)
				if err != nil {
					return err
				}
				subject = r.Subject
				if i%2 == 0 {
					return errUndo
				}
				return nil
			})
			if i%2 == 0 {
				if !errors.Is(err, errUndo) {
					t.Errorf("undone filing: %v", err)
				}
				return
			}
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			acknowledged[subject] = i
		})
	}
	wg.Wait()
	view(t, s, func(r restore.Reader) error {
		all, err := r.Newest(0, writerCount)
		if len(all) != writerCount/2 || len(acknowledged) != len(all) {
			t.Errorf("%d requests, %d acknowledged", len(all), len(acknowledged))
		}
		for _, subject := range all {
			if _, ok := acknowledged[subject]; !ok {
				t.Errorf("%s is there, and nobody was told", subject)
			}
		}
		return err
	})
}
