package config

import (
	"fmt"
	"testing"
)

// TestAllProblemsAtOnce has a mistake in every part of the file.
func TestAllProblemsAtOnce(t *testing.T) {
	_, err := newWorld(`slak: {}
slack:
  app_token: xoxb-canary
  bot_token: ${NOWHERE}
  connections: many
storage: {path: 5, etcd: {}}
listen: nowhere
backends:
  - name: om
    kind: om
    url: http://om.example.net
    public_key: &key canary key
    private_key: *key
  - name: om
groups:
  dba: {users: []}
  leads: {slack_usergroup: leads}
policies:
  - name: one
    match: {target: [prod], delivery: &kinds [automatic]}
    channel: restores
    seats: [{from: dbas}]
    confirm: maybe
    reason: {ticket: "("}
  - {name: two, match: {source: ["*/*/*"], delivery: *kinds}, channel: C0X, seats: [], expires_after: 4}
timings: {settle: soon, goal_state: 25h}
`).load()
	const want = `snapback.yaml:1:1: unknown key "slak"; did you mean "slack"?
snapback.yaml:3:14: slack.app_token: the value must start with xapp-
snapback.yaml:4:14: slack.bot_token: environment variable NOWHERE is not set
snapback.yaml:5:16: slack.connections: want a whole number, found a text
snapback.yaml:6:17: storage.path: want a text, found a number; put it in quotes
snapback.yaml:6:20: storage.etcd: not in this version of Snapback; remove it
snapback.yaml:7:9: listen: want HOST:PORT or nothing, found "nowhere"
snapback.yaml:10:11: backends.kind: unknown value "om"; known values: ops-manager, cloud-manager, atlas
snapback.yaml:11:10: backends.url: must begin with https://; insecure_http: true allows http
snapback.yaml:12:22: backends.private_key: must not contain blanks or line breaks
snapback.yaml:12:22: backends.public_key: must not contain blanks or line breaks
snapback.yaml:14:5: backends.kind: missing
snapback.yaml:14:5: backends.private_key: missing; give private_key or private_key_file
snapback.yaml:14:5: backends.public_key: missing; give public_key or public_key_file
snapback.yaml:14:5: backends.url: missing
snapback.yaml:14:11: backends.name: "om" is used already in line 9
snapback.yaml:16:16: groups.dba.users: the list is empty; give at least one entry
snapback.yaml:17:28: groups.leads.slack_usergroup: want a user group's id such as S0123ABCD, found "leads"
snapback.yaml:20:22: policies.match.target: want backend/project/cluster, each with * and ?, found "prod"
snapback.yaml:20:47: policies.match.delivery: unknown value "automatic"; did you mean "automated"?
snapback.yaml:21:14: policies.channel: want a channel's id such as C0123ABCD, found "restores"
snapback.yaml:22:20: policies.seats.from: no group "dbas"; did you mean "dba"?
snapback.yaml:23:14: policies.confirm: unknown value "maybe"; known values: target-name, dialog
snapback.yaml:24:22: policies.reason.ticket: not a regular expression: missing closing )
snapback.yaml:25:84: policies.seats: the list is empty; give at least one entry
snapback.yaml:25:103: policies.expires_after: want a duration such as 500ms, 30s, 15m or 4h, found a number without its unit
snapback.yaml:26:19: timings.settle: want a duration such as 500ms, 30s, 15m or 4h, found "soon"
snapback.yaml:26:37: timings.goal_state: must be at most 24h`
	if got := fmt.Sprint(err); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	checkCanaries(t, fmt.Sprint(err))
}
