package reconcile_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeatlas"
)

// ofAtlas lets everybody download from Atlas, if a lead approves.
func ofAtlas(s *settings) { exports(s); s.atlas = true }

const fetchingCloud = "atlas/Payments/orders-prod latest download because OPS-1 look at it"

// cancels matches requests to cancel a job of Atlas.
func cancels() fakeatlas.Match {
	return fakeatlas.Match{Method: http.MethodDelete, Path: "/groups/*/clusters/*/backup/restoreJobs/*", Authorized: true}
}

// upset makes the next requests to cancel a job go wrong.
func (r *rig) upset(f fakeatlas.Fault) {
	r.t.Helper()
	f.Match = cancels()
	if err := r.cloud.server.Inject(f); err != nil {
		r.t.Fatal(err)
	}
}

// deletes counts the requests to cancel a job that Atlas has got.
func (r *rig) deletes() int {
	n := 0
	for _, c := range r.cloud.server.Calls() {
		if c.Method == http.MethodDelete && c.Authorization {
			n++
		}
	}
	return n
}

func (r *rig) cancels(user string, s restore.Subject) approvals.Verdict {
	r.t.Helper()
	d := as[commands.Decided](r, r.do(user, commands.Cancel{Card: commands.CardOf(r.get(s)), Reason: "the wrong cluster"}))
	return d.Verdict
}

// cancelable is a download of Atlas that runs, and has the button.
func cancelable(r *rig) restore.Subject {
	r.t.Helper()
	s := r.running(fetchingCloud)
	if a := commands.Actions(r.get(s)); len(a) != 1 || a[0].ID != commands.ActionCancel || !a[0].Confirm {
		r.t.Errorf("buttons %+v", a)
	}
	return s
}

func (r *rig) stoppedBy(s restore.Subject, user string) {
	r.t.Helper()
	q := r.reach(s, restore.Canceled)
	body := last[restore.BodyCanceled](r, s)
	if body.Cause != restore.CancelStopped || body.Jobs[0].Status != "CANCELED" || q.Stop.By != person(user) || body.Reason != "the wrong cluster" {
		r.t.Errorf("%+v, %+v", body, q.Stop)
	}
	if q.Lingers() || len(r.locks(s)) != 0 || r.count(s, restore.KindCancelAsked) != 1 {
		r.t.Errorf("locks %v, events %v", r.locks(s), r.kinds(s))
	}
}

// TestCancelDownload has a lead cancel a download that runs: the wish is durable first, then Atlas is asked, once.
func TestCancelDownload(t *testing.T) {
	t.Parallel()
	run(t, ofAtlas, func(r *rig) {
		s := cancelable(r)
		if v := r.cancels("engineer", s); v != approvals.NotEntitled {
			r.t.Errorf("the requester, who fills no seat: %s", v)
		}
		r.reachable(false) // of Ops Manager: nobody asks there
		before := r.deletes()
		if v := r.cancels("lead2", s); v != approvals.Counts || r.count(s, restore.KindCancelAsked) != 1 {
			r.t.Errorf("%s after %d calls, events %v", v, r.deletes()-before, r.kinds(s))
		}
		if v := r.cancels("lead1", s); v != approvals.Repeated {
			r.t.Errorf("again: %s", v)
		}
		if a := commands.Actions(r.get(s)); len(a) != 0 {
			r.t.Errorf("buttons %+v", a)
		}
		r.stoppedBy(s, "lead2")
		if r.pass(time.Hour); r.deletes() != before+1 {
			r.t.Errorf("%d calls", r.deletes()-before)
		}
	})
}

// TestCancelSurvives loses what can be lost on the way: the process between wish and call, the call, and its answer. The
// download ends once, as canceled.
func TestCancelSurvives(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		act   func(r *rig, s restore.Subject)
		calls int // at most
	}{
		"crash before the call": {func(r *rig, s restore.Subject) {
			r.stop()
			if r.cancels("lead1", s); r.deletes() != 0 {
				r.t.Error("Atlas was asked before the loop runs")
			}
			r.pass(time.Minute)
			r.start()
		}, 1},
		"the call is lost": {func(r *rig, s restore.Subject) {
			r.upset(fakeatlas.Fault{Kind: fakeatlas.Failure, Status: 503, Times: 2})
			r.cancels("lead1", s)
		}, 3},
		"the answer is lost": {func(r *rig, s restore.Subject) {
			r.upset(fakeatlas.Fault{Kind: fakeatlas.Failure, Status: 503, After: true})
			r.cancels("lead1", s)
		}, 1},
		"crash while it is answered": {func(r *rig, s restore.Subject) {
			r.upset(fakeatlas.Fault{Kind: fakeatlas.Delay, Delay: 10 * time.Second, After: true})
			r.cancels("lead1", s)
			r.pass(5 * time.Second)
			r.stop()
			r.start()
		}, 1},
		"too many calls": {func(r *rig, s restore.Subject) {
			r.upset(fakeatlas.Fault{Kind: fakeatlas.RateLimit, RetryAfter: time.Minute})
			r.cancels("lead1", s)
			r.pass(50 * time.Second)
			if r.deletes() != 1 {
				r.t.Errorf("%d calls in a pause", r.deletes())
			}
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, ofAtlas, func(r *rig) {
				s := cancelable(r)
				tt.act(r, s)
				r.stoppedBy(s, "lead1")
				if r.pass(time.Hour); r.deletes() > tt.calls {
					r.t.Errorf("%d calls", r.deletes())
				}
			})
		})
	}
}

// TestCancelTooLate has the download finish before Atlas hears of the wish: it succeeds, and nobody takes its files away.
func TestCancelTooLate(t *testing.T) {
	t.Parallel()
	run(t, ofAtlas, func(r *rig) {
		s := cancelable(r)
		r.upset(fakeatlas.Fault{Kind: fakeatlas.Failure, Times: fakeatlas.Always})
		if v := r.cancels("lead1", s); v != approvals.Counts {
			r.t.Fatal(v)
		}
		q := r.reach(s, restore.Succeeded)
		n := r.deletes()
		r.cloud.server.ClearFaults()
		r.pass(time.Hour)
		if !q.Offers() || q.Stop == nil || r.deletes() != n || r.count(s, restore.KindCanceled) != 0 {
			r.t.Errorf("%+v, %d calls more, events %v", q.Stop, r.deletes()-n, r.kinds(s))
		}
		if v := r.cancels("lead1", s); v != approvals.NotEntitled {
			r.t.Errorf("after the end: %s", v)
		}
	})
	run(t, ofAtlas, func(r *rig) { // refused because it has just finished: that is no refusal to tell of
		s := cancelable(r)
		r.upset(fakeatlas.Fault{Kind: fakeatlas.Failure, Status: 400, Code: "VALIDATION_ERROR", Delay: time.Hour, After: false})
		job := r.get(s).Jobs()[0].ID
		r.upset(fakeatlas.Fault{Kind: fakeatlas.Delay, Delay: 8 * time.Second})
		r.cancels("lead1", s)
		r.pass(2 * time.Second)
		if err := r.cloud.server.End(job, fakeatlas.Finished); err != nil {
			r.t.Fatal(err)
		}
		r.reach(s, restore.Succeeded)
		if r.count(s, restore.KindCancelRefused) != 0 {
			r.t.Errorf("events %v", r.kinds(s))
		}
	})
}

// TestCancelRefused tells what Atlas says, and lets somebody ask again where that may change.
func TestCancelRefused(t *testing.T) {
	t.Parallel()
	run(t, ofAtlas, func(r *rig) {
		s := cancelable(r)
		r.upset(fakeatlas.Fault{Kind: fakeatlas.AccessList})
		r.cancels("lead1", s)
		r.pass(5 * time.Second)
		body := last[restore.BodyCancelRefused](r, s)
		if body.Why != restore.RefusedDenied || !strings.Contains(body.Detail, "IP_ADDRESS_NOT_ON_ACCESS_LIST") || r.deletes() != 1 {
			r.t.Errorf("%+v after %d calls", body, r.deletes())
		}
		if a := commands.Actions(r.get(s)); len(a) != 1 {
			r.t.Errorf("buttons %+v", a)
		}
		r.upset(fakeatlas.Fault{Kind: fakeatlas.Failure, Status: 400, Code: "CANNOT_CANCEL_AUTOMATED_RESTORE"})
		r.cancels("lead1", s)
		r.pass(time.Minute)
		if body := last[restore.BodyCancelRefused](r, s); body.Why != restore.RefusedNever || r.count(s, restore.KindCancelRefused) != 2 {
			r.t.Errorf("%+v, events %v", body, r.kinds(s))
		}
		if a := commands.Actions(r.get(s)); len(a) != 0 {
			r.t.Errorf("buttons %+v", a)
		}
		if v := r.cancels("lead1", s); v != approvals.NotPossible {
			r.t.Errorf("again: %s", v)
		}
		r.reach(s, restore.Succeeded)
		if r.deletes() != 2 {
			r.t.Errorf("%d calls", r.deletes())
		}
	})
}

// TestCancelRecordGone removes the job's record: after a wish that Atlas confirmed it was canceled, else nobody can know.
func TestCancelRecordGone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		confirmed bool
		want      restore.State
	}{"confirmed": {true, restore.Canceled}, "not confirmed": {false, restore.InDoubt}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(s *settings) { ofAtlas(s) }, func(r *rig) {
				s := cancelable(r)
				job := r.get(s).Jobs()[0].ID
				if !tt.confirmed {
					r.upset(fakeatlas.Fault{Kind: fakeatlas.Failure, Times: fakeatlas.Always})
				}
				r.cancels("lead1", s)
				r.pass(2 * time.Second)
				if err := r.cloud.server.RemoveJob(job); err != nil {
					r.t.Fatal(err)
				}
				r.reach(s, tt.want)
			})
		})
	}
}

// TestCannotCancel tells everybody that a restore onto a cluster cannot be canceled, and asks nobody for it.
func TestCannotCancel(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.atlas = true }, func(r *rig) {
		for _, line := range []string{"atlas/Payments/orders-prod latest to atlas/Payments/orders-staging because OPS-1", "om/Payments/orders-prod latest to om/Payments/orders-staging because OPS-1"} {
			s := r.running(line)
			for _, user := range []string{"engineer", "lead1", "stranger"} {
				if v := r.cancels(user, s); v != approvals.NotPossible {
					r.t.Errorf("%s, %s: %s", line, user, v)
				}
			}
			if a := commands.Actions(r.get(s)); len(a) != 0 {
				r.t.Errorf("buttons %+v", a)
			}
			r.pass(time.Minute)
			if r.deletes() != 0 || r.count(s, restore.KindCancelAsked) != 0 {
				r.t.Errorf("%d calls, events %v", r.deletes(), r.kinds(s))
			}
		}
	})
}
