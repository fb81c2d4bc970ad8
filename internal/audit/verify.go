package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"snapback/internal/restore"
)

// Source gives the lines of a log in pieces, each line one event as it is stored. It ends with an empty piece. A piece
// is valid until the next one is asked for.
type Source func(ctx context.Context) ([][]byte, error)

// Report says what was verified.
type Report struct {
	From      uint64       // sequence number of the first event, 0 for an empty log
	Head      restore.Head // the last event
	Erased    uint64       // how many events verified by their commitment alone
	Witnessed int          // how many witnesses were compared
	Keys      []string     // which witnesses were signed with, as the log says, each once
}

// Errors of [Verify], besides [restore.ErrChain].
var (
	// ErrCut says that a log ends before an event that a witness knows.
	ErrCut = errors.New("log was cut off")
	// ErrRewritten says that a log has another event than a witness knows.
	ErrRewritten = errors.New("log was rewritten")
	// ErrSigner says that a witness is signed by a key that the log never used.
	ErrSigner = errors.New("witness is signed by another key")
)

// Verify walks a log that begins with event from and checks that each event is exactly what was written and follows the
// one before, and that every witness saw this log. Erased events verify by their commitment. What comes before from is
// taken on trust. The first error ends the walk; it wraps [restore.ErrChain] or one of the errors above, or is the
// source's.
func Verify(ctx context.Context, source Source, from uint64, witnesses []Witness) (Report, error) {
	w := walk{from: from, witnesses: witnesses}
	for {
		lines, err := source(ctx)
		if err != nil {
			return w.report, err
		}
		if len(lines) == 0 {
			return w.report, w.end()
		}
		events, err := decodeAll(lines)
		for _, e := range events {
			if err := w.step(e); err != nil {
				return w.report, err
			}
		}
		if err != nil {
			return w.report, err
		}
	}
}

// decodeAll decodes lines and checks each by itself, on all processors. With an error it returns the events before the
// line in question.
func decodeAll(lines [][]byte) ([]restore.Event, error) {
	events, errs := make([]restore.Event, len(lines)), make([]error, len(lines))
	var group errgroup.Group
	part := max(atOnce, (len(lines)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	for begin := 0; begin < len(lines); begin += part {
		end := min(begin+part, len(lines))
		group.Go(func() error {
			for i := begin; i < end; i++ {
				events[i], errs[i] = decode(lines[i])
			}
			return nil
		})
	}
	_ = group.Wait() // they keep their errors
	if bad := slices.IndexFunc(errs, func(err error) bool { return err != nil }); bad >= 0 {
		return events[:bad], errs[bad]
	}
	return events, nil
}

// atOnce is how many lines are worth a goroutine of their own.
const atOnce = 100

// decode reads an event and checks its hash and content. It accepts the one form in which an event is written only:
// what a lenient reader would take for the same was not written by Snapback.
func decode(line []byte) (restore.Event, error) {
	var e restore.Event
	if err := json.Unmarshal(line, &e); err != nil {
		return e, fmt.Errorf("a line that is no event: %w: %w", restore.ErrChain, err)
	}
	again, err := json.Marshal(e)
	if err != nil || !bytes.Equal(again, line) {
		return e, fmt.Errorf("event %d is written otherwise than Snapback does: %w", e.Seq, restore.ErrChain)
	}
	return e, e.Intact()
}

// walk is how far a log was verified.
type walk struct {
	from      uint64
	witnesses []Witness
	report    Report
}

func (w *walk) step(e restore.Event) error {
	if w.report.From == 0 {
		if e.Seq != w.from {
			return fmt.Errorf("the log begins with event %d, not with %d: %w", e.Seq, w.from, restore.ErrChain)
		}
		w.report.From = e.Seq
		if w.from > 1 { // what is before is not here
			w.report.Head = restore.Head{Seq: e.Seq - 1, Hash: e.Prev, At: e.At}
		}
	}
	if err := e.Follows(w.report.Head); err != nil {
		return err
	}
	w.report.Head = e.Head()
	if len(e.Body) == 0 {
		w.report.Erased++
	}
	for _, known := range w.witnesses {
		if known.Seq != e.Seq {
			continue
		}
		if known.Hash != e.Hash || known.Installation != e.Installation {
			return fmt.Errorf("event %d is another one than was witnessed at %s: %w", e.Seq, known.At, ErrRewritten)
		}
		w.report.Witnessed++
	}
	return w.learn(e)
}

// learn notes the keys that the log says it signs with.
func (w *walk) learn(e restore.Event) error {
	if e.Kind != restore.KindWitnessed || len(e.Body) == 0 {
		return nil
	}
	body, err := e.Decode()
	if err != nil {
		return err
	}
	if b, ok := body.(restore.BodyWitnessed); ok && !slices.Contains(w.report.Keys, b.Key) {
		w.report.Keys = append(w.report.Keys, b.Key)
	}
	return nil
}

// end judges the witnesses when the whole log is known.
func (w *walk) end() error {
	for _, known := range w.witnesses {
		if known.Seq > w.report.Head.Seq {
			return fmt.Errorf("it ends at event %d, and event %d was witnessed at %s: %w",
				w.report.Head.Seq, known.Seq, known.At, ErrCut)
		}
		if len(w.report.Keys) > 0 && !slices.Contains(w.report.Keys, known.Key) {
			return fmt.Errorf("witness of event %d, key %s: %w", known.Seq, known.Key, ErrSigner)
		}
	}
	return nil
}
