package reconcile_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

const shardedLine = "events-prod latest to events-staging because OPS-1"

// twin adds a sharded cluster to a world, beside events-prod.
func twin(name string, shards int) func(*fake.World) {
	return func(w *fake.World) {
		i := slices.IndexFunc(w.Clusters, func(c fake.Cluster) bool { return c.Name == "events-prod" })
		whole := w.Clusters[i]
		whole.ID, whole.Name = "5f0000000000000000bb0000", name
		w.Clusters = append(w.Clusters, whole)
		for n := range shards + 1 {
			m := whole
			m.ID, m.ParentID, m.ReplicaSetName = fmt.Sprintf("5f0000000000000000bb%04d", n+1), whole.ID, fmt.Sprintf("%s-%d", name, n)
			m.Type, m.ShardName = fake.TypeReplicaSet, m.ReplicaSetName
			if n == shards {
				m.Type, m.ShardName = fake.TypeConfigServer, ""
			}
			w.Clusters = append(w.Clusters, m)
		}
	}
}

// sharded runs a test once for each way in which Ops Manager may show the jobs of a sharded cluster.
func sharded(t *testing.T, test func(r *rig)) {
	t.Helper()
	for name, shardIDs := range map[string]bool{"ids of the clusters": false, "ids of the shards": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(s *settings) {
				s.world, s.manager.ShardIDs, s.manager.JobDuration = twin("events-staging", 2), shardIDs, 24*time.Minute
				s.policies = []restore.Policy{policy("any", "*/*/*", "leads")}
			}, test)
		})
	}
}

// ours returns the jobs that the only POST made, by id.
func (r *rig) ours() []string {
	r.t.Helper()
	posts := r.server.Posts()
	if len(posts) != 1 {
		r.t.Fatalf("%d POSTs", len(posts))
	}
	return slices.Sorted(slices.Values(posts[0].Created))
}

// whole checks that a request has all the jobs that its POST made.
func (r *rig) whole(s restore.Subject) {
	r.t.Helper()
	var got []string
	for _, j := range r.get(s).Jobs() {
		got = append(got, j.ID)
	}
	slices.Sort(got)
	if want := r.ours(); len(want) != 3 || !slices.Equal(got, want) {
		r.t.Errorf("jobs %v, want %v", got, want)
	}
}

func TestShardedToTheEnd(t *testing.T) {
	t.Parallel()
	sharded(t, func(r *rig) {
		s := r.running(shardedLine)
		q := r.get(s)
		if q.Plan.ExpectedJobs != 3 || len(q.Attempts) != 1 || len(r.locks(s)) != 1 {
			r.t.Errorf("%d jobs expected, %d attempts, locks %v", q.Plan.ExpectedJobs, len(q.Attempts), r.locks(s))
		}
		r.whole(s)
		for _, j := range q.Jobs() {
			if j.Group == "" || j.Group != q.Jobs()[0].Group || q.Plan.Compare(j) != restore.Alike {
				r.t.Errorf("job %+v", j)
			}
		}
		r.stays(s, restore.Running, 20*time.Minute) // two of three are done
		r.reach(s, restore.Succeeded)
		if f := last[restore.BodySucceeded](r, s).Jobs; len(f) != 3 || len(r.locks(s)) != 0 || r.count(s, restore.KindProgress) != 2 {
			r.t.Errorf("jobs %+v, locks %v, events %v", f, r.locks(s), r.kinds(s))
		}
		r.posts(1, 3)
	})
}

// TestShardedPartialAnswer has the answer name one job of three.
func TestShardedPartialAnswer(t *testing.T) {
	t.Parallel()
	sharded(t, func(r *rig) {
		r.inject(onPost(fake.Fault{Kind: fake.PartialBatch, Keep: 1}))
		s := r.running(shardedLine)
		if body := told[restore.BodyAccepted](r, s); len(body.Jobs) != 1 {
			r.t.Errorf("accepted %+v", body)
		}
		r.pass(2 * poll)
		r.whole(s)
		r.stays(s, restore.Running, 20*time.Minute)
		r.reach(s, restore.Succeeded)
		r.posts(1, 3)
	})
}

// TestShardedPartialAnswerOffThePage has so many other jobs be started that the rest of the batch is on a later page.
func TestShardedPartialAnswerOffThePage(t *testing.T) {
	t.Parallel()
	sharded(t, func(r *rig) {
		r.inject(onPost(fake.Fault{Kind: fake.PartialBatch, Keep: 1}))
		r.inject(onPost(fake.Fault{Kind: fake.ListLag, Keep: 1, Lists: 4}))
		s := r.running(shardedLine)
		r.crowd("events-prod")
		r.pass(10 * poll)
		r.whole(s)
		n := len(r.server.Calls())
		r.pass(10 * poll)
		if more := len(r.server.Calls()) - n; more > 2*4*11 { // a list, and three jobs that are not on it, in two legs each
			r.t.Errorf("%d calls in ten polls once all are known", more)
		}
		r.reach(s, restore.Succeeded)
		r.posts(1, 3)
	})
}

// TestShardedMissingJobs never sees the whole batch: what is seen may be finished, the restore is not. People say what
// becomes of it, and nothing is sent again.
func TestShardedMissingJobs(t *testing.T) {
	t.Parallel()
	sharded(t, func(r *rig) {
		r.inject(onPost(fake.Fault{Kind: fake.PartialBatch, Keep: 1}))
		r.inject(onPost(fake.Fault{Kind: fake.ListLag, Keep: 1, Lists: 10_000}))
		s := r.running(shardedLine)
		r.until(s, "the visible end", func(q *restore.Request) bool {
			return len(q.Jobs()) == 1 && q.Jobs()[0].Phase == restore.JobFinished
		})
		seen := time.Now()
		r.stays(s, restore.Running, 9*time.Minute)
		q := r.reach(s, restore.InDoubt)
		if d := q.Doubted.Sub(seen); q.Cause != restore.DoubtMissing || d < 10*time.Minute || d > 10*time.Minute+2*poll {
			r.t.Errorf("in doubt by %s after %s", q.Cause, d)
		}
		if len(r.locks(s)) != 1 || r.count(s, restore.KindProgress) != 2 {
			r.t.Errorf("locks %v, events %v", r.locks(s), r.kinds(s))
		}
		r.expect(r.decides("lead1", s, resend), approvals.NotPossible)
		r.expect(r.decides("engineer", s, finish), approvals.OwnRequest)
		r.stays(s, restore.InDoubt, time.Hour)
		r.expect(r.decides("lead1", s, finish), approvals.Counts)
		r.reach(s, restore.Succeeded)
		r.posts(1, 3)
	})
}

// TestShardedMissingJobsShow has the jobs show when people are asked already: the request runs on by itself.
func TestShardedMissingJobsShow(t *testing.T) {
	t.Parallel()
	sharded(t, func(r *rig) {
		r.server.SetDuration(3 * time.Minute)
		r.inject(onPost(fake.Fault{Kind: fake.PartialBatch, Keep: 1}))
		r.inject(onPost(fake.Fault{Kind: fake.ListLag, Keep: 1, Lists: 65}))
		s := r.running(shardedLine)
		q := r.reach(s, restore.InDoubt)
		if q.Cause != restore.DoubtMissing {
			r.t.Errorf("in doubt by %s", q.Cause)
		}
		r.until(s, "its jobs", func(q *restore.Request) bool { return len(q.Jobs()) == 3 })
		if body := told[restore.BodyAdopted](r, s); !body.Standing.Person.IsZero() || body.Cause != restore.DoubtMissing {
			r.t.Errorf("took %+v", body)
		}
		r.reach(s, restore.Succeeded)
		r.whole(s)
		r.posts(1, 3)
	})
}

// TestShardedUnknownCount has the snapshot not tell of how many parts it consists: what is visible counts, once the list
// has had its time.
func TestShardedUnknownCount(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) {
		s.manager.JobDuration = time.Minute
		s.policies = []restore.Policy{policy("any", "*/*/*", "leads")}
		s.world = func(w *fake.World) {
			twin("events-staging", 2)(w)
			for i := range w.Snapshots {
				w.Snapshots[i].Parts = nil
			}
		}
	}, func(r *rig) {
		s := r.running(shardedLine)
		q := r.get(s)
		if q.Plan.ExpectedJobs != 0 {
			r.t.Errorf("%d jobs expected", q.Plan.ExpectedJobs)
		}
		r.stays(s, restore.Running, 2*time.Minute)
		q = r.reach(s, restore.Succeeded)
		if took := q.Ended.Sub(q.Attempt().Sent); took < r.settle() || took > r.settle()+2*poll {
			r.t.Errorf("succeeded after %s", took)
		}
		r.whole(s)
	})
}

// TestShardedLostAnswer loses the answer of a batch, and has lists show it bit by bit.
func TestShardedLostAnswer(t *testing.T) {
	t.Parallel()
	for name, lag := range map[string]fake.Fault{
		"at once":         {Kind: fake.ListLag, Lists: 0},
		"one job first":   {Kind: fake.ListLag, Lists: 20, Keep: 1},
		"late":            {Kind: fake.ListLag, Lists: 12},
		"no job answered": {Kind: fake.PartialBatch, Keep: 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sharded(t, func(r *rig) {
				if lag.Kind == fake.ListLag {
					r.inject(onPost(fake.Fault{Kind: fake.Drop, After: true}))
				}
				r.inject(onPost(lag))
				s := r.running(shardedLine)
				if body := told[restore.BodyAdopted](r, s); !body.Standing.Person.IsZero() || r.count(s, restore.KindDoubted) != 0 {
					r.t.Errorf("took %+v, events %v", body, r.kinds(s))
				}
				r.reach(s, restore.Succeeded)
				r.whole(s)
				r.posts(1, 3)
			})
		})
	}
}

// TestShardedTwoBatches has somebody else start the same at the same second.
func TestShardedTwoBatches(t *testing.T) {
	t.Parallel()
	sharded(t, func(r *rig) {
		r.inject(onPost(fake.Fault{Kind: fake.Drop, After: true}))
		r.inject(onPost(fake.Fault{Kind: fake.ForeignJob}))
		s := r.approved(shardedLine)
		q := r.reach(s, restore.InDoubt)
		if len(q.Sighted.Alike) != 2 || len(q.Sighted.Near) != 0 || len(q.Sighted.Jobs()) != 6 {
			r.t.Errorf("sighted %+v", q.Sighted)
		}
		r.stays(s, restore.InDoubt, 2*time.Hour)
		r.posts(1, 3)
	})
}

// TestShardedEnds ends one job of a batch otherwise, while the others still run.
func TestShardedEnds(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		end  func(r *rig, job string) error
		want restore.State
	}{
		"broken": {func(r *rig, job string) error { return r.server.Break(job) }, restore.Failed},
		"killed": {func(r *rig, job string) error { return r.server.Kill(job) }, restore.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sharded(t, func(r *rig) {
				s := r.running(shardedLine)
				r.pass(10 * time.Minute) // the first job is finished
				jobs := r.get(s).Jobs()
				if err := tt.end(r, jobs[1].ID); err != nil {
					r.t.Fatal(err)
				}
				r.reach(s, tt.want)
				facts := func() []restore.JobFact {
					if tt.want == restore.Failed {
						return last[restore.BodyFailed](r, s).Jobs
					}
					return last[restore.BodyCanceled](r, s).Jobs
				}()
				phases := []restore.JobPhase{facts[0].Phase, facts[2].Phase}
				if !slices.Equal(phases, []restore.JobPhase{restore.JobFinished, restore.JobRunning}) {
					r.t.Errorf("jobs %+v", facts)
				}
				target := restore.TargetLock(r.get(s).Plan.Spec.Delivery.Target)
				r.pass(8 * time.Minute)
				if r.locks(s)[target] != s {
					r.t.Errorf("the target is free while a shard is written to: %v", r.locks(s))
				}
				r.pass(10 * time.Minute)
				if locks := r.locks(s); len(locks) != 0 {
					r.t.Errorf("locks %v", locks)
				}
			})
		})
	}
}

// TestShardedBusy has one shard of the target be written to by somebody else.
func TestShardedBusy(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) {
		s.world, s.policies = twin("events-staging", 2), []restore.Policy{policy("any", "*/*/*", "leads")}
	}, func(r *rig) {
		r.server.AddJob(fake.Job{
			ClusterID: r.cluster("events-prod"), SnapshotID: "5f0000000000000000000000",
			TargetGroupID: r.world.Clusters[0].GroupID, TargetClusterID: "5f0000000000000000bb0001",
		})
		s := r.approved(shardedLine)
		r.waits(s, restore.WaitTarget)
		r.posts(0, 0)
		r.reach(s, restore.Running)
		r.posts(1, 3)
	})
}

// TestShardedInconsistent restores a snapshot that was taken while chunks moved: people see it, and type the name.
func TestShardedInconsistent(t *testing.T) {
	t.Parallel()
	sharded(t, func(r *rig) {
		i := slices.IndexFunc(r.world.Snapshots, func(s fake.Snapshot) bool { return s.PossiblyInconsistent })
		s := r.pending("events-prod snapshot " + r.world.Snapshots[i].ID + " to events-staging because OPS-1")
		q := r.get(s)
		if d := restore.Dangers(q.Plan.Findings); !slices.Equal(d, []restore.Code{restore.FindOverwrites, restore.FindGap, restore.FindInconsistent}) || q.Confirmation() != restore.ConfirmTarget {
			r.t.Errorf("dangers %v, confirmed by %s", d, q.Confirmation())
		}
		r.approve(s, "lead1")
		r.reach(s, restore.Running)
		r.posts(1, 3)
	})
}

// TestShardedRecordGone removes the record of one job, then of all.
func TestShardedRecordGone(t *testing.T) {
	t.Parallel()
	sharded(t, func(r *rig) {
		r.server.SetDuration(10 * time.Hour)
		s := r.running(shardedLine)
		jobs := r.server.Jobs(r.cluster("events-prod"))
		slices.SortFunc(jobs, func(a, b fake.Job) int { return cmp.Compare(a.ID, b.ID) })
		if err := r.server.RemoveJob(jobs[0].ID); err != nil {
			r.t.Fatal(err)
		}
		r.stays(s, restore.Running, time.Hour)
		for _, j := range jobs[1:] {
			if err := r.server.RemoveJob(j.ID); err != nil {
				r.t.Fatal(err)
			}
		}
		r.reach(s, restore.InDoubt)
		r.server.AddJob(jobs[2])
		r.reach(s, restore.Running)
		if got := r.get(s).Jobs(); len(got) != 3 {
			r.t.Errorf("jobs %+v", got)
		}
		r.posts(1, 3)
	})
}
