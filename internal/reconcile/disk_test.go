package reconcile_test

import (
	"errors"
	"testing"
	"time"

	"snapback/internal/reconcile"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// TestDiskIsNearlyFull has too little space left when it is a request's turn: it waits, says so once, takes no locks,
// and goes on by itself.
func TestDiskIsNearlyFull(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		free uint64
		err  error
		goes bool
	}{
		"none":           {0, nil, false},
		"a byte short":   {reconcile.LeastFree - 1, nil, false},
		"just enough":    {reconcile.LeastFree, nil, true},
		"cannot be told": {1 << 40, errors.New("stale file handle"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				s := r.pending(line)
				r.store.has(tt.free, tt.err)
				r.approve(s, "dba1", "lead1")
				if tt.goes {
					r.reach(s, restore.Running)
					return
				}
				q := r.waits(s, restore.WaitDisk)
				if len(q.Attempts) != 0 || len(r.locks(s)) != 0 {
					r.t.Errorf("%d attempts, locks %v", len(q.Attempts), r.locks(s))
				}
				events := len(r.events(s))
				r.stays(s, restore.Approved, 3*time.Hour)
				if more := len(r.events(s)) - events; more != 0 {
					r.t.Errorf("%d more events: %v", more, r.kinds(s))
				}
				r.posts(0, 0)
				r.store.has(reconcile.LeastFree, nil)
				freed := time.Now()
				r.reach(s, restore.Running)
				if took := time.Since(freed); took > time.Minute {
					r.t.Errorf("noticed after %s", took)
				}
				r.posts(1, 1)
			})
		})
	}
}

// TestDiskFillsWhilePreparing has the space run out after the request's turn came: nothing is sent.
func TestDiskFillsWhilePreparing(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.pending(line)
		r.inject(fake.Fault{Kind: fake.Delay, Delay: 20 * time.Second, Match: fake.Listings()})
		r.approve(s, "dba1", "lead1")
		r.reach(s, restore.Preparing)
		r.store.has(0, nil)
		q := r.waits(s, restore.WaitDisk)
		if len(q.Attempts) != 1 || len(r.locks(s)) != 0 {
			r.t.Errorf("%d attempts, locks %v", len(q.Attempts), r.locks(s))
		}
		r.stays(s, restore.Approved, time.Hour)
		r.posts(0, 0)
		r.store.has(1<<40, nil)
		r.reach(s, restore.Running)
		r.posts(1, 1)
	})
}

// TestDiskIsFullElsewhere has a full disk stop what is submitted only: jobs are followed, deadlines hold.
func TestDiskIsFullElsewhere(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		runs, dies := r.running(line), r.pending("ledger-prod latest to scratch-1 because OPS-1")
		r.store.has(0, nil)
		r.reach(runs, restore.Succeeded)
		r.pass(5 * time.Hour)
		r.stays(dies, restore.Expired, 0)
	})
}
