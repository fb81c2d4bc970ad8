package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeatlas"
)

// atlasRules follow the backends that every configuration has: one more, and what may be done there.
const atlasRules = `  - name: atlas
    kind: atlas
    url: %s
    %s
    poll: 100ms
groups:
  dba:   {slack_usergroup: S0DBA}
  leads: {users: [U0LEAD1, U0LEAD2]}
policies:
  - name: payments
    match: {target: ["atlas/Payments/*"]}
    channel: C0RESTORES
    seats: [{from: dba}, {from: leads}]
    confirm: target-name
  - name: exports
    match: {source: ["atlas/*/*"], delivery: [download]}
    channel: C0RESTORES
    seats: [{from: leads}]
timings: {grace: 1s, retry_max: 1s, post_timeout: 4s, settle: 1s}
`

// withAtlas is a world with an Atlas beside its Ops Manager, whose jobs run until somebody ends them. The bot has a service
// account there, or a key.
func withAtlas(t *testing.T, account bool) (*rig, *fakeatlas.Server, fakeatlas.World) {
	t.Helper()
	world := fakeatlas.DemoWorld(time.Now(), 1)
	s := fakeatlas.New(world, fakeatlas.Options{Seed: 1, JobDuration: 24 * time.Hour})
	t.Cleanup(func() { _ = s.Close() })
	key := fmt.Sprintf("public_key: %s\n    private_key: %s", world.Keys[0].Public, world.Keys[0].Private)
	if account {
		key = fmt.Sprintf("client_id: %s\n    client_secret: %s", world.Accounts[0].ID, world.Accounts[0].Secret)
	}
	rules := fmt.Sprintf(atlasRules, serve(t, s.Serve), key)
	return newRig(t, options{rules: rules}), s, world
}

func posted(c fakeatlas.Call) bool { return c.Posted() && c.Done }

// TestAtlas restores a cluster of Atlas to a point in time. The answer to the POST is lost after Atlas has started the job, so
// that it is found in the list and taken: the job tells its point. Nothing is sent twice.
func TestAtlas(t *testing.T) {
	t.Parallel()
	r, atlas, world := withAtlas(t, false)
	must(t, atlas.Inject(fakeatlas.Fault{Kind: fakeatlas.Drop, Match: fakeatlas.Creations(), After: true}))
	p := r.start(t, plain)
	subject, err := r.file(p.ctx, engineer, "atlas/Payments/orders-prod at 1h ago to atlas/Payments/orders-staging because of a drill")
	must(t, err)
	must(t, r.approve(p.ctx, dba, subject, "orders-staging"))
	must(t, r.approve(p.ctx, lead, subject, "orders-staging"))
	call, err := atlas.Await(p.ctx, posted)
	must(t, err)
	group := world.Projects[0].ID
	if body := string(call.RequestBody); !strings.HasPrefix(body, `{"deliveryType":"pointInTime","targetGroupId":"`+group+`","targetClusterName":"orders-staging","pointInTimeUTCSeconds":`) {
		t.Errorf("submitted %s", body)
	}
	if len(call.Created) != 1 || call.Status != 0 {
		t.Fatalf("the answer is not lost after the commit: %+v", call)
	}
	_, err = r.thread(p.ctx, subject, "found on")
	must(t, err)
	must(t, atlas.End(call.Created[0], fakeatlas.Finished))
	end, err := r.thread(p.ctx, subject, subject+" succeeded")
	must(t, err)
	if text := end.Plain(); !says(text, "atlas reports") || says(text, "agents") {
		t.Errorf("the end is told as %s", text)
	}
	p.stop(t)
	if n := len(atlas.Posts()); n != 1 {
		t.Errorf("%d POSTs", n)
	}
	if got := r.read(t).state(subject); got != restore.Succeeded {
		t.Errorf("%s is %s", subject, got)
	}
}

// TestAtlasDownload has files of a sharded cluster made and their links shown to who asked, a link for each replica set. The bot
// has a service account, whose secret and tokens are nowhere afterwards.
func TestAtlasDownload(t *testing.T) {
	t.Parallel()
	r, atlas, world := withAtlas(t, true)
	p := r.start(t, plain)
	subject, err := r.file(p.ctx, engineer, "atlas/Payments/events-prod latest download")
	must(t, err)
	_, err = r.press(p.ctx, lead, subject, "approve")
	must(t, err)
	call, err := atlas.Await(p.ctx, posted)
	must(t, err)
	want := fmt.Sprintf(`{"deliveryType":"download","snapshotId":%q}`, world.Newest(world.Named("events-prod")).ID)
	if got := string(call.RequestBody); got != want {
		t.Errorf("submitted %s, want %s", got, want)
	}
	must(t, atlas.End(call.Created[0], fakeatlas.Finished))
	must(t, r.direct(p.ctx, subject, "as long as atlas lets them work"))
	_, err = r.press(p.ctx, engineer, subject, "reveal_link")
	must(t, err)
	must(t, r.told(p.ctx, engineer, "file 3 of 3, events-prod-config-0"))
	shown := r.slack.As(engineer).Views()[0].Plain()
	if strings.Count(shown, "https://restore.example.net:27017/") != 3 || !says(shown, "it works until") {
		t.Errorf("the window shows %s", shown)
	}
	p.stop(t)
	for _, file := range []string{p.stdout, p.stderr, r.store} {
		content, err := os.ReadFile(file)
		must(t, err)
		for _, secret := range atlas.Secrets() {
			if strings.Contains(string(content), secret) {
				t.Errorf("%s holds %.8s…", file, secret)
			}
		}
	}
}
