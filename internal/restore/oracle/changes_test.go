package oracle

import (
	"fmt"
	"slices"

	"snapback/approvals"
	"snapback/internal/restore"
)

// configures changes the configuration: anything, or what decides about this request, or back to what it was.
func (p *play) configures() {
	p.policies, p.configured = slices.Clone(p.policies), nil
	i := p.IntN(max(1, len(p.policies)))
	switch n := p.IntN(20); {
	case n < 4 || len(p.policies) == 0:
		p.policies = p.begun
	case n < 6:
		p.policies[i] = p.policy()
	case n < 7:
		p.policies = slices.Delete(p.policies, i, i+1)
	case n < 9:
		p.policies = slices.Insert(p.policies, i, p.policy())
	case n < 10:
		p.policies[i].name += "-renamed"
	default:
		p.policies[i].terms = p.altered(p.policies[i].terms)
	}
	if p.telling {
		p.tellf("configuration: %+v", p.policies)
	}
	if p.often(40) {
		p.reviews()
	}
}

// altered changes one thing of some terms.
func (p *play) altered(t terms) terms {
	t.seats = slices.Clone(t.seats)
	switch p.IntN(10) {
	case 0, 1:
		t.auto, t.seats = false, append(t.seats, p.IntN(groups))
	case 2:
		if len(t.seats) > 1 {
			t.seats = t.seats[1:]
		}
	case 3:
		if len(t.seats) > 0 {
			t.seats[0] = p.IntN(groups)
		}
	case 4, 9:
		t.rotating = t.asks() & p.subset(groups, 50)
	case 5:
		t.expires = p.terms().expires
	case 6:
		t.submit = p.terms().submit
	case 7:
		t.confirm = p.terms().confirm
	case 8:
		t.reason = one(p.world, nothing, words, ticket)
	}
	t.rotating &= t.asks()
	return t
}

// reviews compares the request with the policies as the loop does.
func (p *play) reviews() ruling {
	r := p.ruled()
	if r.answer == yes && r.terms.asks()&p.unread != 0 {
		r.answer = unknown // who is in its groups cannot be read
	}
	from, frozen, until := p.state, len(p.heart.Tally().Fills), p.deadline
	members := p.world.people(r.terms)
	p.review(p.world, r)
	if p.telling {
		p.tellf("reviews %+v: %s to %s", r, from, p.state)
	}
	if r.answer != unknown {
		p.record(p.heart.Review(p.now, r.heart(), members)...)
	} else if bodies := p.heart.Review(p.now, r.heart(), nil); len(bodies) > 0 {
		p.failf("what cannot be told is acted on: %v", bodies)
	}
	if after := len(p.heart.Tally().Fills); after > frozen && !p.back(r) {
		p.failf("a change filled seats: %d, then %d", frozen, after)
	}
	if from == p.state && p.deadline.After(until) {
		p.failf("a change moved the deadline from %v to %v", until, p.deadline)
	}
	p.reachedByReview(from, r)
	return r
}

// back reports whether a ruling brings back what was there at first: then seats are filled again that were.
func (p *play) back(r ruling) bool { return r.terms.rotating&p.frozen.rotating != 0 }

func (p *play) reachedByReview(from restore.State, r ruling) {
	switch {
	case p.state == restore.Canceled && r.answer == no:
		p.reached("canceled because no policy is left")
	case p.state == restore.Canceled:
		p.reached("canceled because the reason does not suffice")
	case from != p.state:
		p.reached(fmt.Sprintf("a ruling leads from %s to %s", from, p.state))
	case p.today != nil && p.state == restore.Pending && p.frozen.auto:
		p.reached("people are asked about what approved itself")
	}
}

// proceeds goes on with what is approved, as the loop does: prepare, look at everything again, send.
func (p *play) proceeds() {
	switch {
	case p.state == restore.Approved && p.now.Before(p.deadline):
		p.record(p.heart.Prepare(p.now))
		p.state = restore.Preparing
		p.tellf("prepares")
		if p.often(60) {
			p.rechecks()
		}
	case p.state == restore.Preparing:
		p.rechecks()
	}
}

// rechecks looks at everything again right before the POST.
func (p *play) rechecks() {
	if p.often(4) {
		p.replans()
		return
	}
	knew := p.known()
	r := p.reviews()
	switch {
	case p.wrong != "":
		return
	case r.answer == unknown:
		p.holds()
		p.reached("waits because nobody can tell the policy")
		return
	case p.state != restore.Preparing || !r.terms.same(knew):
		return
	}
	switch p.IntN(16) { // between two look-ups
	case 0:
		p.unread = p.subset(groups, 60)
	case 1, 2:
		if who := p.giver(); who != p.requester {
			p.comesOrGoes(who)
		}
	case 3: // one fails
		p.holds()
		return
	}
	fresh := p.fresh()
	if p.often(4) && p.unknown(fresh) {
		return
	}
	gone, unclear := p.heart.Dropped(fresh)
	switch fit := p.standings(p.world); {
	case unclear:
		p.hold()
		p.reached("waits because a group cannot be read")
	case len(gone) > 0:
		p.drops(gone)
	case fit && !p.now.Before(p.deadline):
		p.holds()
		p.reached("not sent after the deadline")
	case fit:
		p.sends()
	default:
		p.failf("the heart sends, although standings forbid it")
	}
}

// fresh returns the standings of everybody whose approval counts.
func (p *play) fresh() map[approvals.Person]approvals.Standing {
	out := make(map[approvals.Person]approvals.Standing)
	_, gave := p.ballots()
	for i := range people {
		if gave.has(i) {
			out[somebody(i)] = p.standing(i)
		}
	}
	return out
}

// unknown leaves one person out who counts, as if they could not be looked up: then nobody can tell. It reports whether
// there is anybody.
func (p *play) unknown(fresh map[approvals.Person]approvals.Standing) bool {
	_, gave := p.ballots()
	for _, who := range p.Perm(people) {
		if !gave.has(who) {
			continue
		}
		delete(fresh, somebody(who))
		if _, unclear := p.heart.Dropped(fresh); !unclear {
			p.failf("%s could not be looked up, and it goes on", somebody(who))
		}
		p.holds()
		p.reached("waits because a person cannot be looked up")
		return true
	}
	return false
}

// holds ends an attempt on both sides.
func (p *play) holds() {
	p.hold()
	p.state = restore.Approved
}

func (p *play) hold() {
	p.tellf("is held")
	p.record(p.heart.Hold(restore.Wait{Code: restore.WaitStanding}, restore.Outcome{}))
}

func (p *play) drops(gone []approvals.Person) {
	p.tellf("%v do not count any more", gone)
	p.record(p.heart.Reopen(p.now, restore.ReopenStanding, gone))
	if body := p.heart.Refill(p.now); body != nil {
		p.record(body)
		p.reached("dropped, and others suffice")
		return
	}
	p.reached("dropped, and people are asked again")
}

func (p *play) sends() {
	if why := p.lawful(p.world); why != "" {
		p.failf("sent, although %s", why)
	}
	p.record(p.heart.Send(p.now, restore.JobList{}))
	p.state = restore.Sending
	p.reached("sent")
	switch {
	case p.today != nil && p.frozen.auto:
		p.reached("sent after people approved what had approved itself")
	case p.today != nil:
		p.reached("sent under two policies")
	case p.frozen.auto:
		p.reached("sent without people")
	}
}
