package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// TestClockDisagrees moves the server's clock: approved requests wait and nothing expires, until the clocks agree.
func TestClockDisagrees(t *testing.T) {
	t.Parallel()
	for name, skew := range map[string]time.Duration{"ahead": 90 * time.Second, "behind": -90 * time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, expiring(40*time.Minute), func(r *rig) {
				dies := r.pending("orders-prod latest to scratch-1 because OPS-1")
				deadline := r.get(dies).Deadline
				s, later := r.pending(line), r.pending("ledger-prod latest to scratch-1 because OPS-1")
				r.inject(fake.Fault{Kind: fake.DateSkew, Skew: skew, Times: fake.Always})
				r.approve(s, "dba1", "lead1")
				q := r.waits(s, restore.WaitClock)
				if !strings.HasPrefix(q.Wait.Detail, "om ") {
					r.t.Errorf("waits for %+v", q.Wait)
				}
				r.approve(later, "lead1")
				r.waits(later, restore.WaitClock)
				events := len(r.events(s)) + len(r.events(later))
				r.stays(s, restore.Approved, time.Hour)
				if more := len(r.events(s)) + len(r.events(later)) - events; more > 1 {
					r.t.Errorf("%d more events: %v", more, r.kinds(s))
				}
				r.posts(0, 0)
				if r.stays(dies, restore.Pending, 0); time.Now().Before(deadline) {
					r.t.Fatal("nothing was due")
				}
				r.server.ClearFaults()
				r.reach(s, restore.Running)
				r.reach(later, restore.Running)
				r.posts(2, 2)
				r.stays(dies, restore.Expired, 15*time.Second)
			})
		})
	}
}

// expiring has every request expire that is not approved within a time.
func expiring(after time.Duration) func(*settings) {
	return func(s *settings) {
		for i := range s.policies {
			s.policies[i].Terms.ExpiresAfter = after
		}
	}
}

// TestClockAgreesEnough has clocks differ by less than the limit.
func TestClockAgreesEnough(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		r.inject(fake.Fault{Kind: fake.DateSkew, Skew: 50 * time.Second, Times: fake.Always})
		r.running(line)
	})
}

// TestClockIsSlacks has Slack's clock disagree, which only a call to Slack can correct.
func TestClockIsSlacks(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.pending(line)
		r.skew.Observe("slack", time.Now().Add(-2*time.Minute), time.Now())
		r.approve(s, "dba1", "lead1")
		if q := r.waits(s, restore.WaitClock); q.Wait.Detail != "slack -2m0s" {
			r.t.Errorf("waits for %+v", q.Wait)
		}
		asked := r.people.asked.Load()
		r.stays(s, restore.Approved, 10*time.Minute)
		if more := r.people.asked.Load() - asked; more < 5 || more > 50 {
			r.t.Errorf("asked Slack %d times in ten minutes", more)
		}
		r.skew.Observe("slack", time.Now(), time.Now())
		r.reach(s, restore.Running)
	})
}

// TestClockJumps has the wall clock jump while something waits for its approval to be submitted and something else for
// its deadline: neither happens before a server agrees with the clock, which is asked for without anybody's doing.
func TestClockJumps(t *testing.T) {
	t.Parallel()
	for name, by := range map[string]time.Duration{"forward": time.Hour, "back": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, expiring(40*time.Minute), func(r *rig) {
				s, dies := r.pending(line), r.pending("orders-prod latest to scratch-1 because OPS-1")
				r.reachable(false)
				r.skew.Jump(by)
				r.approve(s, "dba1", "lead1") // people go on; what they decide waits
				if q := r.waits(s, restore.WaitClock); !strings.HasPrefix(q.Wait.Detail, "local ") {
					r.t.Errorf("waits for %+v", q.Wait)
				}
				r.stays(s, restore.Approved, 2*time.Hour)
				r.stays(dies, restore.Pending, 0)
				r.posts(0, 0)
				r.reachable(true)
				r.reach(s, restore.Running)
				r.stays(dies, restore.Expired, 15*time.Second)
				r.posts(1, 1)
			})
		})
	}
}

// TestClockJumpsWhilePreparing has the clock jump when everything else was checked. Dates that came before prove
// nothing about it.
func TestClockJumpsWhilePreparing(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.pending(line)
		r.approve(s, "dba1")
		r.pass(time.Second) // the look at what has aged tells the date, too
		r.inject(fake.Fault{Kind: fake.Delay, Delay: 20 * time.Second, Match: fake.Listings()})
		r.inject(fake.Fault{Kind: fake.DateSkew, Skew: -time.Hour, Times: fake.Always}) // as seen by a clock an hour ahead
		r.skew.Observe("om", time.Now(), time.Now())
		r.approve(s, "lead1")
		r.until(s, "attempt", func(q *restore.Request) bool { return len(q.Attempts) == 1 })
		r.skew.Jump(time.Hour)
		q := r.waits(s, restore.WaitClock)
		if len(r.locks(s)) != 0 || len(q.Attempts) != 1 {
			r.t.Errorf("locks %v, %d attempts", r.locks(s), len(q.Attempts))
		}
		r.stays(s, restore.Approved, time.Hour)
		r.posts(0, 0)
		r.server.ClearFaults()
		r.reach(s, restore.Running)
		r.posts(1, 1)
	})
}

// TestClockIsSetBack has a wait be noted by a clock that was an hour ahead: it is not waited for until that hour comes.
func TestClockIsSetBack(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.idle = true }, func(r *rig) {
		s := stopped(r, line)
		ahead := time.Now().Add(time.Hour)
		err := restore.Change(r.t.Context(), r.store.Store, s, func(tx restore.Tx, q *restore.Request) error {
			w := restore.Wait{Code: restore.WaitClock, Detail: "om -1h0m0s", Since: ahead, Until: ahead.Add(5 * time.Minute)}
			return restore.Record(tx, q, restore.ByBot, ahead, q.WaitFor(w))
		})
		if err != nil {
			r.t.Fatal(err)
		}
		r.start()
		right := time.Now()
		r.reach(s, restore.Running)
		if took := time.Since(right); took > time.Minute {
			r.t.Errorf("submitted after %s", took)
		}
		var last time.Time
		for _, e := range r.events(s) {
			if e.At.Before(last) {
				r.t.Errorf("%s at %s after %s", e.Kind, e.At, last)
			}
			last = e.At
		}
		if !last.Equal(ahead.UTC().Round(0)) {
			r.t.Errorf("the last event is of %s, want what the log had reached, %s", last, ahead)
		}
	})
}
