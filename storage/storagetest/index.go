package storagetest

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"snapback/internal/restore"
)

func states(t *testing.T, s Store) {
	t.Helper()
	filed(t, s, 12)
	for n, state := range map[uint64]restore.State{
		2: restore.Preparing, 3: restore.Sending, 10: restore.Pending, 11: restore.Failed, 12: restore.Preparing,
	} {
		change(t, s, restore.RequestSubject(n), func(r *restore.Request) { r.State = state })
	}
	change(t, s, "R-12", func(r *restore.Request) { r.State = restore.Approved })
	change(t, s, "R-12", func(r *restore.Request) { r.Misses++ })
	for _, c := range []struct {
		states []restore.State
		want   []restore.Subject
	}{
		{[]restore.State{restore.Checking}, subjects(1, 4, 5, 6, 7, 8, 9)},
		{[]restore.State{restore.Preparing}, subjects(2)},
		{[]restore.State{restore.Approved}, subjects(12)},
		{[]restore.State{restore.Failed, restore.Pending, restore.Sending}, subjects(3, 10, 11)},
		{[]restore.State{restore.Sending, restore.Sending}, subjects(3)},
		{[]restore.State{"submitting"}, nil},
		{[]restore.State{restore.None}, nil},
		{restore.OpenStates(), subjects(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12)},
		{nil, nil},
	} {
		view(t, s, func(r restore.Reader) error {
			got, err := r.InState(c.states...)
			if !slices.Equal(got, c.want) {
				t.Errorf("in %q: %v, want %v", c.states, got, c.want)
			}
			return err
		})
	}
}

func newest(t *testing.T, s Store) {
	t.Helper()
	view(t, s, func(r restore.Reader) error {
		got, err := r.Newest(0, 5)
		if len(got) != 0 {
			t.Errorf("in an empty store: %v", got)
		}
		return err
	})
	filed(t, s, 12)
	change(t, s, "R-11", func(r *restore.Request) { r.State = restore.Canceled })
	for _, c := range []struct {
		below uint64
		limit int
		want  []restore.Subject
	}{
		{0, 3, subjects(12, 11, 10)},
		{10, 2, subjects(9, 8)},
		{2, 5, subjects(1)},
		{1, 5, nil},
		{13, 1, subjects(12)},
		{math.MaxUint64, 1, subjects(12)},
		{0, 0, nil},
	} {
		view(t, s, func(r restore.Reader) error {
			got, err := r.Newest(c.below, c.limit)
			if !slices.Equal(got, c.want) {
				t.Errorf("below %d up to %d: %v, want %v", c.below, c.limit, got, c.want)
			}
			return err
		})
	}
}

func due(t *testing.T, s Store) {
	t.Helper()
	nextDue(t, s, time.Time{})
	filed(t, s, 5)
	deadline := func(subject restore.Subject, at time.Time) {
		change(t, s, subject, func(r *restore.Request) { r.Deadline = at })
	}
	deadline("R-1", at(3*time.Minute))
	deadline("R-2", at(time.Minute))
	deadline("R-3", at(time.Minute))
	deadline("R-3", at(2*time.Minute)) // moves
	deadline("R-4", time.Time{})
	change(t, s, "R-5", func(r *restore.Request) { r.State, r.Linger = restore.Failed, at(-time.Nanosecond) })
	nextDue(t, s, at(-time.Nanosecond))
	for _, c := range []struct {
		until time.Time
		limit int
		want  []restore.Subject
	}{
		{at(-2 * time.Nanosecond), 10, nil},
		{at(-time.Nanosecond), 10, subjects(5)},
		{at(time.Minute), 10, subjects(5, 2)},
		{at(time.Hour), 10, subjects(5, 2, 3, 1)},
		{at(time.Hour), 2, subjects(5, 2)},
		{at(time.Hour), 0, nil},
		{time.Time{}, 10, nil},
		{time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC), 1, subjects(5)},
	} {
		view(t, s, func(r restore.Reader) error {
			got, err := r.Due(restore.ClassRequest, c.until, c.limit)
			if !slices.Equal(got, c.want) {
				t.Errorf("until %s up to %d: %v, want %v", c.until, c.limit, got, c.want)
			}
			return err
		})
	}
	change(t, s, "R-5", func(r *restore.Request) { r.Linger = time.Time{} })
	nextDue(t, s, at(time.Minute))
}

// dueChores checks that chores and requests stand in one index, and are told apart.
func dueChores(t *testing.T, s Store) {
	t.Helper()
	filed(t, s, 2)
	change(t, s, "R-1", func(r *restore.Request) { r.Deadline = at(2 * time.Minute) })
	change(t, s, "R-2", func(r *restore.Request) { r.Deadline = at(4 * time.Minute) })
	put := func(c restore.Chore) {
		update(t, s, []restore.Key{restore.ChoreKey(c.Subject)}, func(tx restore.Tx) error { return tx.PutChore(&c) })
	}
	want := func(next time.Time, chores ...restore.Subject) {
		t.Helper()
		view(t, s, func(r restore.Reader) error {
			got, err := r.Due(restore.ClassChore, at(time.Hour), 10)
			if !slices.Equal(got, chores) || err != nil {
				t.Errorf("chores %v, want %v, %v", got, chores, err)
			}
			got, err = r.Due(restore.ClassRequest, at(time.Hour), 2)
			if !slices.Equal(got, subjects(1, 2)) || err != nil {
				t.Errorf("requests %v, %v", got, err)
			}
			if at, err := r.NextDue(restore.ClassChore); !at.Equal(next) || err != nil {
				t.Errorf("next chore %s, want %s, %v", at, next, err)
			}
			return err
		})
		nextDue(t, s, at(2*time.Minute))
	}
	put(restore.Chore{Subject: "witness", Next: at(3 * time.Minute)})
	put(restore.Chore{Subject: "backup", Next: at(time.Minute)})
	want(at(time.Minute), "backup", "witness")
	put(restore.Chore{Subject: "backup", Next: at(5 * time.Minute)})
	want(at(3*time.Minute), "witness", "backup")
	put(restore.Chore{Subject: "backup", Next: at(5 * time.Minute), Begun: at(time.Minute)})
	want(at(time.Minute), "backup", "witness")
	put(restore.Chore{Subject: "witness"})
	put(restore.Chore{Subject: "backup"})
	want(time.Time{})
}

func nextDue(t *testing.T, s Store, want time.Time) {
	t.Helper()
	view(t, s, func(r restore.Reader) error {
		got, err := r.NextDue(restore.ClassRequest)
		if !got.Equal(want) {
			t.Errorf("next due %s, want %s", got, want)
		}
		return err
	})
}

func jobs(t *testing.T, s Store) {
	t.Helper()
	filed(t, s, 2)
	attempts := func(ids ...string) []restore.Submission {
		var out []restore.Submission
		for _, id := range ids {
			out = append(out, restore.Submission{Jobs: []restore.Job{{ID: id}, {ID: id + "-config"}}})
		}
		return out
	}
	plan := &restore.Plan{Spec: restore.Spec{Source: restore.Cluster{Origin: origin}}}
	change(t, s, "R-1", func(r *restore.Request) { r.Plan, r.Attempts = plan, attempts("a", "b", "c") })
	change(t, s, "R-1", func(r *restore.Request) { r.Attempts = attempts("a", "b") })
	change(t, s, "R-1", func(r *restore.Request) { r.State = restore.Succeeded })
	for id, want := range map[string]restore.Subject{
		"a": "R-1", "a-config": "R-1", "b": "R-1", "b-config": "R-1", "c": "", "c-config": "", "": "",
	} {
		view(t, s, func(r restore.Reader) error {
			got, err := r.JobOwner(origin, id)
			if got != want {
				t.Errorf("job %q is %q's", id, got)
			}
			elsewhere, more := r.JobOwner(origin+"/", id)
			if elsewhere != "" {
				t.Errorf("job %q of another API is %q's", id, elsewhere)
			}
			return errors.Join(err, more)
		})
	}
	err := s.Update(t.Context(), []restore.Key{restore.RequestKey("R-2")}, func(tx restore.Tx) error {
		r, err := tx.Request("R-2")
		if err != nil {
			return err
		}
		r.Plan, r.Attempts = plan, attempts("d", "b")
		return tx.PutRequest(r)
	})
	if err == nil {
		t.Error("a job changed its owner")
	}
	view(t, s, func(r restore.Reader) error {
		got, err := r.JobOwner(origin, "d")
		if got != "" {
			t.Errorf("job d is %q's after a refused step", got)
		}
		return err
	})
}
