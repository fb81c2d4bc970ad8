package simulation

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"snapback/bot/courier"
	"snapback/bot/slackapi"
	"snapback/commands"
	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/mongodb/rest"
	"snapback/internal/reconcile"
	"snapback/internal/restore"
	"snapback/storage"
)

// process is one life of the program: everything that is lost when it is killed.
type process struct {
	sim     *simulation
	store   *storage.Store
	ledger  *ledger
	backend restore.Backend
	cables  []*cable
	close   []func()
	handler *commands.Handler
	planner *reconcile.Planner

	ctx    context.Context // the life of the process
	cancel context.CancelFunc
	killed atomic.Bool
	active sync.WaitGroup
	intake intake
}

// start starts the program on the simulation's file.
func (s *simulation) start() *process {
	store, err := storage.Open(s.t.Context(), storage.Options{Path: s.path, Version: "simulated", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		s.t.Fatalf("open the store: %v", err)
	}
	p := &process{sim: s, store: store}
	p.ledger = &ledger{store, p}
	p.ctx, p.cancel = context.WithCancel(s.t.Context())
	p.intake.set(time.Now().Add(2 * time.Second))
	skew := reconcile.NewSkew(s.timings.Skew)
	p.backend = s.plant.backend(&backend{p.adapter(skew), p})
	p.planner = reconcile.NewPlanner([]restore.Backend{p.backend}, s.policies, s.company)
	p.handler = commands.NewHandler(commands.Options{
		Store: p.ledger, Directory: s.company, Planner: p.planner, Timings: s.timings, Poll: s.poll,
	})
	s.plant.boot(p)
	timings, poll := s.plant.timings(s.timings, s.poll)
	loop := reconcile.New(reconcile.Options{
		Store: p.ledger, Planner: p.planner, Directory: s.company, Intake: &p.intake, Observer: uncounted{}, Skew: skew,
		Timings: timings, Polls: map[string]time.Duration{"om": poll}, Logger: slog.New(slog.DiscardHandler),
	})
	p.run("the loop", loop.Run)
	if s.slack != nil {
		p.run("the courier", p.courier().Run)
	}
	return p
}

// run runs a part of the program until its end, which has to be that of the process.
func (p *process) run(name string, part func(context.Context) error) {
	p.active.Go(func() {
		if err := part(p.ctx); err != nil && p.ctx.Err() == nil && !p.dead() {
			p.sim.wrongf("process", "%s ended: %v", name, err)
		}
	})
}

func (p *process) adapter(skew *reconcile.Skew) restore.Backend {
	c := &cable{to: p.sim.manager.listener}
	p.cables = append(p.cables, c)
	key := p.sim.manager.world.Keys[0]
	credential, err := rest.NewCredential(rest.Fixed(key.Public), rest.Fixed(key.Private), slog.New(slog.DiscardHandler))
	if err != nil {
		p.sim.t.Fatal(err)
	}
	b, err := opsmanager.New(opsmanager.Options{
		Name: "om", URL: "http://127.0.0.1", Credential: credential, PostTimeout: p.sim.timings.PostTimeout, Dial: c.dial,
		Observers: rest.Observers{Clock: skew.Observe}, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		p.sim.t.Fatal(err)
	}
	p.close = append(p.close, b.Close)
	return b
}

func (p *process) courier() *courier.Courier {
	c := &cable{to: p.sim.slack.listener}
	p.cables = append(p.cables, c)
	client := slackapi.New(slackapi.Options{
		BotToken: func() string { return botToken }, AppToken: func() string { return appToken },
		URL: "http://slack.example/api/", Dial: c.dial, Observer: uncounted{},
	})
	p.close = append(p.close, client.Close)
	return courier.New(courier.Options{
		Store: p.ledger, Slack: client, Renderer: p.sim.plant.renderer(p.sim.slack.renderer(p.installation())), Observer: uncounted{},
		RetryMax: p.sim.timings.RetryMax, Logger: slog.New(slog.DiscardHandler),
	})
}

func (p *process) installation() string {
	id := ""
	p.read(func(rd restore.Reader) error { id = rd.Installation(); return nil })
	return id
}

// read looks into the file, past everything that stands between the program and it.
func (p *process) read(fn func(restore.Reader) error) {
	if err := p.store.View(context.Background(), fn); err != nil {
		p.sim.t.Fatalf("read the store: %v", err)
	}
}

// request reads a request as it is in the file.
func (p *process) request(s restore.Subject) *restore.Request {
	var r *restore.Request
	p.read(func(rd restore.Reader) error {
		var err error
		r, err = rd.Request(s)
		return err
	})
	return r
}

func (p *process) dead() bool { return p.killed.Load() }

// kill ends the process as kill -9 does: nothing that it does from now on has any effect.
func (p *process) kill() {
	if p.killed.Swap(true) {
		return
	}
	for _, c := range p.cables {
		c.cut()
	}
	p.cancel()
	select {
	case p.sim.struck <- struct{}{}:
	default:
	}
}

// stop ends the process properly, unless it was killed, and waits until nothing of it is left.
func (p *process) stop() {
	p.cancel()
	p.active.Wait()
	p.kill()
	for _, c := range p.close {
		c()
	}
	if err := p.store.Close(); err != nil {
		p.sim.t.Errorf("close the store: %v", err)
	}
}

// intake tells since when people can reach the program.
type intake struct {
	mu sync.Mutex
	up time.Time
}

// Up implements [reconcile.Intake].
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

// uncounted hears everything and counts nothing.
type uncounted struct{}

func (uncounted) Submission(string, string)      {}
func (uncounted) OutboxLag(time.Duration)        {}
func (uncounted) ChannelTrouble(string, string)  {}
func (uncounted) SlackRequest(string, string)    {}
func (uncounted) SlackRateLimited(string)        {}
func (uncounted) SlackDate(time.Time, time.Time) {}
