package storage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	bolt "go.etcd.io/bbolt"
)

// migration brings a store to the next format.
type migration func(*bolt.Tx) error

// migrations returns how to get from each format to the next; the first leads from format 1 to 2. The current format
// is one more than their number. A released one never changes.
func migrations() []migration { return nil }

// migrate brings the store from a format to the current one. Each step is one transaction, and the file as it was
// before the step is kept beside it.
func (s *Store) migrate(ctx context.Context, path string, format int, migrations []migration) error {
	for ; format <= len(migrations); format++ {
		kept := path + ".before-" + strconv.Itoa(format)
		if err := keep(s.db, kept); err != nil {
			return fmt.Errorf("copy to %s before migrating: %w", kept, err)
		}
		err := s.db.Update(func(tx *bolt.Tx) error {
			if err := migrations[format-1](tx); err != nil {
				return err
			}
			return tx.Bucket([]byte(bucketMeta)).Put([]byte(metaFormat), []byte(strconv.Itoa(format+1)))
		})
		if err != nil {
			return fmt.Errorf("migrate from format %d: %w", format, err)
		}
		s.log.InfoContext(ctx, "store migrated", "from_format", format, "to_format", format+1, "copy", kept)
	}
	return nil
}

// keep writes a complete and durable copy of the file, under its name only when it is complete.
func keep(db *bolt.DB, path string) error {
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, fileMode)
	if err != nil {
		return err
	}
	err = db.View(func(tx *bolt.Tx) error {
		_, err := tx.WriteTo(f)
		return err
	})
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}
