package storage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"snapback/internal/restore"
)

// headName is what the name of a store's head file ends with.
const headName = ".head"

// headNote is what the head file says, as JSON: whose store it is, and an event that is in it.
type headNote struct {
	Installation string `json:"installation"`
	Seq          uint64 `json:"seq"`
	Hash         string `json:"hash"` // of that event; "" for none
}

// headFile is the note beside a store of how far the store had come. A copy of the store that is put back finds it
// there, or misses it, and knows that it is a copy. Safe for concurrent use.
type headFile struct {
	path         string
	installation string

	mu      sync.Mutex
	owed    restore.Head // what the file must say at least before anything is sent
	written uint64       // what it says
}

// owe notes how far the store has come.
func (f *headFile) owe(head restore.Head) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.owed = head
}

// settle writes the file unless it says already what it must.
func (f *headFile) settle() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.written >= f.owed.Seq {
		return nil
	}
	return f.write(f.owed)
}

// renew writes the file whatever it says.
func (f *headFile) renew(head restore.Head) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.owed = head
	return f.write(head)
}

// write replaces the file, durably. The caller holds the lock.
func (f *headFile) write(head restore.Head) error {
	raw, err := json.Marshal(headNote{Installation: f.installation, Seq: head.Seq, Hash: head.Hash})
	if err != nil {
		return fmt.Errorf("encode %s: %w", f.path, err)
	}
	part := f.path + ".part"
	file, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, fileMode)
	if err != nil {
		return err
	}
	_, err = file.Write(append(raw, '\n'))
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := os.Rename(part, f.path); err != nil {
		return err
	}
	if err := syncFolder(filepath.Dir(f.path)); err != nil {
		return err
	}
	f.written = head.Seq
	return nil
}

// errNote says that a head file is not one that was written whole.
var errNote = errors.New("not a head file")

// read returns what the file says, nil if it is not there. It fails with errNote where it says nothing.
func (f *headFile) read() (*headNote, error) {
	raw, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // a store without one, and that is judged elsewhere
	}
	if err != nil {
		return nil, err
	}
	var n headNote
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&n); err != nil {
		return nil, fmt.Errorf("%w: %w", errNote, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) || n.Installation == "" || (n.Seq == 0) != (n.Hash == "") {
		return nil, errNote
	}
	return &n, nil
}

// SyncHead makes the note beside the store durable that covers every step so far which led a request out of being
// approved or prepared. Whoever is about to do what a copy of the store might do again calls it before. It fails with
// [restore.ErrOld] for a store that is marked as old: its note is left as it is.
func (s *Store) SyncHead(ctx context.Context) error {
	err := s.View(ctx, func(r restore.Reader) error {
		mark, err := r.Recovery()
		if err == nil && mark != nil {
			err = fmt.Errorf("%s: %w", mark.Cause, restore.ErrOld)
		}
		return err
	})
	if err == nil {
		err = s.head.settle()
	}
	if err != nil {
		return fmt.Errorf("note how far the store has come: %w", err)
	}
	return nil
}

// RenewHead makes the note beside the store say where this store ends, whatever it says. From then on every other copy
// of the store is an old one.
func (s *Store) RenewHead(ctx context.Context) error {
	var head restore.Head
	err := s.View(ctx, func(r restore.Reader) error {
		var err error
		head, err = r.Head()
		return err
	})
	if err == nil {
		err = s.head.renew(head)
	}
	if err != nil {
		return fmt.Errorf("note where the store ends: %w", err)
	}
	return nil
}

// leaving returns what the head file must say after the commit of a batch in which a request left being approved, the
// zero Head for other batches. The file of a store that is marked as old stays what it is, so that the right copy can
// still be put back.
func (b *batch) leaving() (restore.Head, error) {
	switch {
	case b.torn:
		return restore.Head{}, errTorn
	case !b.left:
		return restore.Head{}, nil
	}
	r := reader{overlay: newOverlay(b.tx)}
	if mark, err := r.Recovery(); err != nil || mark != nil {
		return restore.Head{}, err
	}
	return r.Head()
}

// noteHead brings the head file up to date, unless head is zero.
func (s *Store) noteHead(head restore.Head) {
	if head.Seq == 0 {
		return
	}
	s.head.owe(head)
	if err := s.head.settle(); err != nil {
		s.log.Warn("cannot note beside the store how far it has come", "error", err)
	}
}
