package reconcile_test

import (
	"errors"
	"testing"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// failFor makes the next n steps fail.
func failFor(n int) func() error {
	return func() error {
		if n--; n >= 0 {
			return errDisk
		}
		return nil
	}
}

// TestOutcomeIsWrittenLater has the store refuse the outcome of a POST for a while.
func TestOutcomeIsWrittenLater(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fault fake.Fault
		fails int
		want  restore.State
	}{
		"accepted":           {fake.Fault{Kind: fake.Delay, Delay: 5 * time.Second}, 3, restore.Running},
		"accepted, for long": {fake.Fault{Kind: fake.Delay, Delay: 5 * time.Second}, 8, restore.Running},
		"unknown":            {fake.Fault{Kind: fake.Hang}, 3, restore.InDoubt},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				tt.fault.Match = fake.Creations()
				r.inject(tt.fault)
				s := r.approved(line)
				r.reach(s, restore.Sending)
				r.store.failing(failFor(tt.fails))
				r.reach(s, tt.want)
				if len(r.server.Posts()) != 1 || len(r.counted.all) != 1 {
					r.t.Errorf("%d POSTs, counted %v", len(r.server.Posts()), r.counted.all)
				}
			})
		})
	}
}

// TestOutcomeIsLost has the process end before the store takes the outcome: what comes next has to look for the job.
func TestOutcomeIsLost(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		r.inject(fake.Fault{Kind: fake.Delay, Delay: 5 * time.Second, Match: fake.Creations()})
		s := r.approved(line)
		r.reach(s, restore.Sending)
		r.store.failing(func() error { return errDisk })
		r.pass(time.Minute)
		r.stop()
		r.store.failing(nil)
		r.start()
		adopted(r, s)
	})
}

// TestPreparingIsTakenUpAgain has the store fail in the middle of an attempt.
func TestPreparingIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	for name, then := range map[string]error{"disk": errDisk, "anything else": errors.New("something else")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				s := r.pending(line)
				r.inject(fake.Fault{Kind: fake.Delay, Delay: 20 * time.Second, Match: fake.Listings()})
				r.approve(s, "dba1", "lead1")
				r.reach(s, restore.Preparing)
				n := 0
				r.store.failing(func() error {
					if n++; n <= 2 {
						return then
					}
					return nil
				})
				r.reach(s, restore.Running)
				r.posts(1, 1)
				if n < 3 || r.count(s, restore.KindPreparing) != 1 {
					r.t.Errorf("%d steps, events %v", n, r.kinds(s))
				}
			})
		})
	}
}
