package reconcile_test

import (
	"slices"
	"testing"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// restores lists the requests whose restores were started, in that order.
func (r *rig) restores() []restore.Subject {
	r.t.Helper()
	var out []restore.Subject
	err := r.store.Store.View(r.t.Context(), func(rd restore.Reader) error {
		log, err := rd.Log(0, 100_000)
		for _, e := range log {
			if e.Kind == restore.KindSending {
				out = append(out, e.Subject)
			}
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// TestTargetQueue approves many restores onto one target, in another order than they were filed in. They run one
// after the other, in the order of their approval.
func TestTargetQueue(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		var filed []restore.Subject
		for _, source := range []string{"orders-prod", "ledger-prod", "reports-prod", "scratch-1", "orders-staging"} {
			filed = append(filed, r.pending(source+" latest to orders-staging because OPS-1"))
		}
		order := []restore.Subject{filed[2], filed[0], filed[4], filed[1], filed[3]}
		for _, s := range order {
			r.approve(s, "dba1", "lead1")
			r.pass(time.Second)
		}
		for _, s := range order[1:] {
			if q := r.waits(s, restore.WaitTarget); q.Wait.Holder != order[0] {
				r.t.Errorf("%s waits for %s, want %s", s, q.Wait.Holder, order[0])
			}
		}
		for range 60 {
			r.pass(time.Minute)
			running := 0
			for _, s := range order {
				if r.get(s).State == restore.Running {
					running++
				}
			}
			if running > 1 {
				r.t.Fatalf("%d restores run onto one target", running)
			}
		}
		for _, s := range order {
			r.stays(s, restore.Succeeded, 0)
		}
		if got := r.restores(); !slices.Equal(got, order) {
			r.t.Errorf("restored in the order %v, want %v", got, order)
		}
		r.posts(5, 5)
	})
}

// TestTargetQueueAtOnce has two requests become approved at the same instant: the lower number goes first.
func TestTargetQueueAtOnce(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.idle = true }, func(r *rig) {
		var order []restore.Subject
		stop := r.startFor()
		for _, source := range []string{"orders-prod", "ledger-prod", "reports-prod", "scratch-1"} {
			order = append(order, r.pending(source+" latest to orders-staging because OPS-1"))
		}
		stop()
		for _, s := range slices.Backward(order) {
			r.approve(s, "dba1", "lead1")
		}
		r.start()
		for _, s := range order {
			r.reach(s, restore.Succeeded)
		}
		if got := r.restores(); !slices.Equal(got, order) {
			r.t.Errorf("restored in the order %v, want %v", got, order)
		}
	})
}

// startFor starts a loop and returns what ends it again.
func (r *rig) startFor() func() {
	r.t.Helper()
	r.start()
	return r.stop
}

// TestSourceQueue submits several restores from one source: their POSTs do not overlap, and each list of jobs before a
// POST shows the job of the one before.
func TestSourceQueue(t *testing.T) {
	t.Parallel()
	run(t, oneVersion, func(r *rig) {
		r.inject(fake.Fault{Kind: fake.Delay, Delay: 20 * time.Second, After: true, Times: fake.Always, Match: fake.Creations()})
		var order []restore.Subject
		for _, target := range []string{"scratch-1", "orders-staging", "ledger-prod"} {
			order = append(order, r.pending("orders-prod latest to "+target+" because OPS-1"))
		}
		for _, s := range order {
			if len(r.get(s).Terms.Seats) == 2 {
				r.approve(s, "dba1")
			}
			r.approve(s, "lead1")
			r.pass(time.Second)
		}
		r.reach(order[0], restore.Sending)
		if q := r.waits(order[1], restore.WaitSource); q.Wait.Holder != order[0] {
			r.t.Errorf("waits for %+v", q.Wait)
		}
		if len(r.server.Posts()) != 1 {
			r.t.Errorf("%d POSTs at once", len(r.server.Posts()))
		}
		before := len(r.get(order[0]).Attempt().Seen)
		for i, s := range order {
			q := r.reach(s, restore.Running)
			if got := len(q.Attempt().Seen); got != before+i {
				r.t.Errorf("%s saw %d jobs, want %d", s, got, before+i)
			}
		}
		if got := r.restores(); !slices.Equal(got, order) {
			r.t.Errorf("restored in the order %v, want %v", got, order)
		}
		r.posts(3, 3)
	})
}

// TestSourceDoesNotWaitForATarget checks that a request which waits hours for its target keeps nobody from submitting
// from the same source, and is not overtaken by a later one for its target.
func TestSourceDoesNotWaitForATarget(t *testing.T) {
	t.Parallel()
	run(t, oneVersion, func(r *rig) {
		first := r.running("ledger-prod latest to orders-staging because OPS-1")
		second := r.approved(line)
		r.waits(second, restore.WaitTarget)
		r.pass(time.Second)
		r.running("orders-prod latest to scratch-1 because OPS-1")
		if q := r.stays(second, restore.Approved, 0); q.Wait.Holder != first {
			r.t.Errorf("waits for %+v", q.Wait)
		}
		// The target becomes free while the source is not: the later request may not slip in.
		r.inject(fake.Fault{Kind: fake.Delay, Delay: 40 * time.Second, Match: fake.Creations()})
		blocker := r.pending("orders-prod snapshot " + r.get(second).Plan.Spec.Point.SnapshotID + " to reports-prod because OPS-1")
		third := r.approved("scratch-1 latest to orders-staging because OPS-1")
		r.waits(third, restore.WaitTarget)
		r.approve(blocker, "lead1")
		r.reach(blocker, restore.Sending)
		if err := r.server.Finish(r.get(first).Jobs()[0].ID); err != nil {
			r.t.Fatal(err)
		}
		r.reach(first, restore.Succeeded)
		if q := r.waits(second, restore.WaitSource); q.Wait.Holder != blocker {
			r.t.Errorf("waits for %+v", q.Wait)
		}
		if q := r.stays(third, restore.Approved, 10*time.Second); q.Wait.Holder != second {
			r.t.Errorf("waits for %+v", q.Wait)
		}
		r.reach(second, restore.Running)
		r.stays(third, restore.Approved, time.Minute)
	})
}

// TestQueuePassesWhoCannotGo checks that a request whose plan cannot be done lets the next one onto the target.
func TestQueuePassesWhoCannotGo(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		stuck, next := r.pending(line), r.pending("ledger-prod latest to orders-staging because OPS-1")
		gone := r.get(stuck).Plan.Spec.Point.SnapshotID
		r.become(func(w *fake.World) {
			w.Snapshots = slices.DeleteFunc(w.Snapshots, func(s fake.Snapshot) bool { return s.ID == gone })
		})
		r.approve(stuck, "dba1", "lead1")
		r.waits(stuck, restore.WaitPlan)
		r.approve(next, "dba1", "lead1")
		r.reach(next, restore.Running)
	})
}

// TestDoubtKeepsTheTarget checks that nobody restores onto a target of which nobody knows what happens to it.
func TestDoubtKeepsTheTarget(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		r.inject(fake.Fault{Kind: fake.Drop, Match: fake.Creations()})
		first := r.approved(line)
		r.reach(first, restore.InDoubt)
		second := r.approved("ledger-prod latest to orders-staging because OPS-1")
		r.waits(second, restore.WaitTarget)
		r.stays(second, restore.Approved, 12*time.Hour)
		third := r.approved("orders-prod latest to scratch-1 because OPS-1")
		if q := r.waits(third, restore.WaitSource); q.Wait.Holder != first {
			r.t.Errorf("waits for %+v", q.Wait)
		}
		r.posts(1, 0)
	})
}

// oneVersion has all clusters run one version, so that each can be restored onto each.
func oneVersion(s *settings) {
	s.world = func(w *fake.World) {
		for i := range w.Clusters {
			w.Clusters[i].Versions, w.Clusters[i].FCV = []string{"8.0.13"}, "8.0"
		}
		for _, snap := range w.Snapshots {
			for i := range snap.Parts {
				snap.Parts[i].MongodVersion, snap.Parts[i].FCV = "8.0.13", "8.0"
			}
		}
	}
}
