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

// gone returns a request whose job was accepted and has no record any more, and the job.
func gone(r *rig, s restore.Subject) fake.Job {
	r.t.Helper()
	jobs := r.server.Jobs(r.cluster("orders-prod"))
	job := jobs[slices.IndexFunc(jobs, func(j fake.Job) bool { return j.ID == r.get(s).Jobs()[0].ID })]
	if err := r.server.RemoveJob(job.ID); err != nil {
		r.t.Fatal(err)
	}
	r.reach(s, restore.InDoubt)
	if q := r.get(s); q.Cause != restore.DoubtGone || len(r.locks(s)) != 1 {
		r.t.Errorf("cause %s, locks %v", q.Cause, r.locks(s))
	}
	return job
}

// TestGoneIsNeverSentAgain has the record of a job vanish that was accepted, found, or picked by a person.
func TestGoneIsNeverSentAgain(t *testing.T) {
	t.Parallel()
	tests := map[string]func(r *rig) restore.Subject{
		"accepted": func(r *rig) restore.Subject { return r.running(line) },
		"found": func(r *rig) restore.Subject {
			r.inject(onPost(fake.Fault{Kind: fake.Drop, After: true}))
			return r.running(line)
		},
		"picked": func(r *rig) restore.Subject {
			r.inject(onPost(fake.Fault{Kind: fake.ForeignJob}))
			s := doubtful(r, fake.Fault{Kind: fake.Drop, After: true})
			r.expect(r.decides("lead1", s, adopt(r.server.Posts()[0].Created[0])), approvals.Counts)
			return s
		},
	}
	for name, start := range tests {
		for end, decision := range map[string]struct {
			decide func(commands.Card, string) commands.Command
			state  restore.State
		}{"finished": {finish, restore.Succeeded}, "abandoned": {abandon, restore.Failed}} {
			t.Run(name+", "+end, func(t *testing.T) {
				t.Parallel()
				run(t, func(s *settings) { s.manager.JobDuration = 9 * time.Hour }, func(r *rig) {
					s := start(r)
					gone(r, s)
					r.expect(r.decides("lead1", s, resend), approvals.NotPossible)
					r.expect(r.decides("lead1", s, adopt("5f0000000000000000000000")), approvals.NotPossible)
					r.expect(r.decides("engineer", s, finish), approvals.OwnRequest)
					r.stays(s, restore.InDoubt, time.Hour)
					r.expect(r.decides("lead1", s, decision.decide), approvals.Counts)
					r.reach(s, decision.state)
					r.pass(time.Hour)
					if len(r.server.Posts()) != 1 {
						r.t.Errorf("%d POSTs", len(r.server.Posts()))
					}
				})
			})
		}
	}
}

// TestGoneComesBack has the record of a job reappear: the request runs on by itself, as often as it takes.
func TestGoneComesBack(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.manager.JobDuration = 2 * time.Hour }, func(r *rig) {
		s := r.running(line)
		for n := range 2 {
			job := gone(r, s)
			r.stays(s, restore.InDoubt, 20*time.Minute)
			job.Status = ""
			r.server.AddJob(job)
			q := r.reach(s, restore.Running)
			if body := told[restore.BodyAdopted](r, s); !body.Standing.Person.IsZero() || len(q.Jobs()) != 1 || q.Jobs()[0].ID != job.ID {
				r.t.Errorf("round %d: %+v with %+v", n, body, q.Jobs())
			}
			if len(r.locks(s)) != 1 || r.count(s, restore.KindCandidate) != 0 {
				r.t.Errorf("locks %v, events %v", r.locks(s), r.kinds(s))
			}
		}
		r.pass(2 * time.Hour)
		r.stays(s, restore.Succeeded, 0)
		r.posts(1, 1)
	})
}

// TestFollowInAnyOrder has the list be in no order of time, and grow: a job that leaves its first page, and one that was
// never on it, is no job that is gone.
func TestFollowInAnyOrder(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.manager.JobDuration = 25 * time.Minute }, func(r *rig) {
		s := r.running(line)
		job := r.get(s).Jobs()[0].ID
		r.inject(fake.Fault{Kind: fake.Shuffle, Times: fake.Always, Match: fake.Listings()})
		for range 4 {
			r.crowd("orders-prod")
			if q := r.stays(s, restore.Running, 5*time.Minute); q.Misses != 0 {
				r.t.Errorf("%d misses", q.Misses)
			}
		}
		if n, polls := r.byID(job), int(20*time.Minute/poll); n == 0 || n >= polls {
			r.t.Errorf("asked for by its id %d times in %d polls", n, polls)
		}
		r.pass(time.Hour)
		r.stays(s, restore.Succeeded, time.Minute)
		r.posts(1, 1)
	})
}
