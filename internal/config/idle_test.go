package config

import (
	"fmt"
	"strings"
	"testing"
)

// second is a policy behind that of the base file.
func second(match, rest string) string {
	return "  - name: more\n    match: " + match + "\n    channel: C0RESTORES\n    " + rest + "\n"
}

// TestIdle has things in the file that have no effect, and others that nearly have none.
func TestIdle(t *testing.T) {
	const (
		seats = "seats: [{from: leads}]"
		auto  = "auto_approve: true"
	)
	checkWarned(t, []wrong{
		{"", second(`{target: ["*/stage/*"]}`, seats), nil},
		{"", "  - " + mark + second(`{target: ["om/prod/a*"]}`, seats)[4:], texts(
			`policies: "more" never decides: "production" comes first and matches all that it matches`)},
		{"", "  - " + mark + second(`{source: ["om/prod/a*"], target: ["om/prod/a*"]}`, auto)[4:], texts(
			`policies: "more" never decides: "production" has seats and matches all that it matches`)},
		{"", second(`{source: ["om/prod/a*"]}`, seats), nil}, // downloads, too
		{"", second(`{source: ["om/a/*"], target: ["om/a/*"]}`, auto+"\n    expires_after: "+mark+"2h"), texts(
			"policies.expires_after: has no effect: a policy that approves by itself waits for no approvals")},
		{"", second(`{target: ["om/a/*"], delivery: [automated, `+mark+`download]}`, seats), texts(
			"policies.match.delivery: download has no effect: target patterns never match a download")},
		{"", second(`{source: ["om/a/*"], delivery: [automated, download]}`, seats), nil},
		{"", second(`{target: ["om/a/*", `+mark+`"om/a/b?"]}`, seats), texts(
			`policies.match.target: "om/a/b?" has no effect: "om/a/*" in the same list matches all that it matches`)},
		{"", second(`{target: [`+mark+`"om/a/b?", "om/a/*"]}`, seats), texts(
			`policies.match.target: "om/a/b?" has no effect: "om/a/*" in the same list matches all that it matches`)},
		{"", second(`{target: ["om/a/b", `+mark+`"om/a/b"]}`, seats), texts(
			`policies.match.target: "om/a/b" has no effect: "om/a/b" in the same list matches all that it matches`)},
		{"", second(`{target: [`+mark+`"on/a/*"]}`, seats), texts(
			`policies.match.target: "on/a/*" matches nothing: no backend has such a name`)},
		{"", second(`{target: ["o?/a/*"]}`, seats), nil},
		{"policies:\n", "  " + mark + "idle: {users: [U0A]}\npolicies:\n", texts(
			"groups.idle: has no effect: no policy names this group")},
		{"  leads: {", "  " + mark + "dba2: {slack_usergroup: S0DBA2, quiet: true}\n  leads: {", texts(
			"groups.dba2: has no effect: no policy names this group")},
		{`orders-*"]}`, `orders-*"], requesters: [leads]}`, nil},
		{"    private_key: ${OM_PRIVATE}\n", "    private_key: ${OM_PRIVATE}\n    insecure_http: " + mark + "true\n", texts(
			"backends.insecure_http: has no effect: nothing here is reached by http beyond this machine")},
		{"https://om.example.net:8443\n", mark + "http://om.example.net:8080\n    insecure_http: true\n", texts(
			"backends.url: http without TLS: whoever can read the network sees all that is sent, download links included")},
	})
}

// TestIdleMarks has a group that may only ask rotate.
func TestIdleMarks(t *testing.T) {
	text := edit(t, base, `orders-*"]}`, `orders-*"], requesters: [askers]}`)
	text = edit(t, text, "policies:\n", "  askers: {slack_usergroup: S0ASKERS, rotating: true}\npolicies:\n")
	const want = "[snapback.yaml:13:3: groups.askers: rotating and quiet have no effect: no policy has a seat for this group]"
	if got := fmt.Sprint(mustLoad(t, newWorld(text)).Warnings); got != want {
		t.Errorf("warnings %s, want %s", got, want)
	}
}

// checkWarned is [checkWrong] for warnings.
func checkWarned(t *testing.T, cases []wrong) {
	t.Helper()
	for _, c := range cases {
		text, places := unmark(edit(t, base, c.old, c.new))
		if len(places) != len(c.want) {
			t.Errorf("%q: %d marks for %d texts", c.new, len(places), len(c.want))
			continue
		}
		var want, got []string
		for i, p := range places {
			want = append(want, "snapback.yaml:"+p+": "+c.want[i])
		}
		for _, w := range mustLoad(t, newWorld(text)).Warnings {
			got = append(got, w.String())
		}
		if got, want := strings.Join(got, "\n"), strings.Join(want, "\n"); got != want {
			t.Errorf("%q:\n got %s\nwant %s", c.new, got, want)
		}
		checkCanaries(t, strings.Join(got, "\n"))
	}
}
