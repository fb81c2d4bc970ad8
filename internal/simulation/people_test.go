package simulation

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
)

// person has somebody do something.
func (s *simulation) person() {
	draw(s.acts, s.leans, []weighted[func()]{
		{30, s.files},
		{34, s.approves},
		{14, s.clicks},
		{4, s.denies},
		{5, s.cancels},
		{4, s.insists},
		{16, s.decides},
	})()
}

// do has somebody give a command after a moment, beside everything else that goes on.
func (s *simulation) do(user string, cmd commands.Command) {
	p, wait := s.p, s.acts.between(0, 3*time.Second)
	p.active.Go(func() {
		time.Sleep(wait)
		if !p.dead() {
			s.ask(p, user, cmd)
		}
	})
}

// ask gives a command and keeps the answer.
func (s *simulation) ask(p *process, user string, cmd commands.Command) {
	at := time.Now()
	reply, err := p.handler.Handle(p.ctx, commands.Caller{Person: person(user), Read: at}, cmd)
	s.answered(user, at, cmd, reply, err)
	if o, ok := reply.(commands.Opened); ok && o.Then != nil {
		s.shown(p, user, at, o.Then)
	}
}

// answered keeps what somebody was told.
func (s *simulation) answered(user string, at time.Time, cmd commands.Command, reply commands.Reply, err error) {
	a := ack{at: at, user: user, command: cmd}
	answer := fmt.Sprint(err)
	switch r := reply.(type) {
	case commands.Filed:
		a.subject = r.Request.Subject
		answer = "filed " + string(a.subject)
	case commands.Decided:
		a.subject, a.verb = r.Request.Subject, r.Verb
		answer = string(r.Verdict)
		if r.Verdict != approvals.Counts {
			a.subject = ""
		}
	case nil:
	default:
		answer = fmt.Sprintf("%T", reply)
	}
	s.notef("%s: %T %s: %s", user, cmd, nonces().ReplaceAllString(fmt.Sprintf("%+v", cmd), ""), answer)
	if err == nil && a.subject != "" {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.acks = append(s.acks, a)
	}
}

// nonces matches what is another in each run, whatever the seed.
func nonces() *regexp.Regexp { return regexp.MustCompile(`( Nonce:)?\b[0-9a-f]{16}\b`) }

// requests returns every request there is, in some of the states or in any, as of the latest look.
func (s *simulation) requests(states ...restore.State) []*restore.Request {
	var out []*restore.Request
	for _, r := range s.known {
		if len(states) == 0 || slices.Contains(states, r.State) {
			out = append(out, r)
		}
	}
	return out
}

func (s *simulation) files() {
	source, target := pick(s.acts, s.manager.sources), pick(s.acts, s.manager.targets)
	point := "latest"
	if s.acts.chance(30) {
		point = "snapshot " + pick(s.acts, s.manager.snapshots(source.ID))
	}
	line := source.Name + " " + s.wants(source, point, target.Name) + " because OPS-1"
	key := fmt.Sprint("line ", s.acts.Uint64())
	cmd, err := commands.Parse(line, time.Now(), key)
	if err != nil {
		s.t.Fatalf("%s: %v", line, err)
	}
	user := pick(s.acts, s.company.people)
	s.do(user, cmd)
	if s.acts.chance(15) {
		s.do(user, cmd) // delivered twice
	}
}

// willing returns somebody who could fill a seat of the request, "" if there is nobody.
func (s *simulation) willing(r *restore.Request) string {
	able := s.mayFill(r)
	if len(able) == 0 {
		return ""
	}
	return pick(s.acts, able)
}

// mayFill returns everybody who could fill a seat of the request.
func (s *simulation) mayFill(r *restore.Request) []string {
	var able []string
	for _, user := range s.company.people {
		done := slices.ContainsFunc(r.Usable(), func(d approvals.Decision) bool { return d.Standing.Person.User == user })
		if done || person(user) == r.Requester || r.Terms == nil {
			continue
		}
		if slices.ContainsFunc(r.Terms.Seats, func(seat approvals.Seat) bool { return s.company.is(seat.From, user) }) {
			able = append(able, user)
		}
	}
	return able
}

// typed is the target's name, or what somebody takes for it.
func (s *simulation) typed(r *restore.Request, wrong int) string {
	if r.Plan == nil || s.acts.chance(wrong) {
		return pick(s.acts, []string{"", "orders-prod", "scratch-1", "scratch-2", "orders-staging"})
	}
	return r.ConfirmName()
}

func (s *simulation) approves() {
	for _, r := range some(s.acts, 1, 2, s.requests(restore.Pending)) {
		for range s.acts.number(1, 3) {
			if user := s.willing(r); user != "" {
				s.do(user, commands.Approve{Card: commands.CardOf(r), Typed: s.typed(r, 8)})
			}
		}
	}
}

// clicks has anybody press anything on any card that there ever was.
func (s *simulation) clicks() {
	all := s.requests()
	if len(all) == 0 {
		return
	}
	r, card := pick(s.acts, all), pick(s.acts, s.cards)
	if s.acts.chance(60) {
		card = commands.CardOf(r)
	}
	typed := s.typed(r, 30)
	group := ""
	if jobs := s.manager.jobs(); len(jobs) > 0 {
		group = pick(s.acts, jobs).ID
	}
	s.do(pick(s.acts, s.company.people), pick(s.acts, []commands.Command{
		commands.Approve{Card: card, Typed: typed},
		commands.Approve{Card: card, Typed: typed},
		commands.Deny{Card: card, Reason: "no"},
		commands.Cancel{Card: card},
		commands.Abandon{Card: card, Typed: typed},
		commands.Adopt{Card: card, Group: group, Typed: typed},
		commands.Resend{Card: card, Typed: typed},
		commands.Finish{Card: card, Typed: typed},
		commands.Release{Card: card, Typed: typed},
		commands.Show{Subject: card.Subject},
	}))
}

// soonOver returns the requests that are approved and wait, half of the time, if there are any, because they are few; else
// those in some of the states.
func (s *simulation) soonOver(states ...restore.State) []*restore.Request {
	if waiting := s.requests(restore.Approved); len(waiting) > 0 && s.acts.chance(50) {
		return waiting
	}
	return s.requests(states...)
}

func (s *simulation) denies() {
	for _, r := range some(s.acts, 0, 1, s.soonOver(restore.Pending, restore.Approved, restore.Preparing)) {
		if user := s.willing(r); user != "" {
			s.do(user, commands.Deny{Card: commands.CardOf(r), Reason: "not now"})
		}
	}
}

func (s *simulation) cancels() {
	for _, r := range some(s.acts, 0, 1, s.soonOver(restore.OpenStates()...)) {
		s.do(r.Requester.User, commands.Cancel{Card: commands.CardOf(r)})
	}
}

// insists files what was refused because the same is open.
func (s *simulation) insists() {
	for _, r := range some(s.acts, 0, 1, s.requests(restore.Refused)) {
		s.do(r.Requester.User, commands.Again{Card: commands.CardOf(r)})
	}
}

// decides has somebody decide what became of a request in doubt.
func (s *simulation) decides() {
	for _, r := range some(s.acts, 1, 1, s.requests(restore.InDoubt)) {
		s.decide(r)
	}
}

func (s *simulation) decide(r *restore.Request) {
	user := s.willing(r)
	if user == "" {
		return
	}
	card, typed := commands.CardOf(r), s.typed(r, 5)
	out := []commands.Command{
		commands.Abandon{Card: card, Typed: typed},
		commands.Resend{Card: card, Typed: typed},
		commands.Resend{Card: card, Typed: typed},
		commands.Finish{Card: card, Typed: typed},
	}
	if r.Cause == restore.DoubtGone || r.Cause == restore.DoubtMissing {
		out = append(out, commands.Finish{Card: card, Typed: typed}, commands.Finish{Card: card, Typed: typed})
	}
	for _, g := range slices.Concat(r.Sighted.Alike, r.Sighted.Near) {
		out = append(out, commands.Adopt{Card: card, Group: g.ID, Typed: typed}, commands.Adopt{Card: card, Group: g.ID, Typed: typed})
	}
	s.do(user, pick(s.acts, out))
}

// bringToAnEnd has people do what is theirs to do.
func (s *simulation) bringToAnEnd() {
	for _, r := range s.requests(restore.Pending) {
		if user := s.willing(r); user != "" && s.acts.chance(70) {
			s.do(user, commands.Approve{Card: commands.CardOf(r), Typed: r.ConfirmName()})
		} else {
			s.do(r.Requester.User, commands.Cancel{Card: commands.CardOf(r)})
		}
	}
	for _, r := range s.requests(restore.InDoubt) {
		s.decide(r)
	}
}
