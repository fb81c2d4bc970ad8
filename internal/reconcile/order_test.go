package reconcile_test

import (
	"slices"
	"testing"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// queue has somebody ask for a restore onto one target from each source, all of them approved a second apart.
func (r *rig) queue(sources ...string) []restore.Subject {
	r.t.Helper()
	var out []restore.Subject
	for _, source := range sources {
		out = append(out, r.approved(source+" latest to orders-staging because OPS-1"))
		r.pass(time.Second)
	}
	return out
}

// stands checks what people are shown of a request's place in the line for its target.
func (r *rig) stands(s restore.Subject, place int, holder restore.Subject) {
	r.t.Helper()
	shown := as[commands.Shown](r, r.do("colleague", commands.Show{Subject: s}))
	listed := as[commands.Listed](r, r.do("colleague", commands.List{Filter: commands.FilterOpen})).Places[s]
	for _, p := range []*restore.Place{shown.Place, listed} {
		if p == nil || p.Wait.Code != restore.WaitTarget || p.Wait.Place != place || p.Wait.Holder != holder {
			r.t.Errorf("%s stands at %+v, want %d behind %s", s, p, place, holder)
		}
	}
}

// places returns the places that a request's events tell.
func places(r *rig, s restore.Subject) []int {
	r.t.Helper()
	var out []int
	for _, e := range r.events(s) {
		if body, err := e.Decode(); err != nil {
			r.t.Fatal(err)
		} else if b, ok := body.(restore.BodyWaiting); ok && b.Wait.Code == restore.WaitTarget {
			out = append(out, b.Wait.Place)
		}
	}
	return out
}

// inOrder checks which attempts were sent, one after the other.
func (r *rig) inOrder(want ...restore.Subject) {
	r.t.Helper()
	if got := r.restores(); !slices.Equal(got, want) {
		r.t.Errorf("sent in the order %v, want %v", got, want)
	}
}

// TestQueueMoves cancels whoever is next: the others move up and are told, and a restart changes nothing.
func TestQueueMoves(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		q := r.queue("orders-prod", "ledger-prod", "reports-prod", "scratch-1")
		for i, s := range q[1:] {
			r.stands(s, i+1, q[0])
		}
		old := commands.CardOf(r.get(q[3]))
		old.Revision--
		if d := as[commands.Decided](r, r.do("dba2", commands.Approve{Card: old})); d.Place == nil || d.Place.Wait.Place != 3 {
			r.t.Errorf("the answer to an old card is %s, and it stands at %+v", d.Verdict, d.Place)
		}
		r.do("engineer", commands.Cancel{Card: commands.CardOf(r.get(q[1]))})
		r.pass(time.Second)
		r.stands(q[2], 1, q[0])
		r.stands(q[3], 2, q[0])
		r.stop()
		r.start()
		r.pass(time.Second)
		r.stands(q[2], 1, q[0])
		r.reach(q[2], restore.Running)
		r.stands(q[3], 1, q[2])
		r.reach(q[3], restore.Succeeded)
		r.inOrder(q[0], q[2], q[3])
		if a, b := places(r, q[2]), places(r, q[3]); !slices.Equal(a, []int{2, 1}) || !slices.Equal(b, []int{3, 2, 1}) {
			r.t.Errorf("told the places %v and %v", a, b)
		}
	})
}

// TestQueueHeldHead has the first of three refused for a reason that can be mended. It lets the second pass while it
// pauses, and comes back to its place: the third, approved later, stays behind it.
func TestQueueHeldHead(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		r.inject(fake.Fault{Kind: fake.AccessList, Match: fake.Creations()})
		q := []restore.Subject{}
		for _, source := range []string{"orders-prod", "ledger-prod", "reports-prod"} {
			q = append(q, r.pending(source+" latest to orders-staging because OPS-1"))
		}
		for _, s := range q {
			r.approve(s, "dba1", "lead1")
		}
		r.reach(q[1], restore.Running)
		r.pass(10 * time.Second)
		r.stands(q[0], 1, q[1])
		r.stands(q[2], 2, q[1])
		r.reach(q[2], restore.Succeeded)
		r.inOrder(q[0], q[1], q[0], q[2])
		r.posts(4, 3)
	})
}

// TestQueuePausesLast has two requests onto one target refused again and again. What each waits for between its tries,
// the other one's lock among it, does not make the pauses short again.
func TestQueuePausesLast(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		r.inject(fake.Fault{Kind: fake.AccessList, Times: fake.Always, Match: fake.Creations()})
		r.inject(fake.Fault{Kind: fake.Delay, Delay: 3 * time.Second, Times: fake.Always, Match: fake.Listings()})
		for _, s := range r.queue("orders-prod", "ledger-prod") {
			r.stays(s, restore.Approved, 2*time.Hour)
			var last time.Time
			pause := 2 * time.Second
			for _, e := range r.events(s) {
				if e.Kind == restore.KindHeld {
					last = e.At
				}
				if e.Kind != restore.KindPreparing || last.IsZero() {
					continue
				}
				if got := e.At.Sub(last); got < pause {
					r.t.Errorf("%s paused for %s, want %s", s, got, pause)
				}
				pause = min(2*pause, 5*time.Minute)
			}
			if pause != 5*time.Minute {
				r.t.Errorf("%s paused for %s at last", s, pause)
			}
		}
	})
}

// TestQueueBehindAForeignJob has somebody else's restore write to the target. Who found it keeps its place, since the
// next one would not see the job, which is listed with its own source only.
func TestQueueBehindAForeignJob(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		job := r.server.AddJob(r.onto("orders-prod", "orders-staging", "5f0000000000000000000000"))
		q := r.queue("orders-prod", "ledger-prod")
		r.stays(q[1], restore.Approved, 5*time.Minute)
		r.posts(0, 0)
		r.stands(q[1], 2, q[0])
		p := as[commands.Shown](r, r.do("colleague", commands.Show{Subject: q[0]})).Place
		if p == nil || p.Wait.Place != 1 || p.Wait.Job != job.ID || p.Wait.Holder != "" {
			r.t.Errorf("%s stands at %+v", q[0], p)
		}
		if err := r.server.Finish(job.ID); err != nil {
			r.t.Fatal(err)
		}
		r.reach(q[1], restore.Succeeded)
		r.inOrder(q...)
	})
}

// TestQueueCrossed restores two clusters onto each other, and a third in a ring: nobody waits for ever.
func TestQueueCrossed(t *testing.T) {
	t.Parallel()
	for name, lines := range map[string][]string{
		"two": {"orders-prod latest to ledger-prod because OPS-1", "ledger-prod latest to orders-prod because OPS-1"},
		"a ring": {
			"orders-prod latest to ledger-prod because OPS-1", "ledger-prod latest to reports-prod because OPS-1",
			"reports-prod latest to orders-prod because OPS-1",
		},
		"in place and across": {
			"orders-prod latest to orders-prod because OPS-1", "orders-prod latest to ledger-prod because OPS-1",
			"ledger-prod latest to orders-prod because OPS-1",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, oneVersion, func(r *rig) {
				var all []restore.Subject
				for _, line := range lines {
					all = append(all, r.pending(line))
				}
				for _, s := range all {
					r.approve(s, "lead1")
				}
				for _, s := range all {
					r.reach(s, restore.Succeeded)
				}
				r.posts(len(all), len(all))
			})
		})
	}
}

// TestQueueLingers shows that a request which was given up still keeps its target, and for whom that matters.
func TestQueueLingers(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.manager.JobDuration = 5 * time.Hour }, func(r *rig) {
		r.inject(fake.Fault{Kind: fake.ForeignJob, Match: fake.Creations()})
		first := doubtful(r, fake.Fault{Kind: fake.Drop, After: true})
		second := r.approved("ledger-prod latest to orders-staging because OPS-1")
		r.expect(r.decides("lead1", first, abandon), "counts")
		r.pass(10 * time.Minute)
		r.stands(second, 1, first)
		if p := as[commands.Shown](r, r.do("colleague", commands.Show{Subject: second})).Place; p.State != restore.Failed {
			r.t.Errorf("%s is %s", first, p.State)
		}
	})
}
