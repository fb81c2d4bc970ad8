package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

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
		cause, detail, err = s.compare(r, head, note)
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

// compare returns what proves that the store is old, "" if nothing does.
func (s *Store) compare(r restore.Reader, head restore.Head, note *headNote) (restore.OldCause, string, error) {
	switch {
	case note == nil && head.Seq == 0:
		return "", "", nil
	case note == nil:
		return restore.OldNoHead, s.head.path + " is not there", nil
	case note.Installation != s.installation:
		return restore.OldOther, fmt.Sprintf("%s belongs to store %s, this is %s",
			s.head.path, note.Installation, s.installation), nil
	case note.Seq > head.Seq:
		return restore.OldBehind, fmt.Sprintf("%s knows of event %d, the store ends at event %d",
			s.head.path, note.Seq, head.Seq), nil
	case note.Seq == 0:
		return "", "", nil
	}
	events, err := r.Log(note.Seq-1, 1)
	if err != nil {
		return "", "", err
	}
	if len(events) == 0 || events[0].Seq != note.Seq || events[0].Hash != note.Hash {
		return restore.OldDiverged, fmt.Sprintf("%s knows of another event %d than the store", s.head.path, note.Seq), nil
	}
	return "", "", nil
}
