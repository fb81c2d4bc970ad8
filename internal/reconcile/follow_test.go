package reconcile_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

func TestFollowToTheEnd(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		end  func(r *rig, job string) error
		want restore.State
		over func(r *rig, s restore.Subject)
	}{
		"finished by itself": {
			func(*rig, string) error { return nil }, restore.Succeeded,
			func(r *rig, s restore.Subject) {
				r.t.Helper()
				if f := last[restore.BodySucceeded](r, s).Jobs; len(f) != 1 || f[0].Status != "FINISHED" {
					r.t.Errorf("jobs %+v", f)
				}
			},
		},
		"broken": {
			func(r *rig, job string) error { return r.server.Break(job) }, restore.Failed,
			func(r *rig, s restore.Subject) {
				r.t.Helper()
				if body := last[restore.BodyFailed](r, s); body.Cause != restore.FailBroken || body.Jobs[0].Status != "BROKEN" {
					r.t.Errorf("failed %+v", body)
				}
			},
		},
		"killed": {
			func(r *rig, job string) error { return r.server.Kill(job) }, restore.Canceled,
			func(r *rig, s restore.Subject) {
				r.t.Helper()
				if body := last[restore.BodyCanceled](r, s); body.Cause != restore.CancelKilled || body.Jobs[0].Status != "KILLED" {
					r.t.Errorf("canceled %+v", body)
				}
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				s := r.running(line)
				r.stays(s, restore.Running, 5*time.Minute)
				if err := tt.end(r, r.get(s).Jobs()[0].ID); err != nil {
					r.t.Fatal(err)
				}
				q := r.reach(s, tt.want)
				tt.over(r, s)
				if locks := r.locks(s); len(locks) != 0 || q.Ended.IsZero() {
					r.t.Errorf("locks %v, ended %s", locks, q.Ended)
				}
				calls := r.besides()
				r.pass(10 * time.Minute)
				if more := r.besides() - calls; more != 0 {
					r.t.Errorf("%d calls although nothing runs", more)
				}
			})
		})
	}
}

// copies gives a world many targets.
func copies(n int) func(*fake.World) {
	return func(w *fake.World) {
		i := slices.IndexFunc(w.Clusters, func(c fake.Cluster) bool { return c.Name == "scratch-1" })
		for n := range n {
			c := w.Clusters[i]
			c.ID, c.Name = fmt.Sprintf("5f0000000000000000aa%04d", n), fmt.Sprintf("copy-%02d", n)
			c.ReplicaSetName = c.Name
			w.Clusters = append(w.Clusters, c)
		}
	}
}

// TestFollowCostsOneListPerSource runs many restores from two sources, and counts what looking at them costs.
func TestFollowCostsOneListPerSource(t *testing.T) {
	t.Parallel()
	const requests, polls = 20, 20
	set := func(s *settings) { s.world, s.manager.JobDuration = copies(requests), 5*time.Hour }
	run(t, set, func(r *rig) {
		sources := []string{"orders-prod", "ledger-prod"}
		var all []restore.Subject
		for n := range requests {
			all = append(all, r.pending(fmt.Sprintf("%s latest to copy-%02d because OPS-1", sources[n%2], n)))
		}
		for _, s := range all {
			r.approve(s, "lead1")
		}
		for _, s := range all {
			r.reach(s, restore.Running)
		}
		r.posts(requests, requests)
		r.pass(poll)
		calls, updates := len(r.server.Calls()), r.store.updates.Load()
		before := map[string]int{}
		for _, name := range sources {
			before[name] = r.lists(r.cluster(name))
		}
		r.pass(polls * poll)
		for _, name := range sources {
			if got := r.lists(r.cluster(name)) - before[name]; got < polls-1 || got > polls+1 {
				r.t.Errorf("%d lists of %s in %d polls", got, name, polls)
			}
		}
		if got := len(r.server.Calls()) - calls; got > 2*2*(polls+1) { // two legs, two sources
			r.t.Errorf("%d calls in %d polls", got, polls)
		}
		if got := r.store.updates.Load() - updates; got > 2*requests*(polls+1) {
			r.t.Errorf("%d steps in %d polls", got, polls)
		}
		for _, s := range all {
			if n := r.count(s, restore.KindProgress); n != 0 {
				r.t.Errorf("%s tells %d times that nothing happened", s, n)
			}
		}
	})
}

// byID returns how often a job was asked for by its id.
func (r *rig) byID(job string) int {
	n := 0
	for _, c := range r.server.Calls() {
		if c.Method == http.MethodGet && c.Authorization && strings.HasSuffix(c.Target, "/restoreJobs/"+job) {
			n++
		}
	}
	return n
}

// crowd starts so many other restores from a source that older jobs leave the first page.
func (r *rig) crowd(source string) {
	r.t.Helper()
	r.pass(time.Second)
	for range 120 {
		r.server.AddJob(fake.Job{
			ClusterID: r.cluster(source), SnapshotID: r.newest(source).ID, Status: fake.StatusFinished,
			ExpirationHours: 4, MaxDownloads: 1,
		})
	}
}

func TestFollowOffTheFirstPage(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.running(line)
		job := r.get(s).Jobs()[0].ID
		r.pass(poll)
		if n := r.byID(job); n != 0 {
			r.t.Errorf("asked for %d times although the list shows it", n)
		}
		r.crowd("orders-prod")
		r.stays(s, restore.Running, 2*time.Minute)
		if n := r.byID(job); n < 7 || n > 9 {
			r.t.Errorf("asked for %d times in 8 polls", n)
		}
		r.reach(s, restore.Succeeded)
	})
}

// TestFollowIsFair has the record of one request's job be unreadable: the others are heard of all the same.
func TestFollowIsFair(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		bad := r.running(line)
		good := r.running("orders-prod latest to scratch-1 because OPS-1")
		r.crowd("orders-prod")
		r.inject(fake.Fault{
			Kind: fake.Failure, Times: fake.Always,
			Match: fake.Match{Path: "/groups/*/clusters/*/restoreJobs/" + r.get(bad).Jobs()[0].ID, Authorized: true},
		})
		r.reach(good, restore.Succeeded)
		r.stays(bad, restore.Running, time.Hour)
		r.server.ClearFaults()
		r.reach(bad, restore.Succeeded)
	})
}

// TestFollowRecordGone removes the record of a running job: that is no failure, and no doubt before it has been gone
// for a while.
func TestFollowRecordGone(t *testing.T) {
	t.Parallel()
	gone := map[string]func(r *rig, job string) error{
		"record": func(r *rig, job string) error { return r.server.RemoveJob(job) },
		"cluster": func(r *rig, _ string) error {
			r.become(func(w *fake.World) {
				w.Clusters = slices.DeleteFunc(slices.Clone(w.Clusters), func(c fake.Cluster) bool { return c.Name == "orders-prod" })
			})
			return nil
		},
	}
	for name, remove := range gone {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(s *settings) { s.manager.JobDuration = 3 * time.Hour }, func(r *rig) {
				s := r.running(line)
				job := r.get(s).Jobs()[0].ID
				if err := remove(r, job); err != nil {
					r.t.Fatal(err)
				}
				r.stays(s, restore.Running, 9*time.Minute+30*time.Second)
				q := r.stays(s, restore.InDoubt, 90*time.Second)
				body := last[restore.BodyDoubted](r, s)
				if body.Cause != restore.DoubtGone || len(body.Candidates) != 1 || body.Candidates[0].ID != job {
					r.t.Errorf("doubted %+v", body)
				}
				if r.locks(s)[restore.TargetLock(q.Plan.Spec.Delivery.Target)] != s {
					r.t.Errorf("locks %v", r.locks(s))
				}
				r.stays(s, restore.InDoubt, time.Hour)
				if name == "record" {
					r.posts(1, 1)
				}
			})
		})
	}
}

// TestFollowRecordGoneForAMoment has the record come back before the time is up, again and again.
func TestFollowRecordGoneForAMoment(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.manager.JobDuration = 45 * time.Minute }, func(r *rig) {
		s := r.running(line)
		for range 3 {
			r.inject(fake.Fault{Kind: fake.RecordGone, Times: fake.Always})
			if q := r.stays(s, restore.Running, 8*time.Minute); q.Misses == 0 || q.Absent.IsZero() {
				r.t.Errorf("%d misses since %s", q.Misses, q.Absent)
			}
			r.server.ClearFaults()
			if q := r.stays(s, restore.Running, time.Minute); q.Misses != 0 || !q.Absent.IsZero() {
				r.t.Errorf("%d misses since %s", q.Misses, q.Absent)
			}
		}
		r.reach(s, restore.Succeeded)
	})
}

// TestFollowRareLooks checks that a long pause between looks does not count for three of them.
func TestFollowRareLooks(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.manager.JobDuration = 3 * time.Hour }, func(r *rig) {
		s := r.running(line)
		if err := r.server.RemoveJob(r.get(s).Jobs()[0].ID); err != nil {
			r.t.Fatal(err)
		}
		r.pass(poll)
		r.stop()
		r.pass(time.Hour)
		r.start()
		r.stays(s, restore.Running, time.Second)
		r.stays(s, restore.InDoubt, 2*poll)
	})
}

func TestFollowUnknownWords(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.running(line)
		job := r.server.Jobs(r.cluster("orders-prod"))
		mine := job[len(job)-1]
		if err := r.server.RemoveJob(mine.ID); err != nil {
			r.t.Fatal(err)
		}
		mine.Status = "WAITING_FOR_MOON"
		r.server.AddJob(mine)
		r.remains(s, restore.Running, 3*time.Hour)
		if f := last[restore.BodyProgress](r, s).Jobs; len(f) != 1 || f[0].Status != "WAITING_FOR_MOON" || f[0].Phase != restore.JobRunning {
			r.t.Errorf("progress %+v", f)
		}
		if n := r.count(s, restore.KindProgress); n != 1 {
			r.t.Errorf("told %d times", n)
		}
		if err := r.server.RemoveJob(mine.ID); err != nil {
			r.t.Fatal(err)
		}
		mine.Status = fake.StatusFinished
		r.server.AddJob(mine)
		r.reach(s, restore.Succeeded)
	})
}

// TestFollowBacksOff has lists fail: they are asked for less and less often, and as often as before once they work.
func TestFollowBacksOff(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.manager.JobDuration = 5 * time.Hour }, func(r *rig) {
		s := r.running(line)
		source := r.cluster("orders-prod")
		r.pass(2 * poll)
		tries := func(d time.Duration) int {
			n := r.lists(source)
			r.stays(s, restore.Running, d)
			return r.lists(source) - n
		}
		fault := fake.Fault{Kind: fake.Failure, Match: fake.Listings(), Times: fake.Always}
		r.inject(fault)
		if n := tries(time.Hour); n < 10 || n > 25 {
			r.t.Errorf("%d tries in an hour", n)
		}
		r.server.ClearFaults()
		r.pass(5 * time.Minute)
		if n := tries(4 * poll); n < 3 || n > 5 {
			r.t.Errorf("%d looks in four polls", n)
		}
		fault.Times = 1
		r.inject(fault)
		if n := tries(4 * poll); n < 3 || n > 5 {
			r.t.Errorf("%d looks in four polls, one of which failed", n)
		}
		fault.Kind, fault.RetryAfter = fake.RateLimit, 3*time.Minute
		r.inject(fault)
		r.pass(poll)
		if n := tries(150 * time.Second); n != 0 {
			r.t.Errorf("asked %d times by a server that wants to be left alone", n)
		}
	})
}
