package oracle

import (
	"encoding/json"

	"snapback/approvals"
	"snapback/internal/restore"
)

// restart reads the request back, as after a restart.
func (p *play) restart() {
	raw, err := json.Marshal(p.heart)
	fresh := new(restore.Request)
	if err == nil {
		err = json.Unmarshal(raw, fresh)
	}
	if err != nil {
		p.failf("read back: %v", err)
		return
	}
	p.heart = fresh
}

// smuggles writes a decision into the record that no click led to, as a bug elsewhere could: an approval of somebody who
// has a part in the request, or one that says yes to something else. The book knows nothing of it: it never counts.
func (p *play) smuggles() {
	_, gave := p.ballots()
	who := p.IntN(people)
	if p.often(50) {
		who = one(p.world, p.requester, p.requester, p.owner, p.author)
	}
	if who == nobody || gave.has(who) {
		return
	}
	d := approvals.Decision{
		N: p.heart.N, Choice: approvals.Approve, Revision: p.revision, PlanHash: p.heart.Plan.Hash, Nonce: nonce,
		Standing: p.standing(who), Groups: names(1<<groups - 1), At: p.now,
	}
	if !p.banned(who) {
		switch p.IntN(4) {
		case 0:
			d.Choice = approvals.Deny
		case 1:
			d.PlanHash = "p1:another"
		case 2:
			d.Nonce = "fedcba9876543210"
		case 3:
			d.Void = true
		}
	}
	p.heart.Decisions = append(p.heart.Decisions, d)
	p.tellf("in the record from nowhere: %+v", d)
	p.reached("an approval from nowhere")
}
