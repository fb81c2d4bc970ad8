package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	bolt "go.etcd.io/bbolt"

	"snapback/internal/restore"
)

// Backup writes a copy of the store as of one moment to path, where there must be nothing yet (else it fails with
// [fs.ErrExist]). Steps go on meanwhile, but the store's file can only grow. The copy holds no free space; it is marked
// as an old copy (see [restore.OldBackup]) and has no head file, so Snapback submits nothing from it until an operator
// says so. Under its name it appears when it is complete and durable, or never.
func (s *Store) Backup(ctx context.Context, path string) (restore.Backup, error) {
	tx, err := s.begin(ctx)
	if err != nil {
		return restore.Backup{}, fmt.Errorf("back up to %s: %w", path, err)
	}
	defer func() { _ = tx.Rollback() }()
	return backUp(ctx, tx, path)
}

// Backup is [Store.Backup] for a store that no process works with.
func (f *File) Backup(ctx context.Context, path string) (restore.Backup, error) {
	tx, err := f.db.Begin(false)
	if err != nil {
		return restore.Backup{}, fmt.Errorf("back up to %s: %w", path, err)
	}
	defer func() { _ = tx.Rollback() }()
	return backUp(ctx, tx, path)
}

// backUp names the path in its errors.
func backUp(ctx context.Context, tx *bolt.Tx, path string) (restore.Backup, error) {
	b := restore.Backup{Path: path}
	r := reader{overlay: newOverlay(tx)}
	var err error
	if b.Head, err = r.Head(); err == nil {
		b.Bytes, err = writeBackup(ctx, &r, path)
	}
	if err != nil {
		return restore.Backup{}, fmt.Errorf("back up to %s: %w", path, cause(err))
	}
	return b, nil
}

// writeBackup makes the copy beside its place, and then gives it its name. It returns the copy's size.
func writeBackup(ctx context.Context, r *reader, path string) (size int64, err error) {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return 0, errors.Join(err, fs.ErrExist)
	}
	part, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part") // which only its owner may read
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.Remove(part.Name())) }()
	if err := part.Close(); err != nil {
		return 0, err
	}
	if err := fill(ctx, r, part.Name()); err != nil {
		return 0, err
	}
	info, err := os.Stat(part.Name())
	if err != nil {
		return 0, err
	}
	if err := os.Link(part.Name(), path); err != nil { // unlike a renaming it never replaces what came there meanwhile
		return 0, linkError(err)
	}
	return info.Size(), syncFolder(filepath.Dir(path))
}

// linkError returns what is wrong, without the name of the unfinished copy.
func linkError(err error) error {
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}

// fillBatch is how many bytes one transaction of the copy takes, and fillPercent how full its pages become: nothing
// is written between these keys any more.
const (
	fillBatch   = 4 << 20
	fillPercent = 0.95
)

// fill copies all records into the empty file at path, marks the copy as old, and syncs it.
func fill(ctx context.Context, r *reader, path string) (err error) {
	db, err := bolt.Open(path, fileMode, &bolt.Options{
		Timeout: time.Nanosecond, FreelistType: bolt.FreelistMapType, NoSync: true, NoGrowSync: true,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for _, name := range buckets() {
		if err := fillBucket(ctx, r.tx, db, []byte(name)); err != nil {
			return fmt.Errorf("copy bucket %s: %w", name, err)
		}
	}
	if err := markCopy(r, db); err != nil {
		return err
	}
	return db.Sync()
}

// fillBucket copies one bucket, a few megabytes at a time.
func fillBucket(ctx context.Context, from *bolt.Tx, db *bolt.DB, name []byte) error {
	c := from.Bucket(name).Cursor()
	key, value := c.First()
	for first := true; first || key != nil; first = false {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := db.Update(func(tx *bolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists(name)
			if err != nil {
				return err
			}
			b.FillPercent = fillPercent
			for size := 0; key != nil && size < fillBatch; key, value = c.Next() {
				if err := b.Put(key, value); err != nil {
					return err
				}
				size += len(key) + len(value)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// markCopy marks the copy as old, unless the store is marked already: the first proof stands.
func markCopy(r *reader, db *bolt.DB) error {
	known, err := r.Recovery()
	if err != nil || known != nil {
		return err
	}
	head, err := r.Head()
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	mark, err := json.Marshal(restore.Recovery{
		Cause: restore.OldBackup, Since: now,
		Detail: fmt.Sprintf("it is a backup, made %s after event %d", now.Format(time.RFC3339), head.Seq),
	})
	if err != nil {
		return fmt.Errorf("encode recovery: %w", err)
	}
	return db.Update(func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucketMeta)).Put([]byte(metaRecovery), mark) })
}
