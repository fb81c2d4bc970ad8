package restore

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"snapback/approvals"
)

func patterns(t *testing.T, texts ...string) []Pattern {
	t.Helper()
	var out []Pattern
	for _, text := range texts {
		p, err := ParsePattern(text)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

func TestMatches(t *testing.T) {
	in, unread := standing(erin, "oncall"), standing(erin)
	unread.Unread = []string{"oncall"}
	onto, down := plan().Spec, download().Spec
	all, prod, stage := patterns(t, "*/*/*"), patterns(t, "om/prod/*"), patterns(t, "om/stage/*")
	oncall := []string{"oncall"}
	tests := map[string]struct {
		match     Match
		spec      Spec
		requester approvals.Standing
		want      Matching
	}{
		"no keys":                        {Match{}, onto, standing(erin), Matches},
		"source":                         {Match{Source: prod}, onto, in, Matches},
		"other source":                   {Match{Source: stage}, onto, in, NoMatch},
		"target":                         {Match{Target: stage}, onto, in, Matches},
		"other target":                   {Match{Target: prod}, onto, in, NoMatch},
		"source and target":              {Match{Source: prod, Target: stage}, onto, in, Matches},
		"source, other target":           {Match{Source: prod, Target: prod}, onto, in, NoMatch},
		"other source, target":           {Match{Source: stage, Target: stage}, onto, in, NoMatch},
		"one entry suffices":             {Match{Target: patterns(t, "om/x/*", "om/stage/*")}, onto, in, Matches},
		"a download has no target":       {Match{Target: all}, down, in, NoMatch},
		"a download has a source":        {Match{Source: prod}, down, in, Matches},
		"delivery":                       {Match{Delivery: []DeliveryKind{Automated}}, onto, in, Matches},
		"other delivery":                 {Match{Delivery: []DeliveryKind{Download}}, onto, in, NoMatch},
		"one of the deliveries":          {Match{Delivery: []DeliveryKind{Download, Automated}}, onto, in, Matches},
		"download":                       {Match{Delivery: []DeliveryKind{Download}}, down, in, Matches},
		"requester's group":              {Match{Requesters: oncall}, onto, in, Matches},
		"one of the groups":              {Match{Requesters: []string{"dba", "oncall"}}, onto, in, Matches},
		"not in the group":               {Match{Requesters: oncall}, onto, standing(erin, "dba"), NoMatch},
		"group unread":                   {Match{Requesters: oncall}, onto, unread, CannotTell},
		"one group unread, another fits": {Match{Requesters: []string{"oncall", "dba"}}, onto, with(unread, "dba"), Matches},
		"one group unread, none fits":    {Match{Requesters: []string{"oncall", "dba"}}, onto, with(unread, "leads"), CannotTell},
		"unread, but the source differs": {Match{Source: stage, Requesters: oncall}, onto, unread, NoMatch},
		"unread, but the target differs": {Match{Target: prod, Requesters: oncall}, onto, unread, NoMatch},
		"unread, but another delivery":   {Match{Delivery: []DeliveryKind{Download}, Requesters: oncall}, onto, unread, NoMatch},
		"another group is unread":        {Match{Requesters: []string{"dba"}}, onto, unread, NoMatch},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.match.Matches(tt.spec, tt.requester); got != tt.want {
				t.Errorf("Matches() = %v, want %v", got, tt.want)
			}
		})
	}
}

func with(s approvals.Standing, groups ...string) approvals.Standing {
	s.Groups = append(slices.Clone(s.Groups), groups...)
	return s
}

func TestRule(t *testing.T) {
	policy := func(name string, m Match) Policy { return Policy{Match: m, Terms: Terms{Policy: name}} }
	unread := standing(erin)
	unread.Unread = []string{"oncall"}
	oncall := policy("oncall", Match{Requesters: []string{"oncall"}})
	weak := policy("weak", Match{Source: patterns(t, "*/*/*")})
	other := policy("other", Match{Source: patterns(t, "om/stage/*")})
	tests := map[string]struct {
		policies  []Policy
		requester approvals.Standing
		policy    string
		want      Matching
	}{
		"none":                         {nil, standing(erin), "", NoMatch},
		"none fits":                    {[]Policy{other, oncall}, standing(erin), "", NoMatch},
		"the first that fits":          {[]Policy{other, oncall, weak}, standing(erin, "oncall"), "oncall", Matches},
		"order counts":                 {[]Policy{weak, oncall}, standing(erin, "oncall"), "weak", Matches},
		"falls through a no":           {[]Policy{oncall, weak}, standing(erin), "weak", Matches},
		"never through a cannot tell":  {[]Policy{oncall, weak}, unread, "oncall", CannotTell},
		"a match before it is found":   {[]Policy{weak, oncall}, unread, "weak", Matches},
		"a no before it does not stop": {[]Policy{other, oncall, weak}, unread, "oncall", CannotTell},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := Rule(tt.policies, plan().Spec, tt.requester)
			if got.Matching != tt.want || got.Terms.Policy != tt.policy {
				t.Errorf("%q, %v; want %q, %v", got.Terms.Policy, got.Matching, tt.policy, tt.want)
			}
		})
	}
}

func TestMayName(t *testing.T) {
	prod, stage := patterns(t, "om/prod/*"), patterns(t, "om/stage/*")
	tests := map[string]struct {
		match Match
		want  bool
	}{
		"as a source":                {Match{Source: prod, Target: stage}, true},
		"as a target":                {Match{Source: stage, Target: prod}, true},
		"as neither":                 {Match{Source: stage, Target: stage}, false},
		"any source":                 {Match{Target: stage}, true},
		"any target":                 {Match{Source: stage}, true},
		"downloads of others only":   {Match{Source: stage, Delivery: []DeliveryKind{Download}}, false},
		"downloads of it":            {Match{Source: prod, Delivery: []DeliveryKind{Download}}, true},
		"any target, among others":   {Match{Source: stage, Delivery: []DeliveryKind{Download, Automated}}, true},
		"for a group of mine":        {Match{Source: prod, Requesters: []string{"dba"}}, true},
		"for a group of others":      {Match{Source: prod, Requesters: []string{"leads"}}, false},
		"for a group that is unread": {Match{Source: prod, Requesters: []string{"unread"}}, false},
	}
	who := standing(erin, "dba")
	who.Unread = []string{"unread"}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			policies := []Policy{{Match: Match{Source: stage, Target: stage}}, {Match: tt.match}}
			if got := MayName(policies, source(), who); got != tt.want {
				t.Errorf("MayName() = %v, want %v", got, tt.want)
			}
		})
	}
	if MayName(nil, source(), who) {
		t.Error("without policies a cluster is named")
	}
}

func TestConfirmation(t *testing.T) {
	tests := []struct {
		confirm  Confirm
		delivery DeliveryKind
		want     Confirm
	}{
		{"", Automated, ConfirmTarget},
		{"", Download, ConfirmDialog},
		{ConfirmDialog, Automated, ConfirmDialog},
		{ConfirmTarget, Download, ConfirmTarget},
	}
	for _, tt := range tests {
		if got := (Terms{Confirm: tt.confirm}).Confirmation(tt.delivery); got != tt.want {
			t.Errorf("%q for %s gives %s, want %s", tt.confirm, tt.delivery, got, tt.want)
		}
	}
}

func TestReasonRule(t *testing.T) {
	const ticket = "[A-Z]+-[0-9]+"
	tests := map[string]struct {
		rule   ReasonRule
		reason string
		want   bool
	}{
		"nothing asked":                {ReasonRule{}, "", true},
		"a reason":                     {ReasonRule{Required: true}, "because", true},
		"no reason":                    {ReasonRule{Required: true}, "", false},
		"a reason of spaces":           {ReasonRule{Required: true}, " \t\u00a0\n", false},
		"a ticket":                     {ReasonRule{Ticket: ticket}, "OPS-17", true},
		"a ticket among words":         {ReasonRule{Required: true, Ticket: ticket}, "lost rows, see OPS-17 for more", true},
		"a ticket in brackets":         {ReasonRule{Ticket: ticket}, "lost rows (OPS-17).", true},
		"a ticket in quotes":           {ReasonRule{Ticket: ticket}, `"OPS-17"`, true},
		"no ticket":                    {ReasonRule{Ticket: ticket}, "lost rows", false},
		"no reason, ticket asked":      {ReasonRule{Ticket: ticket}, "", false},
		"a ticket within a word":       {ReasonRule{Ticket: ticket}, "xOPS-17", false},
		"a ticket and more":            {ReasonRule{Ticket: ticket}, "OPS-17x", false},
		"a ticket in a link":           {ReasonRule{Ticket: ticket}, "https://tracker/OPS-17", false},
		"lower case":                   {ReasonRule{Ticket: ticket}, "ops-17", false},
		"two patterns, the first":      {ReasonRule{Ticket: "OPS-1|DBA-1"}, "OPS-1", true},
		"two patterns, the second":     {ReasonRule{Ticket: "OPS-1|DBA-1"}, "DBA-1", true},
		"two patterns, anchored":       {ReasonRule{Ticket: "OPS-1|DBA-1"}, "OPS-17 xDBA-1", false},
		"punctuation in the ticket":    {ReasonRule{Ticket: `\(OPS\)`}, "(OPS)", true},
		"an invalid pattern":           {ReasonRule{Ticket: "["}, "[", false},
		"a pattern that breaks out":    {ReasonRule{Ticket: "OPS)|(DBA"}, "OPSxyz", false},
		"a pattern too deep to anchor": {ReasonRule{Ticket: strings.Repeat("(", 999) + "a" + strings.Repeat(")", 999)}, "a", false},
		"flags in the pattern":         {ReasonRule{Ticket: "(?i)ops-[0-9]+"}, "Ops-17", true},
		"several lines":                {ReasonRule{Ticket: ticket}, "lost rows\nOPS-17\nsorry", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.rule.Satisfied(tt.reason); got != tt.want {
				t.Errorf("Satisfied(%q) = %v, want %v", tt.reason, got, tt.want)
			}
		})
	}
}

// TestDigestPolicy alters every part of a policy, its terms found by reflection.
func TestDigestPolicy(t *testing.T) {
	build := func() Policy {
		return Policy{
			Match: Match{
				Source: patterns(t, "om/prod/*"), Target: patterns(t, "om/stage/*"),
				Delivery: []DeliveryKind{Automated}, Requesters: []string{"dba"},
			},
			Terms: terms("dba", "leads"),
		}
	}
	digest := func(p Policy) string {
		d, err := DigestPolicy(p)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	base := digest(build())
	changes := map[string]func(*Policy){
		"source":        func(p *Policy) { p.Match.Source = patterns(t, "om/prod/**") },
		"two sources":   func(p *Policy) { p.Match.Source = patterns(t, "om/prod/*", "om/stage/*") },
		"target":        func(p *Policy) { p.Match.Target = nil },
		"to the target": func(p *Policy) { p.Match.Source, p.Match.Target = p.Match.Target, p.Match.Source },
		"delivery":      func(p *Policy) { p.Match.Delivery = []DeliveryKind{Download} },
		"requesters":    func(p *Policy) { p.Match.Requesters = []string{"leads"} },
		"seat":          func(p *Policy) { p.Terms.Seats[0].From = "sre" },
		"fewer seats":   func(p *Policy) { p.Terms.Seats = p.Terms.Seats[:1] },
		"order":         func(p *Policy) { slices.Reverse(p.Terms.Seats) },
	}
	leaves(reflect.ValueOf(new(Terms)).Elem(), "", func(path string, _ reflect.Value) {
		if path == "Seats" {
			return
		}
		changes["terms: "+path] = func(p *Policy) {
			leaves(reflect.ValueOf(&p.Terms).Elem(), "", func(at string, v reflect.Value) {
				if at == path {
					alter(t, path, v)
				}
			})
		}
	})
	seen := map[string]string{base: "the policy itself"}
	for name, change := range changes {
		p := build()
		change(&p)
		got := digest(p)
		if name == "terms: Digest" {
			if got != base {
				t.Error("the digest depends on itself")
			}
			continue
		}
		if other, ok := seen[got]; ok {
			t.Errorf("%s and %s give one digest", name, other)
		}
		seen[got] = name
	}
}
