package people

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
)

// The pauses that the servers ask for in a storm.
const (
	managerPause = time.Minute
	slackPause   = 25 * time.Second
)

// TestStorm has many restores run from three clusters when both APIs begin to refuse every call as one too many, with a
// time to wait at first and without one later. Half of the jobs end before it, so that their ends are still being told;
// the others end in the storm, while one more restore is asked for. When it is over, everything is told once and in
// order, and every request has had one job.
func TestStorm(t *testing.T) {
	t.Parallel()
	const requests = stormy
	auto := `{name: auto, match: {source: ["om/*/*"], target: ["om/Analytics/copy-*"]}, channel: %s, auto_approve: true}`
	inCompany(t, []string{fmt.Sprintf(auto, channel)}, func(r *rig) {
		r.manager.grow(requests + 1)
		sources := []string{"orders-prod", "ledger-prod", "reports-prod"}
		var all []restore.Subject
		for n := range requests {
			all = append(all, r.files(fmt.Sprintf("%s latest to copy-%02d because CHG-1", sources[n%3], n)))
		}
		for _, s := range all {
			r.reaches(s, restore.Running)
		}
		r.pass(time.Minute)
		r.finish(sources, requests/2)
		r.pass(20 * time.Second)

		start := time.Now()
		r.storm(managerPause, slackPause, "chat.postMessage", "chat.update", askGroup, askUser)
		r.pass(3 * time.Minute)
		r.finish(sources, requests)
		r.pass(3 * time.Minute)
		r.manager.ClearFaults()
		r.slack.ClearFaults()
		silent := time.Now()
		r.storm(0, 0, "chat.postMessage")
		all = append(all, r.files(fmt.Sprintf("orders-prod latest to copy-%02d because CHG-1", requests)))
		r.pass(6 * time.Minute)
		r.limitedPosts()
		over := time.Now()
		r.pass(10 * time.Minute)
		r.finish(sources, requests+1)
		r.pass(20 * time.Minute)

		r.kept(start, silent)
		r.widened(silent, over)
		direct := r.direct(engineer)
		for _, s := range all {
			r.told(s, direct)
		}
		if got := len(r.manager.allPosts()); got != requests+1+2 {
			r.t.Errorf("%d POSTs, want one for each request and two that were refused", got)
		}
		made := 0
		for _, c := range r.manager.allPosts() {
			made += len(c.Created)
		}
		if made != requests+1 {
			r.t.Errorf("%d jobs for %d requests", made, requests+1)
		}
	})
}

// grow gives the company more clusters to restore onto.
func (m *manager) grow(n int) {
	m.t.Helper()
	m.Close()
	i := slices.IndexFunc(m.world.Clusters, func(c fake.Cluster) bool { return c.Name == "scratch-1" })
	for n := range n {
		c := m.world.Clusters[i]
		c.ID, c.Name = fmt.Sprintf("5f0000000000000000aa%04d", n), fmt.Sprintf("copy-%02d", n)
		c.ReplicaSetName = c.Name
		m.world.Clusters = append(m.world.Clusters, c)
	}
	m.serve()
}

// storm has every call refused from now on, at both APIs. Without a time the answers do not say how long to wait.
func (r *rig) storm(manager, slack time.Duration, methods ...string) {
	r.t.Helper()
	if err := r.manager.Inject(fake.Fault{Kind: fake.RateLimit, RetryAfter: manager, Times: fake.Always}); err != nil {
		r.t.Fatal(err)
	}
	for _, method := range methods {
		r.slack.Inject(fakeslack.Fault{Method: method, Status: http.StatusTooManyRequests, RetryAfter: slack})
	}
}

// limitedPosts ends the storm, but for two requests for a restore.
func (r *rig) limitedPosts() {
	r.t.Helper()
	r.manager.ClearFaults()
	r.slack.ClearFaults()
	f := fake.Fault{Kind: fake.RateLimit, RetryAfter: managerPause, Times: 2, Match: fake.Creations()}
	if err := r.manager.Inject(f); err != nil {
		r.t.Fatal(err)
	}
}

// finish has jobs end that run now, as many as there are of the first n targets.
func (r *rig) finish(sources []string, n int) {
	r.t.Helper()
	for _, name := range sources {
		for _, j := range r.manager.Jobs(r.manager.cluster(name)) {
			if j.Status != fake.StatusInProgress || j.TargetClusterID >= fmt.Sprintf("5f0000000000000000aa%04d", n) {
				continue
			}
			if err := r.manager.Finish(j.ID); err != nil {
				r.t.Fatal(err)
			}
		}
	}
}

// kept checks that nothing was called in any pause that was asked for between two instants: at Ops Manager with any call,
// at Slack with that method.
func (r *rig) kept(from, to time.Time) {
	r.t.Helper()
	var manager []time.Time
	for _, c := range r.manager.Calls() {
		if c.Time.After(from) && c.Time.Before(to) {
			manager = append(manager, c.Time)
		}
	}
	r.spaced("Ops Manager", manager, managerPause)
	type refusal struct {
		method string
		pause  time.Duration
	}
	slack := make(map[refusal][]time.Time)
	for _, c := range r.slack.Calls() {
		if c.Status != http.StatusTooManyRequests {
			continue
		}
		key := refusal{c.Method, slackPause}
		if c.At.After(to) {
			key.pause = 30 * time.Second // Slack did not say
		}
		slack[key] = append(slack[key], c.At)
	}
	for key, at := range slack {
		r.spaced(key.method, at, key.pause)
	}
	if len(slack) < 2 {
		r.t.Errorf("Slack refused only %v", slack)
	}
}

// spaced checks that calls, all of which were refused, were no more than those under way at first, and then one at a time
// and a pause apart.
func (r *rig) spaced(who string, at []time.Time, pause time.Duration) {
	r.t.Helper()
	first, together := 0, 0
	for i, t := range at {
		switch {
		case t.Equal(at[0]):
			first++
		case t.Equal(at[i-1]): // both began before either was refused
			together++
		case t.Sub(at[i-1]) < pause:
			r.t.Errorf("%s is called %s after it refused a call", who, t.Sub(at[i-1]))
		}
	}
	if first > 8 || len(at)-first < 3 || together > 2 {
		r.t.Errorf("%s: %d calls at first, %d later, %d of them at once", who, first, len(at)-first, together)
	}
}

// widened checks that a storm that names no time to wait was met with fewer and fewer calls.
func (r *rig) widened(from, to time.Time) {
	r.t.Helper()
	calls, last := []time.Duration(nil), from
	for _, c := range r.manager.Calls() {
		if c.Time.After(from) && c.Time.Before(to) {
			calls, last = append(calls, c.Time.Sub(last)), c.Time
		}
	}
	if len(calls) < 3 || len(calls) > 10 || slices.Max(calls) < 2*time.Minute {
		r.t.Errorf("calls after %v in a storm of %s", calls, to.Sub(from))
	}
}

// told checks that a request succeeded with one job, and that its thread tells nothing twice, all in the order in which it
// happened, and the end last, with nothing left to tell. Direct is all that the requester was told.
func (r *rig) told(s restore.Subject, direct string) {
	r.t.Helper()
	q := r.get(s)
	if q.State != restore.Succeeded || len(q.Jobs()) != 1 {
		r.t.Errorf("%s is %s with %d jobs: %v", s, q.State, len(q.Jobs()), r.kinds(s))
		return
	}
	card := r.card(s)
	thread := r.slack.Thread(channel, card.TS)[1:]
	last := uint64(0)
	for _, m := range thread {
		var meta struct {
			Payload struct {
				Subject restore.Subject `json:"subject"`
				Seq     uint64          `json:"seq"`
			} `json:"event_payload"`
		}
		if err := json.Unmarshal(m.Metadata, &meta); err != nil || meta.Payload.Subject != s || meta.Payload.Seq <= last {
			r.t.Errorf("%s: %d after %d, %v: %s", s, meta.Payload.Seq, last, err, m.Plain())
		}
		last = meta.Payload.Seq
	}
	end := thread[len(thread)-1]
	if strings.Contains(end.Plain(), "Not protected") { // its target has no backup
		end = thread[len(thread)-2]
	}
	told := string(s) + " succeeded"
	if !strings.Contains(end.Plain(), told) || !strings.Contains(card.Plain(), "Succeeded") {
		r.t.Errorf("%s ends with:\n%s\n--\n%s", s, end.Plain(), card.Plain())
	}
	if n := strings.Count(direct, told); n != 1 {
		r.t.Errorf("%s: the requester was told %d times", s, n)
	}
	err := r.store.View(r.t.Context(), func(rd restore.Reader) error {
		posts, err := rd.Posts(s)
		for _, name := range restore.Surfaces() {
			if through := posts.Surfaces[name].Through; through != q.N {
				r.t.Errorf("%s: %s has told %d of %d events", s, name, through, q.N)
			}
		}
		return err
	})
	if err != nil {
		r.t.Error(err)
	}
}
