package storage

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"runtime"
	"strconv"

	bolt "go.etcd.io/bbolt"

	"snapback/internal/restore"
)

// installationSize is the length of a store's random id in bytes.
const installationSize = 16

// adopt creates the store in an empty file, or checks what is in it and migrates it.
func (s *Store) adopt(ctx context.Context, o Options, migrations []migration) error {
	current := len(migrations) + 1
	format := 0
	err := s.db.View(func(tx *bolt.Tx) error {
		if first, _ := tx.Cursor().First(); first == nil {
			return nil
		}
		var err error
		if format, err = checkFormat(tx, current); err != nil {
			return err
		}
		return checkKinds(tx)
	})
	if err != nil {
		return err
	}
	if format == 0 {
		return s.db.Update(func(tx *bolt.Tx) error { return create(tx, current, o.Version) })
	}
	if err := s.migrate(ctx, o.Path, format, migrations); err != nil {
		return err
	}
	return s.db.View(checkBuckets)
}

// create makes an empty store.
func create(tx *bolt.Tx, format int, version string) error {
	for _, name := range buckets() {
		if _, err := tx.CreateBucket([]byte(name)); err != nil {
			return fmt.Errorf("create bucket %s: %w", name, err)
		}
	}
	id := make([]byte, installationSize)
	_, _ = rand.Read(id) // never fails: it ends the process instead
	meta := tx.Bucket([]byte(bucketMeta))
	for name, value := range map[string]string{
		metaFormat:       strconv.Itoa(format),
		metaInstallation: hex.EncodeToString(id),
		metaCreatedBy:    version,
	} {
		if err := meta.Put([]byte(name), []byte(value)); err != nil {
			return fmt.Errorf("create store: %w", err)
		}
	}
	return nil
}

// checkFormat returns the format of the file's store.
func checkFormat(tx *bolt.Tx, current int) (int, error) {
	meta := tx.Bucket([]byte(bucketMeta))
	if meta == nil {
		return 0, ErrFormat
	}
	text := meta.Get([]byte(metaFormat))
	format, err := strconv.Atoi(string(text))
	if err != nil || format < 1 || len(meta.Get([]byte(metaInstallation))) != hex.EncodedLen(installationSize) {
		return 0, fmt.Errorf("format %q: %w", text, ErrFormat)
	}
	if format > current {
		return 0, fmt.Errorf("format %d, known up to %d: %w", format, current, ErrNewerFormat)
	}
	return format, nil
}

// checkKinds refuses a log with kinds of events that this version cannot read.
func checkKinds(tx *bolt.Tx) error {
	kinds := tx.Bucket([]byte(bucketKinds))
	if kinds == nil {
		return fmt.Errorf("bucket %s is missing: %w", bucketKinds, ErrFormat)
	}
	return kinds.ForEach(func(key, _ []byte) error {
		kind, text, _ := bytes.Cut(key, []byte{0})
		version, err := strconv.Atoi(string(text))
		if err != nil || !restore.KnownKind(restore.Kind(kind), version) {
			return fmt.Errorf("log with events %q of version %q: %w", kind, text, restore.ErrKind)
		}
		return nil
	})
}

// checkBuckets checks that nothing is missing that the steps rely on.
func checkBuckets(tx *bolt.Tx) error {
	for _, name := range buckets() {
		if tx.Bucket([]byte(name)) == nil {
			return fmt.Errorf("bucket %s is missing: %w", name, ErrFormat)
		}
	}
	return nil
}

// syncFolder makes the names in a folder durable. Windows does so by itself, and refuses to be asked.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	defer func() { _ = f.Close() }()
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}
