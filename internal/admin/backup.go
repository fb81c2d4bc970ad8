package admin

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"

	"snapback/internal/cli"
)

// backup copies the store. While the bot runs it is the bot that writes the copy.
func (v verbs) backup(ctx context.Context, args []string) error {
	file := ""
	words, err := v.Operands("backup", args, 1, func(f *flag.FlagSet) { configFlag(f, &file) })
	if err != nil {
		return err
	}
	if len(words) == 0 {
		return fmt.Errorf("backup: say which file the copy goes to: %w", cli.ErrUsage)
	}
	path, err := filepath.Abs(words[0])
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	log, err := v.reach(ctx, file)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	made, err := log.Backup(ctx, path)
	if err := errors.Join(err, log.Close()); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	fmt.Fprintf(v.Stdout, "%s: %d bytes, the log up to event %d\n", words[0], made.Bytes, made.Head.Seq)
	return nil
}
