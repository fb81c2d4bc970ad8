// Package check is the verb "check" of the command line: what is wrong with a configuration, and what is doubtful.
package check

import (
	"context"
	"flag"
	"fmt"

	"snapback/internal/cli"
	"snapback/internal/config"
)

// Check is the verb with what it needs of the rest of the program.
type Check struct {
	cli.Line

	Load func(file string) (*config.Config, error)
}

// Run answers. It fails with [config.Problems] for a configuration that is wrong, and with [cli.ErrUsage] for wrong
// arguments or a file that cannot be read.
func (c Check) Run(_ context.Context, args []string) error {
	file := ""
	err := c.Flags("check", args, func(f *flag.FlagSet) { f.StringVar(&file, "config", "snapback.yaml", "") })
	if err != nil {
		return err
	}
	cfg, err := c.Load(file)
	if err != nil {
		return err
	}
	for _, w := range cfg.Warnings {
		fmt.Fprintf(c.Stdout, "warning: %s\n", w)
	}
	fmt.Fprintf(c.Stdout, "%s: fine\n", file)
	return nil
}
