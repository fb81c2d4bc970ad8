// Package doctor is the verb "doctor" of the command line: what stands between a configuration and a bot that works, in
// Slack, at the backends and on the disk, and what to do about it. It changes nothing, posts nothing and opens no
// connection of Socket Mode, so it may work beside a running bot, which it asks by the store's socket for what only that
// one knows.
package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"time"

	"snapback/bot/slackapi"
	"snapback/internal/cli"
	"snapback/internal/config"
	"snapback/internal/restore"
)

// ErrWrong says that something is wrong. What, was printed.
var ErrWrong = errors.New("something is wrong")

// Heard is told what the answers of servers say besides. Its functions are called from many goroutines.
type Heard struct {
	Clock   func(source string, server, local time.Time)
	Release func(backend, version string)
}

// World is the way out of the process.
type World interface {
	Slack() (*slackapi.Client, error)
	Backends() ([]restore.Backend, error) // in the order of the configuration
}

// Doctor is the verb with what it needs of the rest of the program.
type Doctor struct {
	cli.Line

	Load func(file string) (*config.Config, error)
	Open func(*config.Config, Heard) (World, error)
}

// Run looks at everything and prints what it finds, each as soon as it is known. It fails with [ErrWrong] if something is
// wrong, with [config.Problems] for a configuration that is, and with [cli.ErrUsage] for wrong arguments.
func (d Doctor) Run(ctx context.Context, args []string) error {
	file, machine := "", false
	err := d.Flags("doctor", args, func(f *flag.FlagSet) {
		f.StringVar(&file, "config", "snapback.yaml", "")
		f.BoolVar(&machine, "json", false, "")
	})
	if err != nil {
		return err
	}
	cfg, err := d.Load(file)
	if err != nil {
		return err
	}
	v := &visit{cfg: cfg, tell: d.printer(machine)}
	world, err := d.Open(cfg, Heard{Clock: v.clocks.hear, Release: v.releases.hear})
	if err != nil {
		return err
	}
	if err := v.look(ctx, world); err != nil {
		return fmt.Errorf("doctor: %w", err)
	}
	if v.wrong > 0 {
		return fmt.Errorf("doctor: %w: %d of %d findings", ErrWrong, v.wrong, v.all)
	}
	return nil
}

// printer returns what prints a finding: a sentence or two, or one JSON object a line.
func (d Doctor) printer(machine bool) func(finding) error {
	if machine {
		e := json.NewEncoder(d.Stdout)
		e.SetEscapeHTML(false)
		return func(f finding) error { return e.Encode(f) }
	}
	return func(f finding) error {
		_, err := fmt.Fprintln(d.Stdout, f)
		return err
	}
}

// level says how much a finding weighs.
type level string

const (
	fine    level = "fine"
	warning level = "warning" // works, but should be known
	wrong   level = "wrong"   // does not work, or not for long
)

// finding is one thing that was looked at. It holds no secret.
type finding struct {
	Level level  `json:"level"`
	About string `json:"about"`        // what was looked at
	What  string `json:"what"`         // one sentence on what there is
	Do    string `json:"do,omitempty"` // one on what to do
}

// String returns the finding as a line.
func (f finding) String() string {
	line := fmt.Sprintf("%-8s %s: %s", f.Level, f.About, f.What)
	if f.Do != "" {
		line += " " + f.Do
	}
	return line
}

// visit is one run of the verb.
type visit struct {
	cfg      *config.Config
	tell     func(finding) error
	all      int
	wrong    int
	broken   error // the first failure to print
	clocks   clocks
	releases releases
}

func (v *visit) say(l level, about, what, do string) {
	v.all++
	if l == wrong {
		v.wrong++
	}
	if err := v.tell(finding{l, about, what, do}); err != nil && v.broken == nil {
		v.broken = fmt.Errorf("print the answer: %w", err)
	}
}

// look looks at everything. It fails if ctx ends, or nothing can be printed.
func (v *visit) look(ctx context.Context, world World) error {
	for _, w := range v.cfg.Warnings {
		v.say(warning, "configuration", w.String()+".", "")
	}
	v.slack(ctx, world)
	v.backends(ctx, world)
	v.tellClocks()
	v.store(ctx)
	return errors.Join(ctx.Err(), v.broken)
}
