package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeatlas"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// listed counts the lists of a target's snapshots that Ops Manager was asked for.
func (r *rig) listed(name string) int {
	n := 0
	for _, c := range r.server.Calls() {
		if c.Authorization && strings.Contains(c.Target, "/clusters/"+r.cluster(name)+"/snapshots") {
			n++
		}
	}
	return n
}

// besides counts the calls that were about anything but snapshots.
func (r *rig) besides() int {
	n := 0
	for _, c := range r.server.Calls() {
		if !strings.Contains(c.Target, "/snapshots") {
			n++
		}
	}
	return n
}

// overwritten is a request whose restore has succeeded, before anybody has looked for a snapshot.
func overwritten(r *rig, line string) *restore.Request {
	r.t.Helper()
	s := r.running(line)
	q := r.reach(s, restore.Succeeded)
	if !q.Unprotected() || len(r.locks(s)) != 0 {
		r.t.Fatalf("protection %+v, locks %v", q.Protection, r.locks(s))
	}
	return q
}

// protects waits up to so long for the end of the wait for a snapshot, and returns it.
func (r *rig) protects(s restore.Subject, within time.Duration) restore.Protection {
	r.t.Helper()
	for until := time.Now().Add(within); ; r.pass(time.Minute) {
		q := r.get(s)
		if q.State != restore.Succeeded {
			r.t.Fatalf("%s is %s", s, q.State)
		}
		if !q.Unprotected() || !time.Now().Before(until) {
			return *q.Protection
		}
	}
}

// TestProtectedAgain has a snapshot be taken after the restore, by each kind of system.
func TestProtectedAgain(t *testing.T) {
	t.Parallel()
	take := func(r *rig) time.Time {
		at := time.Now()
		r.server.AddSnapshot(fake.Snapshot{Complete: true, ClusterID: r.cluster("orders-staging"), Created: fake.Timestamp{Time: at, Increment: 1}})
		return at
	}
	cloud := func(r *rig) time.Time {
		at := time.Now()
		r.cloud.server.AddSnapshot(fakeatlas.Snapshot{ClusterID: r.cloud.world.Named("orders-staging").ID, Created: at})
		return at
	}
	for name, tt := range map[string]struct {
		set  func(*settings)
		line string
		take func(*rig) time.Time
	}{
		"Ops Manager":   {nil, line, take},
		"Cloud Manager": {func(s *settings) { s.kind = restore.CloudManager }, line, take},
		"Atlas":         {func(s *settings) { s.atlas = true }, "atlas/Payments/orders-prod latest to atlas/Payments/orders-staging because OPS-1", cloud},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, tt.set, func(r *rig) {
				q := overwritten(r, tt.line)
				r.pass(2 * time.Hour)
				if !r.get(q.Subject).Unprotected() {
					r.t.Fatalf("%+v", r.get(q.Subject).Protection)
				}
				taken := tt.take(r)
				p := r.protects(q.Subject, 30*time.Minute)
				if p.End != restore.ProtectedAgain || p.Taken.Sub(taken).Abs() > time.Second || r.count(q.Subject, restore.KindProtected) != 1 {
					r.t.Errorf("%+v, taken %s, events %v", p, taken, r.kinds(q.Subject))
				}
				calls := r.listed("orders-staging")
				if r.pass(24 * time.Hour); r.listed("orders-staging") != calls {
					r.t.Errorf("%d looks more", r.listed("orders-staging")-calls)
				}
			})
		})
	}
}

// TestNeverProtected has no snapshot be taken: looks are slow, and end.
func TestNeverProtected(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		q := overwritten(r, line)
		before := r.listed("orders-staging")
		if r.pass(time.Hour); r.listed("orders-staging")-before > 13 {
			r.t.Errorf("%d looks in an hour", r.listed("orders-staging")-before)
		}
		p := r.protects(q.Subject, 72*time.Hour)
		waited := time.Since(q.Ended)
		if p.End != restore.ProtectionLate || waited < 24*time.Hour || waited > 50*time.Hour || !p.Until.After(q.Ended.Add(23*time.Hour)) {
			r.t.Errorf("%+v after %s", p, waited)
		}
		if n := r.listed("orders-staging") - before; n > 120 {
			r.t.Errorf("%d looks", n)
		}
		if body := last[restore.BodyUnprotected](r, q.Subject); body.Why != restore.ProtectionLate || !body.Since.Equal(q.Ended) {
			r.t.Errorf("%+v", body)
		}
		r.server.AddSnapshot(fake.Snapshot{Complete: true, ClusterID: r.cluster("orders-staging")})
		if r.pass(24 * time.Hour); r.count(q.Subject, restore.KindProtected) != 0 {
			r.t.Errorf("events %v", r.kinds(q.Subject))
		}
	})
}

// TestProtectionOff restores onto a target without backup: one look tells.
func TestProtectionOff(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		q := overwritten(r, "orders-prod latest to scratch-2 because OPS-1")
		if q.Plan.Spec.Delivery.Target.Backup != restore.No {
			r.t.Fatalf("target %+v", q.Plan.Spec.Delivery.Target)
		}
		before := r.listed("scratch-2")
		p := r.protects(q.Subject, time.Minute)
		if p.End != restore.ProtectionOff || r.listed("scratch-2")-before > 1 {
			r.t.Errorf("%+v after %d looks", p, r.listed("scratch-2")-before)
		}
	})
}

// TestProtectionSurvives stops the process, and then the API, while a snapshot is taken.
func TestProtectionSurvives(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		q := overwritten(r, line)
		r.pass(time.Hour)
		r.stop()
		r.server.AddSnapshot(fake.Snapshot{Complete: true, ClusterID: r.cluster("orders-staging")})
		r.pass(40 * time.Hour)
		r.reachable(false)
		r.start()
		r.pass(2 * time.Hour)
		if p := r.get(q.Subject).Protection; p.End != "" {
			r.t.Errorf("%+v although nobody could look", p)
		}
		r.reachable(true)
		if p := r.protects(q.Subject, 3*time.Hour); p.End != restore.ProtectedAgain {
			r.t.Errorf("%+v", p)
		}
	})
	run(t, nil, func(r *rig) { // for ever
		q := overwritten(r, line)
		r.pass(time.Minute)
		r.reachable(false)
		if p := r.protects(q.Subject, 120*time.Hour); p.End != restore.ProtectionBlind || time.Since(q.Ended) < 48*time.Hour {
			r.t.Errorf("%+v after %s", p, time.Since(q.Ended))
		}
	})
}

// TestProtectionIsNotCutOff ends the process during a look that would be the last: that says nothing about the target.
func TestProtectionIsNotCutOff(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		q := overwritten(r, line)
		r.stop()
		r.pass(60 * time.Hour)
		before := r.listed("orders-staging")
		r.inject(fake.Fault{Kind: fake.Delay, Delay: 20 * time.Second, Match: fake.Match{Path: "/groups/*/clusters/*/snapshots", Authorized: true}})
		r.start()
		r.pass(10 * time.Second)
		r.stop()
		if p := r.get(q.Subject).Protection; p.End != "" || r.listed("orders-staging") == before {
			r.t.Errorf("%+v after %d looks", p, r.listed("orders-staging")-before)
		}
		r.start()
		if p := r.protects(q.Subject, time.Hour); p.End != restore.ProtectionLate {
			r.t.Errorf("%+v", p)
		}
	})
}

// TestProtectionWaits leaves Ops Manager alone for as long as it wants.
func TestProtectionWaits(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		q := overwritten(r, line)
		r.inject(fake.Fault{Kind: fake.RateLimit, RetryAfter: time.Hour, Match: fake.Match{Path: "/groups/*/clusters/*/snapshots", Authorized: true}})
		before := r.listed("orders-staging")
		if r.pass(55 * time.Minute); r.listed("orders-staging")-before != 1 || r.get(q.Subject).Protection.End != "" {
			r.t.Errorf("%d looks, %+v", r.listed("orders-staging")-before, r.get(q.Subject).Protection)
		}
		r.server.AddSnapshot(fake.Snapshot{Complete: true, ClusterID: r.cluster("orders-staging")})
		if p := r.protects(q.Subject, time.Hour); p.End != restore.ProtectedAgain {
			r.t.Errorf("%+v", p)
		}
	})
}

// TestProtectedTogether restores onto one target twice: one look serves both, and a snapshot tells both.
func TestProtectedTogether(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		first := overwritten(r, line)
		second := overwritten(r, "ledger-prod latest to orders-staging because OPS-2")
		r.pass(10 * time.Minute)
		before := r.listed("orders-staging")
		if r.pass(time.Hour); r.listed("orders-staging")-before > 13 {
			r.t.Errorf("%d looks in an hour", r.listed("orders-staging")-before)
		}
		r.server.AddSnapshot(fake.Snapshot{Complete: true, ClusterID: r.cluster("orders-staging")})
		for _, q := range []*restore.Request{first, second} {
			if p := r.protects(q.Subject, 20*time.Minute); p.End != restore.ProtectedAgain {
				r.t.Errorf("%s: %+v", q.Subject, p)
			}
		}
	})
}

// TestBackingIsShown says in the plan what could bring the target's data back, and that no approval is about it.
func TestBackingIsShown(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.pending(line)
		b := r.get(s).Plan.Backing
		if !b.Told || b.Taken.IsZero() || !b.Taken.Before(time.Now()) {
			r.t.Fatalf("%+v", b)
		}
		r.server.AddSnapshot(fake.Snapshot{Complete: true, ClusterID: r.cluster("orders-staging")})
		r.approve(s, "dba1", "lead1")
		if q := r.reach(s, restore.Running); q.Plan.Revision != 1 {
			r.t.Errorf("plan %d", q.Plan.Revision)
		}
		if b := r.get(r.pending("orders-prod latest to scratch-2 because OPS-1")).Plan.Backing; !b.Told || !b.Taken.IsZero() {
			r.t.Errorf("without backup: %+v", b)
		}
		reply := as[commands.Previewed](r, r.say("engineer", "plan orders-prod latest to orders-staging because OPS-1"))
		if reply.Proposal == nil || !reply.Proposal.Plan.Backing.Told {
			r.t.Errorf("%+v", reply)
		}
	})
}
