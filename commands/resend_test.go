package commands_test

import (
	"slices"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

func (r *rig) resend(s restore.Subject) commands.Resend {
	r.t.Helper()
	q := r.get(s)
	return commands.Resend{Card: commands.CardOf(q), Typed: q.ConfirmName()}
}

// After a fresh list without a candidate, the request is approved as if it had just been. Nothing is sent here.
func TestResend(t *testing.T) {
	t.Parallel()
	run(t, func(r *rig) {
		s := r.doubted("orders-staging")
		seen, lists := r.get(s).Seen, r.lists()
		if v := r.decides("lead1", r.resend(s)); v != approvals.Counts {
			t.Fatal(v)
		}
		q := r.get(s)
		if q.State != restore.Approved || !q.Deadline.Equal(time.Now().Add(24*time.Hour)) || len(q.Locks) > 0 {
			t.Errorf("%s until %v, locks %v", q.State, q.Deadline, q.Locks)
		}
		if !slices.Equal(q.Seen, seen) {
			t.Errorf("seen %v, before %v", q.Seen, seen)
		}
		if r.lists() == lists || len(r.server.Posts()) != 0 {
			t.Errorf("%d lists, %d POSTs", r.lists()-lists, len(r.server.Posts()))
		}
		r.last(s, restore.KindResent, person("lead1").String())
		if v := r.decides("lead1", r.resend(s)); v != approvals.Closed {
			t.Errorf("again: %s", v)
		}
	})
}

// A job that turns up in the fresh list has to be looked at, and is offered on the card from then on.
func TestResendLooksFirst(t *testing.T) {
	t.Parallel()
	for name, snapshot := range map[string]string{"the same": "", "something near": otherSnapshot} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(r *rig) {
				s := r.doubted("orders-staging")
				job := r.server.AddJob(r.started("orders-staging", snapshot))
				decided, before := len(r.counted.all), len(r.events(s))
				for range 2 {
					if v := r.decides("lead1", r.resend(s)); v != approvals.LookFirst {
						t.Fatal(v)
					}
				}
				q := r.get(s)
				if all := q.Sighted.Jobs(); q.State != restore.InDoubt || len(all) != 1 || all[0].ID != job.ID {
					t.Errorf("%s, sighted %+v", q.State, all)
				}
				if n := len(r.events(s)); n != before+1 || len(r.counted.all) != decided {
					t.Errorf("%d events, %v counted", n-before, r.counted.all[decided:])
				}
				r.last(s, restore.KindCandidate, restore.ByBot)
				if got := r.actions(s); !slices.Equal(got, []commands.ActionID{"adopt", "abandon"}) {
					t.Errorf("now offered: %v", got)
				}
				if v := r.decides("lead1", r.adopt(s, 0)); v != approvals.Counts {
					t.Errorf("adopt: %s", v)
				}
			})
		})
	}
}

// Candidates that the list no longer shows do not stand in the way: the list that is read for the decision counts.
func TestResendAfterCandidatesVanished(t *testing.T) {
	t.Parallel()
	run(t, func(r *rig) {
		s := r.doubted("orders-staging", r.started("orders-staging", otherSnapshot))
		if err := r.server.RemoveJob(r.get(s).Sighted.Jobs()[0].ID); err != nil {
			t.Fatal(err)
		}
		if v := r.decides("lead1", r.resend(s)); v != approvals.Counts {
			t.Error(v)
		}
	})
}

// A list that cannot be read proves nothing.
func TestResendWithoutAList(t *testing.T) {
	t.Parallel()
	run(t, func(r *rig) {
		s := r.doubted("orders-staging")
		before := len(r.events(s))
		r.fails()
		_, err := r.do("lead1", r.resend(s))
		if p := commands.AsProblem(err); p == nil || p.Code != commands.ProblemJobs {
			t.Errorf("got %v", err)
		}
		if q := r.get(s); q.State != restore.InDoubt || len(r.events(s)) != before {
			t.Errorf("now %s, events %v", q.State, r.events(s)[before:])
		}
	})
}

// Before the list had its time, what it does not show proves nothing either.
func TestResendTooEarly(t *testing.T) {
	t.Parallel()
	run(t, func(r *rig) {
		s := r.approved("orders-staging")
		r.sent(s)
		o := restore.Outcome{Kind: restore.Unknown}
		r.change(s, func(_ restore.Tx, q *restore.Request, _ time.Time) []restore.Body {
			return []restore.Body{q.Unanswered(o, settle), q.Doubt(restore.DoubtAnswer, o, nil)}
		})
		if v := r.decides("lead1", r.resend(s)); v != approvals.LookFirst {
			t.Errorf("too early: %s", v)
		}
		time.Sleep(settle)
		if v := r.decides("lead1", r.resend(s)); v != approvals.Counts {
			t.Errorf("in time: %s", v)
		}
	})
}

// A list that takes its time does not make the person's standing too old.
func TestResendWithASlowList(t *testing.T) {
	t.Parallel()
	run(t, func(r *rig) {
		s := r.doubted("orders-staging")
		err := r.server.Inject(fake.Fault{Kind: fake.Delay, Delay: 20 * time.Second, Match: fake.Listings(), Times: fake.Always})
		if err != nil {
			t.Fatal(err)
		}
		for range 600 { // a long history: the list has pages
			j := r.started("scratch-1", "")
			j.Status = fake.StatusFinished
			r.server.AddJob(j)
		}
		start := time.Now()
		if v := r.decides("lead1", r.resend(s)); v != approvals.Counts {
			t.Errorf("got %s after %v", v, time.Since(start))
		}
		if took := time.Since(start); took < time.Minute {
			t.Errorf("the list took only %v", took)
		}
	})
}

// Somebody who loses the right to decide while the list is read does not decide.
func TestResendStandingIsFresh(t *testing.T) {
	t.Parallel()
	run(t, func(r *rig) {
		s := r.doubted("orders-staging")
		err := r.server.Inject(fake.Fault{Kind: fake.Delay, Delay: 10 * time.Second, Match: fake.Listings()})
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(5*time.Second, func() {
			r.people.mu.Lock()
			defer r.people.mu.Unlock()
			r.people.groups = map[string][]string{}
		})
		if v := r.decides("lead1", r.resend(s)); v != approvals.NotEntitled {
			t.Error(v)
		}
	})
}

// A list that was read for one attempt does not count for the next.
func TestResendListIsOfThisAttempt(t *testing.T) {
	t.Parallel()
	run(t, func(r *rig) {
		s := r.doubted("orders-staging")
		cmd := r.resend(s)
		err := r.server.Inject(fake.Fault{Kind: fake.Delay, Delay: 20 * time.Second, Match: fake.Listings()})
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan approvals.Verdict, 1)
		go func() { done <- r.decides("lead1", cmd) }()
		time.Sleep(5 * time.Second)
		if v := r.decides("dba1", cmd); v != approvals.Counts {
			t.Fatal(v)
		}
		o := restore.Outcome{Kind: restore.Unknown}
		r.change(s, func(_ restore.Tx, q *restore.Request, now time.Time) []restore.Body {
			prepared := []restore.Body{q.Prepare(now), q.Send(now, restore.JobList{})}
			return append(prepared, q.Unanswered(o, 0), q.Doubt(restore.DoubtAnswer, o, nil))
		})
		if v := <-done; v != approvals.Outdated {
			t.Errorf("got %s", v)
		}
		if q := r.get(s); q.State != restore.InDoubt {
			t.Errorf("now %s", q.State)
		}
	})
}
