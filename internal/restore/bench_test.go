package restore

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"snapback/approvals"
)

// The sizes of a large company.
const (
	manyPolicies = 500
	manyGroups   = 200
	manyPeople   = 10_000
)

func benchPerson(i int) approvals.Person {
	return approvals.Person{Team: "T1", User: fmt.Sprintf("U%05d", i)}
}

func benchGroup(g int) string { return fmt.Sprintf("group-%03d", g%manyGroups) }

// company returns policies of which only the last is about the plan, and a request under it whose three seats are for
// groups of everybody and that ten people have approved.
func company(b *testing.B) ([]Policy, *Request) {
	b.Helper()
	parse := func(text string) []Pattern {
		p, err := ParsePattern(text)
		if err != nil {
			b.Fatal(err)
		}
		return []Pattern{p}
	}
	var policies []Policy
	for i := range manyPolicies {
		t := terms(benchGroup(i), benchGroup(i+1), benchGroup(i+2))
		t.Policy = fmt.Sprint("policy-", i)
		m := Match{Source: parse(fmt.Sprintf("om/p*d/*-%03d", i)), Target: parse("om/stage/*"), Requesters: []string{benchGroup(i)}}
		if i == manyPolicies-1 {
			m = Match{Source: parse("om/prod/*"), Requesters: []string{benchGroup(i)}}
		}
		policies = append(policies, Policy{m, t})
	}
	last := policies[manyPolicies-1].Terms
	members := make(map[string][]approvals.Person)
	for n, s := range last.Seats {
		for i := range manyPeople {
			if i%5 != n { // three sorts of people, and those of all groups
				members[s.From] = append(members[s.From], benchPerson(i))
			}
		}
	}
	r := NewRequest(testSubject, testNonce, Asked{Receipt: noon}, erin, time.Hour)
	p := proposal(plan(), last)
	p.Members = members
	r.PutUp(noon, testInstallation, p)
	for i := range 10 {
		r.Decisions = append(r.Decisions, approvals.Decision{
			N: uint64(i + 1), Choice: approvals.Approve, Revision: 1, PlanHash: r.Plan.Hash, Nonce: r.Nonce, At: noon,
			Standing: standing(benchPerson(manyPeople - 5 - 5*i)), Groups: []string{last.Seats[1].From, last.Seats[2].From}[:1+i%2],
		})
	}
	return policies, r
}

// BenchmarkApproval measures what a click and a card cost in a large company: which policy it is, who sits where, whether
// one more helps, and who may approve still.
func BenchmarkApproval(b *testing.B) {
	policies, r := company(b)
	var groups []string
	for g := range manyGroups {
		groups = append(groups, benchGroup(g))
	}
	requester, voter := standing(erin, groups...), standing(benchPerson(4), groups...)
	steps := map[string]func(){
		"rule":    func() { Rule(policies, r.Plan.Spec, requester) },
		"explain": func() { Explain(policies, r.Plan.Spec, requester) },
		"filled":  func() { r.Filled() },
		"wants":   func() { r.Wants(voter) },
		"able":    func() { r.MayApprove() },
		"fillers": func() { approvals.Fillers(r.Terms.Seats, r.Members, r.Ban()) },
	}
	for _, name := range []string{"rule", "explain", "filled", "wants", "able", "fillers"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				steps[name]()
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
			b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
		})
	}
}
