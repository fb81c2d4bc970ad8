package reconcile_test

import (
	"testing"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// TestGuard has somebody else start a restore between the plan and the submission.
func TestGuard(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		job  func(r *rig, s restore.Subject) fake.Job
		want restore.State
	}{
		"the very same": {
			func(r *rig, s restore.Subject) fake.Job {
				return r.onto("orders-prod", "orders-staging", r.get(s).Plan.Spec.Point.SnapshotID)
			},
			restore.InDoubt,
		},
		"the very same, over already": {
			func(r *rig, s restore.Subject) fake.Job {
				j := r.onto("orders-prod", "orders-staging", r.get(s).Plan.Spec.Point.SnapshotID)
				j.Status = fake.StatusFinished
				return j
			},
			restore.InDoubt,
		},
		"another snapshot onto the same target": {
			func(r *rig, _ restore.Subject) fake.Job {
				return r.onto("orders-prod", "orders-staging", "5f0000000000000000000000")
			},
			restore.InDoubt,
		},
		"another snapshot onto the same target, over already": {
			func(r *rig, _ restore.Subject) fake.Job {
				j := r.onto("orders-prod", "orders-staging", "5f0000000000000000000000")
				j.Status = fake.StatusFinished
				return j
			},
			restore.Running,
		},
		"onto another target": {
			func(r *rig, s restore.Subject) fake.Job {
				return r.onto("orders-prod", "scratch-1", r.get(s).Plan.Spec.Point.SnapshotID)
			},
			restore.Running,
		},
		"a download": {
			func(r *rig, s restore.Subject) fake.Job {
				return fake.Job{
					ClusterID: r.cluster("orders-prod"), SnapshotID: r.get(s).Plan.Spec.Point.SnapshotID,
					ExpirationHours: 4, MaxDownloads: 1,
				}
			},
			restore.Running,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				s := r.pending(line)
				job := r.server.AddJob(tt.job(r, s))
				r.approve(s, "dba1", "lead1")
				r.reach(s, tt.want)
				if tt.want == restore.Running {
					r.posts(1, 1)
					return
				}
				body := last[restore.BodyDoubted](r, s)
				if body.Cause != restore.DoubtGuard || len(body.Candidates) != 1 || body.Candidates[0].ID != job.ID {
					r.t.Errorf("doubted %+v, want job %s", body, job.ID)
				}
				r.stays(s, restore.InDoubt, time.Hour)
				r.posts(0, 0)
				if len(r.locks(s)) != 2 {
					r.t.Errorf("locks %v", r.locks(s))
				}
			})
		})
	}
}

// TestGuardSeesALiar has a refusal that is none: the restore runs although the answer says that it does not. The next
// attempt finds the job.
func TestGuardSeesALiar(t *testing.T) {
	t.Parallel()
	for _, kind := range []fake.Kind{fake.AccessList, fake.RateLimit, fake.Unauthorized} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				r.inject(fake.Fault{Kind: kind, After: true, Match: fake.Creations()})
				s := r.approved(line)
				r.reach(s, restore.InDoubt)
				if body := last[restore.BodyDoubted](r, s); body.Cause != restore.DoubtGuard || body.Attempt != 2 {
					r.t.Errorf("doubted %+v", body)
				}
				r.posts(1, 1)
			})
		})
	}
}

// TestTargetIsBusy has a restore of somebody else's run onto the target since before the plan was made.
func TestTargetIsBusy(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		job := r.server.AddJob(r.onto("orders-prod", "orders-staging", "5f0000000000000000000000"))
		s := r.approved(line)
		if q := r.waits(s, restore.WaitTarget); q.Wait.Holder != "" || q.Wait.Job != job.ID {
			r.t.Errorf("waits for %+v", q.Wait)
		}
		r.stays(s, restore.Approved, 5*time.Minute)
		r.posts(0, 0)
		if err := r.server.Finish(job.ID); err != nil {
			r.t.Fatal(err)
		}
		r.reach(s, restore.Running)
		r.posts(1, 1)
	})
}

// TestOwnJobsAreNoCandidates restores the same again, once the first time is over.
func TestOwnJobsAreNoCandidates(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		second := r.say("colleague", line)
		_ = second
		first := r.approved(line)
		r.reach(first, restore.Succeeded)
		other := restore.Subject("R-1")
		r.approve(other, "dba2", "lead2")
		r.reach(other, restore.Running)
		r.posts(2, 2)
	})
}
