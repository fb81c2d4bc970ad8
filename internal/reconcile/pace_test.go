package reconcile_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// lookedAt returns the seconds between the lists of jobs of a cluster, from an instant on.
func (r *rig) lookedAt(cluster string, since time.Time) []int {
	var out []int
	for _, c := range r.server.Calls() {
		if !c.Authorization || c.Method != http.MethodGet || !strings.Contains(c.Target, "/clusters/"+r.cluster(cluster)+"/restoreJobs?") {
			continue
		}
		if c.Time.After(since) {
			out = append(out, int(c.Time.Sub(since).Round(time.Second).Seconds()))
			since = c.Time
		}
	}
	return out
}

// TestPollsWiden has a server in trouble asked less and less often for the jobs that run there, as long as it asks for
// and never less often than retry_max else, and as often as before once it has answered. Looks go two seconds after others.
func TestPollsWiden(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fault fake.Fault
		gaps  []int
	}{
		"fails":            {fake.Fault{Kind: fake.Failure}, []int{30, 60, 120, 240, 300, 300}},
		"unavailable":      {fake.Fault{Kind: fake.HTML, Status: http.StatusServiceUnavailable}, []int{30, 60, 120, 240, 300, 300}},
		"limits":           {fake.Fault{Kind: fake.RateLimit}, []int{30, 60, 120, 240, 300, 300}},
		"limits, a while":  {fake.Fault{Kind: fake.RateLimit, RetryAfter: 100 * time.Second}, []int{102, 102, 120, 240, 300, 300}},
		"limits, for long": {fake.Fault{Kind: fake.RateLimit, RetryAfter: 10 * time.Minute}, []int{602, 602}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(s *settings) { s.manager.JobDuration = 10 * time.Hour }, func(r *rig) {
				s := r.running(line)
				r.pass(time.Minute)
				tt.fault.Match, tt.fault.Times = fake.Listings(), fake.Always
				start := time.Now()
				r.inject(tt.fault)
				for range 2000 { // seconds
					if len(r.lookedAt("orders-prod", start)) > len(tt.gaps) {
						break
					}
					r.pass(time.Second)
				}
				looks := r.lookedAt("orders-prod", start)
				if got := looks[1:]; looks[0] > 15 || !slices.Equal(got, tt.gaps[:len(got)]) || len(got) == 0 {
					r.t.Errorf("looks %v seconds apart, want %v", looks, tt.gaps)
				}
				r.server.ClearFaults()
				r.pass(10 * time.Minute)
				well := time.Now()
				r.pass(time.Minute)
				if got := r.lookedAt("orders-prod", well); len(got) != 4 {
					r.t.Errorf("after an answer looks %v seconds apart, want %s", got, poll)
				}
				if q := r.get(s); q.State != restore.Running {
					r.t.Errorf("%s is %s", s, q.State)
				}
			})
		})
	}
}

// TestLimitedPostWaitsAsAsked has a restore refused as one call too many: it is sent again once, when that may be, and
// nothing at all is asked meanwhile.
func TestLimitedPostWaitsAsAsked(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		r.inject(onPost(fake.Fault{Kind: fake.RateLimit, RetryAfter: 90 * time.Second}))
		s := r.approved(line)
		q := r.waits(s, restore.WaitFixable)
		if got := q.Wait.Until.Sub(q.Wait.Since).Round(time.Second); got != 90*time.Second {
			r.t.Errorf("waits %s", got)
		}
		calls := len(r.server.Calls())
		r.stays(s, restore.Approved, 89*time.Second)
		if got := len(r.server.Calls()); got != calls {
			r.t.Errorf("%d calls in the pause", got-calls)
		}
		r.reach(s, restore.Running)
		r.posts(2, 1)
		if n := r.count(s, restore.KindHeld); n != 1 {
			r.t.Errorf("held %d times: %v", n, r.kinds(s))
		}
	})
}

// TestKeptTargetIsLookedAtLess has the list that would free a target fail: looks get rarer, and go on.
func TestKeptTargetIsLookedAtLess(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.manager.JobDuration = 10 * time.Hour }, func(r *rig) {
		s, _ := given(r)
		r.inject(fake.Fault{Kind: fake.Failure, Match: fake.Listings(), Times: fake.Always})
		start := time.Now()
		r.pass(time.Hour)
		looks := r.lookedAt("orders-prod", start)
		if len(looks) < 12 || len(looks) > 20 || slices.Max(looks) > 320 || looks[len(looks)-1] < 300 {
			r.t.Errorf("looks %v seconds apart", looks)
		}
		r.server.ClearFaults()
		r.pass(10 * time.Minute)
		well := time.Now()
		r.pass(time.Minute)
		if got := r.lookedAt("orders-prod", well); len(got) < 2 || slices.Max(got) > 30 || r.lock(s) == nil {
			r.t.Errorf("after an answer looks %v seconds apart", got)
		}
	})
}
