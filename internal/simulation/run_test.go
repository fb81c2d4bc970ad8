package simulation

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// simulation is one run.
type simulation struct {
	t    *testing.T
	seed uint64
	path string
	from time.Time

	acts    dice
	trouble dice
	points  dice
	guards  dice
	pace    *pace
	fate    fate
	ambush  ambush
	plant   *plant

	company  *company
	manager  *manager
	slack    *workspace // nil: nobody carries the log anywhere
	policies []restore.Policy
	timings  restore.Timings
	poll     time.Duration

	p      *process // nil while the program is down
	struck chan struct{}
	leans  mood // of people
	gloom  mood // of trouble
	undo   []undo
	stuck  []string // targets whose agents are held now
	held   []held
	known  []*restore.Request // as of the latest look, by number
	cards  []commands.Card    // all that people ever saw
	quiet  time.Time          // since when nothing goes wrong any more

	mu    sync.Mutex
	notes []note
	found []violation
	acks  []ack
	steps []string // what happened, for counting
}

// note is a line of the story.
type note struct {
	at   time.Time
	text string
}

// violation is something that must not be.
type violation struct{ rule, text string }

// ack is what somebody was told.
type ack struct {
	at      time.Time
	user    string
	command commands.Command
	subject restore.Subject
	verb    commands.Verb // "" for what was filed
}

// held is a stretch of time in which the agents of a target did nothing.
type held struct {
	target   string
	from, to time.Time
}

// undo ends a trouble that lasts.
type undo struct {
	at time.Time
	do func()
}

// simulate makes one run of a seed and returns what is wrong with it.
func simulate(t *testing.T, seed uint64, path string, p *plant) *simulation {
	t.Helper()
	var s *simulation
	synctest.Test(t, func(t *testing.T) {
		s = newSimulation(t, seed, path, p)
		s.play()
		s.settle()
		e := s.evidence()
		s.p.stop()
		s.p = nil
		e.check(s.wrongf)
		s.tell(e)
	})
	return s
}

func newSimulation(t *testing.T, seed uint64, path string, p *plant) *simulation {
	t.Helper()
	d := newDice(seed, streamWorld+100)
	s := &simulation{
		t: t, seed: seed, path: path, from: time.Now(), acts: newDice(seed, streamActs), trouble: newDice(seed, streamTrouble), points: newDice(seed, streamPoints), guards: newDice(seed, streamGuards),
		pace: newPace(seed), plant: p, struck: make(chan struct{}, 1), poll: d.between(20*time.Second, 90*time.Second),
		timings: restore.Timings{
			CheckWithin: d.between(2*time.Minute, 15*time.Minute), Settle: 2 * time.Minute, PostTimeout: time.Minute, StandingAge: time.Minute,
			Grace: 10 * time.Second, GoalState: d.between(2*time.Minute, 30*time.Minute), JobGone: d.between(2*time.Minute, 10*time.Minute), Skew: time.Minute, RetryMax: 5 * time.Minute, Protected: 2 * time.Hour,
		},
	}
	s.leans, s.gloom = newMood(d), newMood(d)
	p.lean(s)
	s.company = newCompany(seed, s.pace)
	s.company.liar = p.lies()
	s.manager = newManager(t, seed)
	if d.chance(20) {
		s.slack = newWorkspace(t, s.company, d.chance(50))
	}
	for i, c := range s.manager.targets {
		s.policies = append(s.policies, newPolicy(d, fmt.Sprint("policy-", i), c.Name, s.company.groups))
	}
	s.policies = append(s.policies, s.downloads())
	if len(s.manager.world.Jobs) > 100 {
		s.inject(fake.Fault{Kind: fake.Shuffle, Match: fake.Listings(), Times: fake.Always})
	}
	s.p = s.start()
	return s
}

// newPolicy asks for one to three approvals, by whomever.
func newPolicy(d dice, name, target string, groups []string) restore.Policy {
	pattern, err := restore.ParsePattern("*/*/" + target)
	if err != nil {
		panic(err)
	}
	p := restore.Policy{
		Match: restore.Match{Target: []restore.Pattern{pattern}},
		Terms: restore.Terms{
			Policy: name, Digest: name + "-1", Channel: channel, Confirm: pick(d, []restore.Confirm{restore.ConfirmDialog, restore.ConfirmTarget}),
			ExpiresAfter: d.between(20*time.Minute, 2*time.Hour), SubmitWithin: d.between(time.Hour, 4*time.Hour),
		},
	}
	if d.chance(30) {
		p.Terms.SubmitWithin = d.between(time.Minute, 5*time.Minute)
	}
	for range d.number(1, 3) {
		p.Terms.Seats = append(p.Terms.Seats, approvals.Seat{From: pick(d, groups)})
	}
	return p
}

// play lets people and trouble go on for a while, and the program be killed and started again.
func (s *simulation) play() {
	longest := s.acts.between(time.Minute, 8*time.Minute)
	for range s.acts.number(8, 22) {
		s.step(s.acts.between(time.Second, longest))
		for range s.acts.number(0, 2) {
			s.person()
		}
		if s.trouble.chance(55) {
			s.goWrong()
		}
		s.aboutPoints()
		s.guard()
	}
}

// settle ends all trouble, lets people bring everything to an end, and time pass until nothing is open.
func (s *simulation) settle() {
	s.notef("quiet from now on")
	s.fate.disarm()
	s.ambush.lay("", nil)
	s.manager.ClearFaults()
	if s.slack != nil {
		s.slack.ClearFaults()
	}
	for _, u := range s.undo {
		u.do()
	}
	s.undo, s.quiet = nil, time.Now()
	for range 200 {
		s.step(s.acts.between(time.Minute, 3*time.Minute))
		if s.over() {
			break
		}
		s.bringToAnEnd()
	}
}

// step lets time pass. A program that is down, or dies meanwhile, is started again after a while.
func (s *simulation) step(d time.Duration) {
	until := time.Now().Add(d)
	for {
		timer := time.NewTimer(time.Until(until))
		select {
		case <-s.struck:
			timer.Stop()
			s.p.stop()
			s.notef("is killed")
			time.Sleep(s.trouble.between(time.Second, 5*time.Minute))
			s.p = s.start()
			s.notef("is started again")
		case <-timer.C:
			synctest.Wait()
			if len(s.struck) == 0 {
				s.due()
				s.look()
				return
			}
		}
	}
}

// due ends the troubles whose time is over.
func (s *simulation) due() {
	var rest []undo
	for _, u := range s.undo {
		if time.Now().Before(u.at) {
			rest = append(rest, u)
			continue
		}
		u.do()
	}
	s.undo = rest
}

func (s *simulation) lasts(d time.Duration, do func()) {
	s.undo = append(s.undo, undo{time.Now().Add(d), do})
}

// look reads every request that can still change, has people see their cards, and compares the locks with them.
func (s *simulation) look() {
	s.p.read(func(rd restore.Reader) error {
		newest, err := rd.Newest(0, 1)
		if err != nil {
			return err
		}
		for n := range newest {
			for i := range int(newest[n].Number()) {
				if i < len(s.known) && s.final(rd, s.known[i]) && !s.known[i].Offers() && !s.known[i].Unprotected() {
					continue
				}
				r, err := rd.Request(restore.RequestSubject(uint64(i) + 1))
				if err != nil {
					return err
				}
				s.known = append(s.known[:i], append([]*restore.Request{r}, s.known[min(i+1, len(s.known)):]...)...)
				if c := commands.CardOf(r); !slices.Contains(s.cards, c) {
					s.cards = append(s.cards, c)
				}
			}
		}
		if err := s.watchCards(rd); err != nil {
			return err
		}
		return s.audit(rd)
	})
}

// final reports whether nothing about a request can change any more.
func (s *simulation) final(rd restore.Reader, r *restore.Request) bool {
	if !r.State.Ended() || len(r.Locks) > 0 {
		return false
	}
	if s.slack == nil {
		return true
	}
	posts, err := rd.Posts(r.Subject)
	return err == nil && posts.Done(r.N)
}

// over reports whether there is nothing left to wait for, or only for people who are not there.
func (s *simulation) over() bool {
	if s.p.dead() {
		return false
	}
	left := 0
	s.p.read(func(rd restore.Reader) error {
		for _, r := range s.known {
			stays := r.State == restore.InDoubt && s.willing(r) == "" && time.Since(s.quiet) > 2*time.Hour
			if !s.final(rd, r) && !stays {
				left++
			}
		}
		return nil
	})
	return left == 0
}

func (s *simulation) notef(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes = append(s.notes, note{time.Now(), fmt.Sprintf(format, args...)})
}

func (s *simulation) wrongf(rule, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	s.notef("VIOLATION of %s: %s", rule, text)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.found = append(s.found, violation{rule, text})
}
