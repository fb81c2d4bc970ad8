package reconcile_test

import (
	"slices"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// reminded checks how often people were reminded of a doubt.
func (r *rig) reminded(s restore.Subject, want int) {
	r.t.Helper()
	if got := r.count(s, restore.KindReminded); got != want {
		r.t.Errorf("%s: reminded %d times, want %d: %v", time.Since(r.get(s).Doubted), got, want, r.kinds(s))
	}
}

// TestRemindedDaily leaves a request in doubt for days: people are reminded once a day, across restarts, once after days
// without a process, and no more when they have decided.
func TestRemindedDaily(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	run(t, nil, func(r *rig) {
		s := doubtful(r, fake.Fault{Kind: fake.Drop})
		began := r.get(s).Doubted
		to := func(after time.Duration) { r.pass(time.Until(began.Add(after))) }
		to(day)
		r.reminded(s, 0)
		r.stop()
		r.start()
		to(day + 30*time.Second)
		r.reminded(s, 1)
		to(2*day - time.Minute)
		r.reminded(s, 1)
		to(2*day + time.Minute)
		r.reminded(s, 2)
		r.stop()
		to(9*day + 3*time.Hour)
		r.start()
		r.pass(time.Minute)
		r.reminded(s, 3)
		to(10*day + time.Minute)
		r.reminded(s, 4)
		r.expect(r.decides("lead1", s, abandon), approvals.Counts)
		r.pass(day + time.Hour)
		r.reminded(s, 4)
	})
}

// TestNobodyIsRemindedWhile keeps reminders back while the clock is not trusted, or nobody could answer.
func TestNobodyIsRemindedWhile(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]struct{ begin, end func(r *rig) }{
		"the clock is wrong": {
			func(r *rig) { r.inject(fake.Fault{Kind: fake.DateSkew, Skew: 90 * time.Second, Times: fake.Always}) },
			func(r *rig) { r.server.ClearFaults() },
		},
		"Slack is out of reach": {
			func(r *rig) { r.slack.set(time.Time{}) }, func(r *rig) { r.slack.set(time.Now()) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				s := doubtful(r, fake.Fault{Kind: fake.Drop})
				r.pass(23 * time.Hour)
				trouble.begin(r)
				r.pass(3 * time.Hour)
				r.reminded(s, 0)
				trouble.end(r)
				r.pass(10 * time.Minute)
				r.reminded(s, 1)
			})
		})
	}
}

// TestRemindedPending reminds people of missing approvals at half and at three quarters of the time, in the thread and
// across restarts, and of the latest only after a downtime; and no deadline approves anything.
func TestRemindedPending(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.pending(line)
		began := r.get(s).Pended
		to := func(after time.Duration) { r.pass(time.Until(began.Add(after))) }
		r.approve(s, "dba1")
		to(2*time.Hour - time.Second)
		r.told(s, 0)
		r.stop()
		r.start()
		to(2*time.Hour + time.Minute)
		r.told(s, 1)
		if b := last[restore.BodyReminded](r, s); !slices.Equal(b.Open, []string{"leads"}) {
			r.t.Errorf("told %+v", b)
		}
		r.stop()
		r.start()
		to(3*time.Hour - time.Second)
		r.told(s, 1)
		to(3*time.Hour + time.Minute)
		r.told(s, 2)
		to(4*time.Hour - time.Second)
		r.stays(s, restore.Pending, 0)
		r.reach(s, restore.Expired)
		r.told(s, 2)
		r.posts(0, 0)
	})
	run(t, nil, func(r *rig) {
		s := r.pending(line)
		r.stop()
		r.pass(3*time.Hour + 10*time.Minute)
		r.start()
		r.pass(time.Minute)
		r.told(s, 1)
		r.pass(40 * time.Minute)
		r.told(s, 1)
	})
	run(t, func(s *settings) { s.manager.JobDuration = time.Hour; expiring(40 * time.Minute)(s) }, func(r *rig) {
		r.running("ledger-prod latest to scratch-1 because OPS-1") // so that the clocks are compared
		s := r.pending(line)
		r.inject(fake.Fault{Kind: fake.DateSkew, Skew: 90 * time.Second, Times: fake.Always})
		r.pass(35 * time.Minute)
		r.told(s, 0)
		r.server.ClearFaults()
		r.pass(2 * time.Minute)
		r.told(s, 1)
	})
}

// told checks how often people were reminded of a request.
func (r *rig) told(s restore.Subject, want int) {
	r.t.Helper()
	if got := r.count(s, restore.KindReminded); got != want {
		r.t.Errorf("reminded %d times, want %d: %v", got, want, r.kinds(s))
	}
}
