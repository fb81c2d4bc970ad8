package config

import (
	"slices"
	"testing"
)

// TestGroupSwitches reads what a group may be besides its people.
func TestGroupSwitches(t *testing.T) {
	const group = "{slack_usergroup: S0DBA}"
	for text, want := range map[string]Group{
		group: {SlackUsergroup: "S0DBA"},
		"{slack_usergroup: S0DBA, rotating: true}":               {SlackUsergroup: "S0DBA", Rotating: true},
		"{slack_usergroup: S0DBA, quiet: true}":                  {SlackUsergroup: "S0DBA", Quiet: true},
		"{slack_usergroup: S0DBA, rotating: false, quiet: true}": {SlackUsergroup: "S0DBA", Quiet: true},
	} {
		c := mustLoad(t, newWorld(edit(t, base, group, text)))
		if got := c.Groups["dba"]; got.SlackUsergroup != want.SlackUsergroup || got.Rotating != want.Rotating || got.Quiet != want.Quiet {
			t.Errorf("%s: %+v", text, got)
		}
		rotating := []string(nil)
		if want.Rotating {
			rotating = []string{"dba"}
		}
		if got := c.Policies[0].Terms.Rotating; !slices.Equal(got, rotating) {
			t.Errorf("%s: terms rotate %v", text, got)
		}
	}
	checkWrong(t, base, []wrong{
		{group, "{slack_usergroup: S0DBA, rotating: ‸often}", texts(`groups.dba.rotating: want true or false, found a text`)},
		{group, "{slack_usergroup: S0DBA, quiet: ‸1}", texts(`groups.dba.quiet: want true or false, found a number`)},
	})
}

// TestAutoApprove reads policies that approve by themselves, and refuses those that say too little or ask somebody.
func TestAutoApprove(t *testing.T) {
	const target, seats = `{target: ["*/prod/*", "om/Payments/orders-*"]}`, "    seats: [{from: dba}, {from: leads}]\n"
	both := edit(t, edit(t, base, target, `{source: ["*/prod/*"], target: ["*/*/scratch-*"]}`), seats, "    auto_approve: true\n")
	p := mustLoad(t, newWorld(both)).Policies[0].Terms
	if !p.Auto || len(p.Seats) > 0 || len(p.Rotating) > 0 {
		t.Errorf("%+v", p)
	}
	if p := mustLoad(t, newWorld(edit(t, base, seats, "    auto_approve: false\n"+seats))).Policies[0].Terms; p.Auto || len(p.Seats) != 2 {
		t.Errorf("%+v", p)
	}
	const need = "policies.auto_approve: a policy that approves by itself needs source and target patterns"
	checkWrong(t, both, []wrong{
		{"auto_approve: true", "auto_approve: true\n    seats: ‸[{from: dba}]", texts("policies.seats: a policy that approves by itself has no seats")},
	})
	checkWrong(t, base, []wrong{
		{seats, "    auto_approve: ‸please\n" + seats, texts("policies.auto_approve: want true or false, found a text")},
	})
	checkWrong(t, edit(t, both, `source: ["*/prod/*"], `, ""), []wrong{{"auto_approve: true", "auto_approve: ‸true", texts(need)}})
	checkWrong(t, edit(t, both, `, target: ["*/*/scratch-*"]`, ""), []wrong{{"auto_approve: true", "auto_approve: ‸true", texts(need)}})
}
