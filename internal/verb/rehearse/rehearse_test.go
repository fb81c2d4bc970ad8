package rehearse_test

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"snapback/internal/cli"
	"snapback/internal/config"
	"snapback/internal/restore"
	"snapback/internal/sandbox"
	"snapback/internal/verb/rehearse"
)

// read reads a configuration where no variable is set and no other file is there.
func read(text string) (*sandbox.Rehearsal, error) {
	return rehearse.Read("team.yaml", unset, only("team.yaml", text))
}

func unset(string) (string, bool) { return "", false }

// only is a machine with one file.
func only(name, text string) func(string) ([]byte, error) {
	return func(path string) ([]byte, error) {
		if path != name {
			return nil, os.ErrNotExist
		}
		return []byte(text), nil
	}
}

const head = `
slack: {app_token: "${APP}", bot_token_file: /run/secrets/bot, command: /mdb, connections: 3}
storage: {path: "${STATE}"}
listen: "${LISTEN}"
groups:
  dba: {slack_usergroup: S0DBA, rotating: true}
  leads: {users: [U0ONE, U0TWO], quiet: true}
  "odd $name: #1": {slack_usergroup: S0ODD}
`

const om = `
backends:
  - {name: om, kind: ops-manager, url: "${OM}", public_key: "${A}", private_key: "${B}", ca_file: /no/ca.pem}
`

// What the bot of a rehearsal reads says about groups, policies and waits what the team wrote.
func TestSameConfiguration(t *testing.T) {
	text := head + om + `
policies:
  - name: production
    match: {source: ['om/a\/b/*'], target: ["*/prod/*", "*/$$x/?"], delivery: [automated], requesters: ["odd $$name: #1"]}
    channel: C0PROD
    seats: [{from: dba, count: 2}, {from: leads}, {from: "odd $$name: #1"}]
    confirm: dialog
    reason: {required: true, ticket: '[A-Z]+-\d+$$'}
    expires_after: 90m
    submit_within: 36h
  - name: "null"
    match: {source: ["*/*/*"], target: ["*/*/true"]}
    channel: G0SCRATCH
    auto_approve: true
timings: {settle: 3s, grace: 1s, skew: 10m}
`
	want, left, err := config.Rehearse("team.yaml", unset, only("team.yaml", text))
	if err != nil || len(left) != 0 {
		t.Fatal(err, left)
	}
	r, err := read(text)
	if err != nil {
		t.Fatal(err)
	}
	written, err := r.Write(sandbox.Reach{
		SlackURL: "http://127.0.0.1:1/api/", AppToken: "xapp-$1", BotToken: "xoxb-1", Store: "/tmp/a b/$dir/x.db",
		Systems: []sandbox.Access{{URL: "http://127.0.0.1:2", Public: "p$", Private: "q"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := config.Load("made.yaml", unset, only("made.yaml", string(written)))
	if err != nil {
		t.Fatalf("%v in\n%s", err, written)
	}
	if !reflect.DeepEqual(got.Policies, want.Policies) {
		t.Errorf("policies\n%+v, want\n%+v", got.Policies, want.Policies)
	}
	if !reflect.DeepEqual(got.Groups, want.Groups) || got.Timings != want.Timings {
		t.Errorf("groups %+v, waits %+v", got.Groups, got.Timings)
	}
	if got.Slack.Command != "/mdb" || got.Slack.Connections != 3 || got.Slack.AppToken.Value.Reveal() != "xapp-$1" {
		t.Errorf("slack %+v", got.Slack)
	}
	b := got.Backends[0]
	if got.Storage.Path != "/tmp/a b/$dir/x.db" || got.Storage.Backup != nil || got.Listen != "" || b.PublicKey.Value.Reveal() != "p$" {
		t.Errorf("storage %+v, listen %q, backend %+v", got.Storage, got.Listen, b)
	}
}

// Whatever the patterns are, there are clusters that they fit, in the projects that the backend is limited to.
func TestClusters(t *testing.T) {
	const limited = `
backends:
  - {name: om, kind: ops-manager, projects: [Payments, 0123456789abcdef01234567]}
  - {name: cm, kind: cloud-manager}
`
	tests := []struct {
		name, backends, patterns string
		want                     string // backend: project/cluster, …
		odd                      string
	}{
		{"a project", om, `"*/prod/*"`, "om: prod/orders prod/customers", ""},
		{"everything", om, `"*/*/*"`, "om: main/orders main/customers", ""},
		{"a prefix", om, `"*/sandbox/scratch-*"`, "om: sandbox/scratch-1 sandbox/orders sandbox/customers", ""},
		{"a suffix", om, `"*/*-eu/*-prod"`, "om: main-eu/orders-prod main-eu/orders main-eu/customers", ""},
		{"a question", om, `"o?/p??d/db?"`, "om: p11d/db1 p11d/orders p11d/customers", ""},
		{"escaped", om, `'om/prod\/eu/\*'`, "om: prod/eu/* prod/eu/orders prod/eu/customers", ""},
		{"two projects", om, `"*/a/x", "*/*/y"`, "om: a/x a/y a/orders a/customers", ""},
		{"all of two projects", om, `"*/a/*", "*/b/*"`, "om: a/orders a/customers b/orders b/customers", ""},
		{"limited", limited, `"*/*/*"`, "om: Payments/orders Payments/customers; cm: main/orders main/customers", ""},
		{"beyond the limit", limited, `"om/prod/*"`, "om: Payments/orders Payments/customers; cm: main/orders main/customers", "om/prod/*"},
		{"another backend", om, `"*/prod/*", "atlas/prod/x"`, "om: prod/orders prod/customers", "atlas/prod/x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := read(head + tt.backends + `
policies: [{name: p, match: {target: [` + tt.patterns + `]}, channel: C0PROD, seats: [{from: dba}]}]
`)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range r.Systems {
				var line strings.Builder
				line.WriteString(s.Name + ":")
				for _, c := range s.Clusters {
					line.WriteString(" " + c.Project + "/" + c.Name)
				}
				got = append(got, line.String())
			}
			if all := strings.Join(got, "; "); all != tt.want {
				t.Errorf("made\n%s, want\n%s", all, tt.want)
			}
			notes := strings.Join(r.Notes, "\n")
			if (tt.odd != "") != strings.Contains(notes, "no backend") || !strings.Contains(notes, tt.odd) {
				t.Errorf("said %q, want %q", notes, tt.odd)
			}
		})
	}
}

// Groups have people enough to fill every policy's seats and ask, channels are those of the policies.
func TestCrewsAndChannels(t *testing.T) {
	r, err := read(strings.ReplaceAll(head, "S0ODD", "S0DBA") + om + `
policies:
  - {name: Production, match: {target: ["*/prod/*"]}, channel: C0PROD, seats: [{from: dba, count: 3}, {from: "odd $$name: #1"}]}
  - {name: again, match: {target: ["*/prod/*"]}, channel: C0PROD, seats: [{from: dba}]}
  - {name: staging, match: {target: ["*/staging/*"], requesters: [leads]}, channel: G0STAGE, seats: [{from: dba}]}
`)
	if err != nil {
		t.Fatal(err)
	}
	places := []sandbox.Place{{ID: "C0PROD", Name: "production"}, {ID: "G0STAGE", Name: "staging"}}
	crews := []sandbox.Crew{
		{Name: "dba", Usergroup: "S0DBA", Size: 5},
		{Name: "leads", Size: 2, Users: []string{"U0ONE", "U0TWO"}},
		{Name: "odd $name: #1", Usergroup: "S0DBA", Size: 5},
	}
	if !reflect.DeepEqual(r.Channels, places) || !reflect.DeepEqual(r.Groups, crews) || r.Command != "/mdb" {
		t.Errorf("channels %+v, groups %+v, command %s", r.Channels, r.Groups, r.Command)
	}
	want := sandbox.Example{Approver: "dba", Request: "om/prod/orders latest to om/prod/customers because a drill", Typed: "customers"}
	if r.Example != want {
		t.Errorf("example %+v, want %+v", r.Example, want)
	}
}

// What cannot be rehearsed is said, and the rest goes on; what is wrong is refused as it is anywhere.
func TestLeftOutAndWrong(t *testing.T) {
	const policies = `
policies: [{name: p, match: {target: ["*/*/*"]}, channel: C0PROD, seats: [{from: dba}], emergency: {from: leads}, tone: red}]
audit: {witness: {channel: C0AUDIT, cron: "0 * * * *"}}
retention: {text: 90d}
`
	r, err := read(head + om + policies)
	if err != nil {
		t.Fatal(err)
	}
	notes := strings.Join(r.Notes, "\n")
	for _, want := range []string{
		"policies.emergency: ", `unknown key "tone"`,
		"audit.witness", "retention", "not rehearsed: team.yaml:13:",
	} {
		if !strings.Contains(notes, want) {
			t.Errorf("nothing is said of %s in\n%s", want, notes)
		}
	}
	if len(r.Systems) != 1 || r.Systems[0].Name != "om" {
		t.Errorf("backends %+v", r.Systems)
	}
	for name, text := range map[string]string{
		"no group":         head + om + strings.ReplaceAll(policies, "from: dba", "from: dbas"),
		"unset elsewhere":  head + om + strings.ReplaceAll(policies, "C0PROD", `"${CHANNEL}"`),
		"not YAML":         "[",
		"a wrong pattern":  head + om + strings.ReplaceAll(policies, "*/*/*", "*/*"),
		"no such kind":     head + strings.ReplaceAll(om, "ops-manager", "mongod") + policies,
		"a backend's name": head + strings.ReplaceAll(om, "name: om", "name: o/m") + policies,
	} {
		if _, err := read(text); !isProblems(err) || !strings.Contains(err.Error(), "team.yaml:") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := rehearse.Read("other.yaml", unset, only("", "")); !errors.Is(err, cli.ErrUsage) {
		t.Errorf("no file: %v", err)
	}
}

func isProblems(err error) bool {
	_, ok := errors.AsType[config.Problems](err)
	return ok
}

// The patterns of the example and of the sandbox's own policies mean here what they mean to the bot.
func TestExampleMatches(t *testing.T) {
	p, err := restore.ParsePattern(`om/prod\/eu/*`)
	if err != nil {
		t.Fatal(err)
	}
	r, err := read(head + om + `
policies:
  - {name: files, match: {source: ["*/*/*"], delivery: [download]}, channel: C0PROD, seats: [{from: dba}]}
  - {name: p, match: {target: ['` + p.String() + `'], requesters: [leads]}, channel: C0PROD, seats: [{from: leads}], confirm: dialog}
`)
	if err != nil {
		t.Fatal(err)
	}
	want := sandbox.Example{Asker: "leads", Approver: "leads", Request: `om/prod\/eu/orders latest to om/prod\/eu/customers because a drill`}
	if r.Example != want {
		t.Errorf("example %+v, want %+v", r.Example, want)
	}
}

// Each kind of backend is rehearsed as what it is, with keys or with a service account, whichever the team's file speaks of.
func TestKindsOfBackends(t *testing.T) {
	const backends = `
backends:
  - {name: om, kind: ops-manager, public_key: "${A}", private_key: "${B}"}
  - {name: cm, kind: cloud-manager, public_key_file: /run/a, private_key_file: /run/b}
  - {name: shop, kind: cloud-manager, client_id: "${C}", client_secret_file: /run/c}
  - {name: sky, kind: atlas, client_id_file: /run/d, client_secret: "${D}", token_url: "${T}", projects: [Payments]}
  - {name: old, kind: atlas, public_key: "${E}", private_key: "${F}"}
`
	r, err := read(head + backends + `
policies: [{name: p, match: {target: ["*/prod/*", "sky/Payments/db-?"]}, channel: C0PROD, seats: [{from: dba}]}]
`)
	if err != nil || len(r.Notes) > 0 {
		t.Fatal(err, r.Notes)
	}
	kinds := []sandbox.System{
		{Name: "om", Kind: sandbox.OpsManager},
		{Name: "cm", Kind: sandbox.CloudManager},
		{Name: "shop", Kind: sandbox.CloudManager, Account: true},
		{Name: "sky", Kind: sandbox.Atlas, Account: true},
		{Name: "old", Kind: sandbox.Atlas},
	}
	reach := sandbox.Reach{SlackURL: "http://127.0.0.1:1/api/", AppToken: "xapp-1", BotToken: "xoxb-1", Store: "/tmp/x.db"}
	for i, s := range r.Systems {
		clusters := s.Clusters
		if s.Clusters = nil; i >= len(kinds) || !reflect.DeepEqual(s, kinds[i]) {
			t.Errorf("made %+v", s)
		}
		project := "prod"
		if s.Name == "sky" {
			project = "Payments"
		}
		if len(clusters) < 2 || clusters[0].Project != project {
			t.Errorf("%s: clusters %+v", s.Name, clusters)
		}
		reach.Systems = append(reach.Systems, sandbox.Access{
			URL: "http://127.0.0.1:2", Public: "id-" + s.Name, Private: "secret$" + s.Name, Account: s.Account,
		})
	}
	written, err := r.Write(reach)
	if err != nil {
		t.Fatal(err)
	}
	got, err := config.Load("made.yaml", unset, only("made.yaml", string(written)))
	if err != nil {
		t.Fatalf("%v in\n%s", err, written)
	}
	for i, b := range got.Backends {
		public, private := b.PublicKey, b.PrivateKey
		if b.Account {
			public, private = b.ClientID, b.ClientSecret
		}
		if b.Account != kinds[i].Account || string(b.Kind) != string(kinds[i].Kind) {
			t.Errorf("%s is %s, account %v", b.Name, b.Kind, b.Account)
		}
		if public.Value.Reveal() != "id-"+b.Name || private.Value.Reveal() != "secret$"+b.Name {
			t.Errorf("%s: %+v", b.Name, b)
		}
		if b.Account && b.TokenURL != "http://127.0.0.1:2/api/oauth/token" {
			t.Errorf("%s gets its tokens at %q", b.Name, b.TokenURL)
		}
	}
}
