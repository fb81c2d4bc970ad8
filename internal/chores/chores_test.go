package chores_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"snapback/internal/chores"
	"snapback/internal/restore"
)

// TestCalendar does a chore over the days of 2026 on which the clocks change.
func TestCalendar(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, k := opened(t, dir), newKept(t, "30 2 * * *", false)
		until(t, "2026-03-27T12:00:00Z")
		k.run(t, s, "2026-03-31T12:00:00Z")
		k.was(t, "03-28T01:30", "03-29T01:00", "03-30T00:30", "03-31T00:30")
		k.run(t, s, "2026-03-31T12:00:01Z") // a restart does nothing again
		k.was(t)
	})
	dir = t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, k := opened(t, dir), newKept(t, "30 2 * * *", false)
		until(t, "2026-10-23T12:00:00Z")
		k.run(t, s, "2026-10-27T12:00:00Z")
		k.was(t, "10-24T00:30", "10-25T00:30", "10-26T01:30", "10-27T01:30")
		if events := told(t, s, restore.SubjectBackup); len(events) != 4 {
			t.Errorf("told %v", events)
		}
	})
}

// TestMissed stops the process over several instants.
func TestMissed(t *testing.T) {
	t.Parallel()
	for name, missed := range map[string]bool{"skip": false, "run": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				s, k := opened(t, dir), newKept(t, "0 3 * * *", missed)
				until(t, "2026-06-01T12:00:00Z")
				k.run(t, s, "2026-06-02T12:00:00Z")
				k.was(t, "06-02T01:00")
				until(t, "2026-06-05T12:00:00Z")
				k.run(t, s, "2026-06-06T12:00:00Z")
				if missed {
					k.was(t, "06-05T12:00", "06-06T01:00")
				} else {
					k.was(t, "06-06T01:00")
				}
				want := restore.BodyMissed{
					Due:  time.Date(2026, time.June, 3, 1, 0, 0, 0, time.UTC),
					Next: time.Date(2026, time.June, 6, 1, 0, 0, 0, time.UTC), Runs: missed,
				}
				if events := told(t, s, restore.SubjectBackup); events[1] != want {
					t.Errorf("told %+v", events)
				}
			})
		})
	}
}

// TestLate is done although the process was down at the very instant.
func TestLate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, k := opened(t, dir), newKept(t, "0 3 * * *", false)
		until(t, "2026-06-01T12:00:00Z")
		k.run(t, s, "2026-06-02T00:59:00Z")
		until(t, "2026-06-02T01:01:00Z")
		k.run(t, s, "2026-06-02T12:00:00Z")
		k.was(t, "06-02T01:01")
	})
}

// TestFailed tries again, tells it, and takes up after a restart what was not done.
func TestFailed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, k := opened(t, dir), newKept(t, "0 3 * * *", false)
		until(t, "2026-06-01T12:00:00Z")
		k.fails = errors.New("no room")
		k.run(t, s, "2026-06-02T01:25:00Z")
		k.was(t, "06-02T01:00", "06-02T01:10", "06-02T01:20")
		if len(k.health) != 3 || k.health[2] == nil {
			t.Errorf("told %v", k.health)
		}
		k.fails = nil
		k.run(t, s, "2026-06-02T12:00:00Z")
		k.was(t, "06-02T01:25")
		if k.health[len(k.health)-1] != nil {
			t.Errorf("told %v", k.health)
		}
		if events := told(t, s, restore.SubjectBackup); len(events) != 1 {
			t.Errorf("told %v", events)
		}
	})
}

// TestUntrustedClock does nothing while the clock may be wrong.
func TestUntrustedClock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, k := opened(t, dir), newKept(t, "0 3 * * *", false)
		until(t, "2026-06-01T12:00:00Z")
		k.run(t, s, "2026-06-01T13:00:00Z")
		k.skewed = true
		k.run(t, s, "2026-06-03T13:00:00Z")
		k.was(t)
		k.skewed = false
		k.run(t, s, "2026-06-04T13:00:00Z")
		k.was(t, "06-04T01:00")
		if _, ok := told(t, s, restore.SubjectBackup)[0].(restore.BodyMissed); !ok {
			t.Error("that it was missed is not told")
		}
	})
}

// TestOtherExpression misses nothing that it never was due at.
func TestOtherExpression(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := opened(t, dir)
		until(t, "2026-06-01T12:00:00Z")
		newKept(t, "0 3 * * *", true).run(t, s, "2026-06-01T13:00:00Z")
		until(t, "2026-06-03T12:00:00Z")
		k := newKept(t, "0 5 * * *", true)
		k.run(t, s, "2026-06-04T12:00:00Z")
		k.was(t, "06-04T03:00")
	})
}

// TestInterrupted ends the process in the middle.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, k := opened(t, dir), newKept(t, "0 3 * * *", false)
		until(t, "2026-06-01T12:00:00Z")
		whole := k.Do
		k.Do = func(ctx context.Context) (restore.Body, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		k.run(t, s, "2026-06-02T01:05:00Z")
		k.Do = whole
		until(t, "2026-06-02T09:00:00Z")
		k.run(t, s, "2026-06-02T12:00:00Z")
		k.was(t, "06-02T09:00")
	})
}

// TestPlanned has the next run stand in the due index, with its fire and its end, until nobody does the chore any more.
func TestPlanned(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, k := opened(t, dir), newKept(t, "0 3 * * *", true)
		stands := func(want string) {
			t.Helper()
			err := s.View(t.Context(), func(rd restore.Reader) error {
				at, err := rd.NextDue(restore.ClassChore)
				if got := at.Format(time.RFC3339); got != want {
					t.Errorf("due %s, want %s", got, want)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
		until(t, "2026-06-01T12:00:00Z")
		k.run(t, s, "2026-06-01T13:00:00Z")
		stands("2026-06-02T01:00:00Z")
		k.fails = errors.New("no room")
		k.run(t, s, "2026-06-02T13:00:00Z")
		stands("2026-06-02T01:00:00Z") // it has begun
		k.fails, k.done = nil, nil
		k.run(t, s, "2026-06-02T13:01:00Z")
		k.was(t, "06-02T13:00")
		stands("2026-06-03T01:00:00Z")
		nobody := &kept{}
		nobody.none = true
		nobody.run(t, s, "2026-06-02T14:00:00Z")
		stands("0001-01-01T00:00:00Z")
		until(t, "2026-06-05T12:00:00Z")
		k.run(t, s, "2026-06-05T13:00:00Z") // taken up again: nothing was missed
		k.was(t)
		stands("2026-06-06T01:00:00Z")
	})
}

// TestTwoChores does one at its instant while the other fails.
func TestTwoChores(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, k, other := opened(t, dir), newKept(t, "0 3 * * *", false), newKept(t, "7 3 * * *", false)
		other.Subject = restore.SubjectWitness
		k.others, k.fails = []chores.Chore{other.Chore}, errors.New("no room")
		until(t, "2026-06-01T12:00:30Z")
		k.run(t, s, "2026-06-02T01:25:00Z")
		k.was(t, "06-02T01:00", "06-02T01:10", "06-02T01:20")
		other.was(t, "06-02T01:07")
		if at := other.at; at.Second() != 0 {
			t.Errorf("done at %s", at)
		}
	})
}
