package admin

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"snapback/internal/audit"
	"snapback/internal/cli"
	"snapback/internal/restore"
)

// question is what audit verify is asked.
type question struct {
	audit.Question

	file   string // the configuration, for a store
	export string // "" for the store itself
}

// verify proves the log of a store, or an export of it.
func (v verbs) verify(ctx context.Context, args []string) error {
	q, err := v.question(args)
	if err != nil {
		return err
	}
	report, err := v.prove(ctx, q)
	if err != nil {
		return fmt.Errorf("audit verify: %w", err)
	}
	if report.From == 0 {
		fmt.Fprintln(v.Stdout, "the log is empty")
		return nil
	}
	fmt.Fprintf(v.Stdout, "events %d to %d verify, %d of them erased\n", report.From, report.Head.Seq, report.Erased)
	fmt.Fprintf(v.Stdout, "the last is of %s, hash %s\n", report.Head.At.Format(time.RFC3339), report.Head.Hash)
	if q.Archive != "" {
		fmt.Fprintf(v.Stdout, "the archive verifies, %d segments with %d requests\n", report.Segments, report.Archived)
	}
	for _, w := range q.Witnesses {
		what := "agrees"
		if w.Seq < report.From {
			what = "is of before"
		}
		fmt.Fprintf(v.Stdout, "the witness of event %d at %s %s, key %s\n", w.Seq, w.At.Format(time.RFC3339), what, w.Key)
	}
	return nil
}

func (v verbs) question(args []string) (question, error) {
	q, text := question{}, ""
	words, err := v.Operands("audit verify", args, 1, func(f *flag.FlagSet) {
		configFlag(f, &q.file)
		fromFlag(f, &q.From)
		f.StringVar(&text, "witness", "", "")
		f.StringVar(&q.Archive, "archive", "", "")
	})
	if err == nil {
		err = checkFrom("audit verify", q.From)
	}
	if err != nil {
		return q, err
	}
	if q.Archive != "" && q.From != 1 {
		return q, fmt.Errorf("audit verify: --archive needs the whole log, so no --from: %w", cli.ErrUsage)
	}
	if len(words) > 0 {
		q.export = words[0]
	}
	if text == "" {
		return q, nil
	}
	if name, ok := strings.CutPrefix(text, "@"); ok {
		raw, err := os.ReadFile(name)
		if err != nil {
			return q, fmt.Errorf("audit verify: read witnesses: %w: %w", err, cli.ErrUsage)
		}
		text = string(raw)
	}
	if q.Witnesses, err = audit.ParseWitnesses(text); err != nil {
		return q, fmt.Errorf("audit verify: --witness: %w", err)
	}
	return q, nil
}

func (v verbs) prove(ctx context.Context, q question) (audit.Report, error) {
	if q.export != "" {
		f, err := os.Open(q.export)
		if err != nil {
			return audit.Report{}, err
		}
		report, err := audit.Verify(ctx, fileSource(f), q.Question)
		return report, errors.Join(err, f.Close())
	}
	log, err := v.reach(ctx, q.file)
	if err != nil {
		return audit.Report{}, err
	}
	report, err := proveStore(ctx, log, q)
	return report, errors.Join(err, log.Close())
}

// proveStore also holds a store's log to the store's own word of where it ends. What is appended meanwhile belongs to
// it: it may tell of what was erased meanwhile.
func proveStore(ctx context.Context, log Log, q question) (audit.Report, error) {
	head, err := log.Head(ctx)
	if err != nil {
		return audit.Report{}, err
	}
	after := q.From - 1
	report, err := audit.Verify(ctx, func(ctx context.Context) ([][]byte, error) {
		if after >= head.Seq {
			newer, err := log.Head(ctx)
			if err != nil || newer.Seq <= after {
				return nil, err
			}
			head = newer
		}
		lines, err := log.Lines(ctx, after, int(min(pageLines, head.Seq-after)))
		after += uint64(len(lines))
		return lines, err
	}, q.Question)
	if err != nil {
		return report, err
	}
	end := report.Head
	if (end.Seq != head.Seq || end.Hash != head.Hash || !end.At.Equal(head.At)) && q.From <= max(head.Seq, 1) {
		return report, fmt.Errorf("the log ends at event %d, the store's head is event %d: %w", end.Seq, head.Seq, restore.ErrChain)
	}
	return report, nil
}

// fileSource reads the lines of an export.
func fileSource(r io.Reader) audit.Source {
	read := bufio.NewReaderSize(r, 1<<20)
	return func(ctx context.Context) ([][]byte, error) {
		var out [][]byte
		for len(out) < pageLines {
			line, err := read.ReadBytes('\n')
			switch {
			case errors.Is(err, io.EOF) && len(line) == 0:
				return out, ctx.Err()
			case errors.Is(err, io.EOF):
				return out, fmt.Errorf("the last line is not whole: %w", restore.ErrChain)
			case err != nil:
				return nil, err
			}
			out = append(out, bytes.TrimSuffix(line, []byte("\n")))
		}
		return out, ctx.Err()
	}
}
