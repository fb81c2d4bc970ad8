// Package admin does the verbs with which an operator looks after the log and the store, whether the bot runs or not:
// audit export, audit verify and backup.
package admin

import (
	"context"
	"flag"
	"fmt"

	"snapback/internal/cli"
	"snapback/internal/restore"
)

// Log is a store as far as these verbs use it. Not safe for concurrent use.
type Log interface {
	Head(ctx context.Context) (restore.Head, error)
	// Lines lists up to limit events with a sequence number above after, as they are stored.
	Lines(ctx context.Context, after uint64, limit int) ([][]byte, error)
	// Backup copies the store to an absolute path, where there is nothing yet.
	Backup(ctx context.Context, path string) (restore.Backup, error)
	Close() error
}

// verbs is what the verbs work with.
type verbs struct {
	cli.Line

	reach func(ctx context.Context, file string) (Log, error)
}

// Verbs returns the verbs by their names. Reach opens the log of the store that a configuration names.
func Verbs(line cli.Line, reach func(ctx context.Context, file string) (Log, error)) map[string]cli.Verb {
	v := verbs{Line: line, reach: reach}
	return map[string]cli.Verb{"audit export": v.export, "audit verify": v.verify, "backup": v.backup}
}

// pageLines is how many events are read at a time.
const pageLines = 1000

// configFlag defines where the configuration is.
func configFlag(f *flag.FlagSet, file *string) { f.StringVar(file, "config", "snapback.yaml", "") }

// fromFlag defines the event that is begun with.
func fromFlag(f *flag.FlagSet, from *uint64) { f.Uint64Var(from, "from", 1, "") }

// checkFrom checks what fromFlag read.
func checkFrom(verb string, from uint64) error {
	if from == 0 {
		return fmt.Errorf("%s: --from is a sequence number, and the first is 1: %w", verb, cli.ErrUsage)
	}
	return nil
}
