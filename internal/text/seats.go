package text

import (
	"fmt"
	"maps"
	"slices"

	"snapback/approvals"
	"snapback/internal/restore"
)

// seats says what the policy asks for, which seats are filled by whom, which are open to whom, and until when.
func seats(r *restore.Request) []Line {
	if r.Terms == nil {
		return nil
	}
	out := seatsOf(r, *r.Terms, r.Tally())
	if r.Today != nil {
		out = append(out, say("The policies say something else since; both have to be satisfied:"))
		out = append(out, seatsOf(r, *r.Today, r.TallyToday())...)
	}
	if r.State == restore.Pending {
		out = append(out, abler(r))
		if len(r.Joined) > 0 {
			out = append(out, joined(r, r.Joined))
		}
	}
	return append(out, deadline(r)...)
}

// seatsOf says how the seats of one set of terms are filled.
func seatsOf(r *restore.Request, t restore.Terms, tally approvals.Result) []Line {
	policy := code(t.Policy)
	if len(t.Seats) == 0 {
		return []Line{say("Policy {} asks for no approvals.", policy)}
	}
	out := []Line{say("Policy {}: {} filled.", policy,
		bold(fmt.Sprintf("%d of %s", len(tally.Fills), count(len(t.Seats), "seat"))))}
	filled := make(map[int]approvals.Fill, len(tally.Fills))
	for _, f := range tally.Fills {
		filled[f.Seat] = f
	}
	for i, s := range t.Seats {
		f, ok := filled[i]
		switch {
		case ok:
			out = append(out, say("• {}: filled by {}", code(s.From), filler(r, f)))
		case r.State == restore.Pending:
			out = append(out, say("• {}: open, to be filled by somebody of {}", code(s.From), code(s.From)))
		case r.State == restore.None:
			out = append(out, say("• {}: to be filled by somebody of {}", code(s.From), code(s.From)))
		default:
			out = append(out, say("• {}: not filled", code(s.From)))
		}
	}
	return out
}

// filler says who fills a seat, and since when.
func filler(r *restore.Request, f approvals.Fill) Line {
	for _, d := range r.Decisions {
		if d.N == f.N {
			return say("{}, {}", person(r, f.Person), at(d.At))
		}
	}
	return Line{person(r, f.Person)}
}

func deadline(r *restore.Request) []Line {
	if r.Deadline.IsZero() {
		return nil
	}
	switch r.State {
	case restore.Pending:
		return []Line{say("It expires {} unless every seat is filled by then.", at(r.Deadline))}
	case restore.Approved, restore.Preparing:
		return []Line{say("It expires {} unless it is submitted by then.", at(r.Deadline))}
	case restore.None, restore.Checking, restore.Sending, restore.Running, restore.InDoubt, restore.Refused,
		restore.Denied, restore.Expired, restore.Canceled, restore.Succeeded, restore.Failed:
	}
	return nil
}

// stillOpen names the groups whose approval is missing.
func stillOpen(groups []string) Line {
	if len(groups) == 0 {
		return say("Every seat is filled.")
	}
	return say("Still open: {}.", seatList(groups, "and"))
}

// Calling asks the people of groups for their approval, mentioning each group once; nothing for no groups.
func Calling(groups []string) Line {
	if len(groups) == 0 {
		return nil
	}
	return say("{}: your approval is asked for.", callList(groups, "and"))
}

// joined names people who came into groups too late to approve, a few of each.
func joined(r *restore.Request, groups restore.Members) Line {
	var out []Line
	for _, g := range slices.Sorted(maps.Keys(groups)) {
		out = append(out, say("{} joined {} after it was put up for approval, so as its members they cannot approve it.",
			join(persons(r, groups[g], shown), "and"), code(g)))
	}
	return sentences(out...)
}
