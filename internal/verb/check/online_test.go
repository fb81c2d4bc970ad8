package check_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"snapback/internal/cli"
	"snapback/internal/config"
	"snapback/internal/mongodb/atlas"
	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeatlas"
	"snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/pipenet"
	"snapback/internal/verb/check"
)

// site is what a configuration leads to: an Ops Manager and an Atlas, in a bubble.
type site struct {
	manager *fakeopsmanager.Server
	atlas   *fakeatlas.Server
	ways    map[string]rest.Dial
	mine    fakeopsmanager.APIKey
	theirs  fakeatlas.APIKey
}

func open(t *testing.T) *site {
	t.Helper()
	mine, theirs := fakeopsmanager.DemoWorld(time.Now(), 1), fakeatlas.DemoWorld(time.Now(), 1)
	s := &site{
		manager: fakeopsmanager.New(mine, fakeopsmanager.Options{}), atlas: fakeatlas.New(theirs, fakeatlas.Options{}),
		ways: map[string]rest.Dial{}, mine: mine.Keys[0], theirs: theirs.Keys[0],
	}
	s.serve(t, "om", s.manager.Serve, s.manager.Close)
	s.serve(t, "atlas", s.atlas.Serve, s.atlas.Close)
	return s
}

func (s *site) serve(t *testing.T, name string, serve func(net.Listener) error, end func() error) {
	t.Helper()
	l := pipenet.Listen()
	s.ways[name] = l.DialContext
	served := make(chan error, 1)
	go func() { served <- serve(l) }()
	synctest.Wait()
	t.Cleanup(func() {
		if err := errors.Join(end(), <-served); err != nil {
			t.Error(err)
		}
	})
}

func (s *site) backends(*config.Config) ([]restore.Backend, error) {
	log := slog.New(slog.DiscardHandler)
	key, err := rest.NewCredential(rest.Fixed(s.mine.Public), rest.Fixed(s.mine.Private), log)
	other, wrong := rest.NewCredential(rest.Fixed(s.theirs.Public), rest.Fixed(s.theirs.Private), log)
	if err := errors.Join(err, wrong); err != nil {
		return nil, err
	}
	om, err := opsmanager.New(opsmanager.Options{Name: "om", URL: "http://127.0.0.1", Credential: key, Dial: s.ways["om"], Logger: log})
	cloud, wrong := atlas.New(atlas.Options{Name: "atlas", URL: "http://127.0.0.1", Credential: other, Dial: s.ways["atlas"], Logger: log})
	return []restore.Backend{om, cloud}, errors.Join(err, wrong)
}

// check runs the verb on policies, and returns the exit status and what it printed.
func (s *site) check(t *testing.T, policies string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	const head = `
slack: {app_token: xapp-1-a, bot_token: xoxb-1-b}
storage: {path: snapback.db}
listen: ""
backends:
  - {name: om, kind: ops-manager, url: "http://127.0.0.1", public_key: a, private_key: b}
  - {name: atlas, kind: atlas, url: "http://127.0.0.1", public_key: a, private_key: b}
groups: {leads: {users: [U0LEAD1, U0LEAD2]}}
policies:
`
	var out, errs strings.Builder
	line := cli.Line{Stdout: &out, Stderr: &errs}
	line.Verbs = map[string]cli.Verb{"check": check.Check{
		Line: line, Backends: s.backends,
		Load: func(file string) (*config.Config, error) {
			return config.Load(file, func(string) (string, bool) { return "", false }, func(string) ([]byte, error) { return []byte(head + policies), nil })
		},
	}.Run}
	status = line.Run(t.Context(), append([]string{"check"}, args...))
	return status, out.String(), errs.String()
}

func policy(match string) string {
	return "  - {name: one, match: " + match + ", channel: C0RESTORES, seats: [{from: leads}]}\n"
}

// TestPatternsOnline has patterns fit clusters of each backend, or none.
func TestPatternsOnline(t *testing.T) {
	const none = "matches nothing: none of the 15 clusters that the backends show fits"
	for match, want := range map[string][]string{
		`{target: ["*/*/*"]}`:           nil,
		`{target: ["om/Payments/*"]}`:   nil,
		`{target: ["atlas/Pay*/tiny"]}`: nil,
		`{source: ["atlas/Payments/o?ders-prod"], target: ["atlas/*/reports-prod"]}`: nil,
		`{target: ["atlas/Paymets/*"]}`:                                              {`policies.match.target: "atlas/Paymets/*" ` + none},
		`{source: ["om/*/nothing", "om/*/*prod"], target: ["*/*/nothing"]}`: {
			`policies.match.source: "om/*/nothing" ` + none, `policies.match.target: "*/*/nothing" ` + none,
		},
	} {
		t.Run(match, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				status, out, errs := open(t).check(t, policy(match), "--online", "--json")
				var doc struct {
					Fine               bool
					Problems, Warnings []struct{ Text string }
				}
				if err := json.Unmarshal([]byte(out), &doc); err != nil || status != cli.OK || errs != "" || !doc.Fine || len(doc.Problems) > 0 {
					t.Fatalf("status %d, %s %s, %v", status, out, errs, err)
				}
				var got []string
				for _, w := range doc.Warnings {
					got = append(got, w.Text)
				}
				if !slices.Equal(got, want) {
					t.Errorf("warnings %q, want %q", got, want)
				}
			})
		})
	}
}

// TestSilentBackendsOnline has a backend hang or refuse: it is named, patterns that can mean its clusters are not judged, the others
// are, and there is an end to waiting.
func TestSilentBackendsOnline(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(*site) error
		says  string
	}{
		"hangs": {func(s *site) error {
			return s.manager.Inject(fakeopsmanager.Fault{Kind: fakeopsmanager.Hang, Times: fakeopsmanager.Always})
		}, "context deadline exceeded"},
		"access list": {func(s *site) error {
			return s.manager.Inject(fakeopsmanager.Fault{Kind: fakeopsmanager.AccessList, Times: fakeopsmanager.Always})
		}, "IP_ADDRESS_NOT_ON_ACCESS_LIST"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := open(t)
				if err := tt.spoil(s); err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				status, out, errs := s.check(t, policy(`{target: ["om/nothing/*", "*/nothing/*", "atlas/nothing/*"]}`), "--online")
				if status != cli.OK || errs != "" || time.Since(start) > 3*time.Minute {
					t.Errorf("status %d after %s: %s", status, time.Since(start), errs)
				}
				var lines []string
				for line := range strings.Lines(out) {
					if !strings.Contains(line, "has no effect") {
						lines = append(lines, line)
					}
				}
				if len(lines) != 3 || !strings.Contains(lines[0], "backend om could not be asked") || !strings.Contains(lines[0], tt.says) ||
					!strings.Contains(lines[1], `"atlas/nothing/*" matches nothing: none of the 8 clusters`) || lines[2] != "snapback.yaml: fine\n" {
					t.Errorf("it says\n%s", out)
				}
			})
		})
	}
}

// TestExitStatus has configurations that are fine, doubtful and wrong.
func TestExitStatus(t *testing.T) {
	for name, tt := range map[string]struct {
		policies string
		args     []string
		status   int
		out      string // a part of it
		errs     string
	}{
		"fine":      {policy(`{target: ["*/*/*"]}`), nil, cli.OK, "snapback.yaml: fine\n", ""},
		"doubtful":  {policy(`{source: ["om/a/*"], target: ["atlas/a/*"]}`), nil, cli.OK, `never matches: its sources are in other systems`, ""},
		"never":     {policy(`{target: ["*/*/*"]}`) + strings.Replace(policy(`{target: ["om/*/*"]}`), "one", "two", 1), nil, cli.OK, `"two" never decides: "one" comes first`, ""},
		"unfilled":  {"  - {name: one, match: {target: [\"*/*/*\"]}, channel: C0R, seats: [{from: leads, count: 3}]}\n", nil, cli.Usage, "", "can never be filled: too few people in leads"},
		"requester": {"  - {name: one, match: {target: [\"*/*/*\"], requesters: [leads]}, channel: C0R, seats: [{from: leads, count: 2}]}\n", nil, cli.Usage, "", "nobody who may ask leaves enough people to fill them"},
		"schema":    {"  - {name: one, match: {target: [\"*/*\"]}, channel: C0R, favorite: red}\n", []string{"--json"}, cli.Usage, `"fine":false,"problems":[{"file":"snapback.yaml","line":10,`, "unknown key"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				status, out, errs := open(t).check(t, tt.policies, tt.args...)
				if status != tt.status || !strings.Contains(out, tt.out) || !strings.Contains(errs, tt.errs) || (out == "") != (tt.out == "") || (errs == "") != (tt.errs == "") {
					t.Errorf("status %d, printed %q and %q", status, out, errs)
				}
			})
		})
	}
}
