package e2e

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
)

// The workspace: who is in it, and where cards are posted.
const (
	restores = "C0RESTORES" // of policies payments and scratch
	ledgers  = "C0LEDGERS"  // of policy ledgers
	command  = "/restore"
	engineer = "U0ENGINEER"
	dba      = "U0DBA1"
	lead     = "U0LEAD1"
	leadTwo  = "U0LEAD2"
	outsider = "U0OUTSIDER"
	botUser  = "U0SNAPBACK"

	appToken = "xapp-1-canary-app-level-token"
	botToken = "xoxb-1-canary-bot-token"

	connections = 2
	// patience only bounds hangs.
	patience = 4 * time.Minute
)

// rig is a world for one bot: its Slack, its Ops Manager, its configuration and its store.
type rig struct {
	ctx      context.Context // bounds everything that the test waits for
	slack    *fakeslack.Server
	manager  *fakeopsmanager.Server
	world    fakeopsmanager.World // what the manager knew at first
	dir      string
	config   string   // file
	store    string   // file
	pages    string   // http://host:port of metrics and health
	flags    []string // of the next process, besides the usual ones
	launched int
}

// options change a rig. The zero value is what most tests want.
type options struct {
	jobs    time.Duration                   // how long restores take; a tenth of a second if zero
	scopes  []string                        // besides the usual ones
	around  func(http.Handler) http.Handler // goes before Ops Manager
	traffic bool                            // record what Ops Manager hears and says
	rules   string                          // groups, policies and timings instead of the usual ones
	// shape changes the workspace, the clusters and how Ops Manager behaves before anything starts.
	shape func(*fakeslack.Workspace, *fakeopsmanager.World, *fakeopsmanager.Options)
}

func newRig(t *testing.T, o options) *rig {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
	t.Cleanup(cancel)
	dir := t.TempDir()
	if o.jobs == 0 {
		o.jobs = 100 * time.Millisecond
	}
	team, world := workspace(o.scopes), fakeopsmanager.DemoWorld(time.Now(), 1)
	manner := fakeopsmanager.Options{Seed: 1, JobDuration: o.jobs, RecordTraffic: o.traffic}
	if o.shape != nil {
		o.shape(&team, &world, &manner)
	}
	r := &rig{
		ctx: ctx, world: world, dir: dir, config: filepath.Join(dir, "snapback.yaml"), store: filepath.Join(dir, "snapback.db"),
		slack: fakeslack.New(team, fakeslack.Options{}), manager: fakeopsmanager.New(world, manner),
	}
	t.Cleanup(r.slack.Close)
	t.Cleanup(func() { _ = r.manager.Close() })
	slackURL := serve(t, r.slack.Serve)
	managerURL := serve(t, func(l net.Listener) error {
		if o.around == nil {
			return r.manager.Serve(l)
		}
		server := &http.Server{Handler: o.around(r.manager), ReadHeaderTimeout: patience}
		t.Cleanup(func() { _ = server.Close() })
		return server.Serve(l)
	})
	host := freePort(t)
	r.pages = "http://" + host
	for name, secret := range map[string]string{
		"app-token": appToken, "bot-token": botToken,
		"public-key": world.Keys[0].Public, "private-key": world.Keys[0].Private,
	} {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(secret+"\n"), 0o600))
	}
	must(t, os.WriteFile(r.config, []byte(configuration(slackURL, managerURL, host, dir)+cmp.Or(o.rules, rules)), 0o600))
	return r
}

// serve puts a fake on a loopback address of its own and returns its URL.
func serve(t *testing.T, on func(net.Listener) error) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	go func() { _ = on(l) }()
	return "http://" + l.Addr().String()
}

// lastPort is the port that was given away last. It stays below those that systems give to outgoing connections.
var lastPort atomic.Uint32

func freePort(t *testing.T) string {
	t.Helper()
	for range 1000 {
		port := 20000 + (uint32(os.Getpid())*37+lastPort.Add(1))%12000
		address := fmt.Sprintf("127.0.0.1:%d", port)
		if l, err := net.Listen("tcp", address); err == nil {
			must(t, l.Close())
			return address
		}
	}
	t.Fatal("no free port")
	return ""
}

func workspace(scopes []string) fakeslack.Workspace {
	users := []fakeslack.User{
		{ID: engineer, Name: "engineer", RealName: "Engineer", TZ: "Europe/Berlin"},
		{ID: dba, Name: "dba-one", RealName: "DBA One", TZ: "Europe/Berlin"},
		{ID: "U0DBA2", Name: "dba-two", RealName: "DBA Two", TZ: "America/New_York"},
		{ID: lead, Name: "lead-one", RealName: "Lead One", TZ: "Europe/London"},
		{ID: leadTwo, Name: "lead-two", RealName: "Lead Two", TZ: "Asia/Tokyo"},
		{ID: outsider, Name: "outsider", RealName: "Outsider", TZ: "Europe/Berlin"},
	}
	members := []string{botUser}
	for _, u := range users {
		members = append(members, u.ID)
	}
	return fakeslack.Workspace{
		TeamID: "T0TEAM", Domain: "example", Name: "Example", AppID: "A0SNAPBACK", BotID: "B0SNAPBACK", BotUserID: botUser,
		AppToken: appToken, BotToken: botToken,
		Scopes: append([]string{
			"commands", "chat:write", "users:read", "usergroups:read", "channels:read", "groups:read", "im:write",
		}, scopes...),
		Commands:   []fakeslack.Command{{Name: command, Escape: true}},
		Users:      users,
		Usergroups: []fakeslack.Usergroup{{ID: "S0DBA", Handle: "dba", Name: "DBAs", Members: []string{dba, "U0DBA2"}}},
		Channels: []fakeslack.Channel{
			{ID: restores, Name: "restores", Members: members},
			{ID: ledgers, Name: "ledgers", Members: members},
		},
	}
}

// cluster returns a cluster of Ops Manager's by its name.
func (r *rig) cluster(t *testing.T, name string) fakeopsmanager.Cluster {
	t.Helper()
	for _, c := range r.world.Clusters {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no cluster %s", name)
	return fakeopsmanager.Cluster{}
}

// latest returns the id of a cluster's newest complete snapshot.
func (r *rig) latest(t *testing.T, cluster string) string {
	t.Helper()
	id, newest := r.cluster(t, cluster).ID, fakeopsmanager.Snapshot{}
	for _, s := range r.world.Snapshots {
		if s.ClusterID == id && s.Complete && s.Created.Time.After(newest.Created.Time) {
			newest = s
		}
	}
	return newest.ID
}

// configuration is what a team would write, but for the rules.
func configuration(slackURL, managerURL, listen, dir string) string {
	return fmt.Sprintf(`slack:
  app_token_file: %[4]s/app-token
  bot_token_file: %[4]s/bot-token
  api_url: %[1]s/api/
  command: /restore
  connections: %[5]d
storage: {path: %[4]s/snapback.db}
listen: %[3]s
backends:
  - name: om
    kind: ops-manager
    url: %[2]s
    public_key_file: %[4]s/public-key
    private_key_file: %[4]s/private-key
    poll: 100ms
`, slackURL, managerURL, listen, dir, connections)
}

// rules are the usual groups, policies and waits.
const rules = `groups:
  dba:   {slack_usergroup: S0DBA}
  leads: {users: [U0LEAD1, U0LEAD2]}
policies:
  - name: ledgers
    match: {source: ["om/*/ledger-*"]}
    channel: C0LEDGERS
    seats: [{from: leads}]
  - name: scratch
    match: {target: ["om/*/scratch-*"]}
    channel: C0RESTORES
    seats: [{from: leads}]
    confirm: dialog
    expires_after: 2s
  - name: payments
    match: {target: ["om/Payments/*"]}
    channel: C0RESTORES
    seats: [{from: dba}, {from: leads}]
    confirm: target-name
    reason: {required: true}
timings: {grace: 1s, retry_max: 1s, post_timeout: 4s, settle: 1s}
`

// page reads one of the bot's own pages.
func (r *rig) page(ctx context.Context, path string) (status int, body string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.pages+path, nil)
	if err != nil {
		return 0, "", err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), err
}

// awaitPage looks at a page until it is as it should be: nothing tells when a page of another process changes.
func (r *rig) awaitPage(ctx context.Context, path string, ok func(status int, body string) bool) error {
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		status, body, err := r.page(ctx, path)
		if err == nil && ok(status, body) {
			return nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return fmt.Errorf("%s: %w: %d %s, %w", path, context.Cause(ctx), status, body, err)
		}
	}
}

// concurrently runs a subtest for each item, some of them at the same time: most of their time they wait. Package
// testing's own limit is the number of processors.
func concurrently[T any](t *testing.T, items []T, name func(T) string, run func(*testing.T, T)) {
	t.Helper()
	const atOnce = 8
	var running sync.WaitGroup
	free := make(chan struct{}, atOnce)
	for _, item := range items {
		free <- struct{}{}
		running.Go(func() {
			defer func() { <-free }()
			t.Run(name(item), func(t *testing.T) { run(t, item) })
		})
	}
	running.Wait()
}
