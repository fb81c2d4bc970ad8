// Snapback lets teams ask in Slack for restores of their MongoDB clusters, approve them there, and watch them finish.
//
// This file is the command line and the wiring: the only place that knows every package. What watches over a running
// bot is in watch.go.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

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
	"snapback/internal/sandbox"
	"snapback/internal/secret"
	"snapback/internal/telemetry"
	"snapback/storage"
)

// The exit statuses.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2 // wrong usage, or a wrong configuration
)

const usage = `Snapback: restores of MongoDB clusters, asked for, approved and followed in Slack.

  snapback serve   [--config FILE] [--log-format text|json]   run the bot
  snapback sandbox [--play] [--dir DIR]                       try it: no account, no network, no configuration
  snapback check   [--config FILE]                            say what is wrong with a configuration
  snapback version                                            say which version this is
  snapback help                                               show this

FILE is snapback.yaml unless said otherwise.
`

// process is what the program has of the world around it.
type process struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	env            func(string) (string, bool)
	readFile       func(string) ([]byte, error)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	p := process{os.Stdin, os.Stdout, os.Stderr, os.LookupEnv, os.ReadFile}
	os.Exit(p.run(ctx, os.Args[1:]))
}

// run does what the arguments say and returns the exit status.
func (p process) run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		fmt.Fprint(p.stderr, usage)
		return exitUsage
	}
	verbs := map[string]func(context.Context, []string) error{
		"serve": p.serve, "sandbox": p.sandbox, "check": p.check, "version": p.version,
		"help": p.help, "--help": p.help, "-help": p.help, "-h": p.help,
	}
	do, ok := verbs[args[0]]
	if !ok {
		fmt.Fprintf(p.stderr, "snapback: there is no command %q.\n\n%s", args[0], usage)
		return exitUsage
	}
	err := do(ctx, args[1:])
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if problems, ok := errors.AsType[config.Problems](err); ok {
		fmt.Fprintln(p.stderr, problems)
		return exitUsage
	}
	fmt.Fprintf(p.stderr, "snapback: %v\n", err)
	if errors.Is(err, errUsage) {
		return exitUsage
	}
	return exitFailure
}

// errUsage says that the arguments are wrong.
var errUsage = errors.New("see snapback help")

// flags parses the arguments of a command; words beyond its flags are an error.
func (p process) flags(name string, args []string, define func(*flag.FlagSet)) error {
	set := flag.NewFlagSet("snapback "+name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	define(set)
	if err := set.Parse(args); errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(p.stdout, usage)
		return err
	} else if err != nil {
		return fmt.Errorf("%s: %w: %w", name, err, errUsage)
	}
	if set.NArg() > 0 {
		return fmt.Errorf("%s: unexpected %q: %w", name, set.Arg(0), errUsage)
	}
	return nil
}

func (p process) help(_ context.Context, args []string) error {
	err := p.flags("help", args, func(*flag.FlagSet) {})
	if err == nil {
		fmt.Fprint(p.stdout, usage)
	}
	return err
}

func (p process) version(_ context.Context, args []string) error {
	err := p.flags("version", args, func(*flag.FlagSet) {})
	if err == nil {
		fmt.Fprintf(p.stdout, "snapback %s (%s/%s, %s)\n", version(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	}
	return err
}

// version returns the version that the program was built as.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return strings.Trim(info.Main.Version, "()")
	}
	return "devel"
}

func (p process) check(_ context.Context, args []string) error {
	file := ""
	if err := p.flags("check", args, func(f *flag.FlagSet) { f.StringVar(&file, "config", "snapback.yaml", "") }); err != nil {
		return err
	}
	cfg, err := p.load(file)
	if err != nil {
		return err
	}
	for _, w := range cfg.Warnings {
		fmt.Fprintf(p.stdout, "warning: %s\n", w)
	}
	fmt.Fprintf(p.stdout, "%s: fine\n", file)
	return nil
}

// load reads a configuration. A file that cannot be read is wrong usage, too.
func (p process) load(file string) (*config.Config, error) {
	cfg, err := config.Load(file, p.env, p.readFile)
	if _, ok := errors.AsType[config.Problems](err); err != nil && !ok {
		return nil, fmt.Errorf("%w: %w", err, errUsage)
	}
	return cfg, err
}

func (p process) serve(ctx context.Context, args []string) error {
	file, format := "", ""
	err := p.flags("serve", args, func(f *flag.FlagSet) {
		f.StringVar(&file, "config", "snapback.yaml", "")
		f.StringVar(&format, "log-format", "text", "")
	})
	if err != nil {
		return err
	}
	log, err := p.logger(format)
	if err != nil {
		return err
	}
	cfg, err := p.load(file)
	if err != nil {
		return err
	}
	for _, w := range cfg.Warnings {
		log.WarnContext(ctx, "configuration", "warning", w.String())
	}
	return serve(ctx, cfg, p.readFile, log)
}

func (p process) logger(format string) (*slog.Logger, error) {
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(p.stderr, nil)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(p.stderr, nil)), nil
	}
	return nil, fmt.Errorf("serve: --log-format is text or json, not %q: %w", format, errUsage)
}

func (p process) sandbox(ctx context.Context, args []string) error {
	o := sandbox.Options{In: p.stdin, Out: p.stdout}
	err := p.flags("sandbox", args, func(f *flag.FlagSet) {
		f.BoolVar(&o.Play, "play", false, "")
		f.StringVar(&o.Dir, "dir", "", "")
	})
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	o.Serve = func(ctx context.Context, file string) error {
		cfg, err := p.load(file)
		if err == nil {
			err = serve(ctx, cfg, p.readFile, log)
		}
		return err
	}
	return sandbox.Run(ctx, o)
}

// serve runs the bot with a configuration until ctx ends or something ends it.
func serve(ctx context.Context, cfg *config.Config, readFile func(string) ([]byte, error), log *slog.Logger) error {
	store, err := storage.Open(ctx, storage.Options{Path: cfg.Storage.Path, Version: version(), Logger: log})
	if err != nil {
		return err
	}
	defer store.Close() //nolint:errcheck // every step is durable when it was answered
	s := &server{cfg: cfg, readFile: readFile, log: log, store: store, skew: reconcile.NewSkew(cfg.Timings.Skew)}
	registry := prometheus.NewRegistry()
	metrics, err := telemetry.NewMetrics(registry, s.open)
	if err != nil {
		return err
	}
	err = store.View(ctx, func(r restore.Reader) error {
		s.installation = r.Installation()
		return nil
	})
	if err != nil {
		return err
	}
	s.monitor = &telemetry.Monitor{Metrics: metrics, Health: &telemetry.Health{}, Clock: s.skew.Observe}
	s.monitor.SlackUp(false)
	if cfg.Listen == "" {
		return s.work(ctx)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen for metrics: %w", err)
	}
	pages := telemetry.Handler(registry, s.monitor.Health, log)
	group, ctx := errgroup.WithContext(ctx)
	served, stop := context.WithCancel(context.WithoutCancel(ctx)) // until the end, which may take a POST's time
	group.Go(func() error { return telemetry.Serve(served, listener, pages, log) })
	group.Go(func() error {
		defer stop()
		return s.work(ctx)
	})
	return group.Wait()
}

// server holds what the parts of a running bot share.
type server struct {
	cfg          *config.Config
	readFile     func(string) ([]byte, error)
	log          *slog.Logger
	store        *storage.Store
	installation string
	skew         *reconcile.Skew
	monitor      *telemetry.Monitor
}

// run connects to Slack and works until ctx ends.
func (s *server) run(ctx context.Context) error {
	api, err := s.slack()
	if err != nil {
		return err
	}
	defer api.Close()
	id, err := bot.Identify(ctx, api, s.log)
	if err != nil {
		return err
	}
	backends, polls, err := s.backends()
	if err != nil {
		return err
	}
	groups, mentions := map[string]directory.Group{}, map[string]views.Group{}
	for name, g := range s.cfg.Groups {
		groups[name] = directory.Group{Usergroup: g.SlackUsergroup, Users: g.Users}
		mentions[name] = views.Group{Usergroup: g.SlackUsergroup, Users: g.Users, Quiet: g.Quiet}
	}
	// A fact may not grow too old between the look-up and the transaction that judges it.
	people := directory.New(api, id.Space(), groups, s.cfg.Timings.StandingAge*3/4)
	planner := reconcile.NewPlanner(backends, s.cfg.Policies, people)
	handler := commands.NewHandler(commands.Options{
		Store: s.store, Directory: people, Planner: planner, Observer: s.monitor, Timings: s.cfg.Timings,
		Poll: s.cfg.Backends[0].Poll,
	})
	b := bot.New(bot.Options{
		Slack: api, Directory: people, Handler: handler, Store: s.store, Observer: s.monitor,
		Renderer: views.Renderer{
			Command: s.cfg.Slack.Command, Installation: s.installation, Workspace: id.Workspace, Groups: mentions,
		},
		Command: s.cfg.Slack.Command, Connections: s.cfg.Slack.Connections, RetryMax: s.cfg.Timings.RetryMax, Logger: s.log,
	})
	loop := reconcile.New(reconcile.Options{
		Store: s.store, Planner: planner, Directory: people, Intake: b, Observer: s.monitor, Skew: s.skew,
		Timings: s.cfg.Timings, Polls: polls, Logger: s.log,
	})
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return b.Run(ctx) })
	group.Go(func() error { return loop.Run(ctx) })
	group.Go(func() error { return s.watch(ctx, b) })
	return group.Wait()
}

// slack returns the client for the configured tokens.
func (s *server) slack() (*slackapi.Client, error) {
	bot, err := secret.Keep(s.cfg.Slack.BotToken, s.readFile, s.log)
	if err != nil {
		return nil, fmt.Errorf("bot token: %w", err)
	}
	app, err := secret.Keep(s.cfg.Slack.AppToken, s.readFile, s.log)
	if err != nil {
		return nil, fmt.Errorf("app token: %w", err)
	}
	reveal := func(k *secret.Keeper) func() string { return func() string { return k.Get().Reveal() } }
	return slackapi.New(slackapi.Options{
		BotToken: reveal(bot), AppToken: reveal(app), URL: s.cfg.Slack.APIURL, Observer: s.monitor,
	}), nil
}

// backends returns the configured management APIs, in the order of the file, and how often each is looked at.
func (s *server) backends() ([]restore.Backend, map[string]time.Duration, error) {
	out, polls := []restore.Backend(nil), make(map[string]time.Duration)
	for _, b := range s.cfg.Backends {
		credential, err := rest.NewCredential(b.PublicKey.Source(s.readFile), b.PrivateKey.Source(s.readFile), s.log)
		if err != nil {
			return nil, nil, fmt.Errorf("backend %s: %w", b.Name, err)
		}
		backend, err := opsmanager.New(opsmanager.Options{
			Name: b.Name, URL: b.URL, Credential: credential, CAFile: b.CAFile, InsecureHTTP: b.InsecureHTTP,
			Projects: b.Projects, PostTimeout: s.cfg.Timings.PostTimeout,
			Observers: rest.Observers{Clock: s.monitor.ServerDate, Call: s.monitor.APIRequest}, Logger: s.log,
		})
		if err != nil {
			return nil, nil, fmt.Errorf("backend %s: %w", b.Name, err)
		}
		out, polls[b.Name] = append(out, backend), b.Poll
	}
	return out, polls, nil
}
