package reconcile_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/reconcile"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeatlas"
	fake "snapback/internal/sandbox/fakeopsmanager"
	"snapback/storage"
	"snapback/storage/storetest"
)

const (
	team    = "T0TEAM"
	channel = "C0RESTORES"
	poll    = 15 * time.Second
)

func timings() restore.Timings {
	return restore.Timings{
		CheckWithin: 15 * time.Minute, Settle: 2 * time.Minute, PostTimeout: time.Minute, StandingAge: time.Minute,
		Grace: 10 * time.Second, GoalState: 30 * time.Minute, JobGone: 10 * time.Minute, Skew: time.Minute, RetryMax: 5 * time.Minute,
		Protected: 24 * time.Hour,
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
	managers []string               // names of the backends
	kind     restore.BackendKind    // of the managers; "": Ops Manager
	atlas    bool                   // there is an Atlas, too, called atlas
	sky      func(*fakeatlas.World) // changes its world before it starts
	account  bool                   // it is asked as a service account
	policies []restore.Policy
	timings  restore.Timings
	log      io.Writer // what the loop logs goes here; nil: to the test's output
	idle     bool      // the loop is not started
	down     bool      // nobody can reach us at first
}

// rig is the loop with everything real around it, but for the people: a store on disk, the adapter of Ops Manager, and
// a fake Ops Manager at the other end of the wire.
type rig struct {
	*manager // the first one

	t        *testing.T
	set      settings
	managers map[string]*manager
	cloud    *cloud // nil: there is none
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
	path := filepath.Join(storetest.Dir(t), "snapback.db")
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
	inner, err := storage.Open(t.Context(), storage.Options{Path: path, Version: "test", Logger: logger(t.Output())})
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
	if set.atlas {
		r.cloud = newCloud(t, set)
		backends = append(backends, r.cloud.backend)
	}
	r.manager = r.managers[set.managers[0]]
	r.planner = reconcile.NewPlanner(backends, set.policies, r.people)
	r.handler = commands.NewHandler(commands.Options{
		Store: inner, Directory: r.people, Planner: r.planner, Timings: set.timings, Poll: poll,
	})
	return r
}

func logger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// start starts a loop over the store, as a new process does. The end of the test stops it.
func (r *rig) start() {
	r.t.Helper()
	polls := make(map[string]time.Duration)
	for name := range r.managers {
		polls[name] = poll
	}
	if r.cloud != nil {
		polls[r.cloud.backend.Name()] = poll
	}
	loop := reconcile.New(reconcile.Options{
		Store: r.store, Planner: r.planner, Directory: r.people, Intake: r.slack, Observer: r.counted, Skew: r.skew,
		Timings: r.set.timings, Polls: polls, Logger: logger(cmp.Or(r.set.log, r.t.Output())),
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

func (r *rig) do(user string, cmd commands.Command) commands.Reply {
	r.t.Helper()
	reply, err := r.handler.Handle(r.t.Context(), caller(user), cmd)
	if err != nil {
		r.t.Fatalf("%s: %+v: %v", user, cmd, err)
	}
	return reply
}

func caller(user string) commands.Caller {
	return commands.Caller{Person: person(user), Read: time.Now()}
}

// file files a line of the engineer's.
func (r *rig) file(line string) restore.Subject {
	r.t.Helper()
	return as[commands.Filed](r, r.say("engineer", line)).Request.Subject
}

// as returns an answer as what it has to be.
func as[R commands.Reply](r *rig, reply commands.Reply) R {
	r.t.Helper()
	out, ok := reply.(R)
	if !ok {
		r.t.Fatalf("the answer is %T %+v, want a %T", reply, reply, out)
	}
	return out
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
		if d, ok := reply.(commands.Decided); !ok || d.Verdict != approvals.Counts {
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

// waits gives the request up to half an hour to wait for something.
func (r *rig) waits(s restore.Subject, code restore.WaitCode) *restore.Request {
	r.t.Helper()
	return r.until(s, "wait "+string(code), func(q *restore.Request) bool {
		return q.State == restore.Approved && q.Wait != nil && q.Wait.Code == code
	})
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

// remains checks that a request is in a state for good: whatever time goes by, here d, makes no difference.
func (r *rig) remains(s restore.Subject, state restore.State, d time.Duration) *restore.Request {
	r.t.Helper()
	return r.stays(s, state, d/shorter)
}

// locks returns who holds the locks that a request wants.
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

// posts checks how often a restore was asked for, and how many jobs came of it.
func (r *rig) posts(want, jobs int) {
	r.t.Helper()
	made := 0
	for _, c := range r.server.Posts() {
		made += len(c.Created)
	}
	if got := len(r.server.Posts()); got != want || made != jobs {
		r.t.Errorf("%d POSTs made %d jobs, want %d and %d", got, made, want, jobs)
	}
}

func (r *rig) inject(f fake.Fault) {
	r.t.Helper()
	if err := r.server.Inject(f); err != nil {
		r.t.Fatal(err)
	}
}

func person(user string) approvals.Person { return approvals.Person{Team: team, User: user} }

// intake tells since when people can reach us.
type intake struct {
	mu sync.Mutex
	up time.Time
}

func (i *intake) Up() time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.up
}

func (i *intake) set(up time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.up = up
}

// counter counts submissions.
type counter struct {
	mu  sync.Mutex
	all []string
}

func (c *counter) Submission(backend, outcome string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, fmt.Sprint(backend, " ", outcome))
}
