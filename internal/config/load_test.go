package config

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// base is a right file; tests change it.
const base = `slack:
  app_token: ${APP}
  bot_token: ${BOT}
backends:
  - name: om
    kind: ops-manager
    url: https://om.example.net:8443
    public_key: ${OM_PUBLIC}
    private_key: ${OM_PRIVATE}
groups:
  dba: {slack_usergroup: S0DBA}
  leads: {users: [U0LEAD1, U0LEAD2]}
policies:
  - name: production
    match: {target: ["*/prod/*", "om/Payments/orders-*"]}
    channel: C0RESTORES
    seats: [{from: dba}, {from: leads}]
`

// Values that no error, warning or print may ever show.
var canaries = map[string]string{
	"APP": "xapp-1-canary-app", "BOT": "xoxb-2-canary-bot", "OM_PUBLIC": "canary-public", "OM_PRIVATE": "canary-private",
}

// world is an environment and the files around the configuration.
type world struct{ env, files map[string]string }

func newWorld(text string) world {
	files := map[string]string{"snapback.yaml": text, "app": " xapp-3-canary-file\n"}
	return world{env: maps.Clone(canaries), files: files}
}

func (w world) load() (*Config, error) { return Load("snapback.yaml", w.getenv, w.readFile) }

func (w world) getenv(name string) (string, bool) {
	v, ok := w.env[name]
	return v, ok
}

func (w world) readFile(name string) ([]byte, error) {
	text, ok := w.files[name]
	switch {
	case name == "locked":
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	case name == "broken":
		return nil, errors.New("read broken: input/output error")
	case !ok:
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return []byte(text), nil
}

// edit puts change in place of old, which must stand there once, or at the end if old is empty.
func edit(t *testing.T, text, old, change string) string {
	t.Helper()
	if old == "" {
		return text + change
	}
	if n := strings.Count(text, old); n != 1 {
		t.Fatalf("%q stands %d times in the file, want once", old, n)
	}
	return strings.Replace(text, old, change, 1)
}

func mustLoad(t *testing.T, w world) *Config {
	t.Helper()
	c, err := w.load()
	if err != nil {
		t.Fatalf("Load:\n%v", err)
	}
	return c
}

func TestDefaults(t *testing.T) {
	c := mustLoad(t, newWorld(base))
	if got, want := c.Timings, (restore.Timings{
		CheckWithin: 15 * time.Minute, Settle: 2 * time.Minute, PostTimeout: time.Minute, StandingAge: time.Minute,
		Grace: 10 * time.Second, GoalState: 30 * time.Minute, JobGone: 10 * time.Minute, Skew: time.Minute, RetryMax: 5 * time.Minute,
		Protected: 24 * time.Hour,
	}); got != want {
		t.Errorf("timings %+v, want %+v", got, want)
	}
	if c.Storage.Path != "snapback.db" || c.Listen != "127.0.0.1:9464" {
		t.Errorf("storage %q, listen %q", c.Storage.Path, c.Listen)
	}
	if s := c.Slack; s.APIURL != "https://slack.com/api/" || s.Command != "/restore" || s.Connections != 2 {
		t.Errorf("slack %+v", s)
	}
	if b := c.Backends[0]; b.Poll != 15*time.Second || b.InsecureHTTP || b.CAFile != "" || len(b.Projects) != 0 {
		t.Errorf("backend %+v", b)
	}
	if p := c.Policies[0].Terms; p.ExpiresAfter != 4*time.Hour || p.SubmitWithin != 24*time.Hour || p.Confirm != "" {
		t.Errorf("terms %+v", p)
	}
	if len(c.Warnings) > 0 {
		t.Errorf("warnings %v", c.Warnings)
	}
}

// full sets everything, with anchors and aliases.
const full = `---
listen: "127.0.0.1:0"
storage: {path: "${DIR}/o$$.db"}
slack:
  app_token_file: app
  bot_token: ${BOT}
  api_url: http://127.0.0.1:8080/api/
  command: /bring-back
  connections: ${CONNECTIONS}
backends:
  - &first
    name: om
    kind: ops-manager
    url: http://om.example.net/om
    ca_file: ca.pem
    insecure_http: true
    public_key: ${OM_PUBLIC}
    private_key: ${OM_PRIVATE}
    projects: &projects [Payments, "5f0000000000000000000000"]
    poll: 250ms
  - name: second
    kind: ops-manager
    url: https://[::1]:8443
    public_key: ${OM_PUBLIC}
    private_key: ${OM_PRIVATE}
    projects: *projects
  - {name: cm, kind: cloud-manager, public_key: "${OM_PUBLIC}", private_key: "${OM_PRIVATE}"}
  - {name: atlas, kind: atlas, public_key: "${OM_PUBLIC}", private_key: "${OM_PRIVATE}"}
  - {name: account, kind: atlas, client_id: "${OM_PUBLIC}", client_secret: "${OM_PRIVATE}"}
  - {name: gov, kind: atlas, url: "https://cloud.mongodbgov.com/", client_id: "${OM_PUBLIC}", client_secret: "${OM_PRIVATE}"}
  - {name: other, kind: cloud-manager, client_id: "${OM_PUBLIC}", client_secret: "${OM_PRIVATE}", token_url: "https://tokens.example.net/t"}
groups:
  dba: {slack_usergroup: S0DBA}
  leads: {users: [U0LEAD1, U0LEAD2, W0LEAD3]}
policies:
  - name: production
    match: {source: ["om/*/*"], target: ['*/pr\/od/*'], delivery: [automated], requesters: [dba, leads]}
    channel: G0RESTORES
    seats: &seats [{from: dba}, {from: leads, count: 2}]
    confirm: target-name
    reason: {required: true, ticket: "[A-Z]+-[0-9]+$$"}
    expires_after: 90m
    submit_within: 720h
  - name: rest
    match:
      source:
        - "*/*/*"
    channel: C0REST
    seats: *seats
    confirm: dialog
timings: {check_within: 1m, settle: 5ms, post_timeout: 2s, standing_age: 3s, grace: 4s, goal_state: 8s, job_gone: 5s, skew: 6s, retry_max: 7s, protected: 9s}
`

func TestEverySetting(t *testing.T) {
	w := newWorld(full)
	// What a variable holds is never read as YAML, nor looked through for more variables.
	w.env["CONNECTIONS"], w.env["DIR"] = "10", "a: {b, ${APP} #"
	w.files["ca.pem"] = certificate(t)
	c := mustLoad(t, w)
	if c.Listen != "127.0.0.1:0" || c.Storage.Path != "a: {b, ${APP} #/o$.db" {
		t.Errorf("listen %q, storage %q", c.Listen, c.Storage.Path)
	}
	if s := c.Slack; s.AppToken.File != "app" || s.AppToken.Value.Reveal() != "" ||
		s.BotToken.Value.Reveal() != canaries["BOT"] || s.APIURL != "http://127.0.0.1:8080/api/" ||
		s.Command != "/bring-back" || s.Connections != 10 {
		t.Errorf("slack %+v", s)
	}
	b := c.Backends[0]
	if b.Name != "om" || b.Kind != restore.OpsManager || b.URL != "http://om.example.net/om" || !b.InsecureHTTP || b.CAFile != "ca.pem" ||
		b.PublicKey.Value.Reveal() != canaries["OM_PUBLIC"] || b.PrivateKey.Value.Reveal() != canaries["OM_PRIVATE"] ||
		b.Poll != 250*time.Millisecond {
		t.Errorf("backend %+v", b)
	}
	if p := c.Backends[1].Projects; !slices.Equal(p, []string{"Payments", "5f0000000000000000000000"}) {
		t.Errorf("projects of the alias: %q", p)
	}
	if cm := c.Backends[2]; cm.Kind != restore.CloudManager || cm.URL != "https://cloud.mongodb.com" || cm.Poll != 15*time.Second {
		t.Errorf("backend %+v", cm)
	}
	for i, want := range []string{"https://cloud.mongodb.com/api/oauth/token", "https://cloud.mongodbgov.com/api/oauth/token", "https://tokens.example.net/t"} {
		b := c.Backends[4+i]
		if b.TokenURL != want || b.ClientID.Value.Reveal() != canaries["OM_PUBLIC"] || b.ClientSecret.Value.Reveal() != canaries["OM_PRIVATE"] || b.PublicKey.Value.Reveal() != "" {
			t.Errorf("backend %+v, want tokens of %s", b, want)
		}
	}
	if a := c.Backends[3]; a.Kind != restore.Atlas || a.URL != "https://cloud.mongodb.com" || a.TokenURL != "" {
		t.Errorf("backend %+v", a)
	}
	want := map[string]Group{
		"dba": {SlackUsergroup: "S0DBA"}, "leads": {Users: []string{"U0LEAD1", "U0LEAD2", "W0LEAD3"}},
	}
	if !reflect.DeepEqual(c.Groups, want) {
		t.Errorf("groups %+v", c.Groups)
	}
	checkPolicies(t, c.Policies)
	if got, want := c.Timings, (restore.Timings{
		CheckWithin: time.Minute, Settle: 5 * time.Millisecond, PostTimeout: 2 * time.Second, StandingAge: 3 * time.Second,
		Grace: 4 * time.Second, GoalState: 8 * time.Second, JobGone: 5 * time.Second, Skew: 6 * time.Second, RetryMax: 7 * time.Second,
		Protected: 9 * time.Second,
	}); got != want {
		t.Errorf("timings %+v, want %+v", got, want)
	}
	if s := fmt.Sprint(c.Warnings); s != "[snapback.yaml:14:10: backends.url: http without TLS: "+
		"whoever can read the network sees all that is sent, download links included "+
		"snapback.yaml:15:14: backends.ca_file: has no effect: http has no certificates]" {
		t.Errorf("warnings %s", s)
	}
}

// certificate returns a new certificate as PEM.
func certificate(t *testing.T) string {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func checkPolicies(t *testing.T, ps []restore.Policy) {
	t.Helper()
	if len(ps) != 2 || ps[0].Terms.Policy != "production" || ps[1].Terms.Policy != "rest" {
		t.Fatalf("policies %+v", ps)
	}
	p := ps[0]
	if p.Match.Source[0].String() != "om/*/*" || p.Match.Target[0].String() != `*/pr\/od/*` ||
		!slices.Equal(p.Match.Delivery, []restore.DeliveryKind{restore.Automated}) ||
		!slices.Equal(p.Match.Requesters, []string{"dba", "leads"}) {
		t.Errorf("match %+v", p.Match)
	}
	if !slices.Equal(p.Terms.Seats, []approvals.Seat{{From: "dba"}, {From: "leads"}, {From: "leads"}}) {
		t.Errorf("seats %+v", p.Terms.Seats)
	}
	if p.Terms.Channel != "G0RESTORES" || p.Terms.Confirm != restore.ConfirmTarget || ps[1].Terms.Confirm != restore.ConfirmDialog ||
		p.Terms.ExpiresAfter != 90*time.Minute || p.Terms.SubmitWithin != 720*time.Hour ||
		p.Terms.Reason != (restore.ReasonRule{Required: true, Ticket: "[A-Z]+-[0-9]+$"}) {
		t.Errorf("terms %+v", p.Terms)
	}
	for _, p := range ps {
		want, err := restore.DigestPolicy(p)
		if err != nil || p.Terms.Digest != want {
			t.Errorf("digest of %s: %q, want %q (%v)", p.Terms.Policy, p.Terms.Digest, want, err)
		}
	}
	if ps[0].Terms.Digest == ps[1].Terms.Digest {
		t.Error("two policies with one digest")
	}
}

func TestListen(t *testing.T) {
	for text, want := range map[string]string{
		"listen: ''\n": "", "listen:\n": "", "listen: \":9464\"\n": ":9464", "listen: localhost:1\n": "localhost:1",
	} {
		if c := mustLoad(t, newWorld(base+text)); c.Listen != want {
			t.Errorf("%q: listen %q, want %q", text, c.Listen, want)
		}
	}
}

func TestByteOrderMarkAndLineEndings(t *testing.T) {
	mustLoad(t, newWorld("\uFEFF"+strings.ReplaceAll(base, "\n", "\r\n")))
}

func TestEnvironmentMayOnlyPointAtThisMachine(t *testing.T) {
	const usual = "https://slack.com/api/"
	for over, want := range map[string]string{
		"http://127.0.0.1:9/api/": "", "http://localhost/": "", "http://[::1]:80/api/": "", "https://[::ffff:127.0.0.1]/": "",
		"http://127.0.0.1:9/api":              "must end in a slash",
		"https://slack.example.net/api/":      "may only name a loopback address; set api_url in the file",
		"https://localhost.example.net/":      "may only name a loopback address; set api_url in the file",
		"http://127.0.0.1@slack.example.net/": "must not hold a user name or password",
		"127.0.0.1:9/":                        "is not a URL",
	} {
		w := newWorld(base)
		w.env["SLACK_API_URL"] = over
		c, err := w.load()
		switch {
		case want == "" && (err != nil || c.Slack.APIURL != over):
			t.Errorf("%s: %v", over, err)
		case want != "" && (err == nil || err.Error() != "snapback.yaml:2:3: slack.api_url: environment variable SLACK_API_URL "+want):
			t.Errorf("%s: %v", over, err)
		}
	}
	w := newWorld(base)
	w.env["SLACK_API_URL"] = ""
	if c := mustLoad(t, w); c.Slack.APIURL != usual {
		t.Errorf("empty variable: %s", c.Slack.APIURL)
	}
}

func TestUnreadableFile(t *testing.T) {
	_, err := Load("nowhere.yaml", newWorld("").getenv, newWorld("").readFile)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v does not say that the file is missing", err)
	}
	if ps, ok := errors.AsType[Problems](err); ok {
		t.Errorf("problems %v of a file that was never read", ps)
	}
}

// TestExample loads the file that people start from, with a plausible value for every variable it names.
func TestExample(t *testing.T) {
	path := filepath.Join("..", "..", "config.example.yaml")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{}
	for _, m := range regexp.MustCompile(`\$\{(\w+)\}`).FindAllStringSubmatch(string(raw), -1) {
		switch name := m[1]; {
		case strings.Contains(name, "APP_TOKEN"):
			env[name] = "xapp-1-example"
		case strings.Contains(name, "BOT_TOKEN"):
			env[name] = "xoxb-1-example"
		default:
			env[name] = "example"
		}
	}
	getenv := func(name string) (string, bool) {
		v, ok := env[name]
		return v, ok
	}
	c, err := Load(path, getenv, func(name string) ([]byte, error) {
		if name == path {
			return raw, nil
		}
		return nil, fs.ErrNotExist
	})
	if err != nil {
		t.Fatalf("the example does not load:\n%v", err)
	}
	if len(c.Policies) == 0 || len(c.Warnings) > 0 {
		t.Errorf("%d policies, warnings %v", len(c.Policies), c.Warnings)
	}
}
