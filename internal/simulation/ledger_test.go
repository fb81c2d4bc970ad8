package simulation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"snapback/internal/restore"
	"snapback/storage"
)

// errKilled is what everything returns in a process that was killed, for as long as its goroutines are still there.
var errKilled = errors.New("the process was killed")

// ledger is the store as one process sees it: it takes its time, and where the process is to be killed at a commit, the
// commit happens or not, and nothing is heard of it.
type ledger struct {
	*storage.Store

	p *process
}

// slowest is how long a step over the store may take.
const slowest = 20 * time.Millisecond

// View implements [restore.Store]. Reading one request takes time: it is what tasks about requests begin with.
func (l *ledger) View(ctx context.Context, fn func(restore.Reader) error) error {
	if l.p.dead() {
		return errKilled
	}
	var seen watched
	err := l.Store.View(ctx, func(rd restore.Reader) error {
		seen = watched{}
		return fn(&watchedReader{rd, &seen})
	})
	if len(seen.subjects) == 1 && !seen.listed {
		l.p.sim.pace.sleep(slowest, fmt.Sprint("view ", seen.subjects[0], seen.posts))
	}
	if l.p.dead() {
		return errKilled
	}
	return err
}

// Update implements [restore.Store].
func (l *ledger) Update(ctx context.Context, keys []restore.Key, fn func(restore.Tx) error) error {
	l.p.sim.pace.sleep(slowest, nonces().ReplaceAllString(fmt.Sprint("update ", keys), ""))
	if l.p.dead() {
		return errKilled
	}
	killed, lost := false, false
	var (
		kinds   []restore.Kind
		subject restore.Subject
	)
	err := l.Store.Update(ctx, keys, func(tx restore.Tx) error {
		w := &watchedTx{Tx: tx}
		if err := fn(w); err != nil {
			return err
		}
		if err := l.p.sim.plant.commit(w); err != nil {
			return err
		}
		kinds, subject = w.kinds, w.subject
		if lost = l.p.sim.plant.loses(kinds); lost {
			return errKilled
		}
		if killed = l.p.sim.fate.strikes(kinds, true); killed {
			return errKilled
		}
		return nil
	})
	if lost {
		return nil
	}
	if killed || err == nil && l.p.sim.fate.strikes(kinds, false) {
		l.p.sim.notef("killed at the commit of %v, durable: %t", kinds, !killed)
		l.p.kill()
	}
	if l.p.dead() {
		return errKilled
	}
	if err == nil {
		l.p.sim.ambush.committed(kinds, subject)
	}
	return err
}

// watched is what a step touched.
type watched struct {
	subjects []restore.Subject
	listed   bool // it looked for subjects
	posts    bool // it is the courier's
}

type watchedReader struct {
	restore.Reader

	seen *watched
}

func (r *watchedReader) Request(s restore.Subject) (*restore.Request, error) {
	if !slices.Contains(r.seen.subjects, s) {
		r.seen.subjects = append(r.seen.subjects, s)
	}
	return r.Reader.Request(s)
}

func (r *watchedReader) InState(states ...restore.State) ([]restore.Subject, error) {
	r.seen.listed = true
	return r.Reader.InState(states...)
}

func (r *watchedReader) Behind(limit int) ([]restore.Subject, error) {
	r.seen.listed = true
	return r.Reader.Behind(limit)
}

func (r *watchedReader) Posts(s restore.Subject) (*restore.Posts, error) {
	r.seen.posts = true
	return r.Reader.Posts(s)
}

// watchedTx notes the kinds of events that a step adds.
type watchedTx struct {
	restore.Tx

	kinds   []restore.Kind
	subject restore.Subject
}

func (t *watchedTx) Append(d restore.Draft) (restore.Event, error) {
	t.kinds, t.subject = append(t.kinds, d.Body.Kind()), d.Subject
	return t.Tx.Append(d)
}
