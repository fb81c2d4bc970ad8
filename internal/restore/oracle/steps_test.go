package oracle

import (
	"fmt"
	"slices"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// step lets some time pass, and something happen.
func (p *play) step() {
	p.wander()
	switch n := p.IntN(100); {
	case n < 40:
		p.approves()
	case n < 43:
		p.denies()
	case n < 47:
		p.withdraws()
	case n < 48:
		p.cancels()
	case n < 55:
		p.comesOrGoes(one(p.world, p.IntN(people), p.giver()))
	case n < 64:
		p.configures()
	case n < 72:
		p.reviews()
	case n < 80:
		p.reaps()
	case n < 81:
		p.replans()
	case n < 84:
		p.restart()
	case n < 86:
		p.smuggles()
	default:
		p.proceeds()
	}
}

// wander lets time pass: often little, sometimes up to the deadline or just over it.
func (p *play) wander() {
	next := p.now
	switch n := p.IntN(100); {
	case n < 35:
	case n < 65:
		next = next.Add(time.Duration(p.IntN(6)) * time.Second)
	case n < 88:
		next = next.Add(time.Duration(p.IntN(20)) * time.Minute)
	case n < 95:
		next = next.Add(time.Duration(p.IntN(3)) * time.Hour)
	default:
		next = p.deadline.Add(one(p.world, -time.Second, -1, 0, 3*time.Second, grace-1, grace, grace+1, time.Minute))
	}
	if next.After(p.now) {
		p.now = next
	}
	if p.often(40) {
		p.unread = 0
	} else if p.often(6) {
		p.unread = p.subset(groups, 35)
	}
}

func (p *play) approves() {
	c, v := p.click(p.voter())
	before := p.state
	noted, useful := p.approve(p.world, c)
	verdict, bodies := p.heart.Approve(v)
	p.tellf("approves: %s", verdict)
	if noted != (len(bodies) > 0) {
		p.failf("approval noted %v, want %v: %s", len(bodies) > 0, noted, verdict)
	}
	if told := verdict == approvals.Counts; noted && told != useful {
		p.failf("the approval helps %v, want %v: %s", told, useful, verdict)
	}
	if !noted && (verdict == approvals.Counts || verdict == approvals.NoSeatOpen) {
		p.failf("told %s, but nothing is noted", verdict)
	}
	p.record(bodies...)
	p.reached("approve: " + string(verdict))
	p.reachedByVote(c, before, noted)
}

// reachedByVote counts the interesting ways to an answer.
func (p *play) reachedByVote(c click, before restore.State, noted bool) {
	switch {
	case noted && !p.now.Before(p.deadline) && before == restore.Pending && p.state == restore.Pending:
		p.reached("noted within the grace")
	case noted && c.in&^p.unread != 0 && p.eligible(c.who, c.in)&^p.fromTheStart(c.who) != 0:
		p.reached("a rotating group let somebody in")
	case !noted && p.banned(c.who) && c.who != p.requester && p.groupsOf(c.who)&p.asks() != 0:
		p.reached("owner or author turned away")
	}
	if noted && c.who == people-1 && p.requester == 0 {
		p.reached("the same user id of another team")
	}
	if p.state == restore.Approved && before == restore.Pending {
		p.reached("approved by people")
		if p.today != nil {
			p.reached("approved under two policies")
		}
		if p.crowded() {
			p.reached("somebody moved over")
		}
	}
}

// fromTheStart returns the groups in which a person was from the beginning.
func (p *play) fromTheStart(who int) mask {
	var out mask
	for g, m := range p.book.first {
		if m.who.has(who) {
			out |= bit(g)
		}
	}
	return out
}

// crowded reports whether taking the first free seat, by the order of approvals, would leave a seat of the first terms
// open.
func (p *play) crowded() bool {
	in, gave := p.ballots()
	taken := make([]bool, len(p.frozen.seats))
	for _, a := range p.acts {
		if !gave.has(a.who) {
			continue
		}
		gave &^= bit(a.who)
		for s, g := range p.frozen.seats {
			if !taken[s] && in[a.who].has(g) {
				taken[s] = true
				break
			}
		}
	}
	return slices.Contains(taken, false)
}

func (p *play) denies() {
	c, v := p.click(p.voter())
	from := p.state
	want := p.deny(p.world, c)
	verdict, bodies := p.heart.Deny(v)
	p.tellf("denies: %s", verdict)
	if want != (len(bodies) > 0) || want != (verdict == approvals.Counts) {
		p.failf("denial noted %v, want %v: %s", len(bodies) > 0, want, verdict)
	}
	p.record(bodies...)
	p.reached("deny: " + string(verdict))
	if want {
		p.reached("denied from " + string(from))
	}
}

func (p *play) withdraws() {
	c, v := p.click(p.giver())
	from := p.state
	want := p.withdraw(p.world, c)
	verdict, bodies := p.heart.Withdraw(v)
	p.tellf("withdraws: %s", verdict)
	if want != (len(bodies) > 0) || want != (verdict == approvals.Counts) {
		p.failf("withdrawn %v, want %v: %s", len(bodies) > 0, want, verdict)
	}
	p.record(bodies...)
	p.reached("withdraw: " + string(verdict))
	if want {
		p.reached(fmt.Sprintf("withdrawn from %s to %s", from, p.state))
	}
}

func (p *play) cancels() {
	who := p.requester
	if p.often(20) {
		who = p.IntN(people)
	}
	c, v := p.click(who)
	want := p.cancel(c)
	verdict, bodies := p.heart.Cancel(v)
	p.tellf("cancels: %s", verdict)
	if want != (len(bodies) > 0) || want != (verdict == approvals.Counts) {
		p.failf("canceled %v, want %v: %s", len(bodies) > 0, want, verdict)
	}
	p.record(bodies...)
	p.reached("cancel: " + string(verdict))
}

// comesOrGoes lets somebody join or leave a group, or the company.
func (p *play) comesOrGoes(who int) {
	g := p.IntN(groups)
	for p.asks() != 0 && !p.asks().has(g) && p.often(70) {
		g = p.IntN(groups)
	}
	if p.often(12) {
		p.inactive ^= bit(who)
	} else {
		p.members[g] ^= bit(who)
	}
	p.tellf("members are %b, inactive %b", p.members, p.inactive)
}

func (p *play) reaps() {
	from := p.state
	p.pass(p.world)
	body := p.heart.Expire(p.now, grace)
	if ended := p.state == restore.Expired; ended != (body != nil) {
		p.failf("expires %v, want %v", body != nil, ended)
	}
	if body != nil {
		p.tellf("expires")
		p.record(body)
		p.reached("expired from " + string(from))
	}
}

func (p *play) replans() {
	if p.state == restore.Pending && p.often(50) {
		return
	}
	danger := p.often(30)
	p.tellf("a new plan, danger %v", danger)
	p.record(p.heart.Replan(p.now, installation, p.plan("another", p.revision+1, danger)))
	p.reached("a new plan in " + string(p.state))
	p.replan(p.world, danger)
}
