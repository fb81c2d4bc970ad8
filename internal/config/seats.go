package config

import (
	"maps"
	"slices"
	"strings"

	"snapback/approvals"
	"snapback/internal/restore"
)

const maxSeats = 20 // of one policy; a card has to show them all

// seats reads the seats; a count makes as many of the same.
func (f field) seats(groups map[string]Group) []approvals.Seat {
	var out []approvals.Seat
	for _, item := range f.filledList() {
		o, ok := item.object("from", "count")
		if !ok {
			continue
		}
		count := 1
		if f := o.get("count"); f.present() {
			count = f.number(1, maxSeats)
		}
		f, ok := o.need("from")
		if !ok {
			continue
		}
		if group, ok := f.groupName(groups); ok {
			out = append(out, slices.Repeat([]approvals.Seat{{From: group}}, count)...)
		}
	}
	if len(out) > maxSeats {
		f.problemf("%d seats; want at most %d", len(out), maxSeats)
	}
	return out
}

// rotating returns which groups of seats rotate, sorted.
func rotating(seats []approvals.Seat, groups map[string]Group) []string {
	var out []string
	for _, s := range seats {
		if groups[s.From].Rotating && !slices.Contains(out, s.From) {
			out = append(out, s.From)
		}
	}
	slices.Sort(out)
	return out
}

// checkAuto checks that a policy that approves by itself says from where and onto what, and asks nobody: data copied
// from anywhere onto a cluster of one's own would be a way around every other policy.
func (f field) checkAuto(m restore.Match, seats field) {
	if len(m.Source) == 0 || len(m.Target) == 0 {
		f.problemf("a policy that approves by itself needs source and target patterns")
	}
	if seats.present() {
		seats.problemf("a policy that approves by itself has no seats")
	}
}

// groupName reads the name of a configured group. Without any groups there is one problem already, at their key.
func (f field) groupName(groups map[string]Group) (string, bool) {
	text, ok := f.text()
	if !ok || len(groups) == 0 {
		return "", false
	}
	if _, known := groups[text]; !known {
		f.problemf("no group %s; %s", f.written(), suggest(text, "known groups", slices.Sorted(maps.Keys(groups))))
		return "", false
	}
	return text, true
}

// checkSeats proves, as far as the file tells who is in which group, that the seats can be filled without the one who
// asks. Seats of Slack user groups count as filled here; at filing everybody is known.
func (f field) checkSeats(seats []approvals.Seat, requesters []string, groups map[string]Group) {
	members := map[string][]approvals.Person{}
	var known []approvals.Seat
	for _, s := range seats {
		if users := groups[s.From].Users; len(users) > 0 {
			members[s.From] = people(users)
			known = append(known, s)
		}
	}
	if open := approvals.Unfillable(known, members, approvals.Ban{}); len(open) > 0 {
		f.problemf("can never be filled: too few people in %s", from(open))
		return
	}
	askers, closed := askers(requesters, members, groups)
	var stuck []string
	for _, p := range askers {
		if len(approvals.Unfillable(known, members, approvals.Ban{Requester: p})) > 0 {
			stuck = append(stuck, p.User)
		}
	}
	switch {
	case len(stuck) == 0:
	case closed && len(stuck) == len(askers):
		f.problemf("nobody who may ask leaves enough people to fill them: nobody fills a seat of their own request")
	default:
		f.warnf("%s could not ask: too few others to fill the seats", strings.Join(stuck, ", "))
	}
}

// askers returns the named people worth asking about, sorted: those whom the policy lets ask, if the file tells them
// all (then closed is true), else those who could fill a seat.
func askers(
	requesters []string, members map[string][]approvals.Person, groups map[string]Group,
) (out []approvals.Person, closed bool) {
	closed = len(requesters) > 0
	for _, g := range requesters {
		closed = closed && len(groups[g].Users) > 0
	}
	var users []string
	if closed {
		for _, g := range requesters {
			users = append(users, groups[g].Users...)
		}
	} else {
		for _, ps := range members {
			for _, p := range ps {
				users = append(users, p.User)
			}
		}
	}
	slices.Sort(users)
	return people(slices.Compact(users)), closed
}

// people gives the users of the file a workspace, as a person needs one to count; all are of the same.
func people(users []string) []approvals.Person {
	out := make([]approvals.Person, len(users))
	for i, u := range users {
		out[i] = approvals.Person{Team: "T", User: u}
	}
	return out
}

// from names the groups of seats, each once, in order.
func from(seats []approvals.Seat) string {
	var names []string
	for _, s := range seats {
		if !slices.Contains(names, s.From) {
			names = append(names, s.From)
		}
	}
	return strings.Join(names, ", ")
}
