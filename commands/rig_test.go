package commands_test

import (
	"context"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/mongodb/rest"
	"snapback/internal/reconcile"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/pipenet"
	"snapback/storage"
)

// company knows the people of the tests.
type company struct {
	mu     sync.Mutex
	groups map[string][]string
	guests []string
	fails  error
	asked  int
}

func newCompany() *company {
	return &company{
		groups: map[string][]string{"dba": {"dba1", "dba2"}, "leads": {"lead1"}}, guests: []string{"guest"},
	}
}

func (c *company) Standing(_ context.Context, p approvals.Person) (approvals.Standing, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	s := approvals.Standing{Person: p, Name: p.User, At: time.Now(), Guest: slices.Contains(c.guests, p.User)}
	for _, g := range slices.Sorted(maps.Keys(c.groups)) {
		if slices.Contains(c.groups[g], p.User) {
			s.Groups = append(s.Groups, g)
		}
	}
	return s, c.fails
}

func (c *company) Members(_ context.Context, group string) ([]approvals.Person, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []approvals.Person
	for _, user := range c.groups[group] {
		out = append(out, person(user))
	}
	return out, nil
}

func (*company) ChannelTrouble(context.Context, string) (string, error) { return "", nil }

// decisions counts what people decided.
type decisions struct {
	mu  sync.Mutex
	all []string
}

func (d *decisions) Decision(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all = append(d.all, name)
}

func policy(name, target string, groups ...string) restore.Policy {
	pattern, err := restore.ParsePattern(target)
	if err != nil {
		panic(err)
	}
	p := restore.Policy{Terms: restore.Terms{
		Policy: name, Digest: name + "-1", Channel: "C0RESTORES", ExpiresAfter: 4 * time.Hour, SubmitWithin: 24 * time.Hour,
	}}
	p.Match.Target = []restore.Pattern{pattern}
	p.Terms.Auto = len(groups) == 0
	if p.Terms.Auto {
		source, err := restore.ParsePattern("*/*/*")
		if err != nil {
			panic(err)
		}
		p.Match.Source = []restore.Pattern{source}
	}
	for _, g := range groups {
		p.Terms.Seats = append(p.Terms.Seats, approvals.Seat{From: g})
	}
	return p
}

// rig is a handler over a store on disk and a fake Ops Manager. Nothing runs beside it: what the reconciler would do,
// the test does.
type rig struct {
	t       *testing.T
	store   *storage.Store
	people  *company
	counted *decisions
	planner *reconcile.Planner
	handler *commands.Handler
	server  *fake.Server
	world   fake.World
}

// run runs a test in a bubble of its own.
func run(t *testing.T, test func(r *rig)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "snapback.db")
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t, people: newCompany(), counted: &decisions{}, world: fake.DemoWorld(time.Now(), 1)}
		var err error
		r.store, err = storage.Open(t.Context(), storage.Options{Path: path, Version: "test", Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := r.store.Close(); err != nil {
				t.Errorf("close the store: %v", err)
			}
		})
		r.planner = reconcile.NewPlanner([]restore.Backend{r.backend()}, []restore.Policy{
			policy("staging", "*/*/orders-staging", "dba", "leads"), policy("scratch", "*/*/scratch-1"),
		}, r.people)
		r.handler = commands.NewHandler(commands.Options{
			Store: r.store, Directory: r.people, Planner: r.planner, Observer: r.counted, Poll: 15 * time.Second,
			Timings: restore.Timings{CheckWithin: 15 * time.Minute, StandingAge: time.Minute, Grace: 10 * time.Second},
		})
		test(r)
	})
}

// backend serves the fake Ops Manager and returns the adapter that talks to it.
func (r *rig) backend() *opsmanager.Backend {
	r.t.Helper()
	r.server = fake.New(r.world, fake.Options{JobDuration: 10 * time.Minute})
	l, served := pipenet.Listen(), make(chan error, 1)
	go func() { served <- r.server.Serve(l) }()
	synctest.Wait() // or it might be closed before it serves
	r.t.Cleanup(func() {
		r.server.Close()
		if err := <-served; err != nil {
			r.t.Error(err)
		}
	})
	key := r.world.Keys[0]
	credential, err := rest.NewCredential(rest.Fixed(key.Public), rest.Fixed(key.Private), slog.New(slog.DiscardHandler))
	if err != nil {
		r.t.Fatal(err)
	}
	b, err := opsmanager.New(opsmanager.Options{
		Name: "om", URL: "http://127.0.0.1", Credential: credential, PostTimeout: time.Minute, Dial: l.DialContext,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(b.Close)
	return b
}

func (r *rig) do(user string, cmd commands.Command) (commands.Reply, error) {
	r.t.Helper()
	return r.handler.Handle(r.t.Context(), commands.Caller{Person: person(user), Read: time.Now()}, cmd)
}

// decides has somebody decide, and returns the verdict.
func (r *rig) decides(user string, cmd commands.Command) approvals.Verdict {
	r.t.Helper()
	reply, err := r.do(user, cmd)
	if err != nil {
		r.t.Fatalf("%s: %+v: %v", user, cmd, err)
	}
	d, ok := reply.(commands.Decided)
	if !ok {
		r.t.Fatalf("%s: %+v is answered with %+v", user, cmd, reply)
	}
	return d.Verdict
}

func (r *rig) get(s restore.Subject) *restore.Request {
	r.t.Helper()
	var q *restore.Request
	err := r.store.View(r.t.Context(), func(rd restore.Reader) error {
		var err error
		q, err = rd.Request(s)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return q
}

// change takes a request further as the reconciler does.
func (r *rig) change(s restore.Subject, fn func(tx restore.Tx, q *restore.Request, now time.Time) []restore.Body) {
	r.t.Helper()
	err := restore.Change(r.t.Context(), r.store, s, func(tx restore.Tx, q *restore.Request) error {
		now := time.Now()
		for _, b := range fn(tx, q, now) {
			if err := restore.Record(tx, q, restore.ByBot, now, b); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) events(s restore.Subject) []restore.Event {
	r.t.Helper()
	var out []restore.Event
	err := r.store.View(r.t.Context(), func(rd restore.Reader) error {
		var err error
		out, err = rd.Events(s, 0, 1000)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// last checks what happened last to a request, and by whom.
func (r *rig) last(s restore.Subject, kind restore.Kind, by string) {
	r.t.Helper()
	all := r.events(s)
	if e := all[len(all)-1]; e.Kind != kind || e.By != by {
		r.t.Errorf("the last event is %s by %q, want %s by %q", e.Kind, e.By, kind, by)
	}
}
