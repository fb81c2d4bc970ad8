// Package policy is the verb "policy explain" of the command line: which policy would decide about a request that nobody
// has filed, why the others would not, and who could approve it. It files nothing, opens no store and connects to
// nothing: it is handed the way to Slack, and asks no backend, as policies match names.
package policy

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"snapback/approvals"
	"snapback/internal/cli"
	"snapback/internal/config"
	"snapback/internal/reconcile"
	"snapback/internal/restore"
	"snapback/internal/text"
)

// ErrCannotTell says that a look-up in Slack failed and that the answer, which was printed, is without it.
var ErrCannotTell = errors.New("part of the answer cannot be told, because Slack could not be asked")

// patience bounds how long it is tried to find out whom the bot token belongs to. Later questions have bounds of their
// own.
const patience = time.Minute

// World is what the answer depends on besides the configuration.
type World interface {
	// Origins returns the systems that backends are on, by the backends' names.
	Origins() (map[string]string, error)
	// People finds out which workspace the bot token belongs to, and returns its people and its id, by which they are
	// told apart.
	People(ctx context.Context) (people reconcile.Directory, space string, err error)
}

// Explain is the verb with what it needs of the rest of the program.
type Explain struct {
	cli.Line

	Load func(file string) (*config.Config, error)
	Open func(*config.Config) (World, error)
}

// Run answers. It fails with [cli.ErrUsage] for a wrong question, and with [ErrCannotTell] where Slack could not be asked
// for all of the answer.
func (e Explain) Run(ctx context.Context, args []string) error {
	q, err := e.parse(args)
	if err != nil {
		return err
	}
	cfg, err := e.Load(q.file)
	if err != nil {
		return err
	}
	world, err := e.Open(cfg)
	if err != nil {
		return err
	}
	origins, err := world.Origins()
	if err != nil {
		return err
	}
	spec, err := q.spec(origins)
	if err != nil {
		return err
	}
	f, err := foresee(ctx, world, cfg, spec, q.requester)
	if err != nil {
		return err
	}
	for _, l := range text.Forecast(f) {
		fmt.Fprintln(e.Stdout, l.Plain())
	}
	if len(f.Unread) > 0 {
		return fmt.Errorf("%s: %w", verb, ErrCannotTell)
	}
	return nil
}

// foresee asks Slack what it takes. It fails if ctx ends.
func foresee(
	ctx context.Context, world World, cfg *config.Config, spec restore.Spec, requester string,
) (restore.Forecast, error) {
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	people, space, err := world.People(bounded)
	if err != nil {
		people = silent{groups: cfg.Groups, err: err}
	}
	planner := reconcile.NewPlanner(nil, cfg.Policies, people)
	f := planner.Foresee(ctx, spec, approvals.Person{Team: space, User: requester})
	return f, ctx.Err()
}

const verb = "policy explain"

// question is what the arguments ask.
type question struct {
	file, requester string
	source, target  restore.Cluster // the target is zero for a download
	download        bool
}

func (e Explain) parse(args []string) (question, error) {
	q, source, target := question{}, "", ""
	err := e.Flags(verb, args, func(f *flag.FlagSet) {
		f.StringVar(&q.file, "config", "snapback.yaml", "")
		f.StringVar(&q.requester, "requester", "", "")
		f.StringVar(&source, "source", "", "")
		f.StringVar(&target, "target", "", "")
		f.BoolVar(&q.download, "download", false, "")
	})
	if err != nil {
		return q, err
	}
	switch {
	case q.requester == "":
		return q, wrong("--requester is missing: who would ask, by the Slack user id")
	case !config.IsUser(q.requester):
		return q, wrong("--requester wants a Slack user id such as U0123ABCD, not %q", q.requester)
	case source == "":
		return q, wrong("--source is missing: the cluster whose data it is about")
	case target == "" && !q.download:
		return q, wrong("--target or --download is missing: where the data would go")
	case target != "" && q.download:
		return q, wrong("--target and --download exclude each other")
	}
	if q.source, err = restore.ParsePath(source); err != nil {
		return q, wrong("--source %w", err)
	}
	if q.download {
		return q, nil
	}
	if q.target, err = restore.ParsePath(target); err != nil {
		return q, wrong("--target %w", err)
	}
	return q, nil
}

// spec returns what would be asked for, with the systems that the backends' names stand for.
func (q question) spec(origins map[string]string) (restore.Spec, error) {
	out := restore.Spec{Source: q.source, Scope: restore.Scope{Kind: restore.Whole}}
	origin, ok := origins[q.source.Backend]
	if !ok {
		return out, wrong("--source: there is no backend %q in %s", q.source.Backend, q.file)
	}
	out.Source = q.source.Named(origin)
	if q.download {
		out.Delivery.Kind = restore.Download
		return out, nil
	}
	if origin, ok = origins[q.target.Backend]; !ok {
		return out, wrong("--target: there is no backend %q in %s", q.target.Backend, q.file)
	}
	out.Delivery = restore.Delivery{Kind: restore.Automated, Target: q.target.Named(origin)}
	return out, nil
}

func wrong(format string, args ...any) error {
	return fmt.Errorf("%s: %w: %w", verb, fmt.Errorf(format, args...), cli.ErrUsage)
}
