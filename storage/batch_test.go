package storage

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"

	"snapback/internal/restore"
)

var errUndo = errors.New("undo")

// held opens a store in which a step runs, and stays, until release is called.
func held(t *testing.T, dir string) (s *Store, release func()) {
	t.Helper()
	s = opened(t, dir)
	gate := make(chan struct{})
	go func() {
		if err := s.Update(t.Context(), nil, func(restore.Tx) error { <-gate; return nil }); err != nil {
			t.Error(err)
		}
	}()
	synctest.Wait()
	return s, func() { close(gate) }
}

// TestGroupCommit checks that the steps that wait share one commit, and that those which fail do not harm the others.
func TestGroupCommit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, release := held(t, dir)
		before := s.durable.Load()
		leave := map[int]func() error{
			7:  func() error { return errUndo },
			21: func() error { panic("in a step") },
			42: func() error { runtime.Goexit(); return nil },
		}
		good := 0
		for i := range 64 {
			if leave[i] == nil {
				good++
			}
			go func() {
				defer func() { _ = recover() }()
				err := s.Update(context.WithoutCancel(t.Context()), []restore.Key{restore.NewRequestKey()}, func(tx restore.Tx) error {
					if _, err := filing(tx); err != nil {
						return err
					}
					if leave[i] != nil {
						return leave[i]()
					}
					return nil
				})
				if (leave[i] == nil) != (err == nil) {
					t.Errorf("step %d: %v", i, err)
				}
			}()
		}
		synctest.Wait()
		release()
		synctest.Wait()
		if commits := s.durable.Load() - before; commits != 1 {
			t.Errorf("%d commits", commits)
		}
		err := s.View(t.Context(), func(r restore.Reader) error {
			h, err := r.Head()
			if h.Seq != uint64(good) {
				t.Errorf("%d events, want %d", h.Seq, good)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		check(t, s)
	})
}

// TestBatchBound checks that a batch takes no more steps than it may, and that the rest follows.
func TestBatchBound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, release := held(t, dir)
		before := s.durable.Load()
		for range 2 * maxBatch {
			go func() {
				if _, err := fileOne(t.Context(), s); err != nil {
					t.Error(err)
				}
			}()
		}
		synctest.Wait()
		release()
		synctest.Wait()
		if commits := s.durable.Load() - before; commits != 3 { // the step that was held counts
			t.Errorf("%d commits", commits)
		}
	})
}

// TestCanceledWhileWaiting checks that a step whose context ends before its turn does not run.
func TestCanceledWhileWaiting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, release := held(t, dir)
		ctx, cancel := context.WithCancel(t.Context())
		var err error
		go func() {
			err = s.Update(ctx, nil, func(restore.Tx) error {
				t.Error("the step ran")
				return nil
			})
		}()
		synctest.Wait()
		cancel()
		synctest.Wait()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		release()
	})
}

// TestCanceledWhileRunning checks that the answer is true for a step that ran.
func TestCanceledWhileRunning(t *testing.T) {
	t.Parallel()
	s := opened(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Update(ctx, []restore.Key{restore.NewRequestKey()}, func(tx restore.Tx) error {
		_, err := filing(tx)
		cancel()
		return err
	})
	if err != nil {
		t.Errorf("got %v", err)
	}
	if next, err := fileOne(t.Context(), s); next != "R-2" || err != nil {
		t.Errorf("next %s, %v", next, err)
	}
}

// TestViewIsDurable checks that nobody reads a commit that has not been synced. The commit is held by a handler that
// bbolt runs after its readers see the new state and before the commit returns.
func TestViewIsDurable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := opened(t, dir)
		gate := make(chan struct{})
		go func() {
			err := s.Update(t.Context(), []restore.Key{restore.NewRequestKey()}, func(tx restore.Tx) error {
				tx.(*step).tx.OnCommit(func() { <-gate }) //nolint:errcheck // a panic would fail the test
				_, err := filing(tx)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}()
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		views := 0
		look := func(ctx context.Context) error {
			return s.View(ctx, func(r restore.Reader) error {
				views++
				h, err := r.Head()
				if h.Seq != 1 {
					t.Errorf("head %+v", h)
				}
				return err
			})
		}
		var canceled error
		go func() { canceled = look(ctx) }()
		go func() {
			if err := look(t.Context()); err != nil {
				t.Error(err)
			}
		}()
		synctest.Wait()
		if views != 0 {
			t.Error("a view saw a commit that had not ended")
		}
		cancel()
		synctest.Wait()
		if !errors.Is(canceled, context.Canceled) {
			t.Errorf("canceled view: %v", canceled)
		}
		close(gate)
		synctest.Wait()
		if views != 1 {
			t.Errorf("%d views after the commit", views)
		}
	})
}

func TestSubscribe(t *testing.T) {
	t.Parallel()
	s := opened(t, t.TempDir())
	one, stop := s.Subscribe()
	two, _ := s.Subscribe()
	signals := func(one, two <-chan struct{}) (n [2]int) {
		for i, c := range []<-chan struct{}{one, two} {
			for len(c) > 0 {
				<-c
				n[i]++
			}
		}
		return n
	}
	if err := s.Update(t.Context(), nil, func(restore.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if n := signals(one, two); n != [2]int{0, 0} {
		t.Errorf("a step that wrote nothing gave %v", n)
	}
	for range 3 {
		if _, err := fileOne(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if n := signals(one, two); n != [2]int{1, 1} {
		t.Errorf("three commits gave %v", n)
	}
	stop()
	if _, err := fileOne(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if n := signals(one, two); n != [2]int{0, 1} {
		t.Errorf("after the end of the first subscription: %v", n)
	}
}
