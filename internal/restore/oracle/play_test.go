package oracle

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// The request of every play.
const (
	installation = "inst-1"
	nonce        = "0123456789abcdef"
	subject      = restore.Subject("R-1")
)

// play is one sequence, told to the heart and to a book at once.
type play struct {
	*world
	*book

	heart      *restore.Request
	told       []string         // the story, if it is wanted
	telling    bool             //
	seen       map[string]bool  // what was reached
	begun      []policy         // the policies of the beginning
	configured []restore.Policy // the policies as the heart gets them; nil after a change
	wrong      string           // the first thing that is not as it has to be
}

// Acts make at most so many steps.
const mostSteps = 28

// replay plays what a seed says. It is the same each time.
func replay(seed uint64, telling bool) *play {
	p := &play{world: newWorld(rand.New(rand.NewPCG(seed, 0x5eed))), telling: telling, seen: make(map[string]bool)}
	if !p.file() {
		return p
	}
	for range mostSteps {
		p.step()
		p.compare()
		if p.wrong != "" || !p.open() {
			return p
		}
	}
	return p
}

func (p *play) tellf(format string, args ...any) {
	if p.telling {
		p.told = append(p.told, p.now.Format("15:04:05 ")+fmt.Sprintf(format, args...))
	}
}

func (p *play) story() string { return strings.Join(p.told, "\n") }

// reached counts that something worth having happened.
func (p *play) reached(what string) { p.seen[what] = true }

// failf notes the first contradiction.
func (p *play) failf(format string, args ...any) {
	if p.wrong == "" {
		p.wrong = fmt.Sprintf(format, args...)
		p.tellf("WRONG: %s", p.wrong)
	}
}

// blank is a transaction that keeps nothing: the play holds the request itself.
type blank struct{ restore.Tx }

func (blank) Append(restore.Draft) (restore.Event, error) { return restore.Event{}, nil }
func (blank) PutRequest(*restore.Request) error           { return nil }

// record takes steps as a caller does.
func (p *play) record(bodies ...restore.Body) {
	for _, body := range bodies {
		err := restore.Record(blank{}, p.heart, restore.ByBot, p.now, body)
		if errors.Is(err, restore.ErrTransition) {
			p.failf("the heart takes a step that is not open: %v", err)
		} else if err != nil {
			p.failf("record: %v", err)
		}
	}
}

// file lets somebody ask for something, and puts it up for approval if the policies of the moment let it.
func (p *play) file() bool {
	source := p.IntN(clusters)
	b := &book{
		spec:      spec{source, one(p.world, nobody, 0, 1, 2, 3, 3, 3)},
		requester: p.IntN(people), owner: nobody, author: nobody, reason: one(p.world, nothing, words, ticket, ticket, ticket), revision: 1,
	}
	if p.often(15) {
		b.owner = p.IntN(people)
	}
	if p.often(15) {
		b.author = p.IntN(people)
	}
	p.book, p.begun = b, p.policies
	if p.barred(b.requester) {
		return false
	}
	if p.often(5) {
		p.unread = p.subset(groups, 30)
	}
	r := p.ruled()
	if r.answer != yes || r.terms.reason > b.reason || p.wrong != "" {
		p.reached("refused")
		return false
	}
	p.unread = 0
	if !r.terms.auto && !p.fillable(r.terms) {
		return false
	}
	b.danger = p.often(8)
	p.putUp(r.terms)
	p.compare()
	return p.wrong == ""
}

// fillable says whether the seats can be filled without those who have a part in the request; both sides must agree.
func (p *play) fillable(t terms) bool {
	var in [people]mask
	for who := range people {
		if !p.banned(who) {
			in[who] = p.groupsOf(who)
		}
	}
	want := most(t.seats, in, 0)
	open := approvals.Unfillable(t.heart().Seats, p.people(t), p.ban())
	if len(open) != len(t.seats)-want {
		p.failf("%d of %d seats cannot be filled, says the heart; %d can", len(open), len(t.seats), want)
	}
	if len(open) > 0 {
		p.reached("unfillable")
	}
	return len(open) == 0
}

func (p *play) ban() approvals.Ban {
	return approvals.Ban{Requester: somebody(p.requester), Owner: somebody(p.owner), Origin: somebody(p.author)}
}

func (p *play) putUp(t terms) {
	reason := []string{"", "lost rows", "lost rows, OPS-17"}[p.reason]
	asked := restore.Asked{Reason: reason, Receipt: p.now}
	p.heart = restore.NewRequest(subject, nonce, asked, somebody(p.requester), 15*time.Minute)
	p.heart.Owner, p.heart.Author = somebody(p.owner), somebody(p.author)
	p.record(p.heart.FiledBody())
	proposal := restore.Proposal{Plan: p.plan("digest of "+t.name, 1, p.danger), Terms: t.heart(), Members: p.people(t)}
	b := p.book
	b.frozen, b.pended = t, p.now
	b.remember(p.world, t)
	p.tellf("%d asks for %d to %d (owner %d, author %d), %+v", p.requester, p.source, p.target, p.owner, p.author, t)
	p.tellf("members %b, guests %b, bots %b, strangers %b", p.members, p.guests, p.bots, p.strange)
	if t.auto {
		b.state, b.approved, b.deadline, b.pended = restore.Approved, p.now, p.now.Add(t.submit), time.Time{}
		p.record(p.heart.AutoApprove(p.now, installation, proposal))
		p.reached("approved by policy")
		return
	}
	if len(t.seats) == 0 {
		p.reached("no seats are nobody's approval")
	}
	b.state, b.deadline = restore.Pending, p.now.Add(t.expires)
	p.record(p.heart.PutUp(p.now, installation, proposal))
}

// ruled asks both sides what the policies say now, with what can be read of the requester.
func (p *play) ruled() ruling {
	in := p.groupsOf(p.requester)
	want := rule(p.policies, p.spec, in, p.unread)
	if p.configured == nil {
		p.configured = hearts(p.policies)
	}
	got := restore.Rule(p.configured, p.plan("", 1, false).Spec, p.standing(p.requester))
	if answer(got.Matching) != want.answer || want.answer != no && got.Terms.Policy != want.terms.name {
		p.failf("the policies say %d by %q, want %d by %q", got.Matching, got.Terms.Policy, want.answer, want.terms.name)
	}
	if widened(p.policies, p.spec, in, p.unread, want) {
		p.failf("a look-up that failed decided: %+v", want)
	}
	if want.answer == unknown {
		p.reached("cannot tell")
	}
	if auto := func(q policy) bool { return q.auto && q.judge(p.spec, in, p.unread) == yes }; want.answer == yes &&
		!want.terms.auto && slices.ContainsFunc(p.policies, auto) {
		p.reached("seats win over a policy that approves by itself")
	}
	return want
}

// ruling returns want as the heart knows it.
func (r ruling) heart() restore.Ruling {
	return restore.Ruling{Matching: restore.Matching(r.answer), Terms: r.terms.heart()}
}
