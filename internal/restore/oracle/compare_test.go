package oracle

import (
	"slices"

	"snapback/approvals"
	"snapback/internal/restore"
)

// compare demands that both sides agree.
func (p *play) compare() {
	if p.wrong != "" {
		return
	}
	if p.heart.State != p.state {
		p.failf("the heart is in %q, want %q", p.heart.State, p.state)
		return
	}
	if !p.open() {
		p.closed()
		return
	}
	if !p.heart.Deadline.Equal(p.deadline) || p.heart.Plan.Revision != p.revision {
		p.failf("until %v, revision %d; want %v, %d", p.heart.Deadline, p.heart.Plan.Revision, p.deadline, p.revision)
	}
	if full := p.filled(); p.heart.Filled() != full || !full && p.state != restore.Pending {
		p.failf("filled %v, want %v in %s", p.heart.Filled(), full, p.state)
	}
	if (p.heart.Confirmation() == restore.ConfirmTarget) != p.byNameOnly() {
		p.failf("confirmed by %s", p.heart.Confirmation())
	}
	p.compareBallots()
	p.compareSeats(p.frozen, p.heart.Tally())
	if p.today != nil {
		p.compareSeats(*p.today, p.heart.TallyToday())
	}
	if p.state == restore.Pending && p.often(10) {
		p.compareAble()
	}
}

// compareBallots compares whose approval counts, and with which groups.
func (p *play) compareBallots() {
	in, gave := p.ballots()
	var seen mask
	for _, d := range p.heart.Usable() {
		who := index(d.Standing.Person)
		if seen.has(who) || !gave.has(who) {
			p.failf("the approval of %s counts", d.Standing.Person)
			return
		}
		seen |= bit(who)
		if !slices.Equal(d.Groups, names(in[who])) {
			p.failf("%s counts in %v, want %v", d.Standing.Person, d.Groups, names(in[who]))
		}
	}
	if seen != gave {
		p.failf("approvals of %b count, want %b", seen, gave)
	}
}

// compareSeats compares how many seats are filled, and that every fill is one.
func (p *play) compareSeats(t terms, got approvals.Result) {
	in, _ := p.ballots()
	if want := most(t.seats, in, 0); len(got.Fills) != want || len(got.Open) != len(t.seats)-want {
		p.failf("%d seats of %v are filled, want %d", len(got.Fills), t.seats, want)
	}
	var seated mask
	for _, f := range got.Fills {
		who := index(f.Person)
		if seated.has(who) || p.banned(who) || f.From != groupName(t.seats[f.Seat]) || !in[who].has(t.seats[f.Seat]) {
			p.failf("%s fills seat %d of %v", f.Person, f.Seat, t.seats)
		}
		seated |= bit(who)
	}
}

// compareAble compares who could fill one more seat, by what was known at first.
func (p *play) compareAble() {
	in, _ := p.ballots()
	var want, got mask
	for who := range people {
		more := in
		more[who] = p.fromTheStart(who)
		for _, t := range p.holding() {
			if !p.banned(who) && most(t.seats, more, 0) > most(t.seats, in, 0) {
				want |= bit(who)
			}
		}
	}
	for _, who := range p.heart.MayApprove() {
		got |= bit(index(who))
	}
	if got != want {
		p.failf("%b may approve, want %b", got, want)
	}
}

// closed demands that nothing is possible any more.
func (p *play) closed() {
	r := p.ruled()
	for who := range people {
		v := restore.Vote{
			Standing: p.standing(who), Today: r.heart(), Revision: p.revision, Nonce: nonce, Typed: p.name(), Reason: "not today",
			Read: p.now, Now: p.now, Limits: restore.Timings{StandingAge: standingAge, Grace: grace},
		}
		for verb, decide := range map[string]func(restore.Vote) (approvals.Verdict, []restore.Body){
			"approve": p.heart.Approve, "deny": p.heart.Deny, "withdraw": p.heart.Withdraw, "cancel": p.heart.Cancel,
		} {
			if verdict, bodies := decide(v); len(bodies) > 0 || verdict == approvals.Counts {
				p.failf("%s in %s: %s", verb, p.state, verdict)
			}
		}
	}
	if bodies := p.heart.Review(p.now, r.heart(), p.world.people(r.terms)); len(bodies) > 0 {
		p.failf("reviewed in %s: %v", p.state, bodies)
	}
	if p.heart.Expire(p.now.Add(1000*p.expires()), grace) != nil {
		p.failf("expires in %s", p.state)
	}
}

// index returns which person of the world somebody is.
func index(who approvals.Person) int {
	for i := range people {
		if somebody(i) == who {
			return i
		}
	}
	return nobody
}
