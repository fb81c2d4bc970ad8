package reconcile_test

import (
	"testing"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// TestIdleIsCheap lets an hour pass in which nothing can be done, and counts what was tried.
func TestIdleIsCheap(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		prepare               func(r *rig)
		calls, views, updates int // at most
	}{
		"nothing": {func(*rig) {}, 0, 600, 0},
		"a pending request": {
			func(r *rig) { r.pending(line) }, 0, 600, 0,
		},
		"a lock": {
			func(r *rig) {
				doubtful(r, fake.Fault{Kind: fake.Drop})
				r.waits(r.approved("ledger-prod latest to orders-staging because OPS-1"), restore.WaitTarget)
			},
			100, 1000, 30, // a doubt is looked at every five minutes
		},
		"ten requests for a lock": {
			func(r *rig) {
				doubtful(r, fake.Fault{Kind: fake.Drop})
				for range 10 {
					s := r.pending("ledger-prod snapshot " + r.newest("ledger-prod").ID + " to orders-staging because OPS-1")
					r.approve(s, "dba1", "lead1")
					r.waits(s, restore.WaitTarget)
					r.say("engineer", "cancel "+string(s))
				}
				r.waits(r.approved("ledger-prod latest to orders-staging because OPS-1"), restore.WaitTarget)
			},
			100, 1000, 30,
		},
		"a backend that cannot be reached": {
			func(r *rig) {
				held(r)
				r.file("ledger-prod latest to scratch-1 because OPS-1")
			},
			0, 1200, 200,
		},
		"a backend that fails": {
			func(r *rig) {
				s := r.pending(line)
				r.inject(fake.Fault{Kind: fake.Failure, Times: fake.Always, Match: fake.Match{Authorized: true}})
				r.approve(s, "dba1", "lead1")
				r.file("ledger-prod latest to scratch-1 because OPS-1")
			},
			200, 1200, 200,
		},
		"a clock": {
			func(r *rig) {
				s := r.pending(line)
				r.inject(fake.Fault{Kind: fake.DateSkew, Skew: time.Hour, Times: fake.Always})
				r.approve(s, "dba1", "lead1")
				r.waits(s, restore.WaitClock)
			},
			1500, 6000, 10,
		},
		"people who cannot be looked up": {
			func(r *rig) {
				s := held(r)
				r.people.change(func(d *directory) { d.fails = errSlack })
				r.reachable(true)
				r.waits(s, restore.WaitStanding)
			},
			600, 1200, 200,
		},
		"nobody who could reach us": {
			func(r *rig) { r.pending(line); r.slack.set(time.Time{}) }, 0, 3000, 0,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				tt.prepare(r)
				r.pass(time.Minute)
				calls, views, updates := len(r.server.Calls()), r.store.views.Load(), r.store.updates.Load()
				r.pass(time.Hour)
				calls = len(r.server.Calls()) - calls
				views, updates = r.store.views.Load()-views, r.store.updates.Load()-updates
				if calls > tt.calls || int(views) > tt.views || int(updates) > tt.updates {
					r.t.Errorf("%d calls, %d views and %d steps in an hour", calls, views, updates)
				}
				r.t.Logf("%d calls, %d views, %d steps", calls, views, updates)
			})
		})
	}
}
