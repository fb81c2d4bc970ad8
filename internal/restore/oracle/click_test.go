package oracle

import (
	"time"

	"snapback/internal/restore"
)

// voter draws who acts: mostly somebody whom the seats are for.
func (p *play) voter() int {
	if p.often(6) {
		return p.giver()
	}
	if _, gave := p.ballots(); p.often(75) {
		for _, who := range p.Perm(people) {
			if p.groupsOf(who)&p.asks() != 0 && !p.banned(who) && !gave.has(who) || p.often(3) {
				return who
			}
		}
	}
	return p.IntN(people)
}

// giver draws somebody whose approval counts, if there is one.
func (p *play) giver() int {
	_, gave := p.ballots()
	for _, who := range p.Perm(people) {
		if gave.has(who) {
			return who
		}
	}
	return p.IntN(people)
}

// click draws what somebody does, and the same as the heart gets it.
func (p *play) click(who int) (click, restore.Vote) {
	age := one(p.world, 0, 0, 0, 0, time.Second, time.Second, standingAge, standingAge, -standingAge)
	if p.often(6) {
		age = one(p.world, standingAge+1, -standingAge-1)
	}
	lag := one(p.world, 0, 0, 0, time.Second, time.Second, 3*time.Second, grace, grace+time.Second)
	c := click{
		who: who, revision: p.revision, name: p.name(), reason: "not today", read: p.now.Add(-lag), age: age,
		in: p.groupsOf(who), ruling: p.ruled(),
	}
	switch n := p.IntN(100); {
	case n < 4:
		c.revision--
	case n < 6:
		c.foreign = true
	case n < 9:
		c.name = one(p.world, "", "other", p.name()+"x")
	case n < 11:
		c.reason = ""
	}
	st := p.standing(who)
	st.At = p.now.Add(-age)
	v := restore.Vote{
		Standing: st, Today: c.ruling.heart(), Revision: c.revision, Nonce: nonce, Typed: one(p.world, "", " ", "\t") + c.name,
		Reason: c.reason, Read: c.read, Now: p.now, Limits: restore.Timings{StandingAge: standingAge, Grace: grace},
	}
	if c.foreign {
		v.Nonce = "fedcba9876543210"
	} else if c.revision == 0 { // typed: there is no card
		v.Nonce = ""
	}
	if p.telling {
		p.tellf("%d clicks: %+v in %s until %s", who, c, p.state, p.deadline.Format("15:04:05"))
	}
	return c, v
}
