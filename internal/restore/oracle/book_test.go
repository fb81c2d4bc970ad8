package oracle

import (
	"time"

	"snapback/internal/restore"
)

// The limits of the rules.
const (
	grace       = 10 * time.Second
	standingAge = time.Minute
)

// act is one approval, as it was given.
type act struct {
	who      int
	revision int
	groups   mask // that counted then
	at       time.Time
	back     bool // taken back: by its person, or because the person lost what it rested on
}

// members is who was in a group when the request first knew of it.
type members struct {
	known bool
	who   mask
}

// book keeps what happened to one request and says, by the rules alone, what follows.
type book struct {
	spec
	requester, owner, author int
	reason                   demand

	state    restore.State
	revision int
	danger   bool
	frozen   terms
	today    *terms // what the configuration asks for, where it asks for something else
	first    [groups]members
	acts     []act
	pended   time.Time // since when it waits for people
	approved time.Time
	deadline time.Time
	denied   bool
}

// holding returns the terms that hold, each on its own.
func (b *book) holding() []terms {
	if b.today == nil {
		return []terms{b.frozen}
	}
	return []terms{b.frozen, *b.today}
}

// known returns the terms that are on the card.
func (b *book) known() terms { return b.holding()[len(b.holding())-1] }

func (b *book) asks() mask {
	var out mask
	for _, t := range b.holding() {
		out |= t.asks()
	}
	return out
}

// banned reports whether person i has a part in the request.
func (b *book) banned(i int) bool { return i == b.requester || i == b.owner || i == b.author }

// rotates reports whether all terms that ask for a group say that it rotates.
func (b *book) rotates(g int) bool {
	for _, t := range b.holding() {
		if t.asks().has(g) && !t.rotating.has(g) {
			return false
		}
	}
	return b.asks().has(g)
}

// eligible returns which of the groups that a person is in count: those where the person was from the beginning, and
// those that rotate.
func (b *book) eligible(who int, in mask) mask {
	var out mask
	for g := range groups {
		if in.has(g) && (b.first[g].who.has(who) || b.rotates(g)) {
			out |= bit(g)
		}
	}
	return out
}

// ballots returns for each person the groups with which their approval counts now, and whether they have one.
func (b *book) ballots() (in [people]mask, gave mask) {
	last := [people]int{}
	for n, a := range b.acts {
		last[a.who] = n
	}
	for n, a := range b.acts {
		if last[a.who] == n && !a.back && a.revision == b.revision && !b.banned(a.who) {
			in[a.who], gave = b.eligible(a.who, a.groups), gave|bit(a.who)
		}
	}
	return in, gave
}

// most returns how many seats can be filled, trying everybody and nobody for each.
func most(seats []int, in [people]mask, used mask) int {
	if len(seats) == 0 {
		return 0
	}
	best := most(seats[1:], in, used)
	for who, has := range in {
		if best == len(seats) {
			break
		}
		if has.has(seats[0]) && !used.has(who) {
			best = max(best, 1+most(seats[1:], in, used|bit(who)))
		}
	}
	return best
}

// filled reports whether each of the terms that hold has all its people, or needs none.
func (b *book) filled() bool {
	in, _ := b.ballots()
	for _, t := range b.holding() {
		if !t.auto && (len(t.seats) == 0 || most(t.seats, in, 0) < len(t.seats)) {
			return false
		}
	}
	return true
}

// helps reports whether somebody with some groups, on top of everybody else, fills one more seat of some terms.
func (b *book) helps(who int, with mask) bool {
	in, _ := b.ballots()
	in[who] = 0
	for _, t := range b.holding() {
		before := most(t.seats, in, 0)
		more := in
		more[who] = with
		if most(t.seats, more, 0) > before {
			return true
		}
	}
	return false
}

// byNameOnly reports whether an approver has to type the name: some terms say so, or the plan is dangerous.
func (b *book) byNameOnly() bool {
	for _, t := range b.holding() {
		if t.confirm == byName || t.confirm == byDelivery && !b.download() {
			return true
		}
	}
	return b.danger
}

func (b *book) least(of func(terms) time.Duration) time.Duration {
	out := of(b.frozen)
	for _, t := range b.holding() {
		out = min(out, of(t))
	}
	return out
}

func (b *book) expires() time.Duration {
	return b.least(func(t terms) time.Duration { return t.expires })
}

func (b *book) submit() time.Duration {
	return b.least(func(t terms) time.Duration { return t.submit })
}

// open reports whether people still have a say.
func (b *book) open() bool {
	return b.state == restore.Pending || b.state == restore.Approved || b.state == restore.Preparing
}

// remember notes who is in the groups of terms that were not known.
func (b *book) remember(w *world, t terms) {
	for _, g := range t.seats {
		if !b.first[g].known {
			b.first[g] = members{true, w.members[g]}
		}
	}
}
