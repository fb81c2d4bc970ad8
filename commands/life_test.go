package commands_test

import (
	"slices"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// approved files a restore of orders-prod onto a target and has it approved.
func (r *rig) approved(target string) restore.Subject {
	r.t.Helper()
	cmd, err := commands.Parse("orders-prod latest to "+target, time.Now(), "")
	if err != nil {
		r.t.Fatal(err)
	}
	reply, err := r.do("engineer", cmd)
	filed, ok := reply.(commands.Filed)
	if err != nil || !ok {
		r.t.Fatalf("filed %+v: %v", reply, err)
	}
	s := filed.Request.Subject
	standing, err := r.people.Standing(r.t.Context(), person("engineer"))
	if err != nil {
		r.t.Fatal(err)
	}
	proposal, findings, err := r.planner.Propose(r.t.Context(), filed.Request.Asked, standing, filed.Request.Ban())
	if err != nil || proposal == nil {
		r.t.Fatalf("no plan: %+v, %v", findings, err)
	}
	r.change(s, func(tx restore.Tx, q *restore.Request, now time.Time) []restore.Body {
		if len(proposal.Terms.Seats) == 0 {
			return []restore.Body{q.AutoApprove(now, tx.Installation(), *proposal)}
		}
		return []restore.Body{q.PutUp(now, tx.Installation(), *proposal)}
	})
	for _, user := range []string{"dba1", "lead1"} {
		q := r.get(s)
		if len(q.Terms.Seats) == 0 {
			break
		}
		approve := commands.Approve{Card: commands.CardOf(q), Typed: q.ConfirmName()}
		if v := r.decides(user, approve); v != approvals.Counts {
			r.t.Fatalf("%s approves: %s", user, v)
		}
	}
	return s
}

// sent takes an approved request to where its POST is under way.
func (r *rig) sent(s restore.Subject) {
	r.t.Helper()
	r.change(s, func(tx restore.Tx, q *restore.Request, now time.Time) []restore.Body {
		if held, err := q.TakeLocks(tx, now); err != nil || held != nil {
			r.t.Errorf("locks: %+v, %v", held, err)
		}
		return []restore.Body{q.Prepare(now)}
	})
	jobs, err := r.planner.SourceJobs(r.t.Context(), r.get(s))
	if err != nil {
		r.t.Fatal(err)
	}
	r.change(s, func(_ restore.Tx, q *restore.Request, now time.Time) []restore.Body {
		return []restore.Body{q.Send(now, restore.JobList{Jobs: jobs, Date: now, Complete: true})}
	})
}

// settle is how long a list may lag behind in these tests.
const settle = 3 * time.Minute

// doubted returns a request whose answer was lost, after the list has had its time. Started are jobs that appeared
// since; the request has seen them.
func (r *rig) doubted(target string, started ...fake.Job) restore.Subject {
	r.t.Helper()
	s := r.approved(target)
	r.sent(s)
	for _, j := range started {
		r.server.AddJob(j)
	}
	o := restore.Outcome{Kind: restore.Unknown, Detail: "connection reset by peer"}
	r.change(s, func(_ restore.Tx, q *restore.Request, _ time.Time) []restore.Body {
		return []restore.Body{q.Unanswered(o, settle)}
	})
	time.Sleep(settle)
	jobs, err := r.planner.SourceJobs(r.t.Context(), r.get(s))
	if err != nil {
		r.t.Fatal(err)
	}
	r.change(s, func(tx restore.Tx, q *restore.Request, _ time.Time) []restore.Body {
		q.Sighted = q.Sight(jobs, q.Owned(tx))
		return []restore.Body{q.Doubt(restore.DoubtAnswer, o, q.Sighted.Jobs())}
	})
	return s
}

// gone returns a request whose job was accepted and whose record is no longer there.
func (r *rig) gone(target string) restore.Subject {
	r.t.Helper()
	s := r.approved(target)
	r.sent(s)
	r.change(s, func(_ restore.Tx, q *restore.Request, _ time.Time) []restore.Body {
		j := restore.Job{ID: "6740a8c0c3d4e5f607182940", Phase: restore.JobRunning, Status: "IN_PROGRESS"}
		return []restore.Body{q.Accept(restore.Outcome{Kind: restore.Accepted, Status: 200, Jobs: []restore.Job{j}})}
	})
	r.change(s, func(_ restore.Tx, q *restore.Request, _ time.Time) []restore.Body {
		return []restore.Body{q.Doubt(restore.DoubtGone, restore.Outcome{}, q.Jobs())}
	})
	return s
}

func (r *rig) cluster(name string) fake.Cluster {
	r.t.Helper()
	i := slices.IndexFunc(r.world.Clusters, func(c fake.Cluster) bool { return c.Name == name })
	if i < 0 {
		r.t.Fatalf("no cluster %s", name)
	}
	return r.world.Clusters[i]
}

// started is a job of a snapshot of orders-prod onto a target; of the newest for "".
func (r *rig) started(target, snapshot string) fake.Job {
	r.t.Helper()
	source, onto := r.cluster("orders-prod"), r.cluster(target)
	if snapshot == "" {
		var newest fake.Snapshot
		for _, s := range r.world.Snapshots {
			if s.ClusterID == source.ID && s.Complete && s.Created.Time.After(newest.Created.Time) {
				newest = s
			}
		}
		snapshot = newest.ID
	}
	return fake.Job{ClusterID: source.ID, SnapshotID: snapshot, TargetGroupID: onto.GroupID, TargetClusterID: onto.ID}
}

// otherSnapshot is one that nobody asked for.
const otherSnapshot = "5f0000000000000000000000"
