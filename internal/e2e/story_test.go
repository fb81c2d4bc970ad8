package e2e

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
)

// planted is a word that a person types. It has to be found where people's words go, or the search for secrets finds
// nothing for another reason.
const planted = "canary-that-may-be-seen"

// TestStory tells everything that people can bring about, in one process, and then looks for every secret in everything
// that left the process.
func TestStory(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{traffic: true})
	p := r.start(t, plain)
	must(t, r.awaitPage(p.ctx, "/readyz", is(200, `"ready"`)))
	pages := r.readPages(t, p)
	r.ownRequest(t, p)
	r.approval(t, p)
	r.denial(t, p)
	r.expiry(t, p)
	r.unknown(t, p)
	r.metrics(t, p)
	pages += r.readPages(t, p)
	p.stop(t)
	end := r.read(t)
	r.checkEnd(t, end)
	for subject, want := range map[string]restore.State{
		"R-1": restore.Succeeded, "R-2": restore.Denied, "R-3": restore.Expired, "R-4": restore.Refused,
	} {
		if got := end.state(subject); got != want {
			t.Errorf("%s ended as %s, want %s", subject, got, want)
		}
	}
	if got, want := end.approvers("R-1"), []string{"T0TEAM/" + dba, "T0TEAM/" + lead}; !slices.Equal(got, want) {
		t.Errorf("approved by %v, want %v", got, want)
	}
	r.secrets(t, p, pages)
}

// is returns what is true of a page with a status and a word.
func is(status int, word string) func(int, string) bool {
	return func(got int, body string) bool { return got == status && strings.Contains(body, word) }
}

func (r *rig) readPages(t *testing.T, p *process) string {
	t.Helper()
	var all strings.Builder
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		status, body, err := r.page(p.ctx, path)
		if err != nil || status != 200 {
			t.Errorf("%s: %d, %v", path, status, err)
		}
		all.WriteString(body)
	}
	return all.String()
}

// ownRequest files R-1, whose requester approves it in vain: with the button of its card and with a typed command.
func (r *rig) ownRequest(t *testing.T, p *process) {
	t.Helper()
	subject, err := r.file(p.ctx, engineer, wantOrders)
	must(t, err)
	if subject != "R-1" {
		t.Fatalf("filed as %s", subject)
	}
	out, err := r.press(p.ctx, engineer, "R-1", "approve")
	must(t, err)
	answer, err := out.AwaitReply(p.ctx)
	must(t, err)
	if !says(answer.Plain(), "own request") {
		t.Errorf("the requester's click is answered: %s", answer.Plain())
	}
	typed, err := r.slash(p.ctx, engineer, "approve R-1")
	must(t, err)
	must(t, r.until(p.ctx, "the typed command is answered", func() bool { return len(r.answers(typed)) > 0 }))
	for _, m := range r.answers(typed) {
		if !shows(m, "R-1", "approve") {
			continue // nothing to press
		}
		out, err := r.slack.As(engineer).Press(p.ctx, m.Channel, m.TS, "approve")
		must(t, err)
		must(t, r.until(p.ctx, "the click is answered", func() bool { return len(out.Replies()) > 0 }))
		if answer := out.Replies()[0].Plain(); !says(answer, "own request") || len(out.Views()) > 0 {
			t.Errorf("the requester's click on the typed card is answered: %s", answer)
		}
	}
}

// answers returns what a typed command was answered so far.
func (r *rig) answers(out *fakeslack.Outcome) []fakeslack.Message {
	all := out.Replies()
	if out.Message != nil {
		all = append(all, *out.Message)
	}
	return all
}

// approval has R-1 approved: one seat from the card, with a wrong name first, the other one after a typed command. Who
// fills no seat does not count. Then the restore runs.
func (r *rig) approval(t *testing.T, p *process) {
	t.Helper()
	must(t, r.open(p.ctx, outsider, "R-1", "approve"))
	must(t, r.fill(p.ctx, outsider, "confirm_target", "orders-staging", "cannot decide"))
	must(t, r.open(p.ctx, dba, "R-1", "approve"))
	err := r.fill(p.ctx, dba, "confirm_target", "orders-prod", "not the name")
	if err == nil { // told after the form was gone
		err = r.open(p.ctx, dba, "R-1", "approve")
	}
	if err != nil && !errors.Is(err, errRefused) {
		t.Fatal(err)
	}
	must(t, r.fill(p.ctx, dba, "confirm_target", "orders-staging", "R-1 counts"))
	if jobs, _ := r.accepted(); len(jobs) > 0 {
		t.Errorf("one approval of two started %v", jobs)
	}
	out, err := r.slash(p.ctx, lead, "approve R-1")
	must(t, err)
	must(t, r.until(p.ctx, "the lead gets a card", func() bool { return len(r.answers(out)) > 0 }))
	must(t, r.approve(p.ctx, lead, "R-1", "orders-staging")) // with the newest button, which is that card's

	call, err := r.manager.Await(p.ctx, func(c fakeopsmanager.Call) bool { return c.Posted() && c.Done })
	must(t, err)
	target := r.cluster(t, "orders-staging")
	snapshot := r.latest(t, "orders-prod")
	want := fmt.Sprintf(`{"delivery":{"methodName":"AUTOMATED_RESTORE","targetGroupId":%q,"targetClusterId":%q},"snapshotId":%q}`,
		target.GroupID, target.ID, snapshot)
	if got := string(call.RequestBody); got != want {
		t.Errorf("submitted %s\nwant %s", got, want)
	}
	for _, word := range []string{"IN_PROGRESS", "FINISHED"} {
		line, err := r.thread(p.ctx, "R-1", word)
		must(t, err)
		if ends := word == "FINISHED"; line.Broadcast != ends {
			t.Errorf("the channel sees the line with %s: %t", word, line.Broadcast)
		}
	}
	must(t, r.direct(p.ctx, "R-1", "FINISHED"))
}

// denial has R-2 denied by a typed command with a reason.
func (r *rig) denial(t *testing.T, p *process) {
	t.Helper()
	subject, err := r.file(p.ctx, engineer, "ledger-prod latest to orders-prod because "+planted)
	must(t, err)
	must(t, r.until(p.ctx, "the card is there", func() bool { _, ok := r.button(lead, subject, "deny"); return ok }))
	_, err = r.slash(p.ctx, lead, "deny "+subject+" that would overwrite production")
	must(t, err)
	_, err = r.thread(p.ctx, subject, "overwrite production")
	must(t, err)
	must(t, r.direct(p.ctx, subject, "overwrite production"))
	if _, ok := r.button(lead, subject, "approve"); ok {
		t.Errorf("%s is denied and can be approved", subject)
	}
}

// expiry files R-3, which nobody answers.
func (r *rig) expiry(t *testing.T, p *process) {
	t.Helper()
	subject, err := r.file(p.ctx, engineer, "reports-prod latest to scratch-1")
	must(t, err)
	_, err = r.thread(p.ctx, subject, "expired")
	must(t, err)
	must(t, r.direct(p.ctx, subject, "expired"))
}

// unknown files R-4, for a cluster that nobody knows: its requester gets the nearest names, the channel nothing.
func (r *rig) unknown(t *testing.T, p *process) {
	t.Helper()
	subject, err := r.file(p.ctx, engineer, "order-prod latest to orders-staging because of a mistake")
	must(t, err)
	must(t, r.direct(p.ctx, subject, "orders-prod"))
	if texts := r.posted()[message{"card", subject}]; len(texts) > 0 {
		t.Errorf("the channel sees %q", texts)
	}
}

func (r *rig) metrics(t *testing.T, p *process) {
	t.Helper()
	_, body, err := r.page(p.ctx, "/metrics")
	must(t, err)
	for _, line := range []string{
		`snapback_decisions_total{decision="approve"} 2`,
		`snapback_decisions_total{decision="deny"} 1`,
		`snapback_submissions_total{backend="om",outcome="accepted"} 1`,
		`snapback_requests{state="pending"} 0`,
		`snapback_slack_requests_total{method="chat.postMessage",result="ok"} `,
		`snapback_api_requests_total{backend="om",code="200"} `,
		`snapback_ack_seconds_count `,
		`snapback_clock_skew_seconds{source="om"} `,
		`snapback_clock_skew_seconds{source="slack"} `,
	} {
		if !strings.Contains(body, "\n"+line) {
			t.Errorf("no %s in\n%s", line, body)
		}
	}
	for _, name := range []string{"order", "customers", "staging", "R-1", engineer, dba, lead, planted} {
		if strings.Contains(body, name) {
			t.Errorf("%s is in\n%s", name, body)
		}
	}
}

// secrets looks for everything that must be seen by nobody.
func (r *rig) secrets(t *testing.T, p *process, pages string) {
	t.Helper()
	places := map[string]string{"pages": pages, "Ops Manager's requests": string(r.manager.Traffic().Received)}
	for name, file := range map[string]string{"stdout": p.stdout, "stderr": p.stderr, "store": r.store} {
		content, err := os.ReadFile(file)
		must(t, err)
		places[name] = string(content)
	}
	var traffic strings.Builder
	for _, part := range r.slack.Traffic() {
		traffic.Write(part)
	}
	places["Slack"] = traffic.String()
	tokens := make(map[string]int) // how many calls carry it, once each
	for _, c := range r.slack.Calls() {
		tokens[c.Token]++
	}
	for _, secret := range append(r.manager.Secrets(), appToken, botToken) {
		for place, content := range places {
			allowed := 0
			if place == "Slack" {
				allowed = tokens[secret]
			}
			if n := strings.Count(content, secret); n != allowed {
				t.Errorf("%s: %.12s… is there %d times, want %d", place, secret, n, allowed)
			}
		}
	}
	for _, place := range []string{"Slack", "store"} {
		if !strings.Contains(places[place], planted) {
			t.Errorf("%s: what a person wrote is not found there, so nor would be a secret", place)
		}
	}
	if tokens[appToken] == 0 || tokens[botToken] == 0 || places["stderr"]+places["pages"] == "" {
		t.Error("nothing was searched")
	}
}
