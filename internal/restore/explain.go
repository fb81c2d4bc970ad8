package restore

import (
	"cmp"
	"slices"
	"strings"

	"snapback/approvals"
)

// MatchKey names a key of a policy's match.
type MatchKey string

// The keys of a match, in the order in which they are judged, and what else keeps a policy from deciding.
const (
	KeyDelivery   MatchKey = "delivery"
	KeySource     MatchKey = "source"
	KeyTarget     MatchKey = "target"
	KeyRequesters MatchKey = "requesters"
	KeyInPlace    MatchKey = "in_place"     // it approves by itself, which none may in place, or without both patterns
	KeyAuto       MatchKey = "auto_approve" // it approves by itself, and a policy with seats goes first
	KeyEarlier    MatchKey = "earlier"      // another policy decides
)

// Explained says what one policy made of a spec and its requester.
type Explained struct {
	Policy   string
	Matching Matching
	Decides  bool     // this one's terms apply
	Key      MatchKey // why it does not decide; "" if it does
	Auto     bool
}

// Explain says of each policy, in the order of the file, whether it decides about a spec and who asks for it, and if
// not, why. It agrees with [Rule].
func Explain(policies []Policy, s Spec, requester approvals.Standing) []Explained {
	ruling := Rule(policies, s, requester)
	out, decided := make([]Explained, 0, len(policies)), false
	for _, p := range policies {
		e := Explained{Policy: p.Terms.Policy, Auto: p.Terms.Auto}
		e.Matching, e.Key = p.Match.judge(s, requester)
		switch {
		case e.Matching == NoMatch:
		case p.Terms.Auto && !p.coversAlone(s):
			e.Key = KeyInPlace
		case p.Terms.Policy == ruling.Terms.Policy:
			e.Decides, decided = e.Matching == Matches, true
		case !decided:
			e.Key = KeyAuto // one with seats matches as well
		default:
			e.Key = KeyEarlier
		}
		out = append(out, e)
	}
	return out
}

// MayApprove returns the people who could fill one more seat of the request now, sorted: they were in the groups when it
// was put up for approval, the ban does not cover them, and their approval does not count already. Whether they still
// are in the group is looked up when they decide. Members of groups that rotate are not known beforehand.
func (r *Request) MayApprove() []approvals.Person {
	usable, ban := r.Usable(), r.Ban()
	all, sorts := r.sorted()
	out := make([]approvals.Person, 0, len(all))
	for _, d := range usable { // whose approval counts, and might for more
		p := d.Standing.Person
		if sort, ok := all[p]; ok && r.gains(usable, p, sorts[sort]) {
			out = append(out, p)
		}
		delete(all, p)
	}
	helps := make([]bool, len(sorts))
	for i, groups := range sorts {
		helps[i] = r.gains(usable, approvals.Person{}, groups)
	}
	for p, sort := range all {
		if helps[sort] && !ban.Covers(p) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b approvals.Person) int {
		return cmp.Or(strings.Compare(a.Team, b.Team), strings.Compare(a.User, b.User))
	})
	return out
}

// sorted sorts the members of the seats' groups by which of these they are in. Groups have many members, but there are
// few sorts of people.
func (r *Request) sorted() (all map[approvals.Person]int, sorts [][]string) {
	type step struct {
		sort  int
		group string
	}
	named, size := groupNames(r.Seats()), 0
	for _, g := range named {
		size = max(size, len(r.Members[g]))
	}
	all, next := make(map[approvals.Person]int, size), make(map[step]int)
	sorts = [][]string{nil} // of those who were not met yet
	for _, g := range named {
		for _, p := range r.Members[g] {
			from := all[p]
			if slices.Contains(sorts[from], g) {
				continue
			}
			to, ok := next[step{from, g}]
			if !ok {
				to = len(sorts)
				next[step{from, g}] = to
				sorts = append(sorts, append(slices.Clone(sorts[from]), g))
			}
			all[p] = to
		}
	}
	return all, sorts
}

// groupNames returns the groups that seats name, each once, in order.
func groupNames(seats []approvals.Seat) []string {
	var out []string
	for _, s := range seats {
		if !slices.Contains(out, s.From) {
			out = append(out, s.From)
		}
	}
	return out
}
