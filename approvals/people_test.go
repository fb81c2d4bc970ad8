package approvals

import "time"

// The people of the tests.
var (
	alice = Person{Team: "T1", User: "U0ALICE"}
	bob   = Person{Team: "T1", User: "U0BOB"}
	carol = Person{Team: "T1", User: "U0CAROL"}
	dave  = Person{Team: "T1", User: "U0DAVE"}
	erin  = Person{Team: "T1", User: "U0ERIN"}
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// current is the ballot that decided makes decisions for.
func current() Ballot {
	return Ballot{Revision: 2, PlanHash: "p1:aa", Nonce: "0123456789abcdef", Ban: Ban{Requester: erin}}
}

// decided returns an approval that fits the current ballot.
func decided(n uint64, p Person, groups ...string) Decision {
	b := current()
	return Decision{
		N: n, Choice: Approve, Revision: b.Revision, PlanHash: b.PlanHash, Nonce: b.Nonce,
		Standing: Standing{Person: p, Groups: groups, At: noon}, Groups: groups, At: noon,
	}
}

func seats(from ...string) []Seat {
	var out []Seat
	for _, g := range from {
		out = append(out, Seat{From: g})
	}
	return out
}

// seated says who sits where: a person by seat, nobody where the seat is open.
func seated(n int, r Result) []Person {
	out := make([]Person, n)
	for _, f := range r.Fills {
		out[f.Seat] = f.Person
	}
	return out
}
