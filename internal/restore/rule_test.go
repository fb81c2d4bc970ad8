package restore

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"snapback/approvals"
)

// auto is a policy that approves by itself.
func auto(t *testing.T, source, target string, requesters ...string) Policy {
	t.Helper()
	p := Policy{Match: Match{Requesters: requesters}, Terms: Terms{Policy: "auto", Auto: true}}
	if source != "" {
		p.Match.Source = patterns(t, source)
	}
	if target != "" {
		p.Match.Target = patterns(t, target)
	}
	return p
}

// seated is a policy with seats.
func seated(t *testing.T, target string, requesters ...string) Policy {
	t.Helper()
	return Policy{
		Match: Match{Target: patterns(t, target), Requesters: requesters},
		Terms: Terms{Policy: "seated", Seats: terms("dba").Seats},
	}
}

// TestRuleAuto lets a policy approve by itself only what no policy with seats is about, with a source and a target of its
// own, onto another cluster.
func TestRuleAuto(t *testing.T) {
	onto, inPlace, foreign := plan().Spec, plan().Spec, plan().Spec
	inPlace.Delivery.Target = inPlace.Source
	foreign.Delivery.Target.Name = "other"
	all, mine := auto(t, "*/*/*", "*/*/*"), seated(t, "om/stage/orders-*")
	unread := standing(erin)
	unread.Unread = []string{"oncall"}
	tests := map[string]struct {
		policies  []Policy
		spec      Spec
		requester approvals.Standing
		policy    string
		want      Matching
	}{
		"alone":                       {[]Policy{all}, onto, standing(erin), "auto", Matches},
		"without a source":            {[]Policy{auto(t, "", "*/*/*")}, onto, standing(erin), "", NoMatch},
		"without a target":            {[]Policy{auto(t, "*/*/*", "")}, onto, standing(erin), "", NoMatch},
		"download":                    {[]Policy{all}, download().Spec, standing(erin), "", NoMatch},
		"in place":                    {[]Policy{all}, inPlace, standing(erin), "", NoMatch},
		"seats after it":              {[]Policy{all, mine}, onto, standing(erin), "seated", Matches},
		"seats before it":             {[]Policy{mine, all}, onto, standing(erin), "seated", Matches},
		"seats for something else":    {[]Policy{all, mine}, foreign, standing(erin), "auto", Matches},
		"not for who asks":            {[]Policy{auto(t, "*/*/*", "*/*/*", "oncall")}, onto, standing(erin), "", NoMatch},
		"for who asks":                {[]Policy{auto(t, "*/*/*", "*/*/*", "oncall")}, onto, standing(erin, "oncall"), "auto", Matches},
		"cannot tell who asks":        {[]Policy{auto(t, "*/*/*", "*/*/*", "oncall"), mine}, onto, unread, "auto", CannotTell},
		"cannot tell about the seats": {[]Policy{all, seated(t, "*/*/*", "oncall")}, onto, unread, "seated", CannotTell},
		"the first of two": {
			[]Policy{all, {Match: all.Match, Terms: Terms{Policy: "second", Auto: true}}}, onto, standing(erin), "auto", Matches,
		},
		"cannot tell, but it may not anyway": {
			[]Policy{auto(t, "*/*/*", "", "oncall"), mine}, onto, unread, "seated", Matches,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Rule(tt.policies, tt.spec, tt.requester); got.Matching != tt.want || got.Terms.Policy != tt.policy {
				t.Errorf("Rule() = %v %q, want %v %q", got.Matching, got.Terms.Policy, tt.want, tt.policy)
			}
		})
	}
}

// TestCoversAlone holds for what leaves the clusters even where something else took it for a match.
func TestCoversAlone(t *testing.T) {
	if p := auto(t, "*/*/*", "*/*/*"); !p.coversAlone(plan().Spec) || p.coversAlone(download().Spec) {
		t.Error("a restore onto another cluster has to be covered, a download must not")
	}
}

// anyPolicies makes up a few policies about the specs of the tests.
func anyPolicies(t *testing.T, r *rand.Rand) []Policy {
	t.Helper()
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	var out []Policy
	for i := range r.IntN(6) {
		p := Policy{Terms: Terms{Policy: fmt.Sprint("p", i), Auto: r.IntN(2) == 0}}
		if r.IntN(3) > 0 {
			p.Match.Source = patterns(t, pick("*/*/*", "om/prod/*", "om/stage/*"))
		}
		if r.IntN(3) > 0 {
			p.Match.Target = patterns(t, pick("*/*/*", "om/prod/*", "om/stage/*"))
		}
		if r.IntN(2) == 0 {
			p.Match.Requesters = []string{pick("oncall", "dba", "leads")}
		}
		if r.IntN(4) == 0 {
			p.Match.Delivery = []DeliveryKind{DeliveryKind(pick(string(Automated), string(Download)))}
		}
		out = append(out, p)
	}
	return out
}

// TestExplainAgreesWithRule explains made-up policies: one decides if and only if the rule says so, every other has its
// reason, and a look-up that failed is never a decision.
func TestExplainAgreesWithRule(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 4)) // the same policies each time
	inPlace := plan().Spec
	inPlace.Delivery.Target = inPlace.Source
	specs := []Spec{plan().Spec, inPlace, download().Spec}
	seen := make(map[Matching]int)
	for range 20000 {
		policies, spec := anyPolicies(t, r), specs[r.IntN(len(specs))]
		who := standing(erin)
		for _, g := range []string{"oncall", "dba", "leads"} {
			switch r.IntN(3) {
			case 0:
				who.Groups = append(who.Groups, g)
			case 1:
				who.Unread = append(who.Unread, g)
			}
		}
		ruling, decides := Rule(policies, spec, who), []string(nil)
		seen[ruling.Matching]++
		explained := Explain(policies, spec, who)
		for i, e := range explained {
			if e.Decides != (e.Key == "") || e.Policy != policies[i].Terms.Policy || e.Auto != policies[i].Terms.Auto {
				t.Fatalf("%+v of %+v", e, policies[i])
			}
			if e.Decides {
				decides = append(decides, e.Policy)
			}
		}
		if ruling.Matching == Matches && (len(decides) != 1 || decides[0] != ruling.Terms.Policy) ||
			ruling.Matching != Matches && len(decides) > 0 || len(explained) != len(policies) {
			t.Fatalf("%v decide, the rule says %+v, of %+v", decides, ruling, explained)
		}
		stuck := slices.ContainsFunc(explained, func(e Explained) bool {
			return e.Policy == ruling.Terms.Policy && e.Matching == CannotTell && e.Key == KeyRequesters
		})
		if (ruling.Matching == CannotTell) != stuck {
			t.Fatalf("explained %+v, the rule says %+v", explained, ruling)
		}
	}
	if seen[Matches] < 1000 || seen[NoMatch] < 1000 || seen[CannotTell] < 1000 {
		t.Errorf("policies are too much alike: %v", seen)
	}
}
