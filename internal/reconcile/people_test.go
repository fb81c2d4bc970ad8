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

// decides has somebody decide a doubt, with the target's name typed.
func (r *rig) decides(user string, s restore.Subject, decision func(commands.Card, string) commands.Command) approvals.Verdict {
	r.t.Helper()
	q := r.get(s)
	return as[commands.Decided](r, r.do(user, decision(commands.CardOf(q), q.ConfirmName()))).Verdict
}

func resend(c commands.Card, typed string) commands.Command {
	return commands.Resend{Card: c, Typed: typed}
}

func finish(c commands.Card, typed string) commands.Command {
	return commands.Finish{Card: c, Typed: typed}
}

func abandon(c commands.Card, typed string) commands.Command {
	return commands.Abandon{Card: c, Typed: typed}
}

func adopt(group string) func(commands.Card, string) commands.Command {
	return func(c commands.Card, typed string) commands.Command {
		return commands.Adopt{Card: c, Group: group, Typed: typed}
	}
}

// expect checks a verdict.
func (r *rig) expect(got, want approvals.Verdict) {
	r.t.Helper()
	if got != want {
		r.t.Errorf("verdict %s, want %s", got, want)
	}
}

// TestResendSendsOnce sends again on a person's word: everything is checked anew, and there is one more POST.
func TestResendSendsOnce(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.pending(line)
		seen := r.get(s).Seen
		r.server.AddJob(fake.Job{ClusterID: r.cluster("orders-prod"), SnapshotID: r.newest("orders-prod").ID, MaxDownloads: 1})
		r.inject(onPost(fake.Fault{Kind: fake.Drop}))
		r.approve(s, "dba1", "lead1")
		r.reach(s, restore.InDoubt)
		r.expect(r.decides("engineer", s, resend), approvals.OwnRequest)
		r.expect(r.decides("colleague", s, resend), approvals.NotEntitled)
		r.expect(r.decides("guest", s, resend), approvals.Guest)
		r.stays(s, restore.InDoubt, time.Hour)
		r.expect(r.decides("lead1", s, resend), approvals.Counts)
		r.expect(r.decides("dba1", s, resend), approvals.Closed)
		q := r.reach(s, restore.Running)
		if len(q.Attempts) != 2 || len(seen) == 0 || !slices.Equal(q.Seen, seen) || r.count(s, restore.KindApproved) != 1 {
			r.t.Errorf("%d attempts, baseline %v, events %v", len(q.Attempts), q.Seen, r.kinds(s))
		}
		r.posts(2, 1)
		r.reach(s, restore.Succeeded)
		r.posts(2, 1)
	})
}

// TestResendLooksFirst refuses to send again while something is listed that may be the request's, also if nobody has
// seen it yet.
func TestResendLooksFirst(t *testing.T) {
	t.Parallel()
	for name, job := range map[string]func(*rig, restore.Subject) *fake.Job{
		"near":  func(r *rig, _ restore.Subject) *fake.Job { return other(r) },
		"alike": same,
		"near, and over": func(r *rig, _ restore.Subject) *fake.Job {
			j := other(r)
			j.Status = fake.StatusFinished
			return j
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				s := doubtful(r, fake.Fault{Kind: fake.Drop})
				r.pass(time.Hour) // looks are rare by now
				r.pass(time.Second)
				r.server.AddJob(*job(r, s))
				r.expect(r.decides("lead1", s, resend), approvals.LookFirst)
				if q := r.get(s); len(q.Sighted.Jobs()) != 1 || q.State != restore.InDoubt {
					r.t.Errorf("%s, sighted %+v", q.State, q.Sighted)
				}
				r.pass(time.Hour)
				r.posts(1, 0)
			})
		})
	}
}

// TestResendChecksEverything has things change before somebody sends again.
func TestResendChecksEverything(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(r *rig, s restore.Subject)
		want   func(r *rig, s restore.Subject)
	}{
		"an approver left": {
			func(r *rig, _ restore.Subject) {
				r.people.change(func(d *directory) { d.groups["dba"] = []string{"dba2"} })
			},
			func(r *rig, s restore.Subject) { r.reach(s, restore.Pending) },
		},
		"the requester left": {
			func(r *rig, _ restore.Subject) {
				r.people.change(func(d *directory) {
					e := d.people["engineer"]
					e.Inactive = true
					d.people["engineer"] = e
				})
			},
			func(r *rig, s restore.Subject) { r.reach(s, restore.Canceled) },
		},
		"the snapshot is gone": {
			func(r *rig, s restore.Subject) {
				gone := r.get(s).Plan.Spec.Point.SnapshotID
				r.become(func(w *fake.World) {
					w.Snapshots = slices.DeleteFunc(slices.Clone(w.Snapshots), func(s fake.Snapshot) bool { return s.ID == gone })
				})
			},
			func(r *rig, s restore.Subject) { r.waits(s, restore.WaitPlan) },
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				s := doubtful(r, fake.Fault{Kind: fake.Drop})
				before := len(r.server.Posts())
				server := r.server
				tt.change(r, s)
				r.expect(r.decides("lead1", s, resend), approvals.Counts)
				tt.want(r, s)
				if r.server == server && len(r.server.Posts()) != before || r.server != server && len(r.server.Posts()) != 0 {
					r.t.Errorf("%d POSTs", len(r.server.Posts()))
				}
				if locks := r.locks(s); len(locks) != 0 {
					r.t.Errorf("locks %v", locks)
				}
			})
		})
	}
}

// TestResendIsLost loses the second answer as well, in every way.
func TestResendIsLost(t *testing.T) {
	t.Parallel()
	busy := fake.Fault{Kind: fake.Conflict, JobID: "5f0000000000000000000001"}
	tests := map[string]struct {
		fault fake.Fault
		state restore.State
		made  int
	}{
		"nothing started":        {fake.Fault{Kind: fake.Drop}, restore.InDoubt, 0},
		"started":                {fake.Fault{Kind: fake.Drop, After: true}, restore.Running, 1},
		"busy, nothing started":  {busy, restore.InDoubt, 0}, // because of what the first POST may have started
		"busy, but started":      {fake.Fault{Kind: fake.Conflict, JobID: busy.JobID, After: true}, restore.Running, 1},
		"refused, to be mended":  {fake.Fault{Kind: fake.AccessList}, restore.Running, 1},
		"refused, for good":      {fake.Fault{Kind: fake.Failure, Status: 400}, restore.Failed, 0},
		"certainly never sent":   {fake.Fault{Kind: fake.Drop, Match: firstLeg()}, restore.Running, 1},
		"accepted after a delay": {fake.Fault{Kind: fake.Delay, Delay: 10 * time.Second}, restore.Running, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(s *settings) { s.manager.JobDuration = 3 * time.Hour }, func(r *rig) {
				s := doubtful(r, fake.Fault{Kind: fake.Drop})
				if tt.fault.Match == (fake.Match{}) {
					tt.fault.Match = fake.Creations()
				}
				r.inject(tt.fault)
				r.expect(r.decides("lead1", s, resend), approvals.Counts)
				q := r.until(s, "the end", func(q *restore.Request) bool { return len(q.Attempts) >= 2 && q.State == tt.state })
				r.remains(s, tt.state, time.Hour)
				if tt.state == restore.InDoubt && (len(r.locks(s)) != 2 || !q.EverUnknown()) {
					r.t.Errorf("locks %v", r.locks(s))
				}
				r.posts(len(r.server.Posts()), tt.made)
			})
		})
	}
}

// TestFirstJobComesLate has the list show what the first POST started only when the second is under way: age does not
// exclude it, and people are shown both.
func TestFirstJobComesLate(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.manager.JobDuration = 20 * time.Hour }, func(r *rig) {
		s := doubtful(r, fake.Fault{Kind: fake.Drop})
		r.pass(time.Hour)
		r.inject(onPost(fake.Fault{Kind: fake.Drop, After: true}))
		r.inject(onPost(fake.Fault{Kind: fake.Delay, Delay: 10 * time.Second}))
		r.expect(r.decides("lead1", s, resend), approvals.Counts)
		q := r.reach(s, restore.Sending)
		first := same(r, s)
		first.Created = q.Attempts[0].Sent.Add(time.Second)
		r.server.AddJob(*first)
		q = r.until(s, "a doubt", func(q *restore.Request) bool { return q.State == restore.InDoubt || q.State == restore.Running })
		if q.State != restore.InDoubt || len(q.Sighted.Alike) != 2 {
			r.t.Errorf("%s with %+v, sighted %+v", q.State, q.Jobs(), q.Sighted)
		}
		r.expect(r.decides("dba1", s, resend), approvals.LookFirst)
		r.stays(s, restore.InDoubt, 2*time.Hour)
		r.posts(2, 1)
	})
}

// TestOldListsSayNothing has a look at a doubt take so long that the request is in doubt about its next attempt when it
// ends: what the look saw is not about that one.
func TestOldListsSayNothing(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := doubtful(r, fake.Fault{Kind: fake.Drop})
		n := r.lists(r.cluster("orders-prod"))
		r.inject(fake.Fault{Kind: fake.Delay, Delay: 10 * time.Second, After: true, Match: fake.Listings(), Times: 2})
		r.until(s, "a look", func(*restore.Request) bool { return r.lists(r.cluster("orders-prod")) > n })
		r.pass(11 * time.Second) // both calls of the look were received
		r.inject(fake.Fault{Kind: fake.Delay, Delay: 3 * time.Second, Match: fake.Match{Path: "/groups", Authorized: true}})
		r.expect(r.decides("lead1", s, resend), approvals.Counts)
		r.pass(time.Second)
		r.server.AddJob(*other(r))
		r.until(s, "the guard", func(q *restore.Request) bool { return len(q.Attempts) == 2 && q.State == restore.InDoubt })
		r.pass(25 * time.Second)
		if n := r.count(s, restore.KindCandidate); n != 0 {
			r.t.Errorf("told %d times of other candidates: %v", n, r.kinds(s))
		}
		r.posts(1, 0)
	})
}

// TestAdopt has a person pick one of two jobs.
func TestAdopt(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		r.inject(onPost(fake.Fault{Kind: fake.ForeignJob}))
		s := doubtful(r, fake.Fault{Kind: fake.Drop, After: true})
		mine := r.server.Posts()[0].Created[0]
		r.expect(r.decides("engineer", s, adopt(mine)), approvals.OwnRequest)
		r.expect(r.decides("colleague", s, adopt(mine)), approvals.NotEntitled)
		r.expect(r.decides("stranger", s, adopt(mine)), approvals.Stranger)
		r.expect(r.decides("lead1", s, adopt("5f0000000000000000000000")), approvals.Gone)
		r.expect(r.decides("lead1", s, func(c commands.Card, _ string) commands.Command {
			return commands.Adopt{Card: c, Group: mine, Typed: "orders-prod"}
		}), approvals.WrongTarget)
		r.expect(r.decides("lead1", s, finish), approvals.NotPossible)
		r.expect(r.decides("lead1", s, resend), approvals.LookFirst)
		r.stays(s, restore.InDoubt, 0)
		r.expect(r.decides("lead1", s, adopt(mine)), approvals.Counts)
		q := r.get(s)
		body := last[restore.BodyAdopted](r, s)
		if len(q.Jobs()) != 1 || q.Jobs()[0].ID != mine || body.Standing.Person != person("lead1") || body.Started.IsZero() {
			r.t.Errorf("%s with %+v, told %+v", q.State, q.Jobs(), body)
		}
		if q.Attempt().Adopter != person("lead1") {
			r.t.Errorf("adopted by %s", q.Attempt().Adopter)
		}
		if locks := r.locks(s); len(locks) != 1 {
			r.t.Errorf("locks %v", locks)
		}
		r.expect(r.decides("dba1", s, adopt(mine)), approvals.Closed)
		r.reach(s, restore.Succeeded)
		r.posts(1, 1)
	})
}

// TestAdoptOwned has the job that somebody picks belong to another request meanwhile.
func TestAdoptOwned(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.manager.JobDuration = 5 * time.Hour }, func(r *rig) {
		r.inject(onPost(fake.Fault{Kind: fake.ForeignJob}))
		s := doubtful(r, fake.Fault{Kind: fake.Drop, After: true})
		mine := r.server.Posts()[0].Created[0]
		owner := r.pending("orders-prod latest to scratch-1 because OPS-2")
		err := restore.Change(r.t.Context(), r.store.Store, owner, func(tx restore.Tx, q *restore.Request) error {
			q.Attempts = []restore.Submission{{Attempt: 1, Jobs: []restore.Job{{ID: mine}}}}
			return tx.PutRequest(q)
		})
		if err != nil {
			r.t.Fatal(err)
		}
		r.expect(r.decides("lead1", s, adopt(mine)), approvals.Gone)
		r.stays(s, restore.InDoubt, 0)
	})
}

// TestAdoptAfterGuard takes what somebody else started before anything was sent: that needs a person, however alike it
// is, and however long it takes.
func TestAdoptAfterGuard(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.manager.JobDuration = 30 * time.Hour }, func(r *rig) {
		s := r.pending(line)
		job := r.server.AddJob(*same(r, s))
		r.approve(s, "dba1", "lead1")
		r.reach(s, restore.InDoubt)
		r.expect(r.decides("lead1", s, resend), approvals.LookFirst)
		r.stays(s, restore.InDoubt, 26*time.Hour)
		r.expect(r.decides("lead1", s, adopt(job.ID)), approvals.Counts)
		r.reach(s, restore.Running)
		r.pass(5 * time.Hour)
		r.stays(s, restore.Succeeded, 0)
		r.posts(0, 0)
	})
}

// TestGuardAfterAll sends once what is in the way has no record any more, and a person says so.
func TestGuardAfterAll(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.pending(line)
		job := r.server.AddJob(*other(r))
		r.approve(s, "dba1", "lead1")
		r.reach(s, restore.InDoubt)
		if err := r.server.RemoveJob(job.ID); err != nil {
			r.t.Fatal(err)
		}
		r.pass(time.Minute)
		if body := last[restore.BodyCandidate](r, s); len(body.Jobs) != 0 {
			r.t.Errorf("told %+v", body)
		}
		r.expect(r.decides("lead1", s, resend), approvals.Counts)
		r.reach(s, restore.Running)
		r.posts(1, 1)
	})
}
