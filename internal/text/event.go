package text

import (
	"slices"

	"snapback/approvals"
	"snapback/internal/restore"
)

// Event words what happened for the thread of a request. It returns false for events that would be noise there, and
// for erased ones, whose body is nil. The request may be newer than the event.
func Event(r *restore.Request, e restore.Event, body restore.Body) (lines []Line, ok bool) {
	lines = deciding(r, e, body)
	if lines == nil {
		lines = submitting(r, e, body)
	}
	if lines == nil {
		lines = ended(r, e, body)
	}
	if lines == nil {
		lines = lingering(r, e, body)
	}
	if lines == nil {
		lines = protecting(r, body)
	}
	return lines, len(lines) > 0
}

// deciding words the events on the way to the approval.
func deciding(r *restore.Request, e restore.Event, body restore.Body) []Line {
	switch b := body.(type) {
	case restore.BodyPlanned:
		return []Line{
			headline(restore.Pending, say("Put up for approval: {}.", what(r))),
			say("Policy {} asks for approval by {}. The request expires {} unless every seat is filled by then.",
				code(b.Terms.Policy), seatList(groupsOf(b.Terms.Seats), "and"), at(b.Deadline)),
		}
	case restore.BodyAutoApproved:
		return []Line{headline(restore.Approved, say(
			"Approved by policy {}, which asks for no approvals. Snapback submits it by itself, until {} at the latest.",
			code(b.Terms.Policy), at(e.At.Add(b.Terms.SubmitWithin))))}
	case restore.BodyReplanned:
		return replanned(r, b)
	case restore.BodyReopened:
		return reopened(r, b)
	case restore.BodyApproval:
		return approval(r, b)
	case restore.BodyApproved:
		return approved(r, b)
	case restore.BodyWithdrawn:
		return withdrawn(r, e, b)
	case restore.BodyRuled:
		return policyChanged(b)
	case restore.BodyAged:
		return grown(r, b)
	case restore.BodyJoined:
		return []Line{headline(restore.Pending, joined(r, b.Joined))}
	}
	return nil
}

// approval words one person's approval. The one that fills the last seat is told by the event that follows it.
func approval(r *restore.Request, b restore.BodyApproval) []Line {
	who := person(r, b.Decision.Standing.Person)
	switch {
	case b.Verdict == approvals.NoSeatOpen:
		return []Line{sentences(
			say("{} approved, too, but no seat of theirs is open; the approval is noted.", who), stillOpen(b.Open))}
	case len(b.Open) == 0:
		return nil
	}
	return []Line{headline(restore.Approved, sentences(
		say("Approved by {} for seat {}.", who, seatList(filledBy(r, b), "or")), stillOpen(b.Open)))}
}

// filledBy returns the groups whose seat an approval may have filled: those of the person that are not open now.
func filledBy(r *restore.Request, b restore.BodyApproval) []string {
	open := make(map[string]int)
	for _, g := range b.Open {
		open[g]++
	}
	var out []string
	tallied(seatGroups(r), func(g string, n int) {
		if n > open[g] && slices.Contains(b.Decision.Groups, g) {
			out = append(out, g)
		}
	})
	if len(out) == 0 {
		return b.Decision.Groups
	}
	return out
}

func approved(r *restore.Request, b restore.BodyApproved) []Line {
	by := say("Every seat is filled.")
	if last := lastFill(slices.Concat(b.Fills, b.Today)); last != nil {
		by = say("Approved by {} for seat {}: every seat is filled.", person(r, last.Person), code(last.From))
	}
	return []Line{headline(restore.Approved, sentences(by,
		say("Snapback submits the restore by itself, until {} at the latest.", at(b.SubmitBy))))}
}

func lastFill(fills []approvals.Fill) *approvals.Fill {
	var last *approvals.Fill
	for i := range fills {
		if last == nil || fills[i].N > last.N {
			last = &fills[i]
		}
	}
	return last
}

func replanned(r *restore.Request, b restore.BodyReplanned) []Line {
	out := []Line{headline(restore.Pending, say("Plan {} replaces the one before.", bold(number(b.Plan.Revision))))}
	if len(b.Changed) > 0 {
		out = append(out, say("What changed: {}.", join(codes(b.Changed), "and")))
	}
	for _, f := range b.Plan.Findings {
		if f.Level == restore.LevelDanger {
			out = append(out, Finding(f))
		}
	}
	return append(out, say("Earlier approvals no longer count. {}: look at the card and approve again, until {}.",
		callList(seatGroups(r), "and"), at(b.Deadline)))
}

func reopened(r *restore.Request, b restore.BodyReopened) []Line {
	var people []Span
	for _, p := range b.People {
		people = append(people, person(r, p))
	}
	who := join(people, "and")
	if len(people) == 0 {
		who = say("somebody")
	}
	var why Line
	switch b.Cause {
	case restore.ReopenStanding:
		why = say("The approval by {} no longer counts: they are not in the group any more, or not active.", who)
	case restore.ReopenPolicy:
		why = say("The policy became stricter, so more approvals are needed.")
	case restore.ReopenWithdraw:
		why = say("The approval by {} was withdrawn.", who)
	case restore.ReopenRecovered:
		why = say("Snapback goes on with a store that looks like an older copy. This may have been submitted already, so the "+
			"approval by {} no longer counts. Look at the restore jobs in {} before you approve it again.", who, system(r))
	default:
		why = say("The approval was taken back ({}).", code(string(b.Cause)))
	}
	out := []Line{headline(restore.Pending, sentences(why, say("The request waits for approval again.")))}
	if call := Calling(b.Open); call != nil {
		out = append(out, call)
	}
	return append(out, say("It expires {}.", at(b.Deadline)))
}

// withdrawn words an approval that was taken back while others still have to approve. Where that takes the whole
// approval back, the event that follows tells it.
func withdrawn(r *restore.Request, e restore.Event, b restore.BodyWithdrawn) []Line {
	if b.Reopens {
		return nil
	}
	return []Line{headline(restore.Pending, sentences(
		say("{} withdrew their approval.", author(r, e.By)), stillOpen(b.Open)))}
}

// policyChanged says what today's policy asks for, and calls groups that it newly names. Both it and what was frozen
// have to be satisfied.
func policyChanged(b restore.BodyRuled) []Line {
	asks := say("asks for no approvals")
	if len(b.Terms.Seats) > 0 {
		asks = say("asks for approval by {}", seatList(groupsOf(b.Terms.Seats), "and"))
	}
	out := []Line{
		headline(restore.Pending, say("What the policies say changed: policy {} {} now.", code(b.Terms.Policy), asks)),
		say("What was asked for when it was put up still holds, too. The request expires {}.", at(b.Deadline)),
	}
	var joined []string // who was called before is not called again
	for _, g := range b.Open {
		if _, ok := b.Members[g]; ok {
			joined = append(joined, g)
		}
	}
	if call := Calling(joined); call != nil {
		out = append(out, call)
	}
	return out
}

func groupsOf(seats []approvals.Seat) []string {
	out := make([]string, 0, len(seats))
	for _, s := range seats {
		out = append(out, s.From)
	}
	return out
}
