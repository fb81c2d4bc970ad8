package config_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"snapback/internal/config"
)

// A rehearsal looks at nothing that belongs to other systems, and leaves out what it does not know; a bot looks at all of
// it and refuses.
func TestRehearse(t *testing.T) {
	const text = `
slack: {app_token: xoxb-mixed-up, bot_token_file: nowhere, api_url: "${URL}", tone: red}
storage: {path: "", backup: {dir: "${DIR}"}}
listen: nonsense
backends:
  - {name: om, kind: ops-manager, url: "ftp://x", ca_file: nowhere, public_key: "${A}"}
  - {name: cloud, kind: atlas, client_id: x, token_url: "ftp://x"}
  - {name: sky, kind: atlas, public_key_file: nowhere}
groups: {dba: {slack_usergroup: S0DBA}}
policies: [{name: p, match: {target: ["*/*/*"]}, channel: C0PROD, seats: [{from: dba}], emergency: {}}]
`
	env := func(string) (string, bool) { return "", false }
	readFile := func(path string) ([]byte, error) {
		if path != "team.yaml" {
			return nil, os.ErrNotExist
		}
		return []byte(text), nil
	}
	c, left, err := config.Rehearse("team.yaml", env, readFile)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Backends) != 3 || c.Backends[0].Name != "om" || c.Backends[0].URL != "" || c.Backends[0].CAFile != "" {
		t.Errorf("backends %+v", c.Backends)
	}
	if cloud, sky := c.Backends[1], c.Backends[2]; !cloud.Account || sky.Account || cloud.TokenURL != "" {
		t.Errorf("backends %+v", c.Backends)
	}
	if c.Storage != (config.Storage{}) || c.Listen != "" || c.Slack.BotToken.File != "" || c.Slack.Command != "/restore" {
		t.Errorf("storage %+v, listen %q, Slack %+v", c.Storage, c.Listen, c.Slack)
	}
	var said []string
	for _, p := range left {
		said = append(said, p.String())
	}
	want := []string{"team.yaml:2:", "team.yaml:10:"}
	for i, at := range want {
		if len(said) != len(want) || !strings.HasPrefix(said[i], at) {
			t.Fatalf("left out\n%s, want lines %q", strings.Join(said, "\n"), want)
		}
	}

	_, err = config.Load("team.yaml", env, readFile)
	problems, ok := errors.AsType[config.Problems](err)
	for _, p := range left {
		if ok = ok && strings.Contains(problems.Error(), p.String()); !ok {
			t.Errorf("a bot does not refuse %s", p)
		}
	}
	if len(problems) < len(left)+8 {
		t.Errorf("a bot refuses only\n%v", problems)
	}
	if _, _, err := config.Rehearse("other.yaml", env, readFile); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}
