package people

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeatlas"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// wrong is a download that nobody wants, once it is seen.
const wrong = "atlas/Payments/orders-prod latest download because I mistook the cluster"

// TestDownloadCanceled has a lead cancel a download of Atlas that runs, with the button, and the engineer and the lead learn what
// came of it. Then somebody is too late, and somebody wants a restore onto a cluster canceled.
func TestDownloadCanceled(t *testing.T) {
	t.Parallel()
	files := fmt.Sprintf(`{name: files, match: {source: ["atlas/*/*"], delivery: [download]}, channel: %s, seats: [{from: leads}]}`, channel)
	inCompanyOf(t, 1, []string{files, rule("atlas", "atlas/*/*", onAtlas)}, func(r *rig) {
		s := r.pending(wrong)
		r.approves(s, lead1)
		r.reaches(s, restore.Running)
		r.pass(moment)
		r.contains("the card", bare(r.card(s).Plain()), "somebody of leads can have it canceled", "[Cancel request]")
		r.contains("the thread", bare(r.thread(s)), "somebody of leads can have it canceled with the button on the card")
		r.contains("the engineer's answer", bare(r.says(engineer, "cancel "+string(s))), "you are not one of those who can have it canceled", "somebody of leads")
		r.contains("the lead's answer", bare(r.presses(lead2, s, commands.ActionCancel)), "is to be canceled", "It may finish before")
		r.reaches(s, restore.Canceled)
		r.pass(moment)
		r.contains("the card", bare(r.card(s).Plain()), "Canceled", "Atlas canceled it, as @lead-two had asked")
		r.lacks("the card", bare(r.card(s).Plain()), "[Cancel request]", "[Reveal link]")
		r.contains("the thread", bare(r.thread(s)), "@lead-two asked to have it canceled", "Atlas canceled it, as @lead-two had asked")
		r.contains("the direct message", bare(r.direct(engineer)), "Atlas canceled it, as @lead-two had asked")

		late := r.pending(wrong)
		r.approves(late, lead1)
		r.reaches(late, restore.Running)
		err := r.cloud.Inject(fakeatlas.Fault{Kind: fakeatlas.Failure, Status: 503, Times: fakeatlas.Always, Match: fakeatlas.Match{Method: http.MethodDelete}})
		if err != nil {
			r.t.Fatal(err)
		}
		r.says(lead2, "cancel "+string(late)+" not this one")
		if err := r.cloud.End(r.get(late).Jobs()[0].ID, fakeatlas.Finished); err != nil {
			r.t.Fatal(err)
		}
		r.reaches(late, restore.Succeeded)
		r.pass(moment)
		r.contains("the card", bare(r.card(late).Plain()), "The cancel that @lead-two asked for came too late", "[Reveal link]")
		r.contains("the thread", bare(r.thread(late)), "not this one", "came too late")

		onto := r.pending("atlas/Payments/orders-prod latest to atlas/Payments/orders-staging because rows are missing")
		r.presses(lead1, onto, commands.ActionApprove)
		r.fills(lead1, map[string]string{commands.InputConfirmTarget: "orders-staging"})
		r.reaches(onto, restore.Running)
		r.pass(moment)
		no := "Atlas cancels no restore onto a cluster. In Atlas, open project Payments"
		r.contains("the card", bare(r.card(onto).Plain()), no)
		r.lacks("the card", bare(r.card(onto).Plain()), "[Cancel request]")
		for _, user := range []string{engineer, lead1} {
			r.contains("the answer", bare(r.says(user, "cancel "+string(onto))), "Too late", "Nothing was canceled", no)
		}
	})
}

// TestTargetIsProtectedAgain tells what could bring the target's data back, and follows the target beyond the end of the restore.
func TestTargetIsProtectedAgain(t *testing.T) {
	t.Parallel()
	inCompany(t, []string{rule("all", "om/*/*", `seats: [{from: leads}]`)}, func(r *rig) {
		s := r.pending("reports-prod latest to ledger-prod because OPS-1")
		r.contains("the card", bare(r.card(s).Plain()), "Target now", "last snapshot", " old, as of ",
			"What is restored is protected once the next snapshot of om/Payments/ledger-prod is complete", "What has outlived a TTL index")
		r.presses(lead1, s, commands.ActionApprove)
		r.fills(lead1, map[string]string{commands.InputConfirmTarget: "ledger-prod"})
		r.ends(s)
		r.contains("the thread", bare(r.thread(s)), "is not protected before its next snapshot is complete")
		r.contains("the card", bare(r.card(s).Plain()), "Not protected yet")
		r.pass(3 * time.Hour)
		r.lacks("the thread", bare(r.thread(s)), "Protected again")
		r.manager.AddSnapshot(fake.Snapshot{ClusterID: r.manager.cluster("ledger-prod"), Complete: true})
		r.pass(20 * time.Minute)
		r.contains("the thread", bare(r.thread(s)), "Protected again: snapshot of ")
		r.contains("the card", bare(r.card(s).Plain()), "Protected again: snapshot of ", "Succeeded")

		never := r.pending("orders-prod latest to scratch-2 because OPS-1")
		r.contains("the card", bare(r.card(never).Plain()), "no backup", "no snapshot", "has no backup: nothing can bring back what is on it now")
		r.approves(never, lead1)
		r.ends(never)
		r.contains("the thread", bare(r.thread(never)), "Not protected: ", "it had no backup when this was planned")
		r.contains("the direct message", bare(r.direct(engineer)), "Not protected: ")
	})
}

// ends has the jobs of a request that runs on Ops Manager finish.
func (r *rig) ends(s restore.Subject) {
	r.t.Helper()
	for _, j := range r.reaches(s, restore.Running).Jobs() {
		if err := r.manager.Finish(j.ID); err != nil {
			r.t.Fatal(err)
		}
	}
	r.reaches(s, restore.Succeeded)
	r.pass(time.Minute)
}
