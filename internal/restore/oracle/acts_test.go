package oracle

import (
	"time"

	"snapback/internal/restore"
)

// click is what somebody does to a card.
type click struct {
	who      int
	revision int  // of the card; 0 for what is typed
	foreign  bool // the card of another request
	name     string
	reason   string
	read     time.Time     // when it was read
	age      time.Duration // of what is known about the person
	in       mask          // groups that the person is in, as far as they could be read
	ruling   ruling        // what the policies say
}

// current reports whether a click is on the card as it is now. What is typed is on none.
func (b *book) current(c click, typed bool) bool {
	if c.revision == 0 && !c.foreign {
		return typed
	}
	return !c.foreign && c.revision == b.revision
}

// inTime reports whether a click counts at a moment: read before the deadline and written soon after it at the latest.
func (b *book) inTime(c click, now time.Time) bool {
	return c.read.Before(b.deadline) && !now.After(b.deadline.Add(grace))
}

// may reports whether a person may decide about this request at all.
func (b *book) may(w *world, c click) bool {
	return !w.barred(c.who) && !b.banned(c.who) && c.age <= standingAge && c.age >= -standingAge
}

// agrees reports whether the policies say what is on the card.
func (b *book) agrees(r ruling) bool { return r.answer == yes && r.terms.same(b.known()) }

// approve says whether an approval is noted, and whether it fills a seat.
func (b *book) approve(w *world, c click) (noted, useful bool) {
	in := b.eligible(c.who, c.in)
	if b.state != restore.Pending || !b.may(w, c) || !b.current(c, false) || !b.inTime(c, w.now) || !b.agrees(c.ruling) {
		return false, false
	}
	given, gave := b.ballots()
	if in&b.asks() == 0 || gave.has(c.who) && in&^given[c.who] == 0 || b.byNameOnly() && c.name != b.name() {
		return false, false
	}
	useful = b.helps(c.who, in)
	b.acts = append(b.acts, act{who: c.who, revision: b.revision, groups: in, at: w.now})
	if b.filled() {
		b.state, b.approved, b.deadline = restore.Approved, w.now, w.now.Add(b.submit())
	}
	return true, useful
}

// deny says whether a denial is noted.
func (b *book) deny(w *world, c click) bool {
	asks := b.asks()
	if c.ruling.answer == yes {
		asks |= c.ruling.terms.asks()
	}
	if !b.open() || !b.may(w, c) || !b.current(c, true) || !b.inTime(c, w.now) || c.in&asks == 0 || c.reason == "" {
		return false
	}
	b.state, b.denied = restore.Denied, true
	return true
}

// withdraw says whether an approval is taken back.
func (b *book) withdraw(w *world, c click) bool {
	_, gave := b.ballots()
	if !b.open() || c.foreign || !gave.has(c.who) {
		return false
	}
	b.takeBack(c.who)
	if b.state != restore.Pending && !b.filled() {
		b.wait(w)
	}
	return true
}

func (b *book) takeBack(who int) {
	for n := range b.acts {
		if b.acts[n].who == who {
			b.acts[n].back = true
		}
	}
}

// wait puts the request back to where people decide, for a whole waiting time at most.
func (b *book) wait(w *world) {
	if b.state != restore.Pending {
		b.pended = w.now
		b.deadline = sooner(b.deadline, w.now.Add(b.expires()))
	}
	b.state, b.approved = restore.Pending, time.Time{}
}

// again approves a request whose remaining approvals suffice. The time to send it counts from the last of these.
func (b *book) again(w *world) {
	if !b.filled() || !w.now.Before(b.deadline) {
		return
	}
	_, gave := b.ballots()
	var last time.Time
	for _, a := range b.acts {
		if gave.has(a.who) && !a.back && a.revision == b.revision && a.at.After(last) {
			last = a.at
		}
	}
	b.state, b.approved = restore.Approved, w.now
	if !last.IsZero() {
		b.deadline = last.Add(b.submit())
	}
}

func sooner(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// cancel says whether the request ends by its requester.
func (b *book) cancel(c click) bool {
	if c.who != b.requester || !b.open() || c.foreign {
		return false
	}
	b.state = restore.Canceled
	return true
}

// pass lets the deadline end the request.
func (b *book) pass(w *world) {
	if b.open() && !w.now.Before(b.deadline.Add(grace)) {
		b.state = restore.Expired
	}
}

// review follows the policies of today.
func (b *book) review(w *world, r ruling) {
	switch {
	case !b.open() || r.answer == unknown || b.agrees(r):
		return
	case r.answer == no || r.terms.reason > b.reason:
		b.state = restore.Canceled
		return
	}
	b.today = &r.terms
	if r.terms.same(b.frozen) {
		b.today = nil
	}
	b.remember(w, r.terms)
	if b.state == restore.Pending {
		b.deadline = sooner(b.deadline, b.pended.Add(b.expires()))
		b.again(w)
		return
	}
	b.deadline = sooner(b.deadline, b.approved.Add(b.submit()))
	if !b.filled() {
		b.wait(w)
	}
}

// replan replaces the plan: who approved the old one has to look again.
func (b *book) replan(w *world, danger bool) {
	b.revision++
	b.danger = danger
	b.wait(w)
}

// standings looks at everybody who approved again, and says whether it may go on. What lets nobody tell makes it wait.
func (b *book) standings(w *world) bool {
	in, gave := b.ballots()
	var gone, unclear mask
	for who := range people {
		switch left := in[who] &^ w.groupsOf(who); {
		case !gave.has(who):
		case w.barred(who) || left&^w.unread != 0:
			gone |= bit(who)
		case left != 0:
			unclear |= bit(who)
		}
	}
	switch {
	case unclear != 0:
		b.state = restore.Approved
		return false
	case gone == 0:
		return true
	}
	for who := range people {
		if gone.has(who) {
			b.takeBack(who)
		}
	}
	b.wait(w)
	b.again(w)
	return false
}

// lawful reports what forbids that a restore is sent now, whatever led there, "" if nothing does: it looks at what is
// true in the world, also where nobody could read it.
func (b *book) lawful(w *world) string {
	full := mask(0)
	for g, m := range w.members {
		if m.has(b.requester) {
			full |= bit(g)
		}
	}
	truth := rule(w.policies, b.spec, full, 0)
	switch {
	case b.denied:
		return "somebody said no"
	case !w.now.Before(b.deadline):
		return "the time to send it is over"
	case truth.answer != yes:
		return "no policy lets it go ahead"
	case !truth.terms.same(b.known()):
		return "the policy of today says something else than what people saw"
	}
	if truth.terms.auto && backed(w.policies, b.spec, full) {
		return "it approved itself although a policy with seats matches"
	}
	for _, t := range []terms{b.frozen, truth.terms} {
		if !t.auto && !b.seated(w, t) {
			return "seats of " + t.name + " are open"
		}
	}
	return ""
}

// seated reports whether distinct people who still are who they were, and have no part in the request, fill all seats of
// some terms.
func (b *book) seated(w *world, t terms) bool {
	var in [people]mask
	for _, a := range b.acts {
		in[a.who] = 0
		if a.back || a.revision != b.revision || b.banned(a.who) || w.barred(a.who) {
			continue
		}
		for g := range groups {
			if a.groups.has(g) && w.members[g].has(a.who) && (b.first[g].who.has(a.who) || t.rotating.has(g)) {
				in[a.who] |= bit(g)
			}
		}
	}
	return len(t.seats) > 0 && most(t.seats, in, 0) == len(t.seats)
}
