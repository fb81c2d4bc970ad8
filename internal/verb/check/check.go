// Package check is the verb "check" of the command line: what is wrong with a configuration, and what is doubtful. It
// reads files; only when it is told to does it ask the backends, which it is handed, for their clusters.
package check

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"

	"snapback/internal/cli"
	"snapback/internal/config"
	"snapback/internal/restore"
)

// Check is the verb with what it needs of the rest of the program.
type Check struct {
	cli.Line

	Load     func(file string) (*config.Config, error)
	Backends func(*config.Config) ([]restore.Backend, error)
}

// Run answers. It fails with [config.Problems] for a configuration that is wrong, and with [cli.ErrUsage] for wrong
// arguments or a file that cannot be read. Doubts are no failure.
func (c Check) Run(ctx context.Context, args []string) error {
	file, online, machine := "", false, false
	err := c.Flags("check", args, func(f *flag.FlagSet) {
		f.StringVar(&file, "config", "snapback.yaml", "")
		f.BoolVar(&online, "online", false, "")
		f.BoolVar(&machine, "json", false, "")
	})
	if err != nil {
		return err
	}
	cfg, err := c.Load(file)
	if problems, ok := errors.AsType[config.Problems](err); ok && machine {
		return errors.Join(err, report{File: file, Problems: lines(problems)}.write(c.Stdout))
	}
	if err != nil {
		return err
	}
	warnings := lines(cfg.Warnings)
	if online {
		more, err := c.look(ctx, file, cfg)
		if err != nil {
			return err
		}
		warnings = append(warnings, more...)
	}
	if machine {
		return report{File: file, Fine: true, Warnings: warnings}.write(c.Stdout)
	}
	for _, w := range warnings {
		fmt.Fprintf(c.Stdout, "warning: %s\n", w)
	}
	fmt.Fprintf(c.Stdout, "%s: fine\n", file)
	return nil
}

// report is the answer for machines, one document.
type report struct {
	File     string `json:"file"`
	Fine     bool   `json:"fine"`     // serve would start with it
	Problems []line `json:"problems"` // never null, as little as the next
	Warnings []line `json:"warnings"`
}

// line is a problem or a warning. Line and column are 0 for what has no place in the file.
type line struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Text   string `json:"text"`
}

// String returns what an editor can jump to.
func (l line) String() string {
	if l.Line == 0 {
		return l.File + ": " + l.Text
	}
	return config.Problem(l).String()
}

func lines(ps []config.Problem) []line {
	out := make([]line, 0, len(ps))
	for _, p := range ps {
		out = append(out, line(p))
	}
	return out
}

func (r report) write(w io.Writer) error {
	if r.Problems == nil {
		r.Problems = []line{}
	}
	if r.Warnings == nil {
		r.Warnings = []line{}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("print the answer: %w", err)
	}
	return nil
}
