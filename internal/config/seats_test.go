package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestSeatsThatNobodyCanFill gives one policy other groups, requesters and seats.
func TestSeatsThatNobodyCanFill(t *testing.T) {
	const groups = `{dba: {slack_usergroup: S0DBA}, one: {users: [U0A]}, two: {users: [U0A, U0B]}, three: {users: [U0A, U0B, U0C]}}`
	const tooFew = ": too few others to fill the seats"
	for _, c := range []struct{ requesters, seats, wrong, warning string }{
		{"", "[{from: dba}]", "", ""},
		{"", "[{from: dba, count: 5}]", "", ""},
		{"", "[{from: dba}, {from: three}]", "", ""},
		{"", "[{from: three, count: 2}]", "", ""},
		{"", "[{from: one}]", "", "U0A could not ask" + tooFew},
		{"", "[{from: two, count: 2}]", "", "U0A, U0B could not ask" + tooFew},
		{"", "[{from: one}, {from: three}]", "", "U0A could not ask" + tooFew},
		{"", "[{from: one}, {from: two}]", "", "U0A, U0B could not ask" + tooFew},
		{"", "[{from: one, count: 2}]", "can never be filled: too few people in one", ""},
		{"", "[{from: dba}, {from: two, count: 2}, {from: one}]", "can never be filled: too few people in one", ""},
		{"[dba]", "[{from: one}]", "", "U0A could not ask" + tooFew},
		{"[three]", "[{from: one}]", "", "U0A could not ask" + tooFew},
		{"[two, dba]", "[{from: two, count: 2}]", "", "U0A, U0B could not ask" + tooFew},
		{"[one]", "[{from: two}]", "", ""},
		{"[one]", "[{from: two}, {from: dba}]", "", ""},
		{
			"[two]", "[{from: two, count: 2}]",
			"nobody who may ask leaves enough people to fill them: nobody fills a seat of their own request", "",
		},
	} {
		text := edit(t, base, "groups:\n  dba: {slack_usergroup: S0DBA}\n  leads: {users: [U0LEAD1, U0LEAD2]}\n", "groups: "+groups+"\n")
		text = edit(t, text, "[{from: dba}, {from: leads}]", c.seats)
		if c.requesters != "" {
			text = edit(t, text, `orders-*"]`, `orders-*"], requesters: `+c.requesters)
		}
		const at = "snapback.yaml:15:12: policies.seats: "
		conf, err := newWorld(text).load()
		if c.wrong != "" {
			if got := fmt.Sprint(err); got != at+c.wrong {
				t.Errorf("%s for %s: got %s, want %s", c.seats, c.requesters, got, c.wrong)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s for %s: %v", c.seats, c.requesters, err)
			continue
		}
		want := "[" + strings.Repeat(at+c.warning, min(1, len(c.warning))) + "]"
		conf.Warnings = slices.DeleteFunc(conf.Warnings, func(p Problem) bool { return strings.HasPrefix(p.Text, "groups.") })
		if got := fmt.Sprint(conf.Warnings); got != want {
			t.Errorf("%s for %s: got warnings %s, want %s", c.seats, c.requesters, got, want)
		}
	}
}
