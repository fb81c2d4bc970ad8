package storage

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"snapback/internal/restore"
)

// count returns how many keys a bucket has.
func count(t *testing.T, s *Store, name bucket) int {
	t.Helper()
	n := 0
	err := s.db.View(func(tx *bolt.Tx) error {
		n = tx.Bucket([]byte(name)).Stats().KeyN
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestOnceForgets checks that expired keys do not pile up, and that one call does not remove them all.
func TestOnceForgets(t *testing.T) {
	t.Parallel()
	s := opened(t, t.TempDir())
	remember := func(now time.Time, names ...string) {
		var keys []restore.Key
		for _, name := range names {
			keys = append(keys, restore.OnceKey(name))
		}
		err := s.Update(t.Context(), keys, func(tx restore.Tx) error {
			for _, name := range names {
				if _, err := tx.Once(name, "R-1", now, now.Add(time.Minute)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var old []string
	for i := range 100 {
		old = append(old, fmt.Sprint("old", i))
	}
	remember(noon(), old...)
	later := noon().Add(time.Hour)
	for i, want := range []int{85, 70, 55, 40, 25, 10, 7, 8} {
		remember(later, fmt.Sprint("new", i))
		if keys, places := count(t, s, bucketOnce), count(t, s, bucketOnceEnd); keys != want || places != want {
			t.Errorf("call %d left %d keys in %d places, want %d", i, keys, places, want)
		}
	}
	remember(later.Add(time.Hour), "new0") // expired itself
	if keys, places := count(t, s, bucketOnce), count(t, s, bucketOnceEnd); keys != 1 || places != 1 {
		t.Errorf("%d keys in %d places", keys, places)
	}
}

// TestEndedLeavesIndexes checks that an ended request is in no index of what is open.
func TestEndedLeavesIndexes(t *testing.T) {
	t.Parallel()
	s := opened(t, t.TempDir())
	for range 10 {
		subject, err := fileOne(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Update(t.Context(), []restore.Key{restore.RequestKey(subject)}, func(tx restore.Tx) error {
			r, err := tx.Request(subject)
			if err != nil {
				return err
			}
			return refuse(tx, r)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[bucket]int{bucketDue: 0, bucketDueOf: 0, bucketStates: 10, bucketRequests: 10, bucketKinds: 2} {
		if got := count(t, s, name); got != want {
			t.Errorf("%d keys in %s, want %d", got, name, want)
		}
	}
}

// TestRecordTooLarge checks that a record which the file cannot hold fails its own step only.
func TestRecordTooLarge(t *testing.T) {
	t.Parallel()
	s := opened(t, t.TempDir())
	long := restore.LockKey(strings.Repeat("x", bolt.MaxKeySize+1))
	err := s.Update(t.Context(), []restore.Key{restore.LockRecord(long)}, func(tx restore.Tx) error {
		return tx.PutLock(restore.Lock{Key: long})
	})
	if err == nil || errors.Is(err, restore.ErrBroken) {
		t.Errorf("got %v", err)
	}
	if _, err := fileOne(t.Context(), s); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestVerifyFinds checks that a log that was changed in the file does not verify.
func TestVerifyFinds(t *testing.T) {
	t.Parallel()
	rewrite := func(fn func(*restore.Event)) func(*bolt.Tx) error {
		return func(tx *bolt.Tx) error {
			o := newOverlay(tx)
			var e restore.Event
			if _, err := o.load(bucketEvents, number(2), &e); err != nil {
				return err
			}
			fn(&e)
			if err := o.save(bucketEvents, number(2), e); err != nil {
				return err
			}
			_, err := o.apply()
			return err
		}
	}
	remove := func(seq uint64) func(*bolt.Tx) error {
		return func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucketEvents)).Delete(number(seq)) }
	}
	for name, c := range map[string]struct {
		damage func(*bolt.Tx) error
		whole  bool
	}{
		"nothing":      {func(*bolt.Tx) error { return nil }, true},
		"erased text":  {rewrite(func(e *restore.Event) { e.Salt, e.Body = nil, nil }), true},
		"author":       {rewrite(func(e *restore.Event) { e.By = "T01/U02" }), false},
		"body":         {rewrite(func(e *restore.Event) { e.Body = []byte(`{}`) }), false},
		"cut tail":     {remove(3), false},
		"missing":      {remove(2), false},
		"missing head": {func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucketMeta)).Delete([]byte(metaHead)) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := closed(t)
			s, err := Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if _, err := fileOne(t.Context(), s); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			damage(t, o.Path, c.damage)
			s, err = Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			err = s.Verify(t.Context())
			if c.whole && err != nil || !c.whole && !errors.Is(err, restore.ErrChain) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestVerifyPages checks that a log of several pages is walked to its end.
func TestVerifyPages(t *testing.T) {
	t.Parallel()
	s := opened(t, t.TempDir())
	for _, n := range []int{verifyStep - 1, 1, verifyStep + 1} {
		err := s.Update(t.Context(), []restore.Key{restore.NewRequestKey()}, func(tx restore.Tx) error {
			for range n {
				if _, err := filing(tx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Verify(t.Context()); err != nil {
			t.Errorf("after %d more: %v", n, err)
		}
	}
	err := s.db.Update(func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucketEvents)).Delete(number(verifyStep + 500)) })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fileOne(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(t.Context()); !errors.Is(err, restore.ErrChain) {
		t.Errorf("with a gap: %v", err)
	}
}
