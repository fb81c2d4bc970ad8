package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"snapback/internal/restore"
)

// judgeAge compares the store with its head file and marks it if it is old. A store without events needs no file: it
// gets one, and so does one that came further than its file says. The store must take steps already.
func (s *Store) judgeAge(ctx context.Context) error {
	note, err := s.head.read()
	if err != nil && !errors.Is(err, errNote) {
		return fmt.Errorf("read head file: %w", err)
	}
	var (
		head   restore.Head
		mark   *restore.Recovery
		cause  restore.OldCause
		detail string
	)
	unreadable := err != nil
	err = s.View(ctx, func(r restore.Reader) error {
		var err error
		if head, err = r.Head(); err != nil {
			return err
		}
		if mark, err = r.Recovery(); err != nil || mark != nil {
			return err
		}
		if unreadable {
			cause, detail = restore.OldBadHead, s.head.path+" cannot be understood"
			return nil
		}
		cause, detail, err = s.head.compare(r, head, note)
		return err
	})
	switch {
	case err != nil || mark != nil:
		return err
	case cause != "":
		return s.Update(ctx, nil, func(tx restore.Tx) error { return restore.ProveOld(tx, time.Now(), cause, detail) })
	case note == nil:
		return s.head.renew(head)
	}
	s.head.noted(*note, head)
	if err := s.head.settle(); err != nil { // nothing is sent before it works
		s.log.WarnContext(ctx, "cannot note beside the store how far it has come", "error", err)
	}
	return nil
}

// noted takes over what the file says, and what it should.
func (f *headFile) noted(n headNote, head restore.Head) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.written, f.owed = n.Seq, head
}

// Old returns what proves that the store is an older copy, with a detail for operators, or "" and "": its own mark, or what
// is noted beside it. Nothing is marked.
func (f *File) Old(context.Context) (restore.OldCause, string, error) {
	var (
		cause  restore.OldCause
		detail string
	)
	err := f.db.View(func(tx *bolt.Tx) error {
		note := &headFile{
			path:         f.db.Path() + headName,
			installation: string(tx.Bucket([]byte(bucketMeta)).Get([]byte(metaInstallation))),
		}
		r := &reader{overlay: newOverlay(tx)}
		mark, err := r.Recovery()
		if err != nil {
			return err
		}
		if mark != nil {
			cause, detail = mark.Cause, mark.Detail
			return nil
		}
		head, err := r.Head()
		if err != nil {
			return err
		}
		said, err := note.read()
		if errors.Is(err, errNote) {
			cause, detail = restore.OldBadHead, note.path+" cannot be understood"
			return nil
		}
		if err != nil {
			return err
		}
		cause, detail, err = note.compare(r, head, said)
		return err
	})
	if err != nil {
		return "", "", fmt.Errorf("look whether the store is an older copy: %w", err)
	}
	return cause, detail, nil
}

// compare returns what proves that the store is old, "" if nothing does.
func (f *headFile) compare(r restore.Reader, head restore.Head, note *headNote) (restore.OldCause, string, error) {
	switch {
	case note == nil && head.Seq == 0:
		return "", "", nil
	case note == nil:
		return restore.OldNoHead, f.path + " is not there", nil
	case note.Installation != f.installation:
		return restore.OldOther, fmt.Sprintf("%s belongs to store %s, this is %s",
			f.path, note.Installation, f.installation), nil
	case note.Seq > head.Seq:
		return restore.OldBehind, fmt.Sprintf("%s knows of event %d, the store ends at event %d",
			f.path, note.Seq, head.Seq), nil
	case note.Seq == 0:
		return "", "", nil
	}
	events, err := r.Log(note.Seq-1, 1)
	if err != nil {
		return "", "", err
	}
	if len(events) == 0 || events[0].Seq != note.Seq || events[0].Hash != note.Hash {
		return restore.OldDiverged, fmt.Sprintf("%s knows of another event %d than the store", f.path, note.Seq), nil
	}
	return "", "", nil
}
