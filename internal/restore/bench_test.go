package restore

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"snapback/approvals"
)

// companySize is how large a company is.
type companySize struct{ policies, groups, people int }

// The sizes that are compared.
func smallCompany() companySize { return companySize{policies: 5, groups: 2, people: 100} }
func largeCompany() companySize { return companySize{policies: 500, groups: 200, people: 10_000} }

func (c companySize) group(g int) string { return fmt.Sprintf("group-%03d", g%c.groups) }

func benchPerson(i int) approvals.Person {
	return approvals.Person{Team: "T0123456789", User: fmt.Sprintf("U%010d", i)}
}

func benchPatterns(b *testing.B, text string) []Pattern {
	b.Helper()
	p, err := ParsePattern(text)
	if err != nil {
		b.Fatal(err)
	}
	return []Pattern{p}
}

// configured returns policies of which only the last is about the plan of these tests, though all look like it.
func (c companySize) configured(b *testing.B) []Policy {
	b.Helper()
	var out []Policy
	for i := range c.policies {
		t := terms(c.group(i), c.group(i+1), c.group(i+2))
		t.Policy = fmt.Sprint("policy-", i)
		m := Match{
			Source: benchPatterns(b, fmt.Sprintf("om/p*d/*-%03d", i)), Target: benchPatterns(b, "om/stage/*"),
			Requesters: []string{c.group(i)},
		}
		if i == c.policies-1 {
			m = Match{Source: benchPatterns(b, "om/prod/*"), Requesters: []string{c.group(i)}}
		}
		out = append(out, Policy{m, t})
	}
	return out
}

// members returns who is in the groups of some seats: four fifths of everybody in each, others in each.
func (c companySize) members(seats []approvals.Seat) map[string][]approvals.Person {
	out := make(map[string][]approvals.Person)
	for n, s := range seats {
		if out[s.From] != nil {
			continue
		}
		for i := range c.people {
			if i%5 != n {
				out[s.From] = append(out[s.From], benchPerson(i))
			}
		}
	}
	return out
}

// pending returns a request under some terms that ten people have approved and that waits for one more.
func (c companySize) pending(t Terms) *Request {
	r := NewRequest(testSubject, testNonce, Asked{Receipt: noon}, erin, time.Hour)
	p := proposal(plan(), t)
	p.Members = c.members(t.Seats)
	r.PutUp(noon, testInstallation, p)
	r.State = Pending
	for i := range 10 {
		r.Decisions = append(r.Decisions, approvals.Decision{
			N: uint64(i + 1), Choice: approvals.Approve, Revision: 1, PlanHash: r.Plan.Hash, Nonce: r.Nonce, At: noon,
			Standing: standing(benchPerson(c.people - 5 - 5*i)), Groups: []string{t.Seats[1].From},
		})
	}
	r.N = 12
	return r
}

// everywhere returns the standing of somebody who is in all groups.
func (c companySize) everywhere(who approvals.Person) approvals.Standing {
	var groups []string
	for g := range c.groups {
		groups = append(groups, c.group(g))
	}
	return standing(who, groups...)
}

// benchSteps names what is measured, in the order of a request's life.
func benchSteps() []string {
	return []string{"rule", "explain", "fillers", "filled", "wants", "able", "approve"}
}

// steps returns what a click and a card cost in a company: which policy it is, who sits where, whether one more helps,
// who may approve still, and a whole decision.
func (c companySize) steps(b *testing.B) map[string]func() {
	b.Helper()
	policies := c.configured(b)
	r := c.pending(policies[c.policies-1].Terms)
	requester, voter := c.everywhere(erin), c.everywhere(benchPerson(c.people-1))
	vote := Vote{
		Standing: voter, Today: Rule(policies, r.Plan.Spec, requester), Revision: 1, Nonce: r.Nonce, Typed: r.ConfirmName(),
		Read: noon, Now: noon, Limits: Timings{StandingAge: time.Minute, Grace: time.Second},
	}
	return map[string]func(){
		"rule":    func() { Rule(policies, r.Plan.Spec, requester) },
		"explain": func() { Explain(policies, r.Plan.Spec, requester) },
		"fillers": func() { approvals.Fillers(r.Terms.Seats, r.Members, r.Ban()) },
		"filled":  func() { r.Filled() },
		"wants":   func() { r.Wants(voter) },
		"able":    func() { r.MayApprove() },
		"approve": func() {
			fresh := *r
			fresh.Decisions = slices.Clone(r.Decisions)
			if verdict, bodies := fresh.Approve(vote); len(bodies) == 0 {
				b.Fatal(verdict)
			}
		},
	}
}

// BenchmarkApproval compares a large company with a small one, by turns in one run.
func BenchmarkApproval(b *testing.B) {
	small, large := smallCompany().steps(b), largeCompany().steps(b)
	for _, name := range benchSteps() {
		b.Run(name, func(b *testing.B) {
			var few, many []time.Duration
			for b.Loop() {
				few, many = append(few, timed(small[name])), append(many, timed(large[name]))
			}
			slices.Sort(few)
			slices.Sort(many)
			b.ReportMetric(quantile(few, 50), "small-p50-µs")
			b.ReportMetric(quantile(few, 99), "small-p99-µs")
			b.ReportMetric(quantile(many, 50), "p50-µs")
			b.ReportMetric(quantile(many, 99), "p99-µs")
			b.ReportMetric(quantile(many, 50)/quantile(few, 50), "large/small")
			b.ReportMetric(testing.AllocsPerRun(10, large[name]), "allocs")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func timed(do func()) time.Duration {
	start := time.Now()
	do()
	return time.Since(start)
}

// quantile returns how long the given percentage of sorted times were at most, in microseconds.
func quantile(sorted []time.Duration, percent int) float64 {
	return float64(sorted[(len(sorted)-1)*percent/100].Nanoseconds()) / 1000
}

// BenchmarkHeld measures what a large company's policies and one of its pending requests take in memory.
func BenchmarkHeld(b *testing.B) {
	for _, c := range []companySize{smallCompany(), largeCompany()} {
		b.Run(fmt.Sprint(c.people), func(b *testing.B) {
			var policies []Policy
			var r *Request
			var forPolicies, forRequest float64
			for b.Loop() {
				policies, r = nil, nil
				forPolicies = held(func() { policies = c.configured(b) })
				forRequest = held(func() { r = c.pending(policies[c.policies-1].Terms) })
			}
			b.ReportMetric(forPolicies, "policies-B")
			b.ReportMetric(forRequest, "request-B")
			b.ReportMetric(0, "ns/op")
			runtime.KeepAlive(r)
		})
	}
}

// held returns by how many bytes the heap grows for good.
func held(by func()) float64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	by()
	runtime.GC()
	runtime.ReadMemStats(&after)
	return float64(after.HeapAlloc) - float64(before.HeapAlloc)
}
