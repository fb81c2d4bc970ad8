package text

import (
	"slices"

	"snapback/approvals"
	"snapback/internal/restore"
)

// Forecast says which policy would decide about a request that nobody has filed and why the others would not, what it
// asks for, who can approve now and what is missing. It is worded for whoever looks after the policies, not for who asks.
func Forecast(f restore.Forecast) []Line {
	out := []Line{say("Policies for a {}, asked for by {}. Names are taken as they were written.", wanted(f.Spec), named(f.Requester))}
	if v := f.Requester.Barred(); v != approvals.Counts {
		return append(out, say("No policy is tried: it would be refused because of who asks."), refusedPerson(f.Requester, v))
	}
	out = append(out, rulings(f.Policies, f.Spec.Delivery.Kind == restore.Download)...)
	if f.Ruling.Matching == restore.Matches {
		out = append(out, termsOf(f.Ruling.Terms, f.Spec.Delivery.Kind)...)
		out = append(out, approvers(f)...)
	}
	if len(f.Findings) > 0 {
		out = append(out, say("Filed now, it would be refused:"))
	}
	for _, finding := range f.Findings {
		out = append(out, say("• {}", lacking(finding)))
	}
	for _, u := range f.Unread {
		out = append(out, unread(u))
	}
	if f.Ruling.Matching == restore.Matches && len(f.Findings) == 0 && len(f.Unread) == 0 {
		out = append(out, say("Nothing is missing."))
	}
	return out
}

// wanted says what is asked for, without the moment of the data.
func wanted(s restore.Spec) Line {
	from := code(s.Source.Path())
	switch {
	case s.Delivery.Kind == restore.Download:
		return say("download of {}", from)
	case restore.TargetLock(s.Source) == restore.TargetLock(s.Delivery.Target):
		return say("restore of {} onto itself", from)
	}
	return say("restore of {} onto {}", from, code(s.Delivery.Target.Path()))
}

// named names a person by name, where that is known, and by id: names are not unique.
func named(s approvals.Standing) Line {
	if name := tame(oneLine(s.Name)); name != "" {
		return say("{} ({})", Span{Kind: SpanPerson, Person: s.Person, Text: name}, code(s.Person.User))
	}
	return Line{code(s.Person.User)}
}

// refusedPerson says why somebody may not ask. Of an id that nobody has, Slack tells no name.
func refusedPerson(s approvals.Standing, v approvals.Verdict) Line {
	if v == approvals.Stranger && s.Name == "" {
		return say("Slack knows nobody with the id {} in this workspace. Check the id.", code(s.Person.User))
	}
	return barred(v).what
}

// termsOf says what a policy asks for.
func termsOf(t restore.Terms, d restore.DeliveryKind) []Line {
	out := []Line{say("{} asks for:", code(t.Policy))}
	if t.Auto {
		out = append(out, say("• approval by: nobody"))
	} else {
		var groups []string
		for _, s := range t.Seats {
			groups = append(groups, s.From)
		}
		out = append(out, say("• approval by: {}", seatList(groups, "and")), say("• confirmation: {}", confirmation(t.Confirmation(d), d)))
	}
	out = append(out, say("• reason: {}", reasonRule(t.Reason)), say("• card in: channel {}", code(t.Channel)))
	within := plain(span(t.SubmitWithin))
	if t.Auto {
		return append(out, say("• time: {} until it is submitted", within))
	}
	return append(out, say("• time: {} for the approvals, then {} until it is submitted", plain(span(t.ExpiresAfter)), within))
}

func confirmation(c restore.Confirm, d restore.DeliveryKind) Line {
	switch {
	case c != restore.ConfirmTarget:
		return say("a question to be answered")
	case d == restore.Download:
		return say("the name of the source, typed")
	}
	return say("the name of the target, typed")
}

func reasonRule(r restore.ReasonRule) Line {
	switch {
	case r.Ticket != "":
		return say("one with a ticket that matches {}", code(r.Ticket))
	case r.Required:
		return say("one is needed")
	}
	return say("none is needed")
}

// approvers says who can fill the seats now.
func approvers(f restore.Forecast) []Line {
	if len(f.Able) == 0 {
		return nil
	}
	out := []Line{say("Can approve now:")}
	for _, a := range f.Able {
		var names []Line
		for _, s := range a.People {
			names = append(names, named(s))
		}
		if a.More > 0 {
			names = append(names, say("{} more, who were not looked up", plain(number(a.More))))
		}
		if len(names) == 0 {
			names = []Line{say("nobody")}
		}
		line := say("• {}: {}", code(a.Group), join(names, "and"))
		if slices.Contains(f.Ruling.Terms.Rotating, a.Group) {
			line = append(line, plain("; it counts who is in it when approving"))
		}
		out = append(out, line)
	}
	return out
}

// lacking words what a request would be refused for, to somebody else than who asks.
func lacking(f restore.Finding) Line {
	switch f.Code { //nolint:exhaustive // the others read the same for everybody
	case restore.FindNoPolicy:
		return say("no policy lets it through.")
	case restore.FindUnfillable:
		return say("nobody is there for {}: who asks does not count, and nobody fills two seats.", seatList(f.Near, "and"))
	}
	return finding(f).what
}

// unread says what a look-up that failed leaves open.
func unread(u restore.Unread) Line {
	name, cause := code(u.Name), remark(u.Cause)
	switch u.Fact {
	case restore.FactRequester:
		return say("Cannot tell who {} is{}. What is said above holds for a full member of the workspace.", name, cause)
	case restore.FactGroup:
		return say("Cannot tell who is in {}{}.", name, cause)
	case restore.FactPeople:
		return say("Cannot tell who of the members may approve{}.", cause)
	case restore.FactChannel:
		return say("Cannot tell whether cards can be posted in channel {}{}.", name, cause)
	}
	return say("Cannot tell {}{}.", name, cause)
}
