package people

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"snapback/bot"
	"snapback/bot/directory"
	"snapback/bot/slackapi"
	"snapback/bot/views"
	"snapback/commands"
	"snapback/internal/config"
	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/mongodb/rest"
	"snapback/internal/reconcile"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
	"snapback/internal/sandbox/pipenet"
	"snapback/storage"
	"snapback/storage/storetest"
)

// rig is the bot in its company. It can be stopped, and started again with another configuration on the same store.
type rig struct {
	t        *testing.T
	path     string
	slack    *fakeslack.Server
	way      *pipenet.Listener // to Slack
	manager  *manager
	others   []other  // beside the manager
	cloud    *cloud   // one of them; nil: there is none
	groups   string   // of the configuration
	policies []string // likewise

	*process
}

// inCompany runs a test with a running bot, in a bubble of its own. Without policies it has the usual ones.
func inCompany(t *testing.T, policies []string, test func(r *rig)) {
	t.Helper()
	inCompanyOf(t, 0, policies, test)
}

// inCompanyOf is like inCompany. With copies the company has an Atlas, too, with so many clusters to restore onto.
func inCompanyOf(t *testing.T, copies int, policies []string, test func(r *rig)) {
	t.Helper()
	var sky *cloud
	inCompanyWith(t, policies, func(t *testing.T) []other {
		t.Helper()
		if copies == 0 {
			return nil
		}
		sky = newCloud(t, copies)
		return []other{sky}
	}, func(r *rig) {
		r.cloud = sky
		test(r)
	})
}

// other is a system of the company beside its Ops Manager.
type other interface {
	// configured is its entry of the configuration.
	configured() string
	// backend returns the adapter for it, which is closed when the test ends.
	backend(t *testing.T, cfg config.Backend, timeout time.Duration, skew *reconcile.Skew) restore.Backend
}

// inCompanyWith is like inCompany, with other systems, which join as soon as there is a bubble.
func inCompanyWith(t *testing.T, policies []string, join func(t *testing.T) []other, test func(r *rig)) {
	t.Helper()
	path := filepath.Join(storetest.Dir(t), "snapback.db")
	synctest.Test(t, func(t *testing.T) {
		if policies == nil {
			policies = usual()
		}
		others := join(t)
		r := &rig{t: t, path: path, manager: newManager(t), policies: policies, groups: `
  dba:    {slack_usergroup: S0DBA}
  leads:  {users: [U0LEAD1, U0LEAD2]}
  oncall: {slack_usergroup: S0ONCALL, rotating: true, quiet: true}
  duty:   {slack_usergroup: S0DUTY}
  empty:  {slack_usergroup: S0EMPTY}`}
		r.others = others
		r.slack, r.way = newSlack(t)
		r.start()
		t.Cleanup(func() {
			r.stop()
			time.Sleep(2 * time.Minute) // questions to Slack may outlive who asked
		})
		test(r)
	})
}

// configuration is what the team's file says.
func (r *rig) configuration() *config.Config {
	r.t.Helper()
	key := r.manager.world.Keys[0]
	var more strings.Builder
	for _, o := range r.others {
		more.WriteString("\n  - " + o.configured())
	}
	file := fmt.Sprintf(`
slack: {app_token: %s, bot_token: %s}
storage: {path: %q}
listen: ""
backends:
  - {name: om, kind: ops-manager, url: "http://127.0.0.1", public_key: %s, private_key: %s}%s
groups:%s
policies:
  - %s
`, appToken, botToken, r.path, key.Public, key.Private, more.String(), r.groups, strings.Join(r.policies, "\n  - "))
	cfg, err := config.Load("snapback.yaml", func(string) (string, bool) { return "", false },
		func(string) ([]byte, error) { return []byte(file), nil })
	if err != nil {
		r.t.Fatalf("%v\n%s", err, file)
	}
	return cfg
}

// configure restarts the bot with other policies.
func (r *rig) configure(policies ...string) {
	r.t.Helper()
	r.stop()
	r.policies = policies
	r.start()
}

// process is one life of the bot.
type process struct {
	store   *storage.Store
	heard   *ear
	stopped func()
}

func (r *rig) stop() { r.stopped() }

// start starts the bot as main does, and waits until people can reach it.
func (r *rig) start() {
	r.t.Helper()
	cfg, log := r.configuration(), slog.New(slog.NewTextHandler(r.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	p := &process{}
	var err error
	if p.store, err = storage.Open(r.t.Context(), storage.Options{Path: cfg.Storage.Path, Version: "test", Logger: log}); err != nil {
		r.t.Fatal(err)
	}
	skew := reconcile.NewSkew(cfg.Timings.Skew)
	api := slackapi.New(slackapi.Options{
		BotToken: func() string { return botToken }, AppToken: func() string { return appToken },
		URL: "http://slack.example/api/", Dial: r.way.DialContext, Observer: silent{},
	})
	ctx, cancel := context.WithCancel(r.t.Context())
	id, err := bot.Identify(ctx, api, log)
	if err != nil {
		r.t.Fatal(err)
	}
	backend := r.backend(cfg, skew)
	groups, mentions := map[string]directory.Group{}, map[string]views.Group{}
	for name, g := range cfg.Groups {
		groups[name] = directory.Group{Usergroup: g.SlackUsergroup, Users: g.Users}
		mentions[name] = views.Group{Usergroup: g.SlackUsergroup, Users: g.Users, Quiet: g.Quiet}
	}
	people := directory.New(api, id.Space(), groups, cfg.Timings.StandingAge*3/4)
	backends, polls := []restore.Backend{backend}, map[string]time.Duration{"om": cfg.Backends[0].Poll}
	for i, o := range r.others {
		its := cfg.Backends[i+1]
		backends, polls[its.Name] = append(backends, o.backend(r.t, its, cfg.Timings.PostTimeout, skew)), its.Poll
	}
	planner := reconcile.NewPlanner(backends, cfg.Policies, people)
	p.heard = &ear{Handler: commands.NewHandler(commands.Options{
		Store: p.store, Directory: people, Planner: planner, Timings: cfg.Timings, Poll: cfg.Backends[0].Poll,
	})}
	installation, lineage := p.identity(r.t)
	b := bot.New(bot.Options{
		Slack: api, Directory: people, Handler: p.heard, Store: p.store, Observer: silent{},
		Renderer: views.Renderer{
			Command: cfg.Slack.Command, Installation: installation, Lineage: lineage, Workspace: id.Workspace, Groups: mentions,
		},
		Command: cfg.Slack.Command, Connections: cfg.Slack.Connections, RetryMax: cfg.Timings.RetryMax,
		Dial: r.way.DialContext, Logger: log,
	})
	loop := reconcile.New(reconcile.Options{
		Store: p.store, Planner: planner, Directory: people, Intake: b, Observer: silent{}, Skew: skew, Timings: cfg.Timings,
		Polls: polls, Logger: log,
	})
	var running sync.WaitGroup
	for name, run := range map[string]func(context.Context) error{"the bot": b.Run, "the loop": loop.Run} {
		running.Go(func() {
			if err := run(ctx); err != nil {
				r.t.Errorf("%s ended: %v", name, err)
			}
		})
	}
	p.stopped = sync.OnceFunc(func() {
		cancel()
		running.Wait()
		api.Close()
		backend.Close()
		if err := p.store.Close(); err != nil {
			r.t.Errorf("close the store: %v", err)
		}
	})
	r.process = p
	r.pass(70 * time.Second) // what is looked up at the start is forgotten by then
}

func (r *rig) backend(cfg *config.Config, skew *reconcile.Skew) *opsmanager.Backend {
	r.t.Helper()
	key := r.manager.world.Keys[0]
	credential, err := rest.NewCredential(rest.Fixed(key.Public), rest.Fixed(key.Private), slog.New(slog.DiscardHandler))
	if err != nil {
		r.t.Fatal(err)
	}
	b, err := opsmanager.New(opsmanager.Options{
		Name: cfg.Backends[0].Name, URL: cfg.Backends[0].URL, Credential: credential, PostTimeout: cfg.Timings.PostTimeout,
		Dial: r.manager.dial, Observers: rest.Observers{Clock: skew.Observe}, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return b
}

// identity returns the ids of the store's installation and lineage.
func (p *process) identity(t *testing.T) (installation, lineage string) {
	t.Helper()
	err := p.store.View(t.Context(), func(rd restore.Reader) error {
		installation, lineage = rd.Installation(), rd.Lineage()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return installation, lineage
}

// pass lets time go by, and everything happen that is due.
func (r *rig) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// silent hears what the parts measure, and tells nobody.
type silent struct{}

func (silent) Ack(time.Duration)              {}
func (silent) ForeignConnections(int)         {}
func (silent) OutboxLag(time.Duration)        {}
func (silent) ChannelTrouble(string, string)  {}
func (silent) SlackRequest(string, string)    {}
func (silent) SlackRateLimited(string)        {}
func (silent) SlackDate(time.Time, time.Time) {}
func (silent) Submission(string, string)      {}

// ear hears which kind of answer people get. It stands where the bot meets the commands, and changes nothing.
type ear struct {
	*commands.Handler

	mu    sync.Mutex
	kinds []string
}

// Handle implements the handler of the bot.
func (e *ear) Handle(ctx context.Context, who commands.Caller, cmd commands.Command) (commands.Reply, error) {
	reply, err := e.Handler.Handle(ctx, who, cmd)
	kind := fmt.Sprintf("%T", reply)
	if d, ok := reply.(commands.Decided); ok {
		kind = string(d.Verdict)
	}
	if p := commands.AsProblem(err); p != nil {
		kind = string(p.Code)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.kinds = append(e.kinds, kind)
	return reply, err
}

// last returns the kind of the latest answer.
func (e *ear) last() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.kinds) == 0 {
		return ""
	}
	return e.kinds[len(e.kinds)-1]
}
