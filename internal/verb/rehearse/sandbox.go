// Package rehearse is the verb "sandbox" of the command line, and what it does with a team's configuration: it turns the
// file into the words of the sandbox, which knows none of ours.
package rehearse

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"snapback/internal/admin"
	"snapback/internal/cli"
	"snapback/internal/sandbox"
)

// Sandbox is the verb with what it needs of the rest of the program.
type Sandbox struct {
	cli.Line

	In       io.Reader
	Env      func(string) (string, bool)
	ReadFile func(string) ([]byte, error)
	// Serve runs the bot with a configuration file until ctx ends.
	Serve func(ctx context.Context, file string) error
	// Reach opens the log of the store that a configuration names.
	Reach func(ctx context.Context, file string) (admin.Log, error)
}

// Run runs the sandbox. It fails as [sandbox.Run] and [Read] do, and with [cli.ErrUsage] for wrong arguments.
func (v Sandbox) Run(ctx context.Context, args []string) error {
	o, file := sandbox.Options{In: v.In, Out: v.Stdout, Serve: v.Serve, Log: v.lines}, ""
	err := v.Flags("sandbox", args, func(f *flag.FlagSet) {
		f.BoolVar(&o.Play, "play", false, "")
		f.StringVar(&o.Dir, "dir", "", "")
		f.StringVar(&o.Listen, "listen", "", "")
		f.StringVar(&file, "config", "", "")
	})
	if err != nil {
		return err
	}
	if o.Play && file != "" {
		return fmt.Errorf("sandbox: --play plays a story of its own; it cannot be played with --config: %w", cli.ErrUsage)
	}
	if file != "" {
		if o.Rehearsal, err = Read(file, v.Env, v.ReadFile); err != nil {
			return err
		}
	}
	err = sandbox.Run(ctx, o)
	if errors.Is(err, sandbox.ErrListen) || errors.Is(err, sandbox.ErrFolder) {
		return fmt.Errorf("sandbox: %w: %w", err, cli.ErrUsage)
	}
	return err
}

// lines lists events of the bot's log.
func (v Sandbox) lines(ctx context.Context, file string, after uint64, limit int) ([][]byte, error) {
	log, err := v.Reach(ctx, file)
	if err != nil {
		return nil, err
	}
	lines, err := log.Lines(ctx, after, limit)
	return lines, errors.Join(err, log.Close())
}
