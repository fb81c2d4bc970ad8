package doctor_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"snapback/internal/cli"
	"snapback/internal/sandbox/fakeslack"
)

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
