package restore_test

import (
	"strings"
	"testing"

	"snapback/internal/restore"
)

func pattern(t *testing.T, text string) restore.Pattern {
	t.Helper()
	p, err := restore.ParsePattern(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPatternCovers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		p, o string
		want bool
	}{
		{"*/*/*", "om/prod/orders", true},
		{"*/*/*", "*/*/*", true},
		{"om/*/*", "*/*/*", false},
		{"om/prod/*", "om/prod/orders-*", true},
		{"om/prod/orders-*", "om/prod/*", false},
		{"om/prod/orders-*", "om/prod/orders-?", true},
		{"om/prod/orders-?", "om/prod/orders-*", false},
		{"om/prod/*?", "om/prod/?*", true},
		{"om/prod/?*", "om/prod/*?", true},
		{"om/prod/**", "om/prod/*", true},
		{"om/prod/?", "om/prod/a", true},
		{"om/prod/??", "om/prod/a", false},
		{"om/prod/*-prod", "om/prod/a*-prod", true},
		{"om/prod/a*b*c", "om/prod/a*c", false},
		{"om/prod/a*c", "om/prod/a*b*c", true},
		{`om/prod/\*`, "om/prod/*", false},
		{"om/prod/?", `om/prod/\*`, true},
		{`om/prod/\*`, `om/prod/\*`, true},
		{`om/prod/\a`, "om/prod/a", true},
		{`om/p\/q/*`, `om/p\/q/x`, true},
		{"om/*/x", `om/p\/q/x`, true},
		{"om/prod/a", "om/prod/ab", false},
		{"om/prod/ab", "om/prod/a", false},
		{"om/prod/a*", "om/prod/a", true},
	} {
		if got := pattern(t, tt.p).Covers(pattern(t, tt.o)); got != tt.want {
			t.Errorf("%s covers %s: %v, want %v", tt.p, tt.o, got, tt.want)
		}
	}
}

// FuzzPatternCovers holds a yes to what the patterns match.
func FuzzPatternCovers(f *testing.F) {
	f.Add("a*b", "a?b", "axb")
	f.Add("*?", "?*", "a")
	f.Add(`\*`, "*", "*")
	f.Fuzz(func(t *testing.T, p, o, name string) {
		if strings.Contains(p+o, "/") {
			return
		}
		one, err := restore.ParsePattern("b/p/" + p)
		if err != nil {
			return
		}
		other, err := restore.ParsePattern("b/p/" + o)
		if err != nil {
			return
		}
		c := restore.Cluster{Backend: "b", ProjectName: "p", Name: name}
		if one.Covers(other) && other.Match(c) && !one.Match(c) {
			t.Errorf("%q covers %q, but %q fits the latter alone", p, o, name)
		}
	})
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	type match struct {
		source, target string
		delivery       restore.DeliveryKind
		requesters     []string
		auto           bool
	}
	for name, tt := range map[string]struct {
		first, second match
		want          [2]bool // whether the first and the second are unreachable
	}{
		"apart":                      {first: match{target: "*/a/*"}, second: match{target: "*/b/*"}},
		"all before some":            {first: match{target: "*/*/*"}, second: match{target: "*/b/*"}, want: [2]bool{false, true}},
		"some before all":            {first: match{target: "*/b/*"}, second: match{target: "*/*/*"}},
		"the same":                   {first: match{target: "*/b/*"}, second: match{target: "*/b/*"}, want: [2]bool{false, true}},
		"targets and no downloads":   {first: match{target: "*/*/*"}, second: match{source: "*/b/*"}},
		"targets and restores":       {first: match{target: "*/*/*"}, second: match{source: "*/b/*", delivery: restore.Automated}, want: [2]bool{false, true}},
		"downloads":                  {first: match{source: "*/*/*"}, second: match{source: "*/b/*", delivery: restore.Download}, want: [2]bool{false, true}},
		"another key":                {first: match{source: "*/b/*"}, second: match{target: "*/b/*"}},
		"fewer may ask":              {first: match{target: "*/*/*", requesters: []string{"a"}}, second: match{target: "*/b/*"}},
		"more may ask":               {first: match{target: "*/*/*"}, second: match{target: "*/b/*", requesters: []string{"a"}}, want: [2]bool{false, true}},
		"the same may ask":           {first: match{target: "*/*/*", requesters: []string{"a", "b"}}, second: match{target: "*/b/*", requesters: []string{"b"}}, want: [2]bool{false, true}},
		"others may ask":             {first: match{target: "*/*/*", requesters: []string{"a"}}, second: match{target: "*/b/*", requesters: []string{"b"}}},
		"by itself, then seats":      {first: match{source: "*/*/*", target: "*/*/*", auto: true}, second: match{target: "*/b/*"}},
		"by itself, then wide seats": {first: match{source: "*/b/*", target: "*/b/*", auto: true}, second: match{target: "*/*/*"}, want: [2]bool{true, false}},
		"seats, then by itself":      {first: match{target: "*/*/*"}, second: match{source: "*/b/*", target: "*/b/*", auto: true}, want: [2]bool{false, true}},
		"twice by itself":            {first: match{source: "*/*/*", target: "*/*/*", auto: true}, second: match{source: "*/b/*", target: "*/b/*", auto: true}, want: [2]bool{false, true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var policies []restore.Policy
			for _, m := range []match{tt.first, tt.second} {
				p := restore.Policy{Terms: restore.Terms{Auto: m.auto}, Match: restore.Match{Requesters: m.requesters}}
				if m.source != "" {
					p.Match.Source = []restore.Pattern{pattern(t, m.source)}
				}
				if m.target != "" {
					p.Match.Target = []restore.Pattern{pattern(t, m.target)}
				}
				if m.delivery != "" {
					p.Match.Delivery = []restore.DeliveryKind{m.delivery}
				}
				policies = append(policies, p)
			}
			for i, want := range tt.want {
				if by := restore.Unreachable(policies, i); (by != nil) != want {
					t.Errorf("policy %d is unreachable because of %v, want %v", i, by, want)
				}
			}
		})
	}
}
