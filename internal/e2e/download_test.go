package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
)

// exports are rules that let everybody download, if a lead approves.
const exports = `groups:
  leads: {users: [U0LEAD1, U0LEAD2]}
policies:
  - name: exports
    match: {source: ["om/*/*"], delivery: [download]}
    channel: C0RESTORES
    seats: [{from: leads}]
    reason: {required: true}
timings: {grace: 1s, retry_max: 1s, post_timeout: 4s, settle: 1s}
`

// TestDownload has files of a snapshot asked for, approved and made, and the link of them shown to who asked, in a window
// of their own. Then the link is looked for in everything that left the process and everything that it keeps.
func TestDownload(t *testing.T) {
	t.Parallel()
	for name, cloud := range map[string]bool{"ops manager": false, "cloud manager": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, options{
				traffic: true, rules: exports,
				shape: func(_ *fakeslack.Workspace, _ *fakeopsmanager.World, o *fakeopsmanager.Options) {
					o.CloudManager = cloud
				},
			})
			p := r.start(t, plain)
			subject, err := r.file(p.ctx, engineer, "orders-prod latest download for 2h max 2 because "+planted)
			must(t, err)
			_, err = r.press(p.ctx, lead, subject, "approve")
			must(t, err)
			call, err := r.manager.Await(p.ctx, func(c fakeopsmanager.Call) bool { return c.Posted() && c.Done })
			must(t, err)
			want := fmt.Sprintf(`{"delivery":{"methodName":"HTTP","expirationHours":2,"maxDownloads":2},"snapshotId":%q}`, r.latest(t, "orders-prod"))
			if got := string(call.RequestBody); got != want {
				t.Errorf("submitted %s\nwant %s", got, want)
			}
			must(t, r.direct(p.ctx, subject, "succeeded"))
			for _, who := range []string{lead, dba, outsider} {
				_, err := r.press(p.ctx, who, subject, "reveal_link")
				must(t, err)
				must(t, r.told(p.ctx, who, "for its requester only"))
				if n := len(r.slack.As(who).Views()); n != 0 {
					t.Errorf("%s sees %d windows", who, n)
				}
			}
			_, err = r.press(p.ctx, engineer, subject, "reveal_link")
			must(t, err)
			must(t, r.told(p.ctx, engineer, "It works 2 times, until"))
			shown := r.slack.As(engineer).Views()[0].Plain()
			if says(shown, "authorization: bearer") == cloud || !says(shown, "/backup/restore/v") {
				t.Errorf("the window shows %s", shown)
			}
			r.searchForLink(t, p, subject)
		})
	}
}

// searchForLink ends the process and looks for links in what it said, wrote and keeps. They are in the updates of windows,
// and nowhere else.
func (r *rig) searchForLink(t *testing.T, p *process, subject string) {
	t.Helper()
	places := map[string]string{"pages": r.readPages(t, p)}
	copied := filepath.Join(r.dir, "copy.db")
	if out, ok := admin(t, r, "backup", copied); !ok {
		t.Errorf("backup: %s", out)
	}
	export, ok := admin(t, r, "audit export")
	if places["audit export"] = export; !ok {
		t.Errorf("audit export: %s", export)
	}
	p.stop(t)
	if end := r.read(t); end.count(subject, restore.KindRevealed) != 1 || end.state(subject) != restore.Succeeded {
		t.Errorf("%s is %s, revealed %d times", subject, end.state(subject), end.count(subject, restore.KindRevealed))
	}
	for name, file := range map[string]string{"stdout": p.stdout, "stderr": p.stderr, "store": r.store, "backup": copied} {
		content, err := os.ReadFile(file)
		must(t, err)
		places[name] = string(content)
	}
	places["Ops Manager's requests"] = string(r.manager.Traffic().Received)
	var said, windows strings.Builder
	for _, part := range r.slack.Traffic() {
		said.Write(part)
	}
	updates := r.slack.Calls("views.update")
	for _, c := range updates {
		windows.Write(slices.Concat(c.Received, c.Sent)) // Slack answers with the window
	}
	shown := 0
	for _, secret := range r.manager.Secrets() {
		for place, content := range places {
			if strings.Contains(content, secret) {
				t.Errorf("%s: %.12s… is there", place, secret)
			}
		}
		n := strings.Count(windows.String(), secret)
		if shown += n; strings.Count(said.String(), secret) != n {
			t.Errorf("Slack: %.12s… is there %d times, in windows %d times", secret, strings.Count(said.String(), secret), n)
		}
	}
	if shown != 2 || len(updates) != 1 {
		t.Errorf("%d secrets were shown in %d updates of windows and the answers to them", shown, len(updates))
	}
	places["Slack"] = said.String()
	for _, place := range []string{"Slack", "store", "backup", "audit export"} {
		if !strings.Contains(places[place], planted) {
			t.Errorf("%s: what a person wrote is not found there, so nor would be a secret", place)
		}
	}
	if empty := slices.IndexFunc([]string{places["stderr"], places["pages"], places["Ops Manager's requests"]}, func(s string) bool { return s == "" }); empty >= 0 {
		t.Errorf("nothing was searched in place %d", empty)
	}
}
