package people

import (
	"fmt"
	"testing"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// TestLinkFromBeginningToEnd has a download asked for, fetched and expire. The button goes away by itself, on the card and
// where the card is drawn anew; a copy of it that stays is answered with what to do, and that works.
func TestLinkFromBeginningToEnd(t *testing.T) {
	t.Parallel()
	exports := fmt.Sprintf(`{name: exports, match: {source: ["om/*/*"], delivery: [download]}, channel: %s, seats: [{from: leads}]}`, channel)
	inCompany(t, []string{exports}, func(r *rig) {
		s := r.pending("orders-prod latest download for 2h because CHG-1")
		r.approves(s, lead1)
		if err := r.manager.Finish(r.reaches(s, restore.Running).Jobs()[0].ID); err != nil {
			t.Fatal(err)
		}
		done := r.reaches(s, restore.Succeeded).Ended
		r.pass(moment)
		copied := r.keeps(engineer, s)
		r.contains("the card", raw(r.card(s)), `"reveal_link"`, `"again"`)
		r.contains("somebody else", r.presses(lead1, s, commands.ActionReveal), "for its requester only")
		r.contains("the window", r.presses(engineer, s, commands.ActionReveal), "It works once, until", "/backup/restore/v3/pull/", "Authorization: Bearer ")
		r.contains("the thread", r.thread(s), "asked to see the link")

		r.pass(time.Until(done.Add(2*time.Hour + 2*moment)))
		r.lacks("the card", raw(r.card(s)), `"reveal_link"`)
		r.contains("the card", raw(r.card(s)), `"again"`, "The link has expired.")
		r.contains("the thread", r.thread(s), "The link has expired.")
		late := r.uses(engineer, copied, commands.ActionReveal)
		r.contains("the answer", late, "out of date", "The link has expired.", "To ask for the same again: press")
		r.lacks("the answer", late, "/backup/restore/")

		r.contains("the answer to Again", r.presses(lead2, s, commands.ActionAgain), "R-2 is filed", "It asks for what R-1 asked for")
		q := r.reaches("R-2", restore.Pending)
		if q.Requester.User != lead2 || q.Author.User != engineer || q.Asked.Hours != 2 || q.Plan.Spec.Delivery.Kind != restore.Download {
			t.Errorf("filed %+v by %v, author %v", q.Asked, q.Requester, q.Author)
		}
		r.posts(1)
	})
}

// TestNewerSnapshotInSlack has a snapshot be taken while a request for the latest waits for its second approval.
func TestNewerSnapshotInSlack(t *testing.T) {
	t.Parallel()
	inCompany(t, nil, func(r *rig) {
		s := r.pending(onStaging)
		r.contains("the card", r.card(s).Plain(), ", the latest as of ")
		id, now := r.manager.cluster("orders-prod"), time.Now()
		newest := fake.Snapshot{ClusterID: id, Complete: true, Expires: now.Add(48 * time.Hour)}
		for _, snap := range r.manager.world.Snapshots {
			if snap.ClusterID == id {
				newest.Parts = snap.Parts
			}
		}
		newer := r.manager.AddSnapshot(newest)
		r.lacks("the card", raw(r.card(s)), `"again"`, newer)
		r.approves(s, lead1)
		r.pass(2 * moment)
		r.contains("the card", raw(r.card(s)), `"again"`, `"approve"`, newer)
		r.contains("the thread", r.thread(s), "has a newer snapshot by now, "+newer, "press Again on the card")
		r.contains("the answer", r.presses(engineer, s, commands.ActionAgain), "R-2 is filed")
		if q := r.reaches("R-2", restore.Pending); q.Plan.Spec.Point.SnapshotID != newer {
			t.Errorf("R-2 restores %s, want %s", q.Plan.Spec.Point.SnapshotID, newer)
		}
		r.stays(s, restore.Pending, moment)
		if got := r.slack.As(engineer).Views(); len(got) != 0 {
			t.Errorf("windows %+v", got)
		}
	})
}
