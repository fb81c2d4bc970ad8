package restore

import (
	"slices"
	"time"

	"snapback/approvals"
)

// A request is bound by two sets of terms at once: those that were frozen when it was put up for approval, and those of
// today's configuration. Its approvals are counted against each on its own, and the stricter rule holds.

// Holding returns the terms that hold for the request: the frozen ones, and today's if they ask for something else. It
// is empty before a plan is put up.
func (r *Request) Holding() []Terms {
	switch {
	case r.Terms == nil:
		return nil
	case r.Today == nil:
		return []Terms{*r.Terms}
	}
	return []Terms{*r.Terms, *r.Today}
}

// Filled reports whether every seat of all terms that hold is filled, or none of them has any because nobody has to
// approve.
func (r *Request) Filled() bool {
	holding := r.Holding()
	for _, t := range holding {
		if !t.Auto && !approvals.Tally(t.Seats, r.Usable()).Approved() {
			return false
		}
	}
	return len(holding) > 0
}

// approved says who fills which seat of a request whose seats are all filled.
func (r *Request) approved() BodyApproved {
	return BodyApproved{
		Fills: r.Tally().Fills, Today: r.TallyToday().Fills, PlanHash: r.Plan.Hash, SubmitBy: r.Deadline,
	}
}

// TallyToday returns how the seats that today's policy asks for are filled now. It is zero where that asks for the same
// as the frozen terms.
func (r *Request) TallyToday() approvals.Result {
	if r.Today == nil {
		return approvals.Result{}
	}
	return approvals.Tally(r.Today.Seats, r.Usable())
}

// Seats returns every seat of all terms that hold.
func (r *Request) Seats() []approvals.Seat {
	var out []approvals.Seat
	for _, t := range r.Holding() {
		out = append(out, t.Seats...)
	}
	return out
}

// shortest returns the least of a duration that every set of terms has.
func (r *Request) shortest(of func(Terms) time.Duration) time.Duration {
	out := of(*r.Terms)
	for _, t := range r.Holding() {
		out = min(out, of(t))
	}
	return out
}

func (r *Request) expiresAfter() time.Duration {
	return r.shortest(func(t Terms) time.Duration { return t.ExpiresAfter })
}

func (r *Request) submitWithin() time.Duration {
	return r.shortest(func(t Terms) time.Duration { return t.SubmitWithin })
}

// Known returns the ruling that the request is known to stand under: what its card shows.
func (r *Request) Known() Ruling {
	holding := r.Holding()
	if len(holding) == 0 {
		return Ruling{}
	}
	return Ruling{Matching: Matches, Terms: holding[len(holding)-1]}
}

// Rules reports whether a ruling asks for what the request is known to stand under.
func (r *Request) Rules(now Ruling) bool {
	known := r.Known()
	return now.Matching == Matches && known.Matching == Matches && now.Terms.SameEffect(known.Terms)
}

// Review brings an open request in line with what the configuration says now. Members are the people of the groups that
// its seats name. It returns what to record, in this order: nothing if the effect is the same, or cannot be told. The
// deadline only ever becomes earlier, and no change fills a seat: of a group that the request did not know, those count
// who are in it now and approve from here on.
func (r *Request) Review(now time.Time, today Ruling, members map[string][]approvals.Person) []Body {
	switch {
	case today.Matching == CannotTell || r.Rules(today) || !r.reviewable():
		return nil
	case today.Matching == NoMatch:
		return []Body{BodyCanceled{Cause: CancelPolicyGone}}
	case !today.Terms.Reason.Satisfied(r.Asked.Reason):
		return []Body{BodyCanceled{Cause: CancelPolicyReason, Reason: today.Terms.Policy}}
	}
	r.Today = &today.Terms
	if today.Terms.SameEffect(*r.Terms) {
		r.Today = nil
	}
	joined := r.enroll(today.Terms, members)
	r.hasten()
	ruled := BodyRuled{Terms: today.Terms, Members: joined, Deadline: r.Deadline}
	if r.State != Pending {
		if r.Filled() {
			return []Body{ruled}
		}
		return []Body{ruled, r.Reopen(now, ReopenPolicy, nil)}
	}
	ruled.Open = r.OpenGroups()
	if body := r.Refill(now); body != nil {
		return []Body{ruled, body}
	}
	return []Body{ruled}
}

// reviewable reports whether a policy still has a say: the plan is made, and nothing was sent.
func (r *Request) reviewable() bool {
	return r.State == Pending || r.State == Approved || r.State == Preparing
}

// enroll remembers who is in the groups that today's seats name, and returns those that were not known. Who was in a
// group when the request was put up stays who counts.
func (r *Request) enroll(t Terms, members map[string][]approvals.Person) map[string][]approvals.Person {
	joined := make(map[string][]approvals.Person)
	for _, s := range t.Seats {
		if _, known := r.Members[s.From]; known {
			continue
		}
		if r.Members == nil {
			r.Members = make(map[string][]approvals.Person)
		}
		r.Members[s.From], joined[s.From] = members[s.From], members[s.From]
	}
	return joined
}

// hasten moves the deadline forward to what the terms that hold allow.
func (r *Request) hasten() {
	latest := r.Pended.Add(r.expiresAfter())
	if r.State != Pending {
		latest = r.Approved.Add(r.submitWithin())
	}
	if latest.Before(r.Deadline) {
		r.Deadline = latest
	}
}

// rests reports whether an approval can rest on a group that counted when it was given. That was because the person had
// been in it from the beginning, or because it rotated, which may have ended.
func (r *Request) rests(who approvals.Person, group string) bool {
	if r.Terms.names(group) && !r.Terms.Rotates(group) {
		return true // it never rotated; groups have many members, so nobody is looked for here
	}
	return r.Rotates(group) || slices.Contains(r.Members[group], who)
}

// counted returns which of a person's groups count for this request: those that the person was also in when the request
// became pending, so that nobody can join a group to approve what is already waiting. For a group that rotates it is
// enough to be in it when deciding, if all terms that name it say so.
func (r *Request) counted(who approvals.Person, groups []string) []string {
	var out []string
	for _, g := range groups {
		if slices.Contains(r.Members[g], who) || r.Rotates(g) {
			out = append(out, g)
		}
	}
	return out
}

// Rotates reports whether whoever is in a group when deciding may fill the seats that the request has for it: if all terms
// that name it say so.
func (r *Request) Rotates(group string) bool {
	named := false
	for _, t := range r.Holding() {
		if !t.names(group) {
			continue
		}
		if named = true; !t.Rotates(group) {
			return false
		}
	}
	return named
}

// Helps reports whether the approval of a person who is in groups would fill one more seat of some terms that hold.
func (r *Request) Helps(who approvals.Person, groups []string) bool {
	others := slices.DeleteFunc(r.Usable(), func(d approvals.Decision) bool { return d.Standing.Person == who })
	return slices.ContainsFunc(r.Holding(), func(t Terms) bool { return approvals.Helps(t.Seats, others, groups) })
}

// gains reports whether more seats of some terms that hold would be filled if a person's approval rested on groups,
// instead of on what it rests on among usable, if there is one.
func (r *Request) gains(usable []approvals.Decision, who approvals.Person, groups []string) bool {
	others := slices.DeleteFunc(slices.Clone(usable), func(d approvals.Decision) bool { return d.Standing.Person == who })
	with := append(others, approvals.Decision{Groups: groups})
	return slices.ContainsFunc(r.Holding(), func(t Terms) bool {
		return len(approvals.Tally(t.Seats, with).Fills) > len(approvals.Tally(t.Seats, usable).Fills)
	})
}

// Wants reports whether a person's approval would fill a seat that is open, by what is known of them.
func (r *Request) Wants(s approvals.Standing) bool {
	if r.Ban().Covers(s.Person) || s.Barred() != approvals.Counts {
		return false
	}
	return r.gains(r.Usable(), s.Person, r.counted(s.Person, s.Groups))
}

// approvedBy reports whether a person's approval counts already, for all of these groups.
func (r *Request) approvedBy(who approvals.Person, groups []string) bool {
	return slices.ContainsFunc(r.Usable(), func(d approvals.Decision) bool {
		more := slices.ContainsFunc(groups, func(g string) bool { return !slices.Contains(d.Groups, g) })
		return d.Standing.Person == who && !more
	})
}
