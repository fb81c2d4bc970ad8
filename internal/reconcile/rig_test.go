package reconcile_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/reconcile"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
	"snapback/storage"
)

const (
	team    = "T0TEAM"
	channel = "C0RESTORES"
	poll    = 15 * time.Second
)

func timings() restore.Timings {
	return restore.Timings{
		CheckWithin: 15 * time.Minute, Settle: 2 * time.Minute, PostTimeout: time.Minute, StandingAge: time.Minute,
		Grace: 10 * time.Second, JobGone: 10 * time.Minute, Skew: time.Minute, RetryMax: 5 * time.Minute,
	}
}

// policy lets everybody restore onto the targets of a pattern, if one person of each group approves.
func policy(name, target string, groups ...string) restore.Policy {
	p := restore.Policy{Terms: restore.Terms{
		Policy: name, Digest: name + "-1", Channel: channel, Confirm: restore.ConfirmDialog,
		ExpiresAfter: 4 * time.Hour, SubmitWithin: 24 * time.Hour,
	}}
	if target != "" {
		p.Match.Target = patterns(target)
	}
	for _, g := range groups {
		p.Terms.Seats = append(p.Terms.Seats, approvals.Seat{From: g})
	}
	return p
}

func patterns(texts ...string) []restore.Pattern {
	var out []restore.Pattern
	for _, text := range texts {
		p, err := restore.ParsePattern(text)
		if err != nil {
			panic(err)
		}
		out = append(out, p)
	}
	return out
}

// settings are what a test may want otherwise.
type settings struct {
	world    func(*fake.World) // changes the first Ops Manager's world before it starts
	manager  fake.Options
	managers []string // names of the backends
	policies []restore.Policy
	timings  restore.Timings
	idle     bool // the loop is not started
	down     bool // nobody can reach us at first
}

// rig is the loop with everything real around it, but for the people: a store on disk, the adapter of Ops Manager, and
// a fake Ops Manager at the other end of the wire.
type rig struct {
	*manager // the first one

	t        *testing.T
	set      settings
	managers map[string]*manager
	store    *ledger
	people   *directory
	slack    *intake
	counted  *counter
	skew     *reconcile.Skew
	planner  *reconcile.Planner
	handler  *commands.Handler
	stop     func()
}

// run runs a test in a bubble of its own, where time passes only while everything waits.
func run(t *testing.T, change func(*settings), test func(r *rig)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "snapback.db")
	synctest.Test(t, func(t *testing.T) {
		set := settings{
			managers: []string{"om"},
			manager:  fake.Options{JobDuration: 10 * time.Minute},
			policies: []restore.Policy{
				policy("staging", "*/*/orders-staging", "dba", "leads"), policy("rest", "*/*/*", "leads"),
			},
			timings: timings(),
		}
		if change != nil {
			change(&set)
		}
		r := newRig(t, path, set)
		if !set.idle {
			r.start()
		}
		test(r)
	})
}

func newRig(t *testing.T, path string, set settings) *rig {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	inner, err := storage.Open(t.Context(), storage.Options{Path: path, Version: "test", Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := inner.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	r := &rig{
		t: t, set: set, managers: make(map[string]*manager), store: &ledger{Store: inner}, people: company(),
		slack: &intake{}, counted: &counter{}, skew: reconcile.NewSkew(set.timings.Skew), stop: func() {},
	}
	if !set.down {
		r.slack.set(time.Now())
	}
	var backends []restore.Backend
	for i, name := range set.managers {
		change := set.world
		if i > 0 {
			change = nil
		}
		m := newManager(t, name, i, set, change, r.skew)
		r.managers[name] = m
		backends = append(backends, m.backend)
	}
	r.manager = r.managers[set.managers[0]]
	r.planner = reconcile.NewPlanner(backends, set.policies, r.people)
	r.handler = commands.NewHandler(commands.Options{
		Store: inner, Directory: r.people, Planner: r.planner, Timings: set.timings, Poll: poll,
	})
	return r
}

// start starts a loop over the store, as a new process does. The end of the test stops it.
func (r *rig) start() {
	r.t.Helper()
	polls := make(map[string]time.Duration)
	for name := range r.managers {
		polls[name] = poll
	}
	loop := reconcile.New(reconcile.Options{
		Store: r.store, Planner: r.planner, Directory: r.people, Intake: r.slack, Observer: r.counted, Skew: r.skew,
		Timings: r.set.timings, Polls: polls,
		Logger: slog.New(slog.NewTextHandler(r.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	ctx, cancel := context.WithCancel(r.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- loop.Run(ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			r.t.Errorf("the loop ended: %v", err)
		}
	})
	r.t.Cleanup(r.stop)
}

// pass lets time go by, and everything happen that is due.
func (r *rig) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// say handles a typed line of somebody's.
func (r *rig) say(user, line string) commands.Reply {
	r.t.Helper()
	cmd, err := commands.Parse(line, time.Now(), "")
	if err != nil {
		r.t.Fatalf("%s: %v", line, err)
	}
	return r.do(user, cmd)
}

// do handles a command of somebody's.
func (r *rig) do(user string, cmd commands.Command) commands.Reply {
	r.t.Helper()
	reply, err := r.handler.Handle(r.t.Context(), caller(user), cmd)
	if err != nil {
		r.t.Fatalf("%s: %+v: %v", user, cmd, err)
	}
	return reply
}

// answer expects an answer of a certain kind.
func answer[R commands.Reply](r *rig, reply commands.Reply) R {
	r.t.Helper()
	a, ok := reply.(R)
	if !ok {
		r.t.Fatalf("answered %+v", reply)
	}
	return a
}

func caller(user string) commands.Caller {
	return commands.Caller{Person: person(user), Read: time.Now()}
}

// file files a line of the engineer's.
func (r *rig) file(line string) restore.Subject {
	r.t.Helper()
	return answer[commands.Filed](r, r.say("engineer", line)).Request.Subject
}

// pending files a line and waits for its card.
func (r *rig) pending(line string) restore.Subject {
	r.t.Helper()
	s := r.file(line)
	r.reach(s, restore.Pending)
	return s
}

// approve has people press the button of the request's card; each must count.
func (r *rig) approve(s restore.Subject, users ...string) {
	r.t.Helper()
	for _, user := range users {
		q := r.get(s)
		reply := r.do(user, commands.Approve{Card: commands.CardOf(q), Typed: q.ConfirmName()})
		if d := answer[commands.Decided](r, reply); d.Verdict != approvals.Counts {
			r.t.Fatalf("%s approves %s: %+v", user, s, reply)
		}
	}
}

// approved files a line and has it approved by everybody that the usual policies ask for.
func (r *rig) approved(line string) restore.Subject {
	r.t.Helper()
	s := r.pending(line)
	if len(r.get(s).Terms.Seats) == 2 {
		r.approve(s, "dba1")
	}
	r.approve(s, "lead1")
	return s
}

// running files a line, and returns when its job runs.
func (r *rig) running(line string) restore.Subject {
	r.t.Helper()
	s := r.approved(line)
	r.reach(s, restore.Running)
	return s
}

func (r *rig) get(s restore.Subject) *restore.Request {
	r.t.Helper()
	var q *restore.Request
	err := r.store.Store.View(r.t.Context(), func(rd restore.Reader) error {
		var err error
		q, err = rd.Request(s)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return q
}

// reach waits up to half an hour for a state and returns the request as it is then.
func (r *rig) reach(s restore.Subject, state restore.State) *restore.Request {
	r.t.Helper()
	return r.until(s, "state "+string(state), func(q *restore.Request) bool { return q.State == state })
}

// waits lets up to half an hour pass until the request waits for something.
func (r *rig) waits(s restore.Subject, code restore.WaitCode) *restore.Request {
	r.t.Helper()
	return r.until(s, "wait "+string(code), func(q *restore.Request) bool {
		return q.State == restore.Approved && q.Wait != nil && q.Wait.Code == code
	})
}

func (r *rig) until(s restore.Subject, what string, ok func(*restore.Request) bool) *restore.Request {
	r.t.Helper()
	step := 500 * time.Millisecond
	for start := time.Now(); time.Since(start) < 30*time.Minute; time.Sleep(step) {
		synctest.Wait()
		q := r.get(s)
		if ok(q) {
			return q
		}
		if q.State.Ended() {
			break
		}
		if time.Since(start) > time.Minute {
			step = 5 * time.Second
		}
	}
	q := r.get(s)
	r.t.Fatalf("%s is %s (wait %+v, findings %+v), want %s\nevents %v", s, q.State, q.Wait, q.Findings, what, r.kinds(s))
	return nil
}

// stays checks that a request is in a state and still is after a time.
func (r *rig) stays(s restore.Subject, state restore.State, d time.Duration) *restore.Request {
	r.t.Helper()
	r.pass(d)
	q := r.get(s)
	if q.State != state {
		r.t.Fatalf("%s is %s, want %s\nevents %v", s, q.State, state, r.kinds(s))
	}
	return q
}

func (r *rig) events(s restore.Subject) []restore.Event {
	r.t.Helper()
	var out []restore.Event
	err := r.store.Store.View(r.t.Context(), func(rd restore.Reader) error {
		var err error
		out, err = rd.Events(s, 0, 10_000)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// kinds lists what happened to a request.
func (r *rig) kinds(s restore.Subject) []restore.Kind {
	r.t.Helper()
	var out []restore.Kind
	for _, e := range r.events(s) {
		out = append(out, e.Kind)
	}
	return out
}

// count returns how often something happened to a request.
func (r *rig) count(s restore.Subject, kind restore.Kind) int {
	r.t.Helper()
	return len(slices.DeleteFunc(r.kinds(s), func(k restore.Kind) bool { return k != kind }))
}

// last returns the body of the last event of a request, which must be of type B.
func last[B restore.Body](r *rig, s restore.Subject) B {
	r.t.Helper()
	events := r.events(s)
	body, err := events[len(events)-1].Decode()
	if err != nil {
		r.t.Fatal(err)
	}
	b, ok := body.(B)
	if !ok {
		r.t.Fatalf("the last event of %s is %s\nevents %v", s, body.Kind(), r.kinds(s))
	}
	return b
}

// told returns the newest event of a request that is a B.
func told[B restore.Body](r *rig, s restore.Subject) B {
	r.t.Helper()
	for _, e := range slices.Backward(r.events(s)) {
		body, err := e.Decode()
		if err != nil {
			r.t.Fatal(err)
		}
		if b, ok := body.(B); ok {
			return b
		}
	}
	var none B
	r.t.Fatalf("no event of %s is %s\nevents %v", s, none.Kind(), r.kinds(s))
	return none
}

// locks returns who holds which of the locks that a request wants.
func (r *rig) locks(s restore.Subject) map[restore.LockKey]restore.Subject {
	r.t.Helper()
	out := make(map[restore.LockKey]restore.Subject)
	wanted := r.get(s).WantedLocks()
	err := r.store.Store.View(r.t.Context(), func(rd restore.Reader) error {
		for _, k := range wanted {
			lock, err := rd.Lock(k)
			if err != nil {
				return err
			}
			if lock != nil {
				out[k] = lock.Holder
			}
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}
