package main

import (
	"bufio"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"snapback/internal/cli"
	"snapback/internal/sandbox/fakeatlas"
	"snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
)

// clinic is everything around a doctor: fakes with nothing wrong, and a configuration that fits them.
type clinic struct {
	slack   *fakeslack.Server
	manager *fakeopsmanager.Server
	atlas   *fakeatlas.Server
	at      [3]string // their addresses
	dir     string
	secrets []string
	edits   []string // of the configuration, old and new by turns
}

// edit puts another text in place of one that stands in the configuration.
func (c *clinic) edit(old, text string) { c.edits = append(c.edits, old, text) }

// faulty has every answer of Ops Manager to a path be a fault. The path "" is all.
func (c *clinic) faulty(f fakeopsmanager.Fault, path string) {
	f.Match, f.Times = fakeopsmanager.Match{Path: path, Authorized: true}, fakeopsmanager.Always
	if err := c.manager.Inject(f); err != nil {
		panic(err)
	}
}

const healthy = `
slack: {app_token: xapp-1-canary, bot_token: xoxb-1-canary, api_url: "%SLACK%/api/"}
storage: {path: %DIR%/snapback.db}
listen: ""
backends:
  - {name: om, kind: ops-manager, url: "%MANAGER%", public_key: demoownr, private_key: %KEY%}
  - {name: atlas, kind: atlas, url: "%ATLAS%", client_id: %ACCOUNT%, client_secret: %SECRET%, token_url: "%ATLAS%/api/oauth/token"}
groups:
  dba: {slack_usergroup: S0DBA}
  leads: {users: [U0LEAD1, U0LEAD2]}
policies:
  - {name: all, match: {target: ["*/*/*"]}, channel: C0RESTORES, seats: [{from: dba, count: 2}, {from: leads}]}
`

// workplace is a Slack with all that the configuration names.
func workplace() fakeslack.Workspace {
	return fakeslack.Workspace{
		TeamID: "T0TEAM", AppID: "A0SNAPBACK", BotID: "B0SNAPBACK", BotUserID: "U0SNAPBACK",
		AppToken: "xapp-1-canary", BotToken: "xoxb-1-canary",
		Scopes: []string{"commands", "chat:write", "users:read", "usergroups:read", "channels:read", "groups:read", "im:write"},
		Users: []fakeslack.User{
			{ID: "U0DBA1", Name: "dba-one"},
			{ID: "U0DBA2", Name: "dba-two"},
			{ID: "U0LEAD1", Name: "lead-one"},
			{ID: "U0LEAD2", Name: "lead-two"},
		},
		Usergroups: []fakeslack.Usergroup{{ID: "S0DBA", Handle: "dba", Name: "DBAs", Members: []string{"U0DBA1", "U0DBA2"}}},
		Channels:   []fakeslack.Channel{{ID: "C0RESTORES", Name: "restores", Members: []string{"U0SNAPBACK"}}},
	}
}

// serving serves until the end of the test, and returns the address.
func serving(t *testing.T, serve func(net.Listener) error, end func()) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = serve(l)
	}()
	t.Cleanup(func() {
		end()
		<-served
	})
	return "http://" + l.Addr().String()
}

// examine runs the doctor on what a test has made wrong, and returns its exit status and what it printed. Nothing of that
// may hold a secret.
func examine(t *testing.T, spoil func(*testing.T, *clinic), args ...string) (status int, stdout, stderr string) {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "d") //nolint:usetesting // the test's own folder has too long a name for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	now := time.Now()
	mine, theirs := fakeopsmanager.DemoWorld(now, 1), fakeatlas.DemoWorld(now, 1)
	c := &clinic{
		slack: fakeslack.New(workplace(), fakeslack.Options{}), manager: fakeopsmanager.New(mine, fakeopsmanager.Options{}),
		atlas: fakeatlas.New(theirs, fakeatlas.Options{}), dir: dir,
	}
	c.at = [3]string{
		serving(t, c.slack.Serve, c.slack.Close), serving(t, c.manager.Serve, func() { _ = c.manager.Close() }),
		serving(t, c.atlas.Serve, func() { _ = c.atlas.Close() }),
	}
	account := theirs.Accounts[0]
	c.secrets = []string{"canary", mine.Keys[0].Private, mine.Keys[1].Private, account.Secret, theirs.Keys[1].Private}
	text := strings.NewReplacer(
		"%SLACK%", c.at[0], "%DIR%", dir, "%MANAGER%", c.at[1], "%KEY%", mine.Keys[0].Private,
		"%ATLAS%", c.at[2], "%ACCOUNT%", account.ID, "%SECRET%", account.Secret,
	).Replace(healthy)
	spoil(t, c)
	for i := 0; i < len(c.edits); i += 2 {
		if !strings.Contains(text, c.edits[i]) {
			t.Fatalf("the configuration has no %q", c.edits[i])
		}
		text = strings.ReplaceAll(text, c.edits[i], c.edits[i+1])
	}
	file := filepath.Join(dir, "snapback.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs strings.Builder
	status = newProcess(nil, &out, &errs).Run(t.Context(), append([]string{"doctor", "--config", file}, args...))
	for _, s := range c.secrets {
		if strings.Contains(out.String()+errs.String(), s) {
			t.Errorf("a secret is in\n%s%s", out.String(), errs.String())
		}
	}
	for _, call := range c.slack.Calls() {
		if strings.HasPrefix(call.Method, "chat.") {
			t.Errorf("%s was called", call.Method)
		}
	}
	for _, call := range append(c.manager.Calls(), c.atlas.Calls()...) {
		if len(call.Created) > 0 {
			t.Errorf("%s %s made something", call.Method, call.Target)
		}
	}
	return status, out.String(), errs.String()
}

func TestDoctorFindsNothing(t *testing.T) {
	t.Parallel()
	status, out, errs := examine(t, func(*testing.T, *clinic) {})
	if status != cli.OK || errs != "" {
		t.Errorf("status %d, %s", status, errs)
	}
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "fine ") {
			t.Errorf("%s", line)
		}
	}
	for _, about := range []string{
		"slack app token", "slack bot token", "slack scopes", "channel C0RESTORES (policy all)", "group dba", "group leads",
		"backend om: It answers, version 8.0.13.500", "backend om: In project Payments snapshots", "backend atlas: It answers. Clusters: 8, in 2",
		"backend atlas: In project Payments snapshots and jobs can be read.", "clock", "store",
	} {
		if !strings.Contains(out, " "+about) {
			t.Errorf("nothing about %q in\n%s", about, out)
		}
	}
}

// TestDoctorForMachines reads findings as JSON.
func TestDoctorForMachines(t *testing.T) {
	t.Parallel()
	status, out, errs := examine(t, func(_ *testing.T, c *clinic) {
		c.slack.PutChannel(fakeslack.Channel{ID: "C0RESTORES", Name: "restores"})
	}, "--json")
	if status != cli.Failure || !strings.Contains(errs, "something is wrong: 1 of ") {
		t.Errorf("status %d, %s", status, errs)
	}
	levels := map[string]int{}
	lines := bufio.NewScanner(strings.NewReader(out))
	for lines.Scan() {
		var f struct{ Level, About, What, Do string }
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil || f.About == "" || f.What == "" || f.Level == "wrong" && f.Do == "" {
			t.Errorf("%s: %v", lines.Text(), err)
		}
		levels[f.Level]++
	}
	if levels["wrong"] != 1 || levels["fine"] < 8 || len(levels) != 2 {
		t.Errorf("levels %v", levels)
	}
}

// ailment is something wrong, and what the doctor has to say about it, as parts of one line.
type ailment struct {
	spoil func(*testing.T, *clinic)
	want  []string
	fine  bool // it is a warning only
}

func diagnose(t *testing.T, ailments map[string]ailment) {
	t.Helper()
	for name, a := range ailments {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, out, errs := examine(t, a.spoil)
			want, level := cli.Failure, "wrong "
			if a.fine {
				want, level = cli.OK, "warning "
			}
			if status != want {
				t.Errorf("status %d, want %d: %s", status, want, errs)
			}
			for line := range strings.Lines(out) {
				if strings.HasPrefix(line, level) && has(line, a.want) {
					return
				}
			}
			t.Errorf("no line is %q with all of %q:\n%s%s", level, a.want, out, errs)
		})
	}
}

func has(line string, parts []string) bool {
	for _, p := range parts {
		if !strings.Contains(line, p) {
			return false
		}
	}
	return true
}

func TestDoctorKnowsSlack(t *testing.T) {
	t.Parallel()
	channel := func(ch fakeslack.Channel) func(*testing.T, *clinic) {
		return func(_ *testing.T, c *clinic) {
			ch.ID, ch.Name = "C0RESTORES", "restores"
			c.slack.PutChannel(ch)
		}
	}
	lead := func(u fakeslack.User) func(*testing.T, *clinic) {
		return func(_ *testing.T, c *clinic) {
			u.ID, u.Name = "U0LEAD2", "lead-two"
			c.slack.PutUser(u)
		}
	}
	diagnose(t, map[string]ailment{
		"bot token": {want: []string{"slack bot token: ", "invalid_auth", "Copy it again", "slack.bot_token"}, spoil: func(_ *testing.T, c *clinic) {
			c.edit("xoxb-1-canary", "xoxb-2-canary")
		}},
		"app token": {want: []string{"slack app token: ", "invalid_auth", "Copy it again", "slack.app_token"}, spoil: func(_ *testing.T, c *clinic) {
			c.edit("xapp-1-canary", "xapp-2-canary")
		}},
		"app token's scope": {want: []string{"slack app token: ", "missing_scope", "connections:write"}, spoil: func(_ *testing.T, c *clinic) {
			c.slack.SetAppScopes([]string{})
		}},
		"revoked": {want: []string{"slack bot token: ", "token_revoked", "install the app again"}, spoil: func(_ *testing.T, c *clinic) {
			c.slack.RevokeToken("xoxb-1-canary", "token_revoked")
		}},
		"account": {want: []string{"slack bot token: ", "account_inactive", "install the app again"}, spoil: func(_ *testing.T, c *clinic) {
			c.slack.RevokeToken("xoxb-1-canary", "account_inactive")
		}},
		"a scope": {want: []string{"slack scopes: ", "lacks im:write, usergroups:read.", "manifest.yaml"}, spoil: func(_ *testing.T, c *clinic) {
			c.slack.SetScopes([]string{"commands", "chat:write", "users:read", "channels:read", "groups:read"})
		}},
		"a scope to look": {want: []string{"group dba: ", "missing_scope", "manifest.yaml"}, spoil: func(_ *testing.T, c *clinic) {
			c.slack.SetScopes([]string{"commands", "chat:write", "users:read", "channels:read", "groups:read"})
		}},
		"not in the channel": {want: []string{"channel C0RESTORES (policy all): ", "not_in_channel", "/invite @Snapback"}, spoil: channel(fakeslack.Channel{})},
		"archived": {want: []string{"channel C0RESTORES (policy all): ", "is_archived", "archive"}, spoil: channel(fakeslack.Channel{
			Members: []string{"U0SNAPBACK"}, Archived: true,
		})},
		"shared": {want: []string{"channel C0RESTORES (policy all): ", "is_ext_shared", "another channel"}, spoil: channel(fakeslack.Channel{
			Members: []string{"U0SNAPBACK"}, IsExtShared: true,
		})},
		"no channel": {want: []string{"channel C0OTHER (policy all): ", "channel_not_found", "Check the id"}, spoil: func(_ *testing.T, c *clinic) {
			c.edit("C0RESTORES", "C0OTHER")
		}},
		"no group": {want: []string{"group dba: ", "no user group S0OTHER", "Check its id"}, spoil: func(_ *testing.T, c *clinic) {
			c.edit("S0DBA", "S0OTHER")
		}},
		"empty group": {want: []string{"group dba: ", "Nobody is in", "Add people"}, spoil: func(_ *testing.T, c *clinic) {
			c.slack.PutUsergroup(fakeslack.Usergroup{ID: "S0DBA", Handle: "dba", Name: "DBAs"})
		}},
		"too small a group": {want: []string{"policy all: ", "too few people in dba", "Add people"}, spoil: func(_ *testing.T, c *clinic) {
			c.slack.PutUsergroup(fakeslack.Usergroup{ID: "S0DBA", Handle: "dba", Name: "DBAs", Members: []string{"U0DBA1"}})
		}},
		"nobody":      {want: []string{"group leads: ", "U0OTHER", "user_not_found", "somebody else"}, spoil: func(_ *testing.T, c *clinic) { c.edit("U0LEAD2", "U0OTHER") }},
		"left":        {want: []string{"group leads: ", "U0LEAD2 is deactivated", "somebody else"}, spoil: lead(fakeslack.User{Deleted: true})},
		"guest":       {want: []string{"group leads: ", "U0LEAD2 is a guest", "somebody else"}, spoil: lead(fakeslack.User{IsRestricted: true})},
		"bot":         {want: []string{"group leads: ", "U0LEAD2 is a bot", "somebody else"}, spoil: lead(fakeslack.User{IsBot: true})},
		"unreachable": {want: []string{"slack bot token: ", "cannot be reached at 127.0.0.1:1 ", "HTTPS_PROXY"}, spoil: func(_ *testing.T, c *clinic) { c.edit(c.at[0], "http://127.0.0.1:1") }},
		"trouble": {want: []string{"slack bot token: ", "server_error", "Try again"}, spoil: func(_ *testing.T, c *clinic) {
			c.slack.Inject(fakeslack.Fault{Method: "auth.test", Status: http.StatusBadGateway})
		}},
		"clock": {want: []string{"clock: ", "That of slack is ", " ahead of the one here, more than 1m0s,", "Set the clock"}, spoil: func(_ *testing.T, c *clinic) {
			c.slack.SetDateSkew(10 * time.Minute)
		}},
	})
}

func TestDoctorKnowsOpsManager(t *testing.T) {
	t.Parallel()
	om := func(kind fakeopsmanager.Fault, path string) func(*testing.T, *clinic) {
		return func(_ *testing.T, c *clinic) { c.faulty(kind, path) }
	}
	diagnose(t, map[string]ailment{
		"401": {want: []string{"backend om: ", "401", "Check public_key and private_key"}, spoil: func(_ *testing.T, c *clinic) {
			c.edit("demoownr", "demonone")
		}},
		"access list": {
			want:  []string{"backend om: ", "there known as 127.0.0.1,", "403 IP_ADDRESS_NOT_ON_ACCESS_LIST", "Put it on the access list"},
			spoil: om(fakeopsmanager.Fault{Kind: fakeopsmanager.AccessList}, ""),
		},
		"role": {
			want:  []string{"backend om: ", "The snapshots of om/Analytics/", "403 USER_UNAUTHORIZED", "Project Backup Admin"},
			spoil: om(fakeopsmanager.Fault{Kind: fakeopsmanager.Failure, Status: 403, Code: "USER_UNAUTHORIZED"}, "/groups/*/clusters/*/snapshots"),
		},
		"role for jobs": {
			want:  []string{"backend om: ", "The restore jobs of om/Payments/", "403 USER_UNAUTHORIZED", "Project Backup Admin"},
			spoil: om(fakeopsmanager.Fault{Kind: fakeopsmanager.Failure, Status: 403, Code: "USER_UNAUTHORIZED"}, "/groups/*/clusters/*/restoreJobs"),
		},
		"gateway":    {want: []string{"backend om: ", "Something else than the API answers (403)", "Check url"}, spoil: om(fakeopsmanager.Fault{Kind: fakeopsmanager.HTML}, "")},
		"redirect":   {want: []string{"backend om: ", "redirects to om.example.net", "not followed"}, spoil: om(fakeopsmanager.Fault{Kind: fakeopsmanager.Redirect, Location: "https://om.example.net/"}, "")},
		"trouble":    {want: []string{"backend om: ", "500 UNEXPECTED_ERROR", "Try again later"}, spoil: om(fakeopsmanager.Fault{Kind: fakeopsmanager.Failure}, "")},
		"rate limit": {want: []string{"backend om: ", "429 RATE_LIMITED", "Try again later"}, spoil: om(fakeopsmanager.Fault{Kind: fakeopsmanager.RateLimit, RetryAfter: time.Hour}, "")},
		"refused":    {want: []string{"backend om: ", "Nothing takes connections there", "connection refused", "host and port of url"}, spoil: func(_ *testing.T, c *clinic) { c.edit(c.at[1], "http://127.0.0.1:1") }},
		"certificate": {want: []string{"backend om: ", "certificate that it shows is not trusted", "ca_file"}, spoil: func(t *testing.T, c *clinic) {
			t.Helper()
			s := httptest.NewUnstartedServer(c.manager)
			s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
			s.StartTLS()
			t.Cleanup(s.Close)
			c.edit(c.at[1], s.URL)
		}},
		"clock": {want: []string{"clock: ", "That of om is ", " behind the one here", "nothing would be submitted", "Set the clock"}, spoil: om(
			fakeopsmanager.Fault{Kind: fakeopsmanager.DateSkew, Skew: -10 * time.Minute}, "")},
		"old server": {fine: true, want: []string{"backend om: ", "In project Payments it does not tell which times can be restored", "role that reads them"}, spoil: om(
			fakeopsmanager.Fault{Kind: fakeopsmanager.Failure, Status: 404, Code: "RESOURCE_NOT_FOUND"}, "/groups/*/clusters/*/restoreJobs/restorableTimeRanges")},
		"no automation": {fine: true, want: []string{"backend om: ", "does not tell how far the agents are", "role"}, spoil: om(
			fakeopsmanager.Fault{Kind: fakeopsmanager.Failure, Status: 403, Code: "USER_UNAUTHORIZED"}, "/groups/*/automationStatus")},
		"no project": {want: []string{"backend om: ", "no cluster in the project Paymets", "Check the name"}, spoil: func(_ *testing.T, c *clinic) {
			c.edit("public_key: demoownr", "public_key: demoownr, projects: [Payments, Paymets]")
		}},
	})
}

func TestDoctorKnowsAtlas(t *testing.T) {
	t.Parallel()
	fault := func(f fakeatlas.Fault) func(*testing.T, *clinic) {
		return func(t *testing.T, c *clinic) {
			t.Helper()
			f.Times = fakeatlas.Always
			if err := c.atlas.Inject(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	diagnose(t, map[string]ailment{
		"account": {want: []string{"backend atlas: ", "gets no token (no token: 401", "client_secret"}, spoil: func(_ *testing.T, c *clinic) {
			c.edit("client_secret: mdb_sa_sk_", "client_secret: canary_")
		}},
		"401": {want: []string{"backend atlas: ", "401", "client_id and client_secret"}, spoil: fault(fakeatlas.Fault{
			Kind: fakeatlas.Unauthorized, Match: fakeatlas.Match{Path: "/groups"},
		})},
		"access list": {want: []string{"backend atlas: ", "403 IP_ADDRESS_NOT_ON_ACCESS_LIST", "Put it on the access list"}, spoil: fault(fakeatlas.Fault{
			Kind: fakeatlas.AccessList, Match: fakeatlas.Match{Path: "/groups"},
		})},
		"role": {want: []string{"backend atlas: ", "The restore jobs of atlas/Analytics/reports-prod cannot be read.", "403", "Project Backup Manager"}, spoil: fault(fakeatlas.Fault{
			Kind: fakeatlas.Failure, Status: 403, Code: "USER_UNAUTHORIZED", Match: fakeatlas.Listings(),
		})},
		"clock": {want: []string{"clock: ", "That of atlas is ", " ahead of", "Set the clock"}, spoil: fault(fakeatlas.Fault{
			Kind: fakeatlas.DateSkew, Skew: 10 * time.Minute,
		})},
	})
}
