package storage

import (
	"context"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"snapback/internal/crashpoint"
	"snapback/internal/restore"
)

// maxBatch bounds how many steps share a commit, and so how long the first of them waits for the others.
const maxBatch = 256

// errTorn says that a step could not be handed to the transaction as a whole.
var errTorn = errors.New("step was written in part")

// batch is one transaction and the steps that share it. It belongs to whoever holds its turn: the committer offers
// it, a call of Update takes it, runs its function and hands it back.
type batch struct {
	db    *bolt.DB
	tx    *bolt.Tx // nil before the first step
	dirty bool     // something is to be committed
	left  bool     // a request left being approved or prepared
	torn  bool     // a step is, or stayed, written in part

	ran  chan struct{} // hands the turn back
	done chan struct{} // closed after the commit
	err  error         // of the commit; read after done
}

// Update implements [restore.Store]. The function runs at most once, in the calling goroutine and while no other
// step runs. It must not call the store. What it returns is returned as it is; if it panics, the panic goes on. In
// both cases nothing of it is written, while other steps of the same commit are.
//
// If ctx ends before the function ran, it does not run. Once it runs, Update waits for the commit whatever becomes of
// ctx, so that the answer is true. Errors of a failed commit wrap [restore.ErrBroken]; after Close they wrap [ErrClosed].
func (s *Store) Update(ctx context.Context, keys []restore.Key, fn func(restore.Tx) error) error {
	b, err := s.turn(ctx)
	if err != nil {
		return err
	}
	err = b.run(reader{installation: s.installation, memo: &s.memo}, keys, fn)
	<-b.done
	// A function that failed may have failed because of what an earlier one of this batch wrote, so its error is not
	// true either before the commit.
	if b.err != nil {
		return b.err
	}
	return err
}

// turn waits for a turn with the open batch.
func (s *Store) turn(ctx context.Context) (*batch, error) {
	select {
	case b := <-s.turns:
		if err := ctx.Err(); err != nil {
			b.ran <- struct{}{}
			return nil, fmt.Errorf("wait for the store: %w", err)
		}
		return b, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the store: %w", ctx.Err())
	case <-s.halted:
		return nil, s.halt
	}
}

// run runs one step and hands the turn back, also if fn panics or ends its goroutine.
func (b *batch) run(r reader, keys []restore.Key, fn func(restore.Tx) error) error {
	defer func() { b.ran <- struct{}{} }()
	if b.tx == nil {
		tx, err := b.db.Begin(true)
		if err != nil {
			return fmt.Errorf("begin: %w", err)
		}
		b.tx = tx
	}
	r.overlay = newOverlay(b.tx)
	t := newStep(r, keys)
	if err := fn(t); err != nil {
		return err
	}
	if t.failed != nil {
		return t.failed
	}
	b.torn = true
	wrote, err := t.apply()
	if err != nil {
		return err
	}
	b.torn = false
	b.dirty = b.dirty || wrote
	b.left = b.left || t.left
	return nil
}

// commitAll is the committer: it offers batches until the store is closed or breaks. It never waits for more steps
// than are there, so a lone step costs one commit and many at once share one.
func (s *Store) commitAll() {
	defer close(s.halted)
	for {
		b := &batch{db: s.db, ran: make(chan struct{}), done: make(chan struct{})}
		select {
		case s.turns <- b:
			<-b.ran
		case <-s.closing:
			s.halt = ErrClosed
			return
		}
		s.gather(b)
		if err := s.finish(b); err != nil {
			s.halt = err
			s.broken <- err
			return
		}
	}
}

// gather gives a turn to every call that waits now.
func (s *Store) gather(b *batch) {
	for range maxBatch - 1 {
		select {
		case s.turns <- b:
			<-b.ran
		default:
			return
		}
	}
}

// finish commits a batch, and tells its calls and the subscribers. Where a request left being approved, the note beside
// the store comes before that; if it cannot be written, that is left to [Store.SyncHead].
func (s *Store) finish(b *batch) error {
	defer close(b.done)
	if b.tx == nil {
		return nil
	}
	defer func() { _ = b.tx.Rollback() }() // nothing, after a commit
	if !b.dirty && !b.torn {
		return nil
	}
	head, err := b.leaving()
	if err == nil {
		id := int64(b.tx.ID())
		s.committing.Store(b)
		crashpoint.Here("store.commit")
		if err = b.tx.Commit(); err == nil {
			crashpoint.Here("store.committed")
			s.durable.Store(id)
			s.noteHead(head)
			s.notify()
			return nil
		}
	}
	b.err = fmt.Errorf("commit: %w: %w", restore.ErrBroken, err)
	return b.err
}
