package reconcile_test

import (
	"testing"

	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeatlas"
)

const fetchingAtlas = "atlas/Payments/orders-prod latest download because OPS-1"

// skyExports lets everybody download from Atlas, if a lead approves.
func skyExports(s *settings) { exports(s); s.atlas = true }

// TestDownloadsOfAtlasTakeTurns has two people, and then somebody else, download from one cluster: Atlas refuses a second
// download while one is being prepared, so that it waits until the first is ready instead of being sent. One that is ready
// and not finished may still be in the way; a refusal then makes it wait on.
func TestDownloadsOfAtlasTakeTurns(t *testing.T) {
	t.Parallel()
	run(t, skyExports, func(r *rig) {
		orders := r.cloud.world.Named("orders-prod").ID
		jobs := func(want int) {
			r.t.Helper()
			if got := len(r.cloud.server.Jobs(orders)); got != want {
				r.t.Errorf("%d jobs, want %d", got, want)
			}
		}
		first, second := r.pending(fetchingAtlas), as[commands.Filed](r, r.say("colleague", fetchingAtlas)).Request.Subject
		r.reach(second, restore.Pending)
		r.approve(first, "lead1")
		r.approve(second, "lead1")
		running := r.reach(first, restore.Running)
		// At first it waits for the submission of the other one.
		w := r.until(second, "a job in the way", func(q *restore.Request) bool { return q.Wait != nil && q.Wait.Job != "" }).Wait
		if w.Code != restore.WaitSource || w.Holder != first || w.Job != running.Attempt().Jobs[0].ID {
			r.t.Errorf("waits for %+v, want the job of %s", w, first)
		}
		jobs(1)
		if n := len(r.cloud.server.Posts()); n != 1 {
			r.t.Errorf("%d POSTs while the first is prepared", n)
		}
		r.reach(first, restore.Succeeded)
		r.reach(second, restore.Succeeded)
		jobs(2)

		r.cloud.server.AddJob(fakeatlas.Job{ClusterID: orders, DeliveryType: fakeatlas.Download, SnapshotID: oddID})
		third := r.pending(fetchingAtlas)
		r.approve(third, "lead1")
		if w := r.waits(third, restore.WaitSource).Wait; w.Holder != "" || w.Job == "" {
			r.t.Errorf("waits for %+v, want a job of nobody's", w)
		}
		jobs(3)
		r.reach(third, restore.Succeeded)
		jobs(4)
	})
}

// TestDownloadsOfAtlasMeet has somebody start a download of another snapshot between the list and the POST: the refusal is
// that of a cluster which is busy.
func TestDownloadsOfAtlasMeet(t *testing.T) {
	t.Parallel()
	run(t, skyExports, func(r *rig) {
		orders := r.cloud.world.Named("orders-prod").ID
		if err := r.cloud.server.Inject(fakeatlas.Fault{
			Kind: fakeatlas.ForeignJob, Match: fakeatlas.Creations(),
			Foreign: &fakeatlas.Job{ClusterID: orders, DeliveryType: fakeatlas.Download, SnapshotID: oddID},
		}); err != nil {
			r.t.Fatal(err)
		}
		s := r.pending(fetchingAtlas)
		r.approve(s, "lead1")
		q := r.waits(s, restore.WaitSource)
		if o := q.Attempts[0].Outcome; o.Kind != restore.Busy || o.Code != "CANNOT_DOWNLOAD_SNAPSHOT_CONCURRENTLY" {
			r.t.Errorf("outcome %+v", o)
		}
		r.reach(s, restore.Succeeded)
	})
}
