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
			run(t, nil, func(r *rig) {
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
				r.stays(s, restore.Approved, 5*time.Hour)
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
		asked := r.people.asked
		r.stays(s, restore.Approved, 10*time.Minute)
		if more := r.people.asked - asked; more < 5 || more > 50 {
			r.t.Errorf("asked Slack %d times in ten minutes", more)
		}
		r.skew.Observe("slack", time.Now(), time.Now())
		r.reach(s, restore.Running)
	})
}
