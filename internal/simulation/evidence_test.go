package simulation

import (
	"slices"
	"strings"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
)

// evidence is all that the checker reads: what the servers saw, what the log says, and what people were told.
type evidence struct {
	settle   time.Duration // how long a list may lag
	grace    time.Duration
	goal     time.Duration // how long agents are waited for
	held     []held
	mute     []time.Time // when the server refused to tell of agents
	quiet    time.Time   // since when nothing went wrong any more
	end      time.Time
	over     bool // the program has nothing left to do, by its own account
	company  *company
	posts    []fake.Call
	lists    []listing
	jobs     map[string]fake.Job
	events   []restore.Event
	requests map[restore.Subject]*restore.Request
	acks     []ack
	messages []fakeslack.Message
	direct   map[string][]fakeslack.Message // by person
	told     bool                           // there was a courier
	secrets  []string                       // of links
	wrongf   func(rule, format string, args ...any)

	lives []*life
}

func (s *simulation) evidence() *evidence {
	e := &evidence{
		settle: s.timings.PostTimeout + max(s.timings.Settle, 4*s.poll), grace: s.timings.Grace, goal: s.timings.GoalState, held: s.held, quiet: s.quiet, end: time.Now(), over: s.over(),
		company: s.company, jobs: make(map[string]fake.Job), requests: make(map[restore.Subject]*restore.Request), told: s.slack != nil,
	}
	e.posts, e.lists, e.mute = s.manager.seen()
	e.secrets = s.manager.Secrets()
	for _, j := range s.manager.jobs() {
		e.jobs[j.ID] = j
	}
	for _, r := range s.requests() {
		e.requests[r.Subject] = r
	}
	s.p.read(func(rd restore.Reader) error {
		var err error
		e.events, err = rd.Log(0, 1_000_000)
		return err
	})
	if err := s.p.store.Verify(s.t.Context()); err != nil {
		s.wrongf("chain", "%v", err)
	}
	s.mu.Lock()
	e.acks = slices.Clone(s.acks)
	s.mu.Unlock()
	if s.slack != nil {
		e.messages, e.direct = s.slack.Messages(channel), make(map[string][]fakeslack.Message)
		for _, user := range s.company.people {
			e.direct[person(user).String()] = s.slack.Messages("D" + strings.TrimPrefix(user, "U"))
		}
	}
	return e
}

// check reports everything that contradicts the rules.
func (e *evidence) check(wrongf func(rule, format string, args ...any)) {
	e.wrongf = wrongf
	e.chain()
	e.fold()
	e.attribute()
	for _, l := range e.lives {
		e.checkPosts(l)
		e.checkSeats(l)
		e.checkDoubts(l)
		e.checkJobs(l)
		e.checkDeadlines(l)
		e.checkPeople(l)
		e.checkReleased(l)
		e.checkRevealed(l)
		e.checkSurfaces(l)
		e.checkEnd(l)
	}
	e.checkOwners()
	e.checkTargets()
	e.checkLocks()
	e.checkAcks()
	e.checkThread()
	e.checkLeaks(e.secrets)
}

// life is what the log says of one request.
type life struct {
	subject   restore.Subject
	nonce     string
	requester string
	steps     []step
	attempts  []*attempt
	state     restore.State
}

// step is an event and the states around it. The plan is the one that was up then.
type step struct {
	restore.Event

	body     restore.Body
	from, to restore.State
	plan     *restore.Plan
	terms    *restore.Terms
	sent     *attempt // the latest
}

// attempt is a POST that the log announces.
type attempt struct {
	number   int
	prepared time.Time
	sent     step // zero unless it was announced
	posts    []fake.Call
}

// last returns the latest step of some kind up to an instant, nil if there is none.
func (l *life) last(t time.Time, kinds ...restore.Kind) *step {
	for i := range slices.Backward(l.steps) {
		if s := &l.steps[i]; !s.At.After(t) && slices.Contains(kinds, s.Kind) {
			return s
		}
	}
	return nil
}

// jobsOf returns the ids of the jobs that a body takes for the request's own.
func jobsOf(body restore.Body) []string {
	var facts []restore.JobFact
	switch b := body.(type) {
	case restore.BodyAccepted:
		facts = b.Jobs
	case restore.BodyAdopted:
		facts = b.Jobs
	case restore.BodySucceeded:
		facts = b.Jobs
	case restore.BodyCanceled:
		facts = b.Jobs
	case restore.BodyFailed:
		facts = b.Jobs
	case restore.BodyDoubted:
		facts = b.Candidates
	case restore.BodyCandidate:
		facts = b.Jobs
	}
	var out []string
	for _, f := range facts {
		out = append(out, f.ID)
	}
	return out
}

// visible reports whether a list of a source that was given out in a stretch of time shows a job.
func (e *evidence) visible(source, job string, from, to time.Time) bool {
	return slices.ContainsFunc(e.lists, func(l listing) bool {
		return l.source == source && !l.began.Before(from) && !l.ended.After(to) && slices.Contains(l.ids, job)
	})
}

// newest returns the last list of a source that was given out before an instant, as far as a page goes.
func (e *evidence) newest(source string, before time.Time) *listing {
	for i := range slices.Backward(e.lists) {
		if l := &e.lists[i]; l.source == source && !l.ended.After(before) {
			return l
		}
	}
	return nil
}

// made returns the ids of the jobs that the request's POSTs made up to an instant.
func (l *life) made(until time.Time) []string {
	var out []string
	for _, a := range l.attempts {
		for _, p := range a.posts {
			if !p.Time.After(until) {
				out = append(out, p.Created...)
			}
		}
	}
	return out
}

// likeness is how much a job is what a plan asks for: all of it, only the target, or nothing.
type likeness int

const (
	unlike likeness = iota
	near
	alike
)

func compare(p *restore.Plan, j fake.Job) likeness {
	target := p.Spec.Delivery.Target
	if download(p) {
		d := p.Spec.Delivery
		other := j.TargetClusterID != "" || j.ExpirationHours != d.Hours || j.MaxDownloads != d.MaxDownloads
		if other || j.ClusterID != p.Spec.Source.ID || !fits(p, j) {
			return unlike
		}
		return alike
	}
	switch {
	case j.ClusterID != p.Spec.Source.ID || j.TargetGroupID != target.ProjectID || j.TargetClusterID != target.ID:
		return unlike
	case !fits(p, j):
		return near
	}
	return alike
}
