package config

import (
	"strings"
	"testing"
)

func TestWrongKeys(t *testing.T) {
	checkWrong(t, base, []wrong{
		{"", "‸listn: ''\n", texts(`unknown key "listn"; did you mean "listen"?`)},
		{"", "‸kolor: red\n", texts(`unknown key "kolor"; known keys: slack, storage, listen, backends, groups, policies, audit, retention, timings`)},
		{"", "‸xoxb-canary: red\n", texts(`unknown key [redacted]; known keys: slack, storage, listen, backends, groups, policies, audit, retention, timings`)},
		{
			"- name: production\n    match: {target: [\"*/prod/*\", \"om/Payments/orders-*\"]}\n    channel:",
			"- ‸name: production\n    match: {target: [\"*/prod/*\", \"om/Payments/orders-*\"]}\n    ‸chanel:",
			texts(`policies.channel: missing`, `policies: unknown key "chanel"; did you mean "channel"?`),
		},
		{"", "timings: {settle: 1m, ‸settle: 2m}\n", texts(`timings: key "settle" stands twice, first in line 18`)},
		{"", "‸5: x\n", texts(`want a plain key; put it in quotes if it is a name`)},
		{"", "timings: {‸<<: {settle: 1m}}\n", texts(`timings: merge keys (<<) are not supported; write the keys out`)},
		{"", "‸timings:\n", texts(`timings: want keys with values, found nothing`)},
		{"", "timings: ‸[]\n", texts(`timings: want keys with values, found a list`)},
		{"", "timings: {settle: ‸!!str 2m}\n", texts(`timings.settle: want a text, found a tag`)},
		{"", "storage: {‸path: }\n", texts(`storage.path: has no value; give one or remove the key`)},
		{"", "storage: {path: ‸''}\n", texts(`storage.path: must not be empty`)},
		{"", "storage: {path: ‸5}\n", texts(`storage.path: want a text, found a number; put it in quotes`)},
		{"", "storage: {path: ‸true}\n", texts(`storage.path: want a text, found true or false; put it in quotes`)},
		{"", "storage: {path: ‸[x]}\n", texts(`storage.path: want a text, found a list`)},
		{"", "listen: ‸" + strings.Repeat("ä", 81) + "\n", texts(`listen: want HOST:PORT or nothing, found "` + strings.Repeat("ä", 80) + `…"`)},
		{"", "listen: ‸localhost\n", texts(`listen: want HOST:PORT or nothing, found "localhost"`)},
		{"", "listen: ‸':65536'\n", texts(`listen: want HOST:PORT or nothing, found ":65536"`)},
	})
	for _, key := range []string{"slack", "backends", "groups", "policies"} {
		text := edit(t, "storage: {path: x}\n"+base, "\n"+key+":", "\n"+key+"_:")
		_, err := newWorld(text).load()
		if err == nil || !strings.Contains(err.Error(), "snapback.yaml:1:1: "+key+": missing\n") {
			t.Errorf("without %s: %v", key, err)
		}
	}
}

func TestNotInThisVersion(t *testing.T) {
	const no = ": not in this version of Snapback; remove it"
	checkWrong(t, base, []wrong{
		{"", "‸freeze: {}\n", texts("freeze" + no)},
		{"", "‸schedules: []\n", texts("schedules" + no)},
		{"", "‸announce: C0ANNOUNCE\n", texts("announce" + no)},
		{"", "storage: {‸etcd: {endpoints: []}}\n", texts("storage.etcd" + no)},
		{"    channel:", "    ‸emergency: {}\n    channel:", texts("policies.emergency" + no)},
	})
	// People may name their groups like anything.
	mustLoad(t, newWorld(edit(t, base, "  dba:", "  freeze: {users: [U0X]}\n  dba:")))
}

func TestWrongSlack(t *testing.T) {
	checkWrong(t, base, []wrong{
		{"${APP}", "‸${NOWHERE}", texts(`slack.app_token: environment variable NOWHERE is not set`)},
		{"${APP}", "‸${BOT}", texts(`slack.app_token: the value must start with xapp-`)},
		{"${BOT}", "‸${APP}", texts(`slack.bot_token: the value must start with xoxb-`)},
		{"${APP}", "‸'${APP} '", texts(`slack.app_token: must not contain blanks or line breaks`)},
		{"${APP}", "‸|\n    ${APP}", texts(`slack.app_token: must not contain blanks or line breaks`)},
		{"${APP}", "‸''", texts(`slack.app_token: must not be empty`)},
		{"${APP}", "‸5", texts(`slack.app_token: want a text, found a number; put it in quotes`)},
		{"${APP}", "‸xapp-canary$x", texts(`slack.app_token: a $ stands alone; write ${NAME} for a variable, $$ for a dollar`)},
		{"${APP}", "‸xapp-canary$", texts(`slack.app_token: a $ stands alone; write ${NAME} for a variable, $$ for a dollar`)},
		{"${APP}", "‸xapp-${canary", texts(`slack.app_token: ${ without its }; write $$ for a dollar`)},
		{"${APP}", "‸xapp-${canary-1}", texts(`slack.app_token: what stands in ${} is not the name of a variable; write $$ for a dollar`)},
		{"${APP}", "‸‸${A}${APP}${B}", texts(`slack.app_token: environment variable A is not set`, `slack.app_token: environment variable B is not set`)},
		{"  app_token: ${APP}\n", "  app_token_file: app\n  bot_token_file: ‸app\n", texts(
			`slack.bot_token_file: give bot_token or bot_token_file, not both`)},
		{"  app_token: ${APP}\n  bot_token: ${BOT}\n", "  ‸‸command: /x\n", texts(
			`slack.app_token: missing; give app_token or app_token_file`, `slack.bot_token: missing; give bot_token or bot_token_file`)},
		{"app_token: ${APP}", "app_token_file: ‸''", texts(`slack.app_token_file: must not be empty`)},
		{"app_token: ${APP}", "app_token_file: ‸nowhere", texts(`slack.app_token_file: the file does not exist`)},
		{"app_token: ${APP}", "app_token_file: ‸${APP}", texts(`slack.app_token_file: the file does not exist`)},
		{"app_token: ${APP}", "app_token_file: ‸locked", texts(`slack.app_token_file: reading the file is not permitted`)},
		{"app_token: ${APP}", "app_token_file: ‸broken", texts(`slack.app_token_file: the file cannot be read`)},
		{"bot_token: ${BOT}", "bot_token_file: ‸app", texts(`slack.bot_token_file: the value must start with xoxb-`)},
		{"bot_token: ${BOT}", "bot_token_file: ‸snapback.yaml", texts(`slack.bot_token_file: must not contain blanks or line breaks`)},
		{"backends:", "  api_url: ‸http://slack.example.net/api/\nbackends:", texts(`slack.api_url: must begin with https://, as the tokens go there`)},
		{"backends:", "  api_url: ‸https://slack.example.net/api\nbackends:", texts(`slack.api_url: must end in a slash`)},
		{"backends:", "  api_url: ‸https://u:canary@slack.example.net/\nbackends:", texts(`slack.api_url: must not hold a user name or password`)},
		{"backends:", "  api_url: ‸ftp://slack.example.net/\nbackends:", texts(`slack.api_url: must begin with https://`)},
		{"backends:", "  api_url: ‸https://:80/\nbackends:", texts(`slack.api_url: has no valid host`)},
		{"backends:", "  api_url: ‸https://x:99999/\nbackends:", texts(`slack.api_url: has no valid host`)},
		{"backends:", "  command: ‸restore\nbackends:", texts(`slack.command: want a slash, then 1 to 31 lower-case letters, digits, - or _, found "restore"`)},
		{"backends:", "  command: ‸${BOT}\nbackends:", texts(`slack.command: want a slash, then 1 to 31 lower-case letters, digits, - or _, found "${BOT}"`)},
		{"backends:", "  command: ‸xoxb-canary\nbackends:", texts(`slack.command: want a slash, then 1 to 31 lower-case letters, digits, - or _, found [redacted]`)},
		{"backends:", "  connections: ‸11\nbackends:", texts(`slack.connections: want a whole number from 1 to 10`)},
		{"backends:", "  connections: ‸0\nbackends:", texts(`slack.connections: want a whole number from 1 to 10`)},
		{"backends:", "  connections: ‸010\nbackends:", texts(`slack.connections: want a whole number from 1 to 10`)},
		{"backends:", "  connections: ‸'2'\nbackends:", texts(`slack.connections: want a whole number, found a text`)},
		{"backends:", "  connections: ‸2.0\nbackends:", texts(`slack.connections: want a whole number, found a number`)},
		{"backends:", "  ‸connections:\nbackends:", texts(`slack.connections: has no value; give one or remove the key`)},
		{"backends:", "  connections: ‸${BOT}\nbackends:", texts(`slack.connections: want a whole number from 1 to 10`)},
	})
}

func TestWrongBackends(t *testing.T) {
	const second = "  - {name: om2, kind: ops-manager, url: 'https://x', public_key: x, private_key: x}\ngroups:"
	checkWrong(t, base, []wrong{
		{"groups:", strings.Replace(second, "om2", "‸om", 1), texts(`backends.name: "om" is used already in line 5`)},
		{"groups:", strings.Replace(second, "om2", "‸a/b", 1), texts(`backends.name: must not contain a slash, which parts backend, project and cluster`)},
		{"groups:", strings.Replace(second, "om2", "‸' a'", 1), texts(`backends.name: want a name of 1 to 64 printable characters, no space at either end`)},
		{"groups:", "  - ‸om\ngroups:", texts(`backends: want keys with values, found a text`)},
		{"groups:", "  -‸\ngroups:", texts(`backends: want keys with values, found nothing`)},
		{"ops-manager", "‸atlass", texts(`backends.kind: unknown value "atlass"; did you mean "atlas"?`)},
		{"https://om.example.net:8443", "‸https://cloud.mongodb.com/api/atlas/v2", texts(`backends.url: want the address itself, without /api/atlas and what follows`)},
		{"ops-manager", "‸opsmanager", texts(`backends.kind: unknown value "opsmanager"; did you mean "ops-manager"?`)},
		{"groups:", "  - ‸{name: om2, kind: ops-manager, public_key: x, private_key: x}\ngroups:", texts(`backends.url: missing`)},
		{"groups:", "  - {name: cm, kind: cloud-manager, client_id: x, client_secret: x, public_key: ‸x, private_key: ‸x}\ngroups:", texts(
			`backends.public_key: give a service account (client_id, client_secret) or a pair of keys, not both`,
			`backends.private_key: give a service account (client_id, client_secret) or a pair of keys, not both`)},
		{"groups:", "  - {name: om2, kind: ops-manager, url: \"https://x\", client_id: ‸x, client_secret: x, public_key: x, private_key: x}\ngroups:", texts(
			`backends.client_id: service accounts are Cloud Manager's and Atlas's; Ops Manager has public_key and private_key`)},
		{"groups:", "  - ‸{name: cm, kind: atlas, client_id: x}\ngroups:", texts(`backends.client_secret: missing; give client_secret or client_secret_file`)},
		{"groups:", "  - ‸{name: cm, kind: atlas, client_secret: x}\ngroups:", texts(`backends.client_id: missing; give client_id or client_id_file`)},
		{"groups:", "  - ‸‸{name: cm, kind: atlas}\ngroups:", texts(`backends.private_key: missing; give private_key or private_key_file`, `backends.public_key: missing; give public_key or public_key_file`)},
		{"groups:", "  - {name: cm, kind: atlas, client_id: x, client_secret: x, token_url: ‸\"http://a.example.net/token\"}\ngroups:", texts(`backends.token_url: must begin with https://; insecure_http: true allows http`)},
		{"groups:", "  - {name: cm, kind: atlas, client_id: x, client_secret: x, token_url: ‸\"https://k:canary@a.example.net\"}\ngroups:", texts(`backends.token_url: must not hold a user name or password`)},
		{"https://om.example.net:8443", "‸http://om.example.net", texts(`backends.url: must begin with https://; insecure_http: true allows http`)},
		{"https://om.example.net:8443", "‸http://om.example.net\n    insecure_http: false", texts(`backends.url: must begin with https://; insecure_http: true allows http`)},
		{"https://om.example.net:8443", "‸https://om.example.net/?x=canary", texts(`backends.url: must not have a query or a fragment`)},
		{"https://om.example.net:8443", "‸https://om.example.net/#", texts(`backends.url: must not have a query or a fragment`)},
		{"https://om.example.net:8443", "‸https://k:canary@om.example.net", texts(`backends.url: must not hold a user name or password`)},
		{"https://om.example.net:8443", "‸https://om.example.net/a b", texts(`backends.url: is not a URL`)},
		{"https://om.example.net:8443", "‸https://om.example.net/api/public/v1.0", texts(`backends.url: want the address itself, without /api/public and what follows`)},
		{"    kind:", "    insecure_http: ‸yes\n    kind:", texts(`backends.insecure_http: want true or false, found a text`)},
		{"    kind:", "    insecure_http: ‸${BOT}\n    kind:", texts(`backends.insecure_http: want true or false`)},
		{"    kind:", "    ca_file: ‸nowhere.pem\n    kind:", texts(`backends.ca_file: the file does not exist`)},
		{"    kind:", "    ca_file: ‸app\n    kind:", texts(`backends.ca_file: the file holds no PEM certificate`)},
		{"    kind:", "    private_key_file: ‸app\n    kind:", texts(`backends.private_key_file: give private_key or private_key_file, not both`)},
		{"    kind:", "    projects: ‸Payments\n    kind:", texts(`backends.projects: want a list, found a text`)},
		{"    kind:", "    projects: [a, ‸a, ‸5]\n    kind:", texts(
			`backends.projects: "a" is used already in line 6`, `backends.projects: want a text, found a number; put it in quotes`)},
		{"    kind:", "    poll: ‸15\n    kind:", texts(`backends.poll: want a duration such as 500ms, 30s, 15m or 4h, found a number without its unit`)},
		{"    kind:", "    poll: ‸0s\n    kind:", texts(`backends.poll: must be more than nothing`)},
		{"    kind:", "    poll: ‸1us\n    kind:", texts(`backends.poll: must be at least 1ms`)},
	})
}

func TestWrongGroups(t *testing.T) {
	checkWrong(t, base, []wrong{
		{"S0DBA", "‸D0DBA", texts(`groups.dba.slack_usergroup: want a user group's id such as S0123ABCD, found "D0DBA"`)},
		{"{slack_usergroup: S0DBA}", "‸{}", texts(`groups.dba: want either slack_usergroup or users`)},
		{"{slack_usergroup: S0DBA}", "‸{slack_usergroup: S0DBA, users: [U0X]}", texts(`groups.dba: want either slack_usergroup or users`)},
		{"{slack_usergroup: S0DBA}", "‸[U0X]", texts(`groups.dba: want keys with values, found a list`)},
		{"{slack_usergroup: S0DBA}", "{users: ‸[]}", texts(`groups.dba.users: the list is empty; give at least one entry`)},
		{"{slack_usergroup: S0DBA}", "{users: [‸'@peter']}", texts(`groups.dba.users: want a user's id such as U0123ABCD, found "@peter"`)},
		{"{slack_usergroup: S0DBA}", "{users: [U0X, ‸U0X]}", texts(`groups.dba.users: "U0X" is used already in line 11`)},
		{"  dba:", "  ‸' ': {users: [U0X]}\n  dba:", texts(`groups: want names of 1 to 64 printable characters, no space at either end`)},
		{"  dba: {slack_usergroup: S0DBA}\n  leads: {users: [U0LEAD1, U0LEAD2]}\n", "  ‸{}\n", texts(`groups: name at least one group`)},
	})
}

func TestWrongPolicies(t *testing.T) {
	const target = `{target: ["*/prod/*", "om/Payments/orders-*"]}`
	const seats = "[{from: dba}, {from: leads}]"
	const body = `{name: ?, match: {source: ["*/*/*"]}, channel: C0X, seats: [{from: dba}]}` + "\n"
	checkWrong(t, base, []wrong{
		{"", "  - " + strings.Replace(body, "?", "‸production", 1), texts(`policies.name: "production" is used already in line 14`)},
		{"", "  - " + strings.Replace(body, "?", "‸''", 1), texts(`policies.name: must not be empty`)},
		{target, "‸{}", texts(`policies.match: want source or target patterns; ["*/*/*"] is every cluster`)},
		{target, "‸{requesters: [dba]}", texts(`policies.match: want source or target patterns; ["*/*/*"] is every cluster`)},
		{target, "{target: ‸[]}", texts(`policies.match.target: the list is empty; give at least one entry`)},
		{target, "{‸target: }", texts(`policies.match.target: want a list, found nothing`)},
		{target, "{target: ‸'*/*/*'}", texts(`policies.match.target: want a list, found a text`)},
		{target, "{target: ['*/*/*', ‸'om/prod']}", texts(`policies.match.target: want backend/project/cluster, each with * and ?, found "om/prod"`)},
		{target, "{source: [‸'a/b/c/d']}", texts(`policies.match.source: want backend/project/cluster, each with * and ?, found "a/b/c/d"`)},
		{target, "{source: ['*/*/*'], requesters: ‸[]}", texts(`policies.match.requesters: the list is empty; give at least one entry`)},
		{target, "{source: ['*/*/*'], requesters: [‸lead]}", texts(`policies.match.requesters: no group "lead"; did you mean "leads"?`)},
		{target, "{source: ['*/*/*'], delivery: [‸automatic]}", texts(`policies.match.delivery: unknown value "automatic"; did you mean "automated"?`)},
		{target, "{target: ['*/*/*'], delivery: ‸[download]}", texts(
			`policies.match.delivery: a policy for downloads only cannot have target patterns: a download has no target`)},
		{"C0RESTORES", "‸'#restores'", texts(`policies.channel: want a channel's id such as C0123ABCD, found "#restores"`)},
		{"C0RESTORES", "‸D0RESTORES", texts(`policies.channel: want a channel's id such as C0123ABCD, found "D0RESTORES"`)},
		{seats, "‸[]", texts(`policies.seats: the list is empty; give at least one entry`)},
		{seats, "[{from: ‸dbas}, {from: leads}]", texts(`policies.seats.from: no group "dbas"; did you mean "dba"?`)},
		{seats, "[{from: ‸operators}]", texts(`policies.seats.from: no group "operators"; known groups: dba, leads`)},
		{seats, "[‸dba]", texts(`policies.seats: want keys with values, found a text`)},
		{seats, "[‸{count: 2}]", texts(`policies.seats.from: missing`)},
		{seats, "[{from: dba, count: ‸0}]", texts(`policies.seats.count: want a whole number from 1 to 20`)},
		{seats, "[{from: dba, count: ‸99999999999999999999}]", texts(`policies.seats.count: want a whole number, found a text`)},
		{seats, "‸[{from: dba, count: 20}, {from: dba}]", texts(`policies.seats: 21 seats; want at most 20`)},
		{"", "    confirm: ‸typed\n", texts(`policies.confirm: unknown value "typed"; known values: target-name, dialog`)},
		{"", "    reason: {required: ‸1}\n", texts(`policies.reason.required: want true or false, found a number`)},
		{"", "    reason: {ticket: ‸'[A-Z'}\n", texts(`policies.reason.ticket: not a regular expression: missing closing ]`)},
		{"", "    reason: {ticket: ‸'a)|(b'}\n", texts(`policies.reason.ticket: not a regular expression: unexpected )`)},
		{"", "    reason: {ticket: ‸'[A-Z]+$'}\n", texts(`policies.reason.ticket: a $ stands alone; write ${NAME} for a variable, $$ for a dollar`)},
		{"", "    expires_after: ‸-4h\n", texts(`policies.expires_after: must be more than nothing`)},
		{"", "    expires_after: ‸721h\n", texts(`policies.expires_after: must be at most 720h`)},
		{"", "    submit_within: ‸1d\n", texts(`policies.submit_within: want a duration such as 500ms, 30s, 15m or 4h, found "1d"`)},
		{"", "timings: {skew: ‸25h, grace: ‸0s}\n", texts(`timings.skew: must be at most 24h`, `timings.grace: must be more than nothing`)},
	})
}
