package admin

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"

	"snapback/internal/control"
)

// export prints the log, one event a line, exactly as it is stored. An export that ended early goes on with --from and
// the number behind its last one.
func (v verbs) export(ctx context.Context, args []string) error {
	file, from := "", uint64(0)
	err := v.Flags("audit export", args, func(f *flag.FlagSet) {
		configFlag(f, &file)
		fromFlag(f, &from)
	})
	if err == nil {
		err = checkFrom("audit export", from)
	}
	if err != nil {
		return err
	}
	log, err := v.reach(ctx, file)
	if err != nil {
		return fmt.Errorf("audit export: %w", err)
	}
	if err := errors.Join(v.print(ctx, log, from-1), log.Close()); err != nil {
		return fmt.Errorf("audit export: %w", err)
	}
	return nil
}

func (v verbs) print(ctx context.Context, log Log, after uint64) error {
	out := bufio.NewWriter(v.Stdout)
	for {
		lines, err := log.Lines(ctx, after, pageLines)
		if err != nil || len(lines) == 0 {
			return errors.Join(err, out.Flush())
		}
		for _, line := range lines {
			if _, err := out.Write(append(line, '\n')); err != nil {
				return err
			}
		}
		if after, err = control.Seq(lines[len(lines)-1]); err != nil {
			return err
		}
	}
}
