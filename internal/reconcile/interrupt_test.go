package reconcile_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// TestStopWhilePreparing has people stop a request while everything is checked again: nothing is sent.
func TestStopWhilePreparing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		user, line string
		want       restore.State
	}{
		"deny":   {"dba2", "deny %s because the DBA is asleep", restore.Denied},
		"cancel": {"engineer", "cancel %s not needed", restore.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				s := r.pending(line)
				r.inject(fake.Fault{Kind: fake.Delay, Delay: 20 * time.Second, Match: fake.Listings()})
				r.approve(s, "dba1", "lead1")
				r.reach(s, restore.Preparing)
				if len(r.locks(s)) != 2 {
					r.t.Errorf("locks %v", r.locks(s))
				}
				r.pass(5 * time.Second)
				r.say(tt.user, strings.ReplaceAll(tt.line, "%s", string(s)))
				r.stays(s, tt.want, time.Hour)
				r.posts(0, 0)
				if len(r.locks(s)) != 0 {
					r.t.Errorf("locks %v", r.locks(s))
				}
			})
		})
	}
}

// TestStopWhileSending checks that a cancel which comes too late changes nothing.
func TestStopWhileSending(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		r.inject(fake.Fault{Kind: fake.Delay, Delay: 20 * time.Second, Match: fake.Creations()})
		s := r.approved(line)
		r.reach(s, restore.Sending)
		if d := answer[commands.Decided](r, r.say("engineer", "cancel "+string(s))); d.Verdict != "closed" {
			r.t.Errorf("verdict %s", d.Verdict)
		}
		r.reach(s, restore.Running)
		r.posts(1, 1)
	})
}

// TestShutdownWaitsForPost ends the loop in the middle of a POST.
func TestShutdownWaitsForPost(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		r.inject(fake.Fault{Kind: fake.Delay, Delay: 40 * time.Second, After: true, Match: fake.Creations()})
		s := r.approved(line)
		r.reach(s, restore.Sending)
		start := time.Now()
		r.stop()
		if took := time.Since(start); took < 39*time.Second || took > 41*time.Second {
			r.t.Errorf("the end took %s", took)
		}
		if q := r.get(s); q.State != restore.Running || len(q.Jobs()) != 1 {
			r.t.Errorf("%s with jobs %+v", q.State, q.Jobs())
		}
		r.posts(1, 1)
	})
}

// TestShutdownWhilePreparing ends the loop before anything is sent: nothing is.
func TestShutdownWhilePreparing(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.pending(line)
		r.inject(fake.Fault{Kind: fake.Delay, Delay: 20 * time.Second, Match: fake.Listings()})
		r.approve(s, "dba1", "lead1")
		r.reach(s, restore.Preparing)
		r.stop()
		r.posts(0, 0)
		r.start()
		r.reach(s, restore.Running)
		r.posts(1, 1)
		if n := r.count(s, restore.KindHeld); n != 1 {
			r.t.Errorf("held %d times", n)
		}
	})
}

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
				if len(r.server.Posts()) != 1 || len(r.counted.counts()) != 1 {
					r.t.Errorf("%d POSTs, counted %v", len(r.server.Posts()), r.counted.counts())
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
