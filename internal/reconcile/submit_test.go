package reconcile_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// firstLeg matches the leg of a POST that asks for the challenge.
func firstLeg() fake.Match {
	return fake.Match{Method: http.MethodPost, Path: "/groups/*/clusters/*/restoreJobs"}
}

func TestSubmitAccepted(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.running(line)
		q := r.get(s)
		r.posts(1, 1)
		if jobs := q.Jobs(); len(jobs) != 1 || jobs[0].ID != r.server.Posts()[0].Created[0] || q.Plan.Compare(jobs[0]) != restore.Alike {
			r.t.Errorf("jobs %+v", jobs)
		}
		locks := r.locks(s)
		if len(locks) != 1 || locks[restore.TargetLock(q.Plan.Spec.Delivery.Target)] != s {
			r.t.Errorf("locks %v", locks)
		}
		if !slices.Equal(r.counted.all, []string{"om accepted"}) || q.Wait != nil || !q.Deadline.IsZero() {
			r.t.Errorf("counted %v, wait %+v, deadline %s", r.counted.all, q.Wait, q.Deadline)
		}
		want := []restore.Kind{
			restore.KindFiled, restore.KindPlanned, restore.KindApproval, restore.KindApproval, restore.KindApproved,
			restore.KindPreparing, restore.KindSending, restore.KindAccepted,
		}
		if kinds := r.kinds(s); !slices.Equal(kinds, want) {
			r.t.Errorf("events %v", kinds)
		}
	})
}

// TestSubmitUnknown checks that whatever leaves it open whether a restore was started is looked for, and is never sent
// again: what was started is taken for its own, and what was not ends in doubt and keeps its locks.
func TestSubmitUnknown(t *testing.T) {
	t.Parallel()
	faults := map[string]fake.Fault{
		"dropped before":          {Kind: fake.Drop},
		"dropped after":           {Kind: fake.Drop, After: true},
		"500 before":              {Kind: fake.Failure},
		"500 after":               {Kind: fake.Failure, After: true},
		"503 after":               {Kind: fake.Failure, Status: http.StatusServiceUnavailable, After: true},
		"408":                     {Kind: fake.Failure, Status: http.StatusRequestTimeout, After: true},
		"gateway's 502":           {Kind: fake.HTML, Status: http.StatusBadGateway, After: true},
		"gateway's 403":           {Kind: fake.HTML, After: true},
		"empty 200":               {Kind: fake.Empty, After: true},
		"garbled 200":             {Kind: fake.Garbled, After: true},
		"200 with old jobs":       {Kind: fake.OldJobs},
		"200 with old jobs after": {Kind: fake.OldJobs, After: true},
		"no answer before":        {Kind: fake.Hang},
		"no answer after":         {Kind: fake.Hang, After: true},
		"no job of the batch":     {Kind: fake.PartialBatch, Keep: 0},
	}
	for name, f := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				f.Match = fake.Creations()
				r.inject(f)
				s := r.approved(line)
				if f.After || f.Kind == fake.PartialBatch {
					adopted(r, s)
					return
				}
				q := r.reach(s, restore.InDoubt)
				body := last[restore.BodyDoubted](r, s)
				if body.Cause != restore.DoubtAnswer || body.Outcome.Kind != restore.Unknown || body.Attempt != 1 {
					r.t.Errorf("doubted %+v", body)
				}
				if wait, settle := q.Doubted.Sub(q.Attempt().Sent), r.settle(); wait < settle || wait > settle+time.Minute {
					r.t.Errorf("doubted after %s, want %s", wait, settle)
				}
				r.remains(s, restore.InDoubt, 8*time.Hour)
				r.posts(1, 0)
				if locks := r.locks(s); len(locks) != 2 {
					r.t.Errorf("locks %v", locks)
				}
			})
		})
	}
}

// adopted checks that a request found the one job that it started, without anybody's help, and goes to its end.
func adopted(r *rig, s restore.Subject) {
	r.t.Helper()
	q := r.reach(s, restore.Running)
	body := last[restore.BodyAdopted](r, s)
	if jobs := q.Jobs(); len(jobs) != 1 || jobs[0].ID != r.server.Posts()[0].Created[0] || !body.Standing.Person.IsZero() {
		r.t.Errorf("took %+v, told %+v", jobs, body)
	}
	if locks := r.locks(s); len(locks) != 1 || locks[restore.TargetLock(q.Plan.Spec.Delivery.Target)] != s {
		r.t.Errorf("locks %v", locks)
	}
	if n := r.count(s, restore.KindDoubted); n != 0 {
		r.t.Errorf("doubted %d times", n)
	}
	r.reach(s, restore.Succeeded)
	r.posts(1, 1)
}

// TestSubmitAgain checks what certainly started nothing: approvals are kept, the request waits and says for what, and
// goes on when the cause is gone.
func TestSubmitAgain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fault  fake.Fault
		match  fake.Match
		wait   restore.WaitCode
		kind   restore.OutcomeKind
		detail string
		posts  int // with credentials
	}{
		"unsent":       {fake.Fault{Kind: fake.Drop}, firstLeg(), restore.WaitBackend, restore.Unsent, "", 1},
		"access list":  {fake.Fault{Kind: fake.AccessList}, fake.Creations(), restore.WaitFixable, restore.Fixable, "IP_ADDRESS_NOT_ON_ACCESS_LIST", 2},
		"bad key":      {fake.Fault{Kind: fake.Unauthorized}, fake.Creations(), restore.WaitFixable, restore.Fixable, "401", 2},
		"rate limit":   {fake.Fault{Kind: fake.RateLimit}, fake.Creations(), restore.WaitFixable, restore.Fixable, "RATE_LIMITED", 2},
		"302":          {fake.Fault{Kind: fake.Redirect, Location: "https://elsewhere.example.net/"}, fake.Creations(), restore.WaitFixable, restore.Fixable, "redirects to elsewhere.example.net", 2},
		"busy":         {fake.Fault{Kind: fake.Conflict, JobID: "5f0000000000000000000001"}, fake.Creations(), restore.WaitTarget, restore.Busy, "CONCURRENT_RESTORES", 2},
		"busy (Atlas)": {fake.Fault{Kind: fake.Failure, Status: http.StatusConflict, Code: "ATLAS_CLUSTER_RESTORE_IN_PROGRESS"}, fake.Creations(), restore.WaitTarget, restore.Busy, "409", 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				tt.fault.Match = tt.match
				r.inject(tt.fault)
				s := r.approved(line)
				q := r.waits(s, tt.wait)
				if body := last[restore.BodyHeld](r, s); body.Outcome.Kind != tt.kind || !strings.Contains(q.Wait.Detail, tt.detail) {
					r.t.Errorf("held %+v", body)
				}
				if !q.Wait.Until.After(time.Now()) || len(r.locks(s)) != 0 || q.Approved.IsZero() {
					r.t.Errorf("waits until %s with locks %v", q.Wait.Until, r.locks(s))
				}
				r.reach(s, restore.Running)
				r.posts(tt.posts, 1)
				if n := r.count(s, restore.KindApproved); n != 1 {
					r.t.Errorf("approved %d times", n)
				}
			})
		})
	}
}

// TestSubmitBackOff checks that what waits is tried less and less often, and expires with the time to submit.
func TestSubmitBackOff(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]fake.Fault{
		"unsent":  {Kind: fake.Drop, Match: firstLeg()},
		"fixable": {Kind: fake.AccessList, Match: fake.Creations()},
		"busy":    {Kind: fake.Conflict, Match: fake.Creations()},
		"backend": {Kind: fake.Failure, Match: fake.Listings()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			soon := func(s *settings) {
				p := policy("soon", "*/*/*", "dba", "leads")
				p.Terms.SubmitWithin = 30 * time.Minute
				s.policies = []restore.Policy{p}
			}
			run(t, soon, func(r *rig) {
				s := r.pending(line)
				f.Times = fake.Always
				r.inject(f)
				r.approve(s, "dba1", "lead1")
				deadline := r.get(s).Deadline
				r.stays(s, restore.Approved, 25*time.Minute)
				var tries []time.Time
				for _, e := range r.events(s) {
					if e.Kind == restore.KindPreparing {
						tries = append(tries, e.At)
					}
				}
				for i, seconds := range []int{2, 4, 8, 16, 32, 64, 128, 256, 300, 300} {
					want := time.Duration(seconds) * time.Second
					if got := tries[i+1].Sub(tries[i]); got < want || got > want+5*time.Second {
						r.t.Errorf("pause %d is %s, want %s", i, got, want)
					}
				}
				r.pass(time.Until(deadline))
				r.stays(s, restore.Approved, 0)
				n := len(r.server.Calls())
				r.stays(s, restore.Approved, 9*time.Second)
				if more := len(r.server.Calls()) - n; more != 0 {
					r.t.Errorf("%d calls after the deadline", more)
				}
				q := r.stays(s, restore.Expired, 2*time.Second)
				if body := last[restore.BodyExpired](r, s); body.From != restore.Approved || body.Wait == nil || q.Wait != nil {
					r.t.Errorf("expired %+v", body)
				}
				if len(r.locks(s)) != 0 {
					r.t.Errorf("locks %v", r.locks(s))
				}
				for _, a := range q.Attempts {
					if len(a.Seen) > 0 {
						r.t.Errorf("attempt %d keeps %d ids", a.Attempt, len(a.Seen))
					}
				}
				for _, c := range r.server.Posts() {
					if len(c.Created) > 0 {
						r.t.Errorf("a job was made: %v", c.Created)
					}
				}
			})
		})
	}
}

func TestSubmitRefusedForGood(t *testing.T) {
	t.Parallel()
	for _, status := range []int{
		http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusGone, http.StatusUnprocessableEntity,
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				r.inject(fake.Fault{Kind: fake.Failure, Status: status, Code: "INVALID_ATTRIBUTE", Match: fake.Creations()})
				s := r.approved(line)
				r.reach(s, restore.Failed)
				body := last[restore.BodyFailed](r, s)
				if body.Cause != restore.FailRefused || body.Outcome.Code != "INVALID_ATTRIBUTE" || body.Outcome.Status != status {
					r.t.Errorf("failed %+v", body)
				}
				r.remains(s, restore.Failed, time.Hour)
				r.posts(1, 0)
				if locks := r.locks(s); len(locks) != 0 {
					r.t.Errorf("locks %v", locks)
				}
			})
		})
	}
}

// TestSubmitRateLimitIsHonored checks that lists are not asked for again before the server wants to be asked.
func TestSubmitRateLimitIsHonored(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.pending(line)
		r.inject(fake.Fault{Kind: fake.RateLimit, RetryAfter: 7 * time.Minute, Match: fake.Match{Authorized: true}})
		r.approve(s, "dba1", "lead1")
		q := r.waits(s, restore.WaitBackend)
		if wait := time.Until(q.Wait.Until); wait < 6*time.Minute+50*time.Second || wait > 7*time.Minute {
			r.t.Errorf("waits %s", wait)
		}
		r.reach(s, restore.Running)
	})
}

// TestStopWhilePreparing has people stop a request while everything is checked again: nothing is sent.
func TestStopWhilePreparing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		user, line string
		want       restore.State
	}{
		"deny":   {"dba2", "deny %s because the DBA is asleep", restore.Denied},
		"cancel": {"engineer", "cancel %s not needed", restore.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				s := r.pending(line)
				r.inject(fake.Fault{Kind: fake.Delay, Delay: 20 * time.Second, Match: fake.Listings()})
				r.approve(s, "dba1", "lead1")
				r.reach(s, restore.Preparing)
				if len(r.locks(s)) != 2 {
					r.t.Errorf("locks %v", r.locks(s))
				}
				r.pass(5 * time.Second)
				r.say(tt.user, strings.ReplaceAll(tt.line, "%s", string(s)))
				r.remains(s, tt.want, time.Hour)
				r.posts(0, 0)
				if len(r.locks(s)) != 0 {
					r.t.Errorf("locks %v", r.locks(s))
				}
			})
		})
	}
}

// TestStopWhileSending checks that a cancel which comes too late changes nothing.
func TestStopWhileSending(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		r.inject(fake.Fault{Kind: fake.Delay, Delay: 20 * time.Second, Match: fake.Creations()})
		s := r.approved(line)
		r.reach(s, restore.Sending)
		if d := as[commands.Decided](r, r.say("engineer", "cancel "+string(s))); d.Verdict != "closed" {
			r.t.Errorf("verdict %s", d.Verdict)
		}
		r.reach(s, restore.Running)
		r.posts(1, 1)
	})
}

// TestShutdownWaitsForPost ends the loop in the middle of a POST.
func TestShutdownWaitsForPost(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		r.inject(fake.Fault{Kind: fake.Delay, Delay: 40 * time.Second, After: true, Match: fake.Creations()})
		s := r.approved(line)
		r.reach(s, restore.Sending)
		start := time.Now()
		r.stop()
		if took := time.Since(start); took < 39*time.Second || took > 41*time.Second {
			r.t.Errorf("the end took %s", took)
		}
		if q := r.get(s); q.State != restore.Running || len(q.Jobs()) != 1 {
			r.t.Errorf("%s with jobs %+v", q.State, q.Jobs())
		}
		r.posts(1, 1)
	})
}

// TestShutdownWhilePreparing ends the loop before anything is sent: nothing is.
func TestShutdownWhilePreparing(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.pending(line)
		r.inject(fake.Fault{Kind: fake.Delay, Delay: 20 * time.Second, Match: fake.Listings()})
		r.approve(s, "dba1", "lead1")
		r.reach(s, restore.Preparing)
		r.stop()
		r.posts(0, 0)
		r.start()
		r.reach(s, restore.Running)
		r.posts(1, 1)
		if n := r.count(s, restore.KindHeld); n != 1 {
			r.t.Errorf("held %d times", n)
		}
	})
}
