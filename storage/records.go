package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	bolt "go.etcd.io/bbolt"

	"snapback/internal/restore"
)

// File is a store that no process works with, opened to be read and copied. Nothing about it changes, and no process
// can work with it meanwhile. Safe for concurrent use.
type File struct{ db *bolt.DB }

// OpenFile opens the store at path to be read. Like [Open] it waits up to five seconds for another process to let go of
// it, and fails with [ErrLocked], [ErrFormat] or [ErrNewerFormat]; with [fs.ErrNotExist] where there is none, and with
// [ErrOlderFormat] for one that an earlier version left.
func OpenFile(ctx context.Context, path string) (*File, error) {
	db, err := acquire(ctx, path, true)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, cause(err))
	}
	err = db.View(func(tx *bolt.Tx) error {
		current := len(migrations()) + 1
		format, err := checkFormat(tx, current)
		if err == nil && format < current {
			err = fmt.Errorf("format %d, now it is %d: %w", format, current, ErrOlderFormat)
		}
		if err != nil {
			return err
		}
		return checkBuckets(tx)
	})
	if err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return &File{db: db}, nil
}

// cause returns what is wrong with a path, without the path.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// Close lets go of the file.
func (f *File) Close() error { return f.db.Close() }

// Head returns the end of the log.
func (f *File) Head(context.Context) (restore.Head, error) {
	tx, err := f.db.Begin(false)
	if err != nil {
		return restore.Head{}, fmt.Errorf("read the store: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	r := reader{overlay: newOverlay(tx)}
	return r.Head()
}

// Lines lists up to limit events with a sequence number above after, as they are stored: each one JSON object.
func (f *File) Lines(_ context.Context, after uint64, limit int) ([][]byte, error) {
	tx, err := f.db.Begin(false)
	if err != nil {
		return nil, fmt.Errorf("read the store: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	return lines(tx, after, limit), nil
}

// Head returns the end of the log.
func (s *Store) Head(ctx context.Context) (restore.Head, error) {
	var head restore.Head
	err := s.View(ctx, func(r restore.Reader) error {
		var err error
		head, err = r.Head()
		return err
	})
	return head, err
}

// Lines lists up to limit events with a sequence number above after, as they are stored: each one JSON object.
func (s *Store) Lines(ctx context.Context, after uint64, limit int) ([][]byte, error) {
	tx, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	return lines(tx, after, limit), nil
}

// lines copies, because what a transaction returns ends with it, all lines into one piece of memory.
func lines(tx *bolt.Tx, after uint64, limit int) [][]byte {
	var (
		text []byte
		ends []int
	)
	c := tx.Bucket([]byte(bucketEvents)).Cursor()
	key, raw := c.Seek(number(after))
	if parseNumber(key) == after {
		key, raw = c.Next()
	}
	for ; key != nil && len(ends) < limit; key, raw = c.Next() {
		text = append(text, raw...)
		ends = append(ends, len(text))
	}
	out := make([][]byte, len(ends))
	begin := 0
	for i, end := range ends {
		out[i] = text[begin:end:end]
		begin = end
	}
	return out
}
