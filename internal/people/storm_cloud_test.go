package people

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeatlas"
)

// TestStormOnAtlas has many restores run from three clusters of Atlas, as a service account, when others use up what their
// projects are allowed. At first looks only get rarer; then Atlas refuses every call as one too many, tokens included, with a
// time to wait at first and without one later. Jobs end before, meanwhile and after it. When it is over, everything is told once
// and in order, and every request has had one job.
func TestStormOnAtlas(t *testing.T) {
	t.Parallel()
	const requests = stormy / 2
	auto := `{name: auto, match: {source: ["atlas/*/*"], target: ["atlas/Analytics/copy-*"]}, channel: %s, auto_approve: true}`
	inCompanyOf(t, requests+1, []string{fmt.Sprintf(auto, channel)}, func(r *rig) {
		sources := []string{"Payments/orders-prod", "Payments/orders-staging", "Analytics/reports-prod"}
		var all []restore.Subject
		for n := range requests {
			all = append(all, r.files(fmt.Sprintf("atlas/%s latest to atlas/Analytics/%s because CHG-1", sources[n%3], copyName(n))))
		}
		for _, s := range all {
			r.reaches(s, restore.Running)
		}
		r.cloud.finish(t, requests/3)

		scarce := time.Now()
		for range 8 * 60 {
			for _, p := range r.cloud.world.Projects[:2] {
				r.cloud.Spend(p.ID, 60)
			}
			r.pass(time.Second)
		}
		r.rare(scarce, time.Now())
		r.cloud.finish(t, 2*requests/3)

		start := time.Now()
		r.limits(fakeatlas.Fault{RetryAfter: time.Minute})
		r.pass(6 * time.Minute)
		r.cloud.ClearFaults()
		silent := time.Now()
		r.limits(fakeatlas.Fault{})
		all = append(all, r.files(fmt.Sprintf("atlas/%s latest to atlas/Analytics/%s because CHG-1", sources[0], copyName(requests))))
		r.pass(6 * time.Minute)
		r.cloud.ClearFaults()
		r.limits(fakeatlas.Fault{RetryAfter: time.Minute, Times: 1, Match: fakeatlas.Creations()})
		over := time.Now()
		r.pass(10 * time.Minute)
		r.cloud.finish(t, requests+1)
		r.pass(10 * time.Minute)

		r.sparse(start, silent, over)
		direct := r.direct(engineer)
		made := 0
		for _, s := range all {
			r.told(s, direct)
		}
		for _, c := range r.cloud.Posts() {
			made += len(c.Created)
		}
		if got := len(r.cloud.Posts()); got != requests+2 || made != requests+1 {
			r.t.Errorf("%d POSTs made %d jobs for %d requests, of which one was refused once", got, made, requests+1)
		}
		if got := r.cloud.tokens(); got > 3 {
			r.t.Errorf("%d tokens in an hour", got)
		}
	})
}

// limits has Atlas refuse calls as too many, all of them for good unless the fault says otherwise.
func (r *rig) limits(f fakeatlas.Fault) {
	r.t.Helper()
	if f.Kind = fakeatlas.RateLimit; f.Times == 0 {
		f.Times = fakeatlas.Always
	}
	if err := r.cloud.Inject(f); err != nil {
		r.t.Fatal(err)
	}
}

// rare checks that looks at jobs that run were further apart than usual while little was left, and none was refused.
func (r *rig) rare(from, to time.Time) {
	r.t.Helper()
	usual := int(r.configuration().Backends[1].Poll.Seconds())
	for _, name := range []string{"orders-prod", "orders-staging", "reports-prod"} {
		var apart []int
		at := r.cloud.lists(name, from, to)
		for i := range max(len(at)-1, 0) {
			apart = append(apart, int(at[i+1].Sub(at[i]).Round(time.Second).Seconds()))
		}
		if len(apart) < 2 || slices.Min(apart[1:]) < 4*usual || slices.Max(apart) > 8*usual {
			r.t.Errorf("%s: looks %v seconds apart, usually %d", name, apart, usual)
		}
	}
	for _, c := range r.cloud.Calls() {
		if c.Status == http.StatusTooManyRequests {
			r.t.Errorf("%s %s is refused already", c.Method, c.Target)
		}
	}
}

// sparse checks that pauses were kept: those that Atlas asked for until silent, and then ones that grow.
func (r *rig) sparse(start, silent, over time.Time) {
	r.t.Helper()
	var asked, told []time.Time
	for _, c := range r.cloud.Calls() {
		switch {
		case c.Time.After(start) && c.Time.Before(silent):
			asked = append(asked, c.Time)
		case c.Time.After(silent) && c.Time.Before(over):
			told = append(told, c.Time)
		}
	}
	r.spaced("Atlas", asked, time.Minute)
	widest := time.Duration(0)
	for i := range max(len(told)-1, 0) {
		widest = max(widest, told[i+1].Sub(told[i]))
	}
	if len(told) < 3 || len(told) > 10 || widest < 2*time.Minute {
		r.t.Errorf("%d calls in a storm of %s without a word, at most %s apart", len(told), over.Sub(silent), widest)
	}
}
