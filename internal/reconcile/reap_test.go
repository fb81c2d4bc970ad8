package reconcile_test

import (
	"testing"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// TestExpiryRace decides around the deadline: what was read before it counts if it is handled within the grace.
func TestExpiryRace(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		read, handled time.Duration // after the deadline
		want          approvals.Verdict
		state         restore.State
	}{
		"in time":                    {-time.Second, -time.Second, approvals.Counts, restore.Approved},
		"read in time":               {-time.Millisecond, 9 * time.Second, approvals.Counts, restore.Approved},
		"read at the deadline":       {0, 0, approvals.TooLate, restore.Pending},
		"read late":                  {time.Second, time.Second, approvals.TooLate, restore.Pending},
		"read in time, handled late": {-time.Second, 11 * time.Second, approvals.TooLate, restore.Expired},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				s := r.pending("orders-prod latest to scratch-1 because OPS-1")
				q := r.get(s)
				r.reachable(false)
				r.pass(time.Until(q.Deadline.Add(tt.handled)))
				who := commands.Caller{Person: person("lead1"), Read: q.Deadline.Add(tt.read)}
				reply, err := r.handler.Handle(r.t.Context(), who, commands.Approve{Card: commands.CardOf(q), Typed: "scratch-1"})
				if err != nil {
					r.t.Fatal(err)
				}
				if d := as[commands.Decided](r, reply); d.Verdict != tt.want || d.Request.State != tt.state {
					r.t.Errorf("%s, %s, want %s, %s", d.Verdict, d.Request.State, tt.want, tt.state)
				}
				r.pass(time.Until(q.Deadline.Add(9 * time.Second)))
				if got := r.get(s).State; got != tt.state {
					r.t.Errorf("%s within the grace", got)
				}
				r.pass(2 * time.Second)
				want := restore.Expired
				if tt.state == restore.Approved {
					want = restore.Approved
				}
				r.stays(s, want, 0)
			})
		})
	}
}

// TestNothingExpiresUnheard keeps people from reaching us: nothing expires until they could, for ten seconds.
func TestNothingExpiresUnheard(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.pending(line)
		r.pass(time.Hour)
		r.slack.set(time.Time{})
		r.stays(s, restore.Pending, 10*time.Hour)
		up := time.Now()
		r.slack.set(up)
		r.stays(s, restore.Pending, 9*time.Second)
		r.slack.set(time.Time{}) // and away again
		r.stays(s, restore.Pending, time.Hour)
		up = time.Now()
		r.slack.set(up)
		q := r.reach(s, restore.Expired)
		if after := q.Ended.Sub(up); after < 10*time.Second || after > 25*time.Second {
			r.t.Errorf("expired %s after people could reach us", after)
		}
	})
}

// TestNothingExpiresAtStart starts long after the deadline.
func TestNothingExpiresAtStart(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.pending(line)
		r.stop()
		r.pass(10 * time.Hour)
		r.slack.set(time.Now())
		r.start()
		r.stays(s, restore.Pending, 9*time.Second)
		r.stays(s, restore.Expired, 2*time.Second)
	})
}

// TestNothingIsSentTooLate has the time to submit end while nobody can be told: the request waits for the reaper.
func TestNothingIsSentTooLate(t *testing.T) {
	t.Parallel()
	soon := func(s *settings) {
		p := policy("soon", "*/*/*", "dba", "leads")
		p.Terms.SubmitWithin = time.Hour
		s.policies = []restore.Policy{p}
	}
	run(t, soon, func(r *rig) {
		s := held(r)
		r.slack.set(time.Time{})
		r.pass(time.Hour + time.Second)
		r.reachable(true)
		r.stays(s, restore.Approved, time.Hour)
		r.posts(0, 0)
		r.slack.set(time.Now())
		r.reach(s, restore.Expired)
		r.posts(0, 0)
	})
}

// TestManyExpire has more requests than one look takes expire at once.
func TestManyExpire(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.down, s.timings.CheckWithin = true, 2*time.Second }, func(r *rig) {
		r.reachable(false)
		var all []restore.Subject
		for range 250 {
			all = append(all, r.file(line))
		}
		r.pass(time.Minute)
		r.slack.set(time.Now())
		r.pass(30 * time.Second)
		for _, s := range all {
			r.stays(s, restore.Expired, 0)
		}
	})
}

// doubtful returns a request whose answer was lost.
func doubtful(r *rig, fault fake.Fault) restore.Subject {
	r.t.Helper()
	fault.Match = fake.Creations()
	r.inject(fault)
	s := r.approved(line)
	r.reach(s, restore.InDoubt)
	return s
}

func (r *rig) abandon(s restore.Subject) {
	r.t.Helper()
	q := r.get(s)
	d := as[commands.Decided](r, r.do("lead1", commands.Abandon{Card: commands.CardOf(q), Typed: q.ConfirmName()}))
	if d.Verdict != approvals.Counts || d.Request.State != restore.Failed {
		r.t.Fatalf("%s, %s", d.Verdict, d.Request.State)
	}
}

// TestAbandonKeepsTheTarget gives up a request whose restore runs: nobody else may restore onto the target meanwhile.
func TestAbandonKeepsTheTarget(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.manager.JobDuration = time.Hour }, func(r *rig) {
		r.inject(onPost(fake.Fault{Kind: fake.ForeignJob})) // or the job would be taken for its own
		s := doubtful(r, fake.Fault{Kind: fake.Drop, After: true})
		next := r.approved("ledger-prod latest to orders-staging because OPS-1")
		r.waits(next, restore.WaitTarget)
		r.abandon(s)
		target := restore.TargetLock(r.get(s).Plan.Spec.Delivery.Target)
		r.pass(20 * time.Minute)
		if locks := r.locks(s); len(locks) != 1 || locks[target] != s {
			r.t.Errorf("locks %v", locks)
		}
		r.reachable(false) // a list that cannot be read frees nothing
		r.pass(50 * time.Minute)
		if r.locks(s)[target] != s {
			r.t.Errorf("locks %v", r.locks(s))
		}
		r.stays(next, restore.Approved, 0)
		r.reachable(true)
		r.reach(next, restore.Running)
		if q := r.get(s); !q.Linger.IsZero() || len(q.Locks) != 0 || r.locks(s)[target] != next {
			r.t.Errorf("looked at again at %s, holds %v, locks %v", q.Linger, q.Locks, r.locks(s))
		}
		r.posts(2, 2)
	})
}

// TestAbandonFreesTheTarget gives up a request whose restore never began.
func TestAbandonFreesTheTarget(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := doubtful(r, fake.Fault{Kind: fake.Drop})
		r.abandon(s)
		r.pass(time.Minute)
		if locks := r.locks(s); len(locks) != 0 {
			r.t.Errorf("locks %v", locks)
		}
		calls := len(r.server.Calls())
		r.pass(time.Hour)
		if more := len(r.server.Calls()) - calls; more != 0 {
			r.t.Errorf("%d calls afterwards", more)
		}
	})
}
