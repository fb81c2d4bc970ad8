package reconcile_test

import (
	"slices"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

func release(c commands.Card, typed string) commands.Command {
	return commands.Release{Card: c, Typed: typed}
}

// lock returns the record of a request's lock on its target, nil where nobody holds it.
func (r *rig) lock(s restore.Subject) *restore.Lock {
	r.t.Helper()
	key := restore.TargetLock(r.get(s).Plan.Spec.Delivery.Target)
	var lock *restore.Lock
	err := r.store.Store.View(r.t.Context(), func(rd restore.Reader) error {
		var err error
		lock, err = rd.Lock(key)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return lock
}

// given returns a request that was given up while a job that may be its own runs, and one that waits for its target.
func given(r *rig) (s, next restore.Subject) {
	r.t.Helper()
	r.inject(onPost(fake.Fault{Kind: fake.ForeignJob}))
	s = doubtful(r, fake.Fault{Kind: fake.Drop, After: true})
	next = r.approved("ledger-prod latest to orders-staging because OPS-1")
	if w := r.waits(next, restore.WaitTarget).Wait; w.Holder != s || w.Why != "" {
		r.t.Errorf("waits %+v", w)
	}
	r.abandon(s)
	r.pass(time.Minute)
	return s, next
}

// dropped removes the source of a request, with everything that it has.
func (r *rig) dropped(name string) {
	r.t.Helper()
	id := r.cluster(name)
	r.become(func(w *fake.World) {
		w.Clusters = slices.DeleteFunc(slices.Clone(w.Clusters), func(c fake.Cluster) bool { return c.ID == id })
		w.Snapshots = slices.DeleteFunc(slices.Clone(w.Snapshots), func(s fake.Snapshot) bool { return s.ClusterID == id })
	})
}

// TestReleasedByItself frees the target of a request that was given up once no job writes there, and tells so.
func TestReleasedByItself(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.manager.JobDuration = time.Hour }, func(r *rig) {
		s, next := given(r)
		if l := r.lock(s); l == nil || l.Holder != s || l.Why != restore.KeptJobs {
			r.t.Errorf("lock %+v", l)
		}
		if w := r.get(next).Wait; w.Holder != s || w.Why != restore.KeptJobs {
			r.t.Errorf("waits %+v", w)
		}
		r.reachable(false) // a list that cannot be read frees nothing, and is no news
		r.pass(2 * time.Hour)
		if l := r.lock(s); l == nil || l.Holder != s || l.Why != restore.KeptJobs || r.count(s, restore.KindKept) != 0 {
			r.t.Errorf("lock %+v, events %v", l, r.kinds(s))
		}
		r.reachable(true)
		r.reach(next, restore.Running)
		body := last[restore.BodyReleased](r, s)
		if !body.Standing.Person.IsZero() || len(body.Locks) != 1 || body.Why != restore.KeptJobs || r.count(s, restore.KindReleased) != 1 {
			r.t.Errorf("told %+v, events %v", body, r.kinds(s))
		}
		if l := r.lock(s); l == nil || l.Holder != next || l.Why != "" {
			r.t.Errorf("lock %+v", l)
		}
	})
}

// TestReleasedByPerson has somebody free the target while a job is listed: the next in line goes ahead as far as the
// guard, which sees that job as well.
func TestReleasedByPerson(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.manager.JobDuration = 10 * time.Hour }, func(r *rig) {
		s, next := given(r)
		r.expect(r.decides("engineer", s, release), approvals.OwnRequest)
		r.expect(r.decides("colleague", s, release), approvals.NotEntitled)
		r.expect(r.decides("lead1", s, release), approvals.Counts)
		r.expect(r.decides("dba1", s, release), approvals.Closed)
		r.until(next, "its turn", func(q *restore.Request) bool { return len(q.Attempts) > 0 })
		if body := last[restore.BodyReleased](r, s); body.Standing.Person != person("lead1") {
			r.t.Errorf("told %+v", body)
		}
		calls := r.lists(r.cluster("orders-prod"))
		r.pass(time.Hour)
		if more := r.lists(r.cluster("orders-prod")) - calls; more != 0 {
			r.t.Errorf("%d more looks for what is released", more)
		}
	})
}

// TestSourceIsGone removes the source of a request that was given up: nothing shows its jobs any more, so the target
// stays locked until a person frees it, and whoever waits is told so, once.
func TestSourceIsGone(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.manager.JobDuration = time.Hour }, func(r *rig) {
		s, next := given(r)
		r.dropped("orders-prod")
		r.pass(6 * time.Hour)
		if l := r.lock(s); l == nil || l.Holder != s || l.Why != restore.KeptUnseen {
			r.t.Errorf("lock %+v", l)
		}
		if q := r.get(s); q.Kept != restore.KeptUnseen || r.count(s, restore.KindKept) != 1 {
			r.t.Errorf("kept for %s, events %v", q.Kept, r.kinds(s))
		}
		q := r.stays(next, restore.Approved, 0)
		if q.Wait.Holder != s || q.Wait.Why != restore.KeptUnseen || r.count(next, restore.KindWaiting) != 3 {
			r.t.Errorf("waits %+v, events %v", q.Wait, r.kinds(next))
		}
		r.stop() // it is no matter of one process
		r.start()
		r.pass(time.Hour)
		if r.lock(s) == nil || r.count(s, restore.KindKept) != 1 {
			r.t.Errorf("lock %+v, events %v", r.lock(s), r.kinds(s))
		}
		r.expect(r.decides("lead1", s, release), approvals.Counts)
		r.reach(next, restore.Running)
	})
}

// TestReleaseDuringALook has a person release a target while its jobs are being listed: the look finds it done.
func TestReleaseDuringALook(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.manager.JobDuration = time.Hour }, func(r *rig) {
		s, next := given(r)
		source := r.cluster("orders-prod")
		n := r.lists(source)
		r.inject(fake.Fault{Kind: fake.Delay, Delay: 20 * time.Second, After: true, Match: fake.Listings(), Times: 2})
		r.until(next, "a look", func(*restore.Request) bool { return r.lists(source) > n })
		r.expect(r.decides("lead1", s, release), approvals.Counts)
		r.pass(time.Minute)
		if q := r.get(s); q.Lingers() || !q.Linger.IsZero() || r.count(s, restore.KindReleased) != 1 || r.count(s, restore.KindKept) != 0 {
			r.t.Errorf("due at %s, events %v", q.Linger, r.kinds(s))
		}
		if l := r.lock(s); l != nil && l.Holder != next {
			r.t.Errorf("lock %+v", l)
		}
	})
}
