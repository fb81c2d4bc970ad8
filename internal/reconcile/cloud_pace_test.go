package reconcile_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeatlas"
)

// lists returns when the restore jobs of a cluster were listed, with credentials, after an instant; "" is all clusters.
func (c *cloud) lists(name string, since time.Time) []time.Time {
	var out []time.Time
	for _, call := range c.server.Calls() {
		listed := call.Method == http.MethodGet && strings.Contains(call.Target, "/backup/restoreJobs?") && call.Authorization
		if listed && call.Time.After(since) && (name == "" || strings.Contains(call.Target, "/"+name+"/")) {
			out = append(out, call.Time)
		}
	}
	return out
}

// gaps returns the whole seconds between instants.
func gaps(at []time.Time) []int {
	var out []int
	for i := range max(len(at)-1, 0) {
		out = append(out, int(at[i+1].Sub(at[i]).Round(time.Second).Seconds()))
	}
	return out
}

// TestPollsWidenAheadOfRefusals has others use up what a project is allowed: looks at what runs get rarer the less is left, and
// are as frequent as ever when it is filled again. No call is refused, and a restore that is asked for meanwhile is sent as fast
// as ever.
func TestPollsWidenAheadOfRefusals(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.atlas = true }, func(r *rig) {
		r.cloud.hours(10)
		project := r.cloud.world.Projects[0].ID
		r.running("atlas/Payments/orders-prod latest to atlas/Payments/orders-staging because OPS-1")
		widest := 0
		for _, tt := range []struct {
			left int
			want []int // seconds between looks
		}{
			{1200, []int{15}}, {200, []int{30}}, {100, []int{60}}, {10, []int{120}}, {200, []int{30}}, {1200, []int{15}},
		} {
			spent := func(d time.Duration) {
				for end := time.Now().Add(d); time.Now().Before(end); r.pass(time.Second) {
					r.cloud.server.Spend(project, tt.left)
				}
			}
			spent(2*time.Minute + 10*time.Second) // the last pause is over
			start := time.Now()
			spent(5 * time.Minute)
			got := gaps(r.cloud.lists("orders-prod", start))
			if slices.Sort(got); len(got) == 0 || !slices.Equal(slices.Compact(got), tt.want) {
				r.t.Errorf("%d left: looks %v seconds apart, want %v", tt.left, got, tt.want)
			}
			widest = max(widest, slices.Max(got))
			if tt.left == 10 {
				asked := time.Now()
				s := r.approved("atlas/Payments/events-prod latest to atlas/Payments/events-new because OPS-1")
				if r.reach(s, restore.Running); time.Since(asked) > 5*time.Second {
					r.t.Errorf("the restore was sent after %s", time.Since(asked))
				}
			}
		}
		if widest != 120 {
			r.t.Errorf("looks were %d seconds apart at most", widest)
		}
		for _, c := range r.cloud.server.Calls() {
			if c.Status == http.StatusTooManyRequests {
				r.t.Errorf("%s %s was refused", c.Method, c.Target)
			}
		}
	})
}

// hours makes jobs take so long.
func (c *cloud) hours(n int) {
	c.t.Helper()
	c.length = time.Duration(n) * time.Hour
	c.become(func(*fakeatlas.World) {})
}

// TestManyRestoresOfAtlasCostOneCallPerPoll runs sixty restores from three clusters: three lists a poll while their jobs run, and
// none when they have ended.
func TestManyRestoresOfAtlasCostOneCallPerPoll(t *testing.T) {
	t.Parallel()
	const requests, polls = many, 10
	set := func(s *settings) { s.atlas, s.sky = true, skies(requests) }
	run(t, set, func(r *rig) {
		r.cloud.hours(5)
		sources := []string{"Payments/orders-prod", "Payments/orders-staging", "Analytics/reports-prod"}
		var all []restore.Subject
		for n := range requests {
			all = append(all, r.pending(fmt.Sprintf("atlas/%s latest to atlas/Analytics/copy-%02d because OPS-1", sources[n%len(sources)], n)))
		}
		for _, s := range all {
			r.approve(s, "lead1")
		}
		for _, s := range all {
			r.reach(s, restore.Running)
		}
		r.pass(2 * poll)
		for n := range polls {
			start, calls := time.Now(), len(r.cloud.server.Calls())
			r.pass(poll)
			lists, all := len(r.cloud.lists("", start)), len(r.cloud.server.Calls())-calls
			if lists != len(sources) || all != 2*len(sources) { // each call has two legs
				r.t.Errorf("poll %d: %d lists, %d requests", n, lists, all)
			}
		}
		for _, j := range r.cloud.jobs() {
			if err := r.cloud.server.End(j.ID, fakeatlas.Finished); err != nil {
				r.t.Fatal(err)
			}
		}
		r.pass(2 * poll)
		start := time.Now()
		for _, s := range all {
			if q := r.get(s); q.State != restore.Succeeded || len(q.Jobs()) != 1 {
				r.t.Errorf("%s is %s with %d jobs", s, q.State, len(q.Jobs()))
			}
		}
		if r.pass(10 * poll); len(r.cloud.lists("", start)) != 0 || len(r.cloud.server.Posts()) != requests {
			r.t.Errorf("%d lists after the end, %d POSTs in all", len(r.cloud.lists("", start)), len(r.cloud.server.Posts()))
		}
	})
}

// jobs returns those of all clusters.
func (c *cloud) jobs() []fakeatlas.Job {
	var out []fakeatlas.Job
	for _, cl := range c.world.Clusters {
		out = append(out, c.server.Jobs(cl.ID)...)
	}
	return out
}

// skies gives a world of Atlas more clusters to restore onto.
func skies(n int) func(*fakeatlas.World) {
	return func(w *fakeatlas.World) {
		like := w.Named("reports-prod")
		for n := range n {
			like.ID, like.Name = fmt.Sprintf("5f0000000000000000aa%04d", n), fmt.Sprintf("copy-%02d", n)
			w.Clusters = append(w.Clusters, like)
		}
	}
}
