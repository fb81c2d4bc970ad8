package reconcile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"
)

func TestBackOff(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]time.Duration{
		1: 2 * time.Second, 2: 4 * time.Second, 3: 8 * time.Second, 8: 256 * time.Second, 9: 5 * time.Minute, 1000: 5 * time.Minute,
	} {
		if got := backOff(n, 5*time.Minute); got != want {
			t.Errorf("after %d failures %s, want %s", n, got, want)
		}
	}
	if got := backOff(1, time.Second); got != time.Second {
		t.Errorf("longer than the longest: %s", got)
	}
}

// TestWiden has polls that meet a server in trouble come less and less often, but never more often than usual.
func TestWiden(t *testing.T) {
	t.Parallel()
	const longest = 5 * time.Minute
	for _, tt := range []struct {
		usual time.Duration
		want  []time.Duration // after the first failure, the second, …
	}{
		{15 * time.Second, []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, longest, longest}},
		{time.Second, []time.Duration{2 * time.Second, 4 * time.Second}},
		{0, []time.Duration{2 * time.Second, 4 * time.Second}},
		{4 * time.Minute, []time.Duration{longest, longest}},
		{time.Hour, []time.Duration{time.Hour, time.Hour}},
	} {
		for i, want := range tt.want {
			if got := widen(tt.usual, i+1, longest); got != want {
				t.Errorf("usually %s, after %d failures %s, want %s", tt.usual, i+1, got, want)
			}
		}
	}
}

// busyError wants its server to be left alone.
type busyError struct{ wait time.Duration }

func (e *busyError) Error() string       { return "busy" }
func (e *busyError) Wait() time.Duration { return e.wait }

func TestWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWork(5*time.Minute, slog.New(slog.DiscardHandler))
		runs := 0
		start := func(pause time.Duration, err error) time.Time {
			defer synctest.Wait()
			return w.start(t.Context(), "R-1", time.Now(), func() (time.Duration, error) { runs++; return pause, err })
		}
		for i, tt := range []struct {
			pause time.Duration
			err   error
			want  time.Duration
		}{
			{0, errors.New("first"), 2 * time.Second},
			{0, errors.New("second"), 4 * time.Second},
			{10 * time.Second, errors.New("third"), 80 * time.Second},
			{0, fmt.Errorf("fourth: %w", &busyError{time.Hour}), time.Hour},
			{15 * time.Second, nil, 15 * time.Second},
			{0, errors.New("first again"), 2 * time.Second},
			{0, nil, 0},
		} {
			if at := start(tt.pause, tt.err); !at.IsZero() || runs != i+1 {
				t.Fatalf("start %d: pauses until %s after %d runs", i, at, runs)
			}
			if tt.want > 0 {
				if until := time.Until(start(0, nil)); until != tt.want || runs != i+1 {
					t.Errorf("start %d: pauses %s after %d runs, want %s", i, until, runs, tt.want)
				}
				w.sweep(time.Now())
				time.Sleep(tt.want)
			}
		}
		w.sweep(time.Now())
		if len(w.names) != 0 {
			t.Errorf("%d names are left", len(w.names))
		}
		w.wait()
	})
}

// TestWorkIsBounded starts one name twice, and more names than may run at once.
func TestWorkIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWork(time.Minute, slog.New(slog.DiscardHandler))
		running, most, all := make(chan struct{}, 100), 0, 0
		for n := range 100 {
			w.start(context.WithoutCancel(t.Context()), fmt.Sprint(n%50), time.Now(), func() (time.Duration, error) {
				running <- struct{}{}
				time.Sleep(time.Second)
				<-running
				return 0, nil
			})
		}
		for range 10 {
			synctest.Wait()
			most, all = max(most, len(running)), all+len(running)
			w.sweep(time.Now())
			time.Sleep(time.Second)
		}
		w.wait()
		if most != atOnce || all != 50 {
			t.Errorf("%d of %d ran at once", most, all)
		}
	})
}
