package reconcile_test

import (
	"slices"
	"testing"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// settle is how long after a POST the list of jobs may lag behind.
func (r *rig) settle() time.Duration {
	return r.set.timings.PostTimeout + max(r.set.timings.Settle, 4*poll)
}

// other returns a job onto the usual target that does something else; same does just what the request asks for.
func other(r *rig) *fake.Job {
	j := r.onto("orders-prod", "orders-staging", "5f0000000000000000000000")
	return &j
}

func same(r *rig, s restore.Subject) *fake.Job {
	j := r.onto("orders-prod", "orders-staging", r.get(s).Plan.Spec.Point.SnapshotID)
	return &j
}

// onPost makes a fault one of the next POST.
func onPost(f fake.Fault) fake.Fault {
	f.Match = fake.Creations()
	return f
}

// lostAnswer is a row of the table of actions: what happens to one POST and to the lists after it.
type lostAnswer struct {
	faults func(r *rig, s restore.Subject) []fake.Fault
	state  restore.State
	within time.Duration // of the POST; 0: after settle
	cause  restore.DoubtCause
	found  int // jobs that people are shown
	made   int // jobs of our own
}

func lostAnswers() map[string]lostAnswer {
	dropped := func(after bool, more ...fake.Fault) func(*rig, restore.Subject) []fake.Fault {
		return func(*rig, restore.Subject) []fake.Fault {
			return append([]fake.Fault{onPost(fake.Fault{Kind: fake.Drop, After: after})}, more...)
		}
	}
	lists := func(n int) fake.Fault { return onPost(fake.Fault{Kind: fake.ListLag, Lists: n}) }
	foreign := func(after bool, job func(r *rig, s restore.Subject) *fake.Job) func(*rig, restore.Subject) []fake.Fault {
		return func(r *rig, s restore.Subject) []fake.Fault {
			return []fake.Fault{
				onPost(fake.Fault{Kind: fake.Drop, After: after}), onPost(fake.Fault{Kind: fake.ForeignJob, Foreign: job(r, s)}),
			}
		}
	}
	silent := func(fields ...string) fake.Fault {
		return fake.Fault{Kind: fake.LeaveOut, Match: fake.Listings(), Times: fake.Always, Fields: fields}
	}
	near := func(r *rig, _ restore.Subject) *fake.Job { return other(r) }
	const soon = 5 * time.Second
	return map[string]lostAnswer{
		"one alike":                    {dropped(true), restore.Running, soon, "", 0, 1},
		"none":                         {dropped(false), restore.InDoubt, 0, restore.DoubtAnswer, 0, 0},
		"list lags, but not too long":  {dropped(true, lists(6)), restore.Running, 2 * time.Minute, "", 0, 1},
		"list lags longer than settle": {dropped(true, lists(1000)), restore.InDoubt, 0, restore.DoubtAnswer, 0, 1},
		"two alike":                    {foreign(true, same), restore.InDoubt, soon, restore.DoubtAnswer, 2, 1},
		"one alike, and it is foreign": {foreign(false, same), restore.Running, soon, "", 0, 0},
		"one alike and a near one":     {foreign(true, near), restore.InDoubt, soon, restore.DoubtAnswer, 2, 1},
		"a near one only":              {foreign(false, near), restore.InDoubt, 0, restore.DoubtAnswer, 1, 0},
		"no job tells its time":        {dropped(true, silent("created")), restore.Running, soon, "", 0, 1},
		"no job tells its target":      {dropped(true, silent("targetGroupId", "targetClusterId")), restore.InDoubt, 0, restore.DoubtAnswer, 1, 1},
		"not onto the target": {
			foreign(true, func(r *rig, s restore.Subject) *fake.Job {
				j := r.onto("orders-prod", "scratch-1", r.get(s).Plan.Spec.Point.SnapshotID)
				return &j
			}),
			restore.Running, soon, "", 0, 1,
		},
	}
}

// TestLostAnswer is the table of actions for a POST without a known outcome.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	for name, tt := range lostAnswers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(s *settings) { s.manager.JobDuration = 3 * time.Hour }, func(r *rig) {
				s := r.pending(line)
				for _, f := range tt.faults(r, s) {
					r.inject(f)
				}
				r.approve(s, "dba1", "lead1")
				r.decided(s, tt)
				r.posts(1, tt.made)
			})
		})
	}
}

// TestLostAnswerUnreadable has the lists fail after a POST whose answer was lost, but not through settle.
func TestLostAnswerUnreadable(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]lostAnswer{
		"started":     {nil, restore.Running, 3 * time.Minute, "", 0, 1},
		"not started": {nil, restore.InDoubt, 0, restore.DoubtAnswer, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(s *settings) { s.manager.JobDuration = 3 * time.Hour }, func(r *rig) {
				r.inject(onPost(fake.Fault{Kind: fake.Drop, After: tt.made > 0}))
				s := r.unlisted()
				r.pass(time.Minute)
				r.server.ClearFaults()
				r.decided(s, tt)
				r.posts(1, tt.made)
			})
		})
	}
}

// TestLostAnswerUnreadableForLong has the lists fail through settle: the doubt ends by itself once they show the job.
func TestLostAnswerUnreadableForLong(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.manager.JobDuration = 3 * time.Hour }, func(r *rig) {
		r.inject(onPost(fake.Fault{Kind: fake.Drop, After: true}))
		s := r.unlisted()
		r.stays(s, restore.InDoubt, time.Hour)
		if body := last[restore.BodyDoubted](r, s); body.Cause != restore.DoubtAnswer || len(body.Candidates) != 0 {
			r.t.Errorf("doubted %+v", body)
		}
		r.server.ClearFaults()
		r.reach(s, restore.Running)
		if body := last[restore.BodyAdopted](r, s); !body.Standing.Person.IsZero() {
			r.t.Errorf("taken by %v", body.Standing.Person)
		}
		r.posts(1, 1)
	})
}

// unlisted returns a request whose POST is under way while no list can be read any more.
func (r *rig) unlisted() restore.Subject {
	r.t.Helper()
	r.inject(onPost(fake.Fault{Kind: fake.Delay, Delay: 5 * time.Second}))
	s := r.approved(line)
	r.reach(s, restore.Sending)
	r.inject(fake.Fault{Kind: fake.Failure, Match: fake.Listings(), Times: fake.Always})
	return s
}

// decided waits for what a row says and checks it.
func (r *rig) decided(s restore.Subject, tt lostAnswer) {
	r.t.Helper()
	q := r.reach(s, tt.state)
	took := time.Since(q.Attempt().Sent)
	if tt.state == restore.InDoubt {
		took = q.Doubted.Sub(q.Attempt().Sent)
	}
	if tt.within == 0 && (took < r.settle() || took > r.settle()+5*time.Minute) || tt.within > 0 && took > tt.within {
		r.t.Errorf("decided after %s", took)
	}
	if tt.state == restore.Running {
		if len(q.Jobs()) != 1 || !last[restore.BodyAdopted](r, s).Standing.Person.IsZero() {
			r.t.Errorf("took %+v", q.Jobs())
		}
		return
	}
	body := last[restore.BodyDoubted](r, s)
	if body.Cause != tt.cause || len(body.Candidates) != tt.found || len(q.Sighted.Jobs()) != tt.found || len(q.Jobs()) != 0 {
		r.t.Errorf("doubted %+v, shows %+v, has %+v", body, q.Sighted, q.Jobs())
	}
	if len(r.locks(s)) != 2 {
		r.t.Errorf("locks %v", r.locks(s))
	}
	r.remains(s, restore.InDoubt, 2*time.Hour)
}

// TestLateList has the list show what was started long after it had been given up: it is taken without anybody's help.
func TestLateList(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.manager.JobDuration = 12 * time.Hour }, func(r *rig) {
		r.inject(onPost(fake.Fault{Kind: fake.Drop, After: true}))
		r.inject(onPost(fake.Fault{Kind: fake.ListLag, Lists: 40}))
		s := r.approved(line)
		r.reach(s, restore.InDoubt)
		q := r.reach(s, restore.Running)
		if len(q.Jobs()) != 1 || q.Jobs()[0].ID != r.server.Posts()[0].Created[0] || r.count(s, restore.KindCandidate) != 0 {
			r.t.Errorf("took %+v, events %v", q.Jobs(), r.kinds(s))
		}
		r.posts(1, 1)
	})
}

// TestBusy is the table of actions for a POST that is refused because another restore is in the way.
func TestBusy(t *testing.T) {
	t.Parallel()
	conflict := func(after bool) fake.Fault {
		return onPost(fake.Fault{Kind: fake.Conflict, JobID: "5f0000000000000000000001", After: after})
	}
	foreign := func(j *fake.Job) fake.Fault { return onPost(fake.Fault{Kind: fake.ForeignJob, Foreign: j}) }
	tests := map[string]struct {
		faults func(r *rig, s restore.Subject) []fake.Fault
		first  restore.Kind // what the outcome of the first POST leads to
		end    restore.State
		cause  restore.DoubtCause
		posts  int
	}{
		"nothing": {
			func(*rig, restore.Subject) []fake.Fault { return []fake.Fault{conflict(false)} },
			restore.KindHeld, restore.Running, "", 2,
		},
		"a candidate": {
			func(r *rig, s restore.Subject) []fake.Fault {
				return []fake.Fault{conflict(false), foreign(same(r, s))}
			},
			restore.KindAdopted, restore.Running, "", 1,
		},
		"a candidate, and it is our own": {
			func(*rig, restore.Subject) []fake.Fault { return []fake.Fault{conflict(true)} },
			restore.KindAdopted, restore.Running, "", 1,
		},
		"near only: seen by the guard of the next attempt": {
			func(r *rig, _ restore.Subject) []fake.Fault { return []fake.Fault{conflict(false), foreign(other(r))} },
			restore.KindHeld, restore.InDoubt, restore.DoubtGuard, 1,
		},
		"two candidates": {
			func(r *rig, s restore.Subject) []fake.Fault { return []fake.Fault{conflict(true), foreign(same(r, s))} },
			restore.KindDoubted, restore.InDoubt, restore.DoubtAnswer, 1,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(s *settings) { s.manager.JobDuration = 3 * time.Hour }, func(r *rig) {
				s := r.pending(line)
				for _, f := range tt.faults(r, s) {
					r.inject(f)
				}
				r.approve(s, "dba1", "lead1")
				q := r.reach(s, tt.end)
				kinds := r.kinds(s)
				if i := slices.Index(kinds, restore.KindUnanswered); i < 0 || kinds[i+1] != tt.first || q.Cause != tt.cause {
					r.t.Errorf("cause %q, events %v", q.Cause, kinds)
				}
				if tt.first == restore.KindHeld && q.Attempts[0].Outcome.Kind != restore.Busy {
					r.t.Errorf("first attempt %+v", q.Attempts[0])
				}
				if got := len(r.server.Posts()); got != tt.posts {
					r.t.Errorf("%d POSTs", got)
				}
			})
		})
	}
}

// TestBusyUnreadable has no list tell what is in the way: a refusal alone is not taken for the whole truth.
func TestBusyUnreadable(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		r.inject(onPost(fake.Fault{Kind: fake.Conflict, JobID: "5f0000000000000000000001"}))
		s := r.unlisted()
		r.stays(s, restore.InDoubt, time.Hour)
		r.posts(1, 0)
	})
}

// TestLooksAtEachPoll counts the lists that are read while an answer is missing.
func TestLooksAtEachPoll(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		r.inject(onPost(fake.Fault{Kind: fake.Drop}))
		s := r.approved(line)
		r.until(s, "unanswered", func(q *restore.Request) bool { return q.State == restore.Sending && !q.Attempt().Until.IsZero() })
		n := r.lists(r.cluster("orders-prod"))
		r.reach(s, restore.InDoubt)
		want := 2 * int(r.settle()/poll) // each look reads the first page once more
		if got := r.lists(r.cluster("orders-prod")) - n; got < want-2 || got > want+4 {
			r.t.Errorf("%d lists until settle, want %d", got, want)
		}
	})
}

// TestSettleFollowsTheConfiguration doubts no sooner than the waits that are configured allow.
func TestSettleFollowsTheConfiguration(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*restore.Timings){
		"a long settle":       func(w *restore.Timings) { w.Settle = 20 * time.Minute },
		"a long time-out":     func(w *restore.Timings) { w.PostTimeout = 10 * time.Minute },
		"a very short settle": func(w *restore.Timings) { w.Settle = time.Second }, // four polls, then
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(s *settings) { change(&s.timings) }, func(r *rig) {
				r.inject(onPost(fake.Fault{Kind: fake.Drop}))
				s := r.approved(line)
				q := r.reach(s, restore.InDoubt)
				if took := q.Doubted.Sub(q.Attempt().Sent); took < r.settle() || took > r.settle()+2*poll {
					r.t.Errorf("doubted after %s, want %s", took, r.settle())
				}
			})
		})
	}
}

// TestSettleCountsFromTheQuestion has a list that is asked for before settle arrive after it: it may be too old.
func TestSettleCountsFromTheQuestion(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.manager.JobDuration = 3 * time.Hour }, func(r *rig) {
		r.inject(onPost(fake.Fault{Kind: fake.Drop, After: true}))
		r.inject(fake.Fault{Kind: fake.RecordGone, Times: fake.Always})
		s := r.approved(line)
		q := r.until(s, "unanswered", func(q *restore.Request) bool { return q.State == restore.Sending && !q.Attempt().Until.IsZero() })
		r.pass(time.Until(q.Attempt().Until.Add(-20 * time.Second)))
		r.inject(fake.Fault{Kind: fake.Delay, Delay: 10 * time.Second, After: true, Match: fake.Listings(), Times: 2})
		r.pass(18 * time.Second) // both calls of the look were received
		r.server.ClearFaults()
		r.reach(s, restore.Running)
		if n := r.count(s, restore.KindDoubted); n != 0 {
			r.t.Errorf("events %v", r.kinds(s))
		}
	})
}

// TestOldJobsAreKnown has so many restores in the past that they fill several pages, one of them just like the request:
// none is taken for something that somebody has just started.
func TestOldJobsAreKnown(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		old := r.onto("orders-prod", "orders-staging", r.newest("orders-prod").ID)
		old.Status = fake.StatusFinished
		r.server.AddJob(old)
		r.crowd("orders-prod")
		r.inject(onPost(fake.Fault{Kind: fake.Drop, After: true}))
		s := r.approved(line)
		q := r.reach(s, restore.Running)
		if q.Jobs()[0].ID != r.server.Posts()[0].Created[0] || r.count(s, restore.KindDoubted) != 0 {
			r.t.Errorf("took %+v, events %v", q.Jobs(), r.kinds(s))
		}
		r.posts(1, 1)
	})
}
