package sandbox

import (
	"fmt"
	"strings"
	"time"

	"snapback/internal/sandbox/fakeslack"
)

// The ids of the demonstration workspace.
const (
	team     = "T0TEAM"
	channel  = "C0RESTORES"
	command  = "/restore"
	engineer = "U0ENGINEER"
	appToken = "xapp-sandbox-app-level-token" //nolint:gosec // opens nothing but the fake
	botToken = "xoxb-sandbox-bot-token"       //nolint:gosec // opens nothing but the fake
)

// cast is everybody in the workspace. Their names are roles.
func cast() []fakeslack.User {
	return []fakeslack.User{
		{ID: engineer, Name: "engineer", RealName: "Engineer", TZ: "Europe/Berlin"},
		{ID: "U0DBA1", Name: "dba-one", RealName: "DBA One", TZ: "Europe/Berlin"},
		{ID: "U0DBA2", Name: "dba-two", RealName: "DBA Two", TZ: "America/New_York"},
		{ID: "U0LEAD1", Name: "lead-one", RealName: "Lead One", TZ: "Europe/London"},
		{ID: "U0LEAD2", Name: "lead-two", RealName: "Lead Two", TZ: "Asia/Tokyo"},
		{ID: "U0OUTSIDER", Name: "outsider", RealName: "Outsider", TZ: "Europe/Berlin"},
		{ID: "U0GUEST", Name: "guest", RealName: "Guest", TZ: "Europe/Berlin", IsRestricted: true},
		{ID: "U0PARTNER", Name: "partner", RealName: "Partner", TZ: "Europe/Berlin", TeamID: "T0OTHER", IsStranger: true},
	}
}

// workspace is the fake Slack's beginning.
func workspace() fakeslack.Workspace {
	users := cast()
	members := make([]string, 0, len(users)+1)
	for _, u := range users {
		members = append(members, u.ID)
	}
	members = append(members, "U0SNAPBACK")
	users = append(users, fakeslack.User{ID: "U0SNAPBACK", Name: "snapback", RealName: "Snapback", IsBot: true})
	return fakeslack.Workspace{
		TeamID: team, Domain: "sandbox", Name: "Sandbox", AppID: "A0SNAPBACK", BotID: "B0SNAPBACK", BotUserID: "U0SNAPBACK",
		AppToken: appToken, BotToken: botToken,
		Scopes: []string{
			"commands", "chat:write", "users:read", "usergroups:read", "channels:read", "groups:read", "im:write",
		},
		Commands:   []fakeslack.Command{{Name: command, Escape: true}},
		Users:      users,
		Usergroups: []fakeslack.Usergroup{{ID: "S0DBA", Handle: "dba", Name: "DBAs", Members: []string{"U0DBA1", "U0DBA2"}}},
		Channels:   []fakeslack.Channel{{ID: channel, Name: "restores", Members: members}},
	}
}

// What takes minutes elsewhere, and seconds in the sandbox. Only durations are scaled; every instant is real.
const (
	jobTime   = 2 * time.Second // a restore
	agentTime = time.Second     // the agents, after it
	playWait  = 3 * time.Second // until nobody's answer ends a request of the story
	pageWait  = 2 * time.Minute // and one that people make
)

// configuration is what a team would write, for the fakes of a run. Requests onto scratch clusters of Ops Manager wait for
// approval for so long.
func configuration(r Reach, waiting time.Duration) string {
	om, cm, atlas := r.Systems[0], r.Systems[1], r.Systems[2]
	backends := fmt.Sprintf(`backends:
  - {name: om, kind: ops-manager, url: %q, public_key: %s, private_key: %s, poll: 500ms}
  - {name: cm, kind: cloud-manager, url: %q, client_id: %s, client_secret: %s, poll: 500ms}
  - {name: atlas, kind: atlas, url: %q, client_id: %s, client_secret: %s, poll: 500ms}
`, om.URL, om.Public, om.Private, cm.URL, cm.Public, cm.Private, atlas.URL, atlas.Public, atlas.Private)
	policies := strings.ReplaceAll(fmt.Sprintf(`groups:
  dba:   {slack_usergroup: S0DBA}
  leads: {users: [U0LEAD1, U0LEAD2]}
policies:
  - name: exports
    match: {source: ["*/*/*"], delivery: [download]}
    channel: CHANNEL
    seats: [{from: leads}]
  - name: scratch
    match: {source: ["om/*/*"], target: ["om/*/scratch-*"]}
    channel: CHANNEL
    seats: [{from: leads}]
    confirm: dialog
    expires_after: %s
  - name: labs
    match: {target: ["atlas/Labs/*"]}
    channel: CHANNEL
    seats: [{from: leads}]
    confirm: dialog
  - name: production
    match: {target: ["om/Payments/*", "cm/*/*", "atlas/Mobile/*"]}
    channel: CHANNEL
    seats: [{from: dba}, {from: leads}]
    confirm: target-name
    reason: {required: true}
    expires_after: 4h
    submit_within: 24h
timings: {grace: 1s, retry_max: 1s, post_timeout: 4s, settle: 1s, protected: 10m}
`, waiting), "CHANNEL", channel)
	return fmt.Sprintf(`slack:
  app_token: %s
  bot_token: %s
  api_url: %s
  command: %s
storage:
  path: %q
listen: ""
`, r.AppToken, r.BotToken, r.SlackURL, command, r.Store) + backends + policies
}
