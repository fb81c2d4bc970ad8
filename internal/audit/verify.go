package audit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"runtime"
	"slices"
	"sync"

	"snapback/internal/restore"
)

// Source gives the lines of a log in pieces, each line one event as it is stored. It ends with an empty piece. What it
// gives stays as it is. It is asked by one goroutine at a time, and no more when [Verify] has returned.
type Source func(ctx context.Context) ([][]byte, error)

// Report says what was verified.
type Report struct {
	From      uint64       // sequence number of the first event, 0 for an empty log
	Head      restore.Head // the last event
	Erased    uint64       // how many events verified by their commitment alone
	Witnessed int          // how many witnesses were compared
	Segments  int          // how many segments of the archive were compared
	Archived  int          // how many requests those hold
	Keys      []string     // which witnesses were signed with, as the log says, each once
}

// Errors of [Verify], besides [restore.ErrChain].
var (
	// ErrCut says that a log ends before an event that a witness knows.
	ErrCut = errors.New("log was cut off")
	// ErrRewritten says that a log has another event than a witness knows.
	ErrRewritten = errors.New("log was rewritten")
	// ErrErased says that events have no salt and body, and no later event tells of that.
	ErrErased = errors.New("erased, and the log does not say so")
	// ErrSigner says that a witness is signed by a key that the log never used.
	ErrSigner = errors.New("witness is signed by another key")
)

// Question is what to prove a log against.
type Question struct {
	From      uint64    // the number of the log's first event; what comes before is taken on trust
	Witnesses []Witness // of whoever saw the log
	Archive   string    // the folder with the segments of which the log tells; "" leaves them out
}

// Verify walks a log and checks that each event is exactly what was written and follows the
// one before, that every witness saw this log, and that the archive has what was moved there. Erased events verify by
// their commitment, if a later event tells of it. The first error ends the walk; it wraps [restore.ErrChain] or one of the errors above, or is the
// source's.
func Verify(ctx context.Context, source Source, q Question) (Report, error) {
	w := walk{
		Question: q, known: make(map[uint64][]Witness), erased: make(map[restore.Subject]uint64), trails: make(trails),
	}
	for _, known := range q.Witnesses {
		w.known[known.Seq] = append(w.known[known.Seq], known)
	}
	ctx, stop := context.WithCancel(ctx)
	var decoding sync.WaitGroup
	defer decoding.Wait()
	defer stop()
	for p := range pieces(ctx, source, &decoding) {
		for _, e := range p.events {
			if err := w.step(e); err != nil {
				return w.report, err
			}
		}
		if p.err != nil {
			return w.report, p.err
		}
	}
	if err := ctx.Err(); err != nil {
		return w.report, err
	}
	return w.report, w.end()
}

// piece is some of the log: events that verify by themselves, and why the one behind them does not.
type piece struct {
	events []restore.Event
	err    error
}

// pieces reads and decodes a log ahead of who walks it, on all processors, until ctx ends. It gives the pieces in their
// order. What it started ends by itself then, and is counted in decoding.
func pieces(ctx context.Context, source Source, decoding *sync.WaitGroup) iter.Seq[piece] {
	queue := make(chan chan piece, runtime.GOMAXPROCS(0))
	decoding.Go(func() {
		defer close(queue)
		for ended := false; !ended; {
			lines, err := source(ctx)
			ended = err != nil || len(lines) == 0
			decoded := make(chan piece, 1)
			select {
			case queue <- decoded: // not more of them than fit are under way
			case <-ctx.Done():
				return
			}
			if ended {
				decoded <- piece{err: err}
				return
			}
			decoding.Go(func() { decoded <- decodeAll(lines) })
		}
	})
	return func(yield func(piece) bool) {
		for decoded := range queue {
			if !yield(<-decoded) {
				return
			}
		}
	}
}

// decodeAll decodes lines up to the first that is not good by itself.
func decodeAll(lines [][]byte) piece {
	events := make([]restore.Event, 0, len(lines))
	for _, line := range lines {
		e, err := decode(line)
		if err != nil {
			return piece{events, err}
		}
		events = append(events, e)
	}
	return piece{events, nil}
}

// walk is how far a log was verified.
type walk struct {
	Question

	report Report
	known  map[uint64][]Witness       // the witnesses, by event
	erased map[restore.Subject]uint64 // the last erased event of whom no event has told yet
	trails trails                     // with an archive only
}

func (w *walk) step(e restore.Event) error {
	if w.report.From == 0 {
		if e.Seq != w.From {
			return fmt.Errorf("the log begins with event %d, not with %d: %w", e.Seq, w.From, restore.ErrChain)
		}
		w.report.From = e.Seq
		if w.From > 1 { // what is before is not here
			w.report.Head = restore.Head{Seq: e.Seq - 1, Hash: e.Prev, At: e.At}
		}
	}
	if err := e.Follows(w.report.Head); err != nil {
		return err
	}
	w.report.Head = e.Head()
	if len(e.Body) == 0 {
		w.report.Erased++
		w.erased[e.Subject] = e.Seq
	}
	if w.Archive != "" {
		w.trails.add(e)
	}
	for _, known := range w.known[e.Seq] {
		if known.Hash != e.Hash || known.Installation != e.Installation {
			return fmt.Errorf("event %d is another one than was witnessed at %s: %w", e.Seq, known.At, ErrRewritten)
		}
		w.report.Witnessed++
	}
	return w.learn(e)
}

// learn notes the keys that the log says it signs with, and what it says was erased.
func (w *walk) learn(e restore.Event) error {
	if e.Kind != restore.KindWitnessed && e.Kind != restore.KindErased || len(e.Body) == 0 {
		return nil
	}
	body, err := e.Decode()
	if err != nil {
		return err
	}
	switch b := body.(type) {
	case restore.BodyWitnessed:
		if !slices.Contains(w.report.Keys, b.Key) {
			w.report.Keys = append(w.report.Keys, b.Key)
		}
	case restore.BodyErased:
		for _, s := range slices.Concat(b.Texts, b.Dropped) {
			delete(w.erased, s)
		}
		return w.moved(e, b)
	}
	return nil
}

// moved checks what was moved to the archive. Requests that are older than where the proof begins are not compared.
func (w *walk) moved(e restore.Event, b restore.BodyErased) error {
	if w.Archive == "" || b.Archive == nil {
		return nil
	}
	if err := checkSegment(w.Archive, *b.Archive, b.Dropped, w.trails); err != nil {
		return fmt.Errorf("event %d: %w", e.Seq, err)
	}
	w.report.Segments++
	w.report.Archived += len(b.Dropped)
	for _, s := range b.Dropped {
		delete(w.trails, s)
	}
	return nil
}

// end judges the witnesses and what was erased when the whole log is known.
func (w *walk) end() error {
	for _, known := range w.Witnesses {
		if known.Seq > w.report.Head.Seq {
			return fmt.Errorf("it ends at event %d, and event %d was witnessed at %s: %w",
				w.report.Head.Seq, known.Seq, known.At, ErrCut)
		}
		if len(w.report.Keys) > 0 && !slices.Contains(w.report.Keys, known.Key) {
			return fmt.Errorf("witness of event %d, key %s: %w", known.Seq, known.Key, ErrSigner)
		}
	}
	for _, s := range slices.Sorted(maps.Keys(w.erased)) {
		return fmt.Errorf("%d subjects, such as event %d of %s: %w", len(w.erased), w.erased[s], s, ErrErased)
	}
	return nil
}
