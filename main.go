// Snapback lets teams ask in Slack for restores of their MongoDB clusters, approve them there, and watch them finish.
//
// This file is the command line and the wiring: the only place that knows every package.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"snapback/bot"
	"snapback/bot/slackapi"
	"snapback/bot/views"
	"snapback/commands"
	"snapback/internal/admin"
	"snapback/internal/audit"
	"snapback/internal/chores"
	"snapback/internal/cli"
	"snapback/internal/config"
	"snapback/internal/control"
	"snapback/internal/outside"
	"snapback/internal/reconcile"
	"snapback/internal/restore"
	"snapback/internal/telemetry"
	"snapback/internal/verb/check"
	"snapback/internal/verb/doctor"
	"snapback/internal/verb/policy"
	"snapback/internal/verb/rehearse"
	"snapback/internal/watch"
	"snapback/storage"
)

// process is what the program has of the world around it.
type process struct {
	cli.Line

	stdin    io.Reader
	env      func(string) (string, bool)
	readFile func(string) ([]byte, error)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(newProcess(os.Stdin, os.Stdout, os.Stderr).Run(ctx, os.Args[1:]))
}

func newProcess(stdin io.Reader, stdout, stderr io.Writer) process {
	p := process{
		Line:  cli.Line{Stdout: stdout, Stderr: stderr, Help: cli.Help},
		stdin: stdin, env: os.LookupEnv, readFile: os.ReadFile,
	}
	p.Verbs = map[string]cli.Verb{
		"serve": p.serve, "policy explain": p.explain, "version": p.Version,
		"check":  check.Check{Line: p.Line, Load: p.load, Backends: p.backends}.Run,
		"doctor": doctor.Doctor{Line: p.Line, Load: p.load, Open: p.examine}.Run,
		"sandbox": rehearse.Sandbox{
			Line: p.Line, In: p.stdin, Env: p.env, ReadFile: p.readFile, Serve: p.try, Reach: p.reach,
		}.Run,
	}
	maps.Copy(p.Verbs, admin.Verbs(p.Line, p.reach))
	return p
}

// reach opens the log of the store that a configuration names.
func (p process) reach(ctx context.Context, file string) (admin.Log, error) {
	cfg, err := p.load(file)
	if err != nil {
		return nil, err
	}
	return admin.Reach(ctx, cfg.Storage.Path)
}

// load reads a configuration. A file that cannot be read is wrong usage, too.
func (p process) load(file string) (*config.Config, error) {
	cfg, err := config.Load(file, p.env, p.readFile)
	if _, ok := errors.AsType[config.Problems](err); err != nil && !ok {
		return nil, fmt.Errorf("%w: %w", err, cli.ErrUsage)
	}
	return cfg, err
}

func (p process) serve(ctx context.Context, args []string) error {
	file, format, recovered := "", "", false
	err := p.Flags("serve", args, func(f *flag.FlagSet) {
		f.StringVar(&file, "config", "snapback.yaml", "")
		f.StringVar(&format, "log-format", "text", "")
		f.BoolVar(&recovered, "recovered", false, "")
	})
	if err != nil {
		return err
	}
	log, err := p.Logger("serve", format)
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
	s := &server{cfg: cfg, readFile: p.readFile, log: log, recovered: recovered}
	return s.serve(ctx)
}

// try runs the bot in the sandbox.
func (p process) try(ctx context.Context, file string) error {
	cfg, err := p.load(file)
	if err != nil {
		return err
	}
	return (&server{cfg: cfg, readFile: p.readFile, log: p.Quiet()}).serve(ctx)
}

// beside returns the way to Slack and the backends for verbs that may work beside a bot.
func (p process) beside(cfg *config.Config, clock func(source string, server, local time.Time)) (*outside.World, error) {
	return outside.Beside(cfg, p.readFile, clock, p.Quiet())
}

func (p process) explain(ctx context.Context, args []string) error {
	return policy.Explain{Line: p.Line, Load: p.load, Open: func(cfg *config.Config) (policy.World, error) {
		return p.beside(cfg, nil)
	}}.Run(ctx, args)
}

// backends returns the backends for check.
func (p process) backends(cfg *config.Config) ([]restore.Backend, error) {
	world, err := p.beside(cfg, nil)
	if err != nil {
		return nil, err
	}
	return world.Backends()
}

// examine returns the way out for doctor.
func (p process) examine(cfg *config.Config, heard doctor.Heard) (doctor.World, error) {
	world, err := p.beside(cfg, heard.Clock)
	if err != nil {
		return nil, err
	}
	world.Release = heard.Release
	return world, nil
}

// serve runs the bot until ctx ends or something ends it.
func (s *server) serve(ctx context.Context) error {
	store, err := storage.Open(ctx, storage.Options{Path: s.cfg.Storage.Path, Version: cli.Version(), Logger: s.log})
	if err != nil {
		return err
	}
	defer store.Close() //nolint:errcheck // every step is durable when it was answered
	s.store = store
	s.watch = &watch.Watch{Store: store, Skew: reconcile.NewSkew(s.cfg.Timings.Skew), Logger: s.log}
	if s.recovered {
		if err := s.watch.GoOn(ctx, cli.Operator()); err != nil {
			return err
		}
	}
	registry := prometheus.NewRegistry()
	health := &telemetry.Health{}
	metrics, err := telemetry.NewMetrics(registry, health, s.watch.Open)
	if err != nil {
		return err
	}
	err = store.View(ctx, func(r restore.Reader) error {
		s.installation, s.lineage = r.Installation(), r.Lineage()
		return nil
	})
	if err != nil {
		return err
	}
	s.monitor = &telemetry.Monitor{Metrics: metrics, Health: health, Clock: s.watch.Skew.Observe}
	s.watch.Monitor = s.monitor
	s.world = &outside.World{Config: s.cfg, ReadFile: s.readFile, Monitor: s.monitor, Logger: s.log}
	s.monitor.SlackUp(false)
	s.watch.Age(ctx)
	var listener net.Listener
	if s.cfg.Listen != "" {
		if listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", s.cfg.Listen); err != nil {
			return fmt.Errorf("listen for metrics: %w", err)
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	served, stop := context.WithCancel(context.WithoutCancel(ctx)) // until the end, which may take a POST's time
	if listener != nil {
		pages := telemetry.Handler(registry, s.monitor.Health, s.log)
		group.Go(func() error { return telemetry.Serve(served, listener, pages, s.log) })
	}
	socket, err := control.Listen(ctx, control.Path(s.cfg.Storage.Path))
	if err != nil { // without it the bot can do all but answer other processes
		s.log.ErrorContext(ctx, "backup and audit will not reach this process", "error", err)
	} else {
		group.Go(func() error { return control.Serve(served, socket, store, s.log) })
	}
	group.Go(func() error {
		defer stop()
		return s.work(ctx)
	})
	return group.Wait()
}

// server holds what the parts of a running bot share.
type server struct {
	cfg       *config.Config
	readFile  func(string) ([]byte, error)
	log       *slog.Logger
	recovered bool // go on with a store that is an older copy

	store        *storage.Store
	installation string
	lineage      string
	watch        *watch.Watch
	monitor      *telemetry.Monitor
	world        *outside.World
}

// run connects to Slack and works until ctx ends.
func (s *server) run(ctx context.Context, api *slackapi.Client) error {
	id, err := bot.Identify(ctx, api, s.log)
	if err != nil {
		return err
	}
	backends, polls, err := s.world.Systems()
	if err != nil {
		return err
	}
	mentions := map[string]views.Group{}
	for name, g := range s.cfg.Groups {
		mentions[name] = views.Group{Usergroup: g.SlackUsergroup, Users: g.Users, Quiet: g.Quiet}
	}
	people := s.world.Directory(api, id.Space())
	planner := reconcile.NewPlanner(backends, s.cfg.Policies, people)
	handler := commands.NewHandler(commands.Options{
		Store: s.store, Directory: people, Planner: planner, Observer: s.monitor, Timings: s.cfg.Timings,
		Poll: s.cfg.Backends[0].Poll,
	})
	b := bot.New(bot.Options{
		Slack: api, Directory: people, Handler: handler, Store: s.store, Observer: s.monitor,
		Renderer: views.Renderer{
			Command: s.cfg.Slack.Command, Installation: s.installation, Lineage: s.lineage,
			Workspace: id.Workspace, Groups: mentions,
		},
		Command: s.cfg.Slack.Command, Connections: s.cfg.Slack.Connections, RetryMax: s.cfg.Timings.RetryMax, Logger: s.log,
	})
	loop := reconcile.New(reconcile.Options{
		Store: s.store, Planner: planner, Directory: people, Intake: b, Observer: s.monitor, Skew: s.watch.Skew,
		Timings: s.cfg.Timings, Polls: polls, Logger: s.log,
	})
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return b.Run(ctx) })
	group.Go(func() error { return loop.Run(ctx) })
	group.Go(func() error { return s.watch.Keep(ctx, b.Up) })
	return group.Wait()
}

// chores returns who does what the configuration wants done by the calendar.
func (s *server) chores(api *slackapi.Client) (*chores.Runner, error) {
	r := &chores.Runner{Store: s.store, Trusted: s.watch.Skew.Trusted, Monitor: s.monitor, Logger: s.log}
	add := func(subject restore.Subject, when config.Calendar, do func(context.Context) (restore.Body, error)) {
		r.Chores = append(r.Chores, chores.Chore{Subject: subject, Cron: when.Cron, Missed: when.Missed, Do: do})
	}
	if c := s.cfg.Storage.Backup; c != nil {
		do := chores.Backup{Store: s.store, Installation: s.installation, Dir: c.Dir, Keep: c.Keep}
		add(restore.SubjectBackup, c.Calendar, do.Do)
	}
	if c := s.cfg.Witness; c != nil {
		key, err := audit.Key(s.cfg.Storage.Path + ".key")
		if err != nil {
			return nil, err
		}
		post := bot.PostWitness(api, views.Renderer{Installation: s.installation, Lineage: s.lineage})
		do := chores.Witness{Store: s.store, Key: key, Channel: c.Channel, Post: post}
		add(restore.SubjectWitness, c.Calendar, do.Do)
	}
	if c := s.cfg.Retention; c != nil {
		do := chores.Retention{Store: s.store, Texts: c.Texts, Requests: c.Requests, Archive: s.cfg.Storage.Path + ".archive"}
		add(restore.SubjectRetention, c.Calendar, do.Do)
	}
	return r, nil
}

// work runs the bot until ctx ends or something ends it, and sees through what is under way then.
func (s *server) work(ctx context.Context) error {
	api, err := s.world.Slack()
	if err != nil {
		return err
	}
	defer api.Close()
	todo, err := s.chores(api)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.watch.Guard(ctx) })
	group.Go(func() error { return s.run(ctx, api) })
	group.Go(func() error { return todo.Run(ctx) })
	err = group.Wait()
	select {
	case broken := <-s.store.Broken(): // by what was seen through
		return broken
	default:
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
