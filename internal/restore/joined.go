package restore

import (
	"slices"

	"snapback/approvals"
)

// Join notes who is in the groups of the request's seats now and was not when it was put up for approval, or returns
// nil if nobody is new. Their approvals do not count, and who waits for them should know. Groups that rotate are left
// out: of those it counts who is in them when deciding.
func (r *Request) Join(now Members) Body {
	if r.State != Pending {
		return nil
	}
	found := make(Members)
	for _, g := range groupNames(r.Seats()) {
		if r.Rotates(g) {
			continue
		}
		known := make(map[approvals.Person]bool, len(r.Members[g])+len(r.Joined[g]))
		for _, p := range slices.Concat(r.Members[g], r.Joined[g]) {
			known[p] = true
		}
		for _, p := range now[g] {
			if !known[p] {
				found[g] = append(found[g], p)
			}
		}
	}
	if len(found) == 0 {
		return nil
	}
	if r.Joined == nil {
		r.Joined = make(Members)
	}
	for g, people := range found {
		r.Joined[g] = slices.Concat(r.Joined[g], people)
	}
	return BodyJoined{Joined: found}
}
