package reconcile_test

import (
	"testing"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// TestRestartInEveryState ends the process in each state that a request can be open in, where it can end right in it,
// and has the next one bring the request to its good end with no more than one POST.
func TestRestartInEveryState(t *testing.T) {
	t.Parallel()
	type life struct {
		until func(*rig) restore.Subject // ends with the process
		then  func(*rig, restore.Subject)
		posts int
	}
	goesOn := func(*rig, restore.Subject) {}
	crashed := func(sending bool) func(*rig) restore.Subject {
		return func(r *rig) restore.Subject {
			s := r.pending(line)
			r.stop()
			r.approve(s, "dba1", "lead1")
			r.crash(s, sending)
			return s
		}
	}
	lives := map[restore.State]life{
		restore.Checking: {func(r *rig) restore.Subject {
			r.reachable(false)
			return r.file(line)
		}, func(r *rig, s restore.Subject) {
			r.reach(s, restore.Pending)
			r.approve(s, "dba1", "lead1")
		}, 1},
		restore.Pending: {func(r *rig) restore.Subject {
			s := r.pending(line)
			r.approve(s, "dba1")
			return s
		}, func(r *rig, s restore.Subject) { r.approve(s, "lead1") }, 1},
		restore.Approved: {func(r *rig) restore.Subject {
			s := r.pending(line)
			r.reachable(false)
			r.approve(s, "dba1", "lead1")
			r.waits(s, restore.WaitBackend)
			return s
		}, goesOn, 1},
		restore.Preparing: {crashed(false), goesOn, 1},
		restore.Sending: {crashed(true), func(r *rig, s restore.Subject) {
			r.server.AddJob(r.onto("orders-prod", "orders-staging", r.get(s).Plan.Spec.Point.SnapshotID))
		}, 0},
		restore.Running: {func(r *rig) restore.Subject { return r.running(line) }, goesOn, 1},
		restore.InDoubt: {func(r *rig) restore.Subject {
			r.server.SetDuration(9 * time.Hour)
			s := r.running(line)
			gone(r, s)
			return s
		}, func(r *rig, s restore.Subject) { r.expect(r.decides("lead1", s, finish), approvals.Counts) }, 1},
	}
	for _, state := range restore.OpenStates() {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				life, ok := lives[state]
				if !ok {
					r.t.Fatal("nobody ends the process in this state")
				}
				s := life.until(r)
				r.pass(time.Second)
				r.stop()
				before := r.kinds(s)
				r.stays(s, state, time.Minute)
				r.reachable(true)
				r.start()
				life.then(r, s)
				r.reach(s, restore.Succeeded)
				for i, kind := range r.kinds(s)[:len(before)] {
					if kind != before[i] {
						r.t.Errorf("event %d was %s and is %s", i+1, before[i], kind)
					}
				}
				r.posts(life.posts, life.posts)
				if n := r.count(s, restore.KindApproved); n != 1 {
					r.t.Errorf("approved %d times", n)
				}
			})
		})
	}
}
