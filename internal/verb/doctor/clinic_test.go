package doctor_test

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"snapback/internal/cli"
	"snapback/internal/config"
	"snapback/internal/outside"
	"snapback/internal/sandbox/fakeatlas"
	"snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
	"snapback/internal/verb/doctor"
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
	status = run(t, &out, &errs, append([]string{"--config", file}, args...)...)
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

// run runs the verb as the program has it, and returns its exit status.
func run(t *testing.T, stdout, stderr io.Writer, args ...string) int {
	t.Helper()
	line := cli.Line{Stdout: stdout, Stderr: stderr}
	line.Verbs = map[string]cli.Verb{"doctor": doctor.Doctor{
		Line: line,
		Load: func(file string) (*config.Config, error) {
			return config.Load(file, func(string) (string, bool) { return "", false }, os.ReadFile)
		},
		Open: func(cfg *config.Config, heard doctor.Heard) (doctor.World, error) {
			w, err := outside.Beside(cfg, os.ReadFile, heard.Clock, line.Quiet())
			if err != nil {
				return nil, err
			}
			w.Release = heard.Release
			return w, nil
		},
	}.Run}
	return line.Run(t.Context(), append([]string{"doctor"}, args...))
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
