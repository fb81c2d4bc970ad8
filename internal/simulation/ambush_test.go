package simulation

import (
	"net/http"
	"slices"
	"sync"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// ambush has somebody act at a moment that nobody hits by chance: just after a commit. At most one is laid.
type ambush struct {
	mu     sync.Mutex
	kind   restore.Kind // at a commit of this kind of event; "": none is laid
	spring func(restore.Subject)
}

func (a *ambush) lay(kind restore.Kind, spring func(restore.Subject)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.kind, a.spring = kind, spring
}

// committed springs the ambush if it was laid for one of these kinds.
func (a *ambush) committed(kinds []restore.Kind, subject restore.Subject) {
	a.mu.Lock()
	spring := a.spring
	if a.kind == "" || !slices.Contains(kinds, a.kind) {
		spring = nil
	} else {
		a.kind, a.spring = "", nil
	}
	a.mu.Unlock()
	if spring != nil {
		spring(subject)
	}
}

// layAmbush has somebody cancel, deny, approve or leave, or the server be slow, while a request is in a state that it
// soon leaves.
func (s *simulation) layAmbush() {
	d := s.trouble
	kind := pick(d, []restore.Kind{
		restore.KindPreparing, restore.KindPreparing, restore.KindPreparing, restore.KindPreparing, restore.KindWaiting, restore.KindWaiting,
		restore.KindApproved, restore.KindPlanned, restore.KindFiled, restore.KindSending, restore.KindDoubted,
		restore.KindAbandoned, restore.KindFailed, restore.KindCanceled,
	})
	wait, stall, user := d.between(0, 700*time.Millisecond), d.between(10*time.Second, 28*time.Second), pick(d, s.company.people)
	slow := fake.Fault{Kind: fake.Delay, Match: fake.Match{Method: http.MethodGet}, Delay: stall, Times: 20}
	blind := fake.Fault{Kind: fake.AccessList, Match: fake.Listings(), Times: d.number(1, 5)}
	fault := pick(d, []fake.Fault{slow, slow, blind})
	if kind == restore.KindAbandoned || kind == restore.KindFailed || kind == restore.KindCanceled {
		fault = blind
	}
	act := pick(d, []func(*process, *restore.Request, string){s.approve, s.deny, s.deny, s.cancel, s.leave, nil, nil, nil, nil})
	if kind == restore.KindFiled {
		act = s.cancel
	}
	s.notef("ambush at the next %s", kind)
	s.ambush.lay(kind, func(subject restore.Subject) {
		if act == nil {
			s.inject(fault)
			return
		}
		p := s.p
		p.active.Go(func() {
			time.Sleep(wait)
			if p.dead() {
				return
			}
			r := p.request(subject)
			if able := s.mayFill(r); len(able) > 0 {
				user = able[0]
			}
			act(p, r, user)
		})
	})
}

func (s *simulation) approve(p *process, r *restore.Request, user string) {
	cmd := commands.Approve{Card: commands.CardOf(r)}
	if r.Plan != nil {
		cmd.Typed = r.ConfirmName()
	}
	s.ask(p, user, cmd)
}

func (s *simulation) deny(p *process, r *restore.Request, user string) {
	s.ask(p, user, commands.Deny{Card: commands.CardOf(r), Reason: "stop"})
}

func (s *simulation) cancel(p *process, r *restore.Request, _ string) {
	s.ask(p, r.Requester.User, commands.Cancel{Card: commands.CardOf(r)})
}

// leave has somebody who approved leave every group, or the requester the company.
func (s *simulation) leave(_ *process, r *restore.Request, _ string) {
	decisions := r.Usable()
	if len(decisions) == 0 {
		s.company.set("", r.Requester.User, false)
		s.notef("%s is gone", r.Requester.User)
		return
	}
	user := decisions[0].Standing.Person.User
	for _, g := range s.company.groups {
		s.company.set(g, user, false)
	}
	s.notef("%s leaves all groups", user)
}

// forget has the server lose the records of a request's jobs for as long as nobody mends it: of one that runs, or else
// of the next one that does.
func (s *simulation) forget() {
	hide := func(r *restore.Request) {
		for _, j := range r.Jobs() {
			s.inject(fake.Fault{Kind: fake.RecordGone, Match: fake.Match{Method: http.MethodGet}, JobID: j.ID, Times: fake.Always})
		}
	}
	running := s.requests(restore.Running)
	if len(running) > 0 {
		hide(pick(s.trouble, running))
		return
	}
	s.ambush.lay(restore.KindAccepted, func(subject restore.Subject) { hide(s.p.request(subject)) })
}
