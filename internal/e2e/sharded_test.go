package e2e

import (
	"testing"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeopsmanager"
)

const wantEvents = "events-prod latest to events-staging because of a drill"

// startEvents has people restore a sharded cluster, whose jobs run until somebody ends them. Ops Manager's answer names
// only one of them. It returns all, in the order in which they were made.
func startEvents(t *testing.T, shardIDs bool) (*rig, *process, []string) {
	t.Helper()
	r := newRig(t, options{rules: companyRules, shape: script{jobs: forever, shardIDs: shardIDs}.shape})
	must(t, r.manager.Inject(fakeopsmanager.Fault{
		Kind: fakeopsmanager.PartialBatch, Keep: 1, Match: fakeopsmanager.Creations(),
	}))
	p := r.start(t, plain)
	subject, err := r.file(p.ctx, engineer, wantEvents)
	must(t, err)
	must(t, r.approve(p.ctx, dba, subject, "events-staging"))
	must(t, r.approve(p.ctx, lead, subject, "events-staging"))
	call, err := r.manager.Await(p.ctx, func(c fakeopsmanager.Call) bool { return c.Posted() && c.Done })
	must(t, err)
	if !r.asks(call, "events-staging", kept(r.world, "events-prod")[0]) && !r.asks(call, "events-staging", r.latest(t, "events-prod")) {
		t.Errorf("submitted %s", call.RequestBody)
	}
	if len(call.Created) != 3 {
		t.Fatalf("started %v, want a job for each of two shards and one for the config servers", call.Created)
	}
	_, err = r.thread(p.ctx, subject, "0 of 3")
	must(t, err)
	return r, p, call.Created
}

// TestSharded restores a sharded cluster: one POST starts a batch of jobs. The answer names a part of it; the rest is
// found, and the worst of the jobs decides how the restore ends.
func TestSharded(t *testing.T) {
	t.Parallel()
	type ending struct {
		name     string
		shardIDs bool
		last     func(r *rig, job string) error
		want     restore.State
		words    string
		phases   map[restore.JobPhase]int
	}
	concurrently(t, []ending{
		{
			name: "every job finishes", last: (*rig).finishJob, want: restore.Succeeded, words: "R-1 succeeded",
			phases: map[restore.JobPhase]int{restore.JobFinished: 3},
		},
		{
			name: "one breaks", shardIDs: true, last: func(r *rig, job string) error { return r.manager.Break(job) },
			want: restore.Failed, words: "2 of 3 jobs finished", phases: map[restore.JobPhase]int{restore.JobFinished: 2, restore.JobBroken: 1},
		},
		{
			name: "one is killed", last: func(r *rig, job string) error { return r.manager.Kill(job) },
			want: restore.Canceled, words: "2 of 3 jobs finished", phases: map[restore.JobPhase]int{restore.JobFinished: 2, restore.JobKilled: 1},
		},
	}, func(e ending) string { return e.name }, func(t *testing.T, e ending) {
		t.Helper()
		r, p, jobs := startEvents(t, e.shardIDs)
		for i, job := range jobs[:2] {
			must(t, r.manager.Finish(job))
			_, err := r.thread(p.ctx, orders, []string{"1 of 3", "2 of 3"}[i])
			must(t, err)
		}
		must(t, e.last(r, jobs[2]))
		must(t, r.direct(p.ctx, orders, e.words))
		end := r.finish(t, p)
		r.checkEvents(t, end, e.want, e.phases)
	})
}

func (r *rig) finishJob(job string) error { return r.manager.Finish(job) }

// checkEvents checks the end of a restore that one POST started.
func (r *rig) checkEvents(t *testing.T, end image, want restore.State, phases map[restore.JobPhase]int) {
	t.Helper()
	request := end.requests[orders]
	if request.State != want {
		t.Errorf("ended as %s, want %s", request.State, want)
	}
	found := make(map[restore.JobPhase]int)
	for _, j := range request.Jobs() {
		found[j.Phase]++
	}
	for phase, n := range phases {
		if found[phase] != n {
			t.Errorf("%d jobs are %s, want %d: %v", found[phase], phase, n, request.Jobs())
		}
	}
	if n := len(r.manager.Posts()); n != 1 {
		t.Errorf("%d POSTs", n)
	}
	if len(request.Locks) > 0 {
		t.Errorf("locked, though no job of it is left: %v", request.Locks)
	}
	r.checkPosted(t)
}
