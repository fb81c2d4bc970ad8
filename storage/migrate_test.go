package storage

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"testing"

	bolt "go.etcd.io/bbolt"

	"snapback/internal/restore"
)

// mark returns a migration that leaves a mark.
func mark(name string) migration {
	return func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucketMeta)).Put([]byte(name), []byte("was here")) }
}

// openWith opens a store as a version with these migrations does.
func openWith(ctx context.Context, o Options, migrations ...migration) (*Store, error) {
	return open(ctx, o, surroundings{networkFS: networkFS, migrations: migrations})
}

// formatOf returns the format of a file and whether the marks of two migrations are in it.
func formatOf(t *testing.T, path string) (format int, one, two bool) {
	t.Helper()
	db, err := bolt.Open(path, fileMode, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(func(tx *bolt.Tx) error {
		meta := tx.Bucket([]byte(bucketMeta))
		one, two = meta.Get([]byte("one")) != nil, meta.Get([]byte("two")) != nil
		format, err = strconv.Atoi(string(meta.Get([]byte(metaFormat))))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return format, one, two
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	o := closed(t)
	if err := os.WriteFile(o.Path+".before-1.part", []byte("left by a crash"), fileMode); err != nil {
		t.Fatal(err)
	}
	s, err := openWith(t.Context(), o, mark("one"), mark("two"))
	if err != nil {
		t.Fatal(err)
	}
	if next, err := fileOne(t.Context(), s); next != "R-2" || err != nil {
		t.Errorf("next request %s, %v", next, err)
	}
	check(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]struct {
		format   int
		one, two bool
	}{
		o.Path: {3, true, true}, o.Path + ".before-1": {1, false, false}, o.Path + ".before-2": {2, true, false},
	} {
		if format, one, two := formatOf(t, path); format != want.format || one != want.one || two != want.two {
			t.Errorf("%s: format %d, marks %t, %t", path, format, one, two)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != fileMode {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	if _, err := os.Stat(o.Path + ".before-1.part"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the unfinished copy is still there: %v", err)
	}
	if _, err := Open(t.Context(), o); !errors.Is(err, ErrNewerFormat) {
		t.Errorf("the earlier version got %v", err)
	}
	o.Path += ".before-1"
	back, err := Open(t.Context(), o)
	if err != nil {
		t.Fatalf("the copy: %v", err)
	}
	check(t, back)
	if err := back.Close(); err != nil {
		t.Error(err)
	}
}

func TestMigrateFails(t *testing.T) {
	t.Parallel()
	o := closed(t)
	half := func(tx *bolt.Tx) error { return errors.Join(mark("two")(tx), errUndo) }
	if _, err := openWith(t.Context(), o, mark("one"), half); !errors.Is(err, errUndo) {
		t.Fatalf("got %v", err)
	}
	if format, one, two := formatOf(t, o.Path); format != 2 || !one || two {
		t.Errorf("format %d, marks %t, %t", format, one, two)
	}
	s, err := openWith(t.Context(), o, mark("one"), mark("two"))
	if err != nil {
		t.Fatalf("second try: %v", err)
	}
	check(t, s)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestMigrateChecksFirst checks that a log which cannot be read is not migrated.
func TestMigrateChecksFirst(t *testing.T) {
	t.Parallel()
	o := closed(t)
	damage(t, o.Path, func(tx *bolt.Tx) error {
		return tx.Bucket([]byte(bucketKinds)).Put(joined("nonsense", []byte("1")), []byte("1"))
	})
	if _, err := openWith(t.Context(), o, mark("one")); !errors.Is(err, restore.ErrKind) {
		t.Errorf("got %v", err)
	}
	if format, one, _ := formatOf(t, o.Path); format != 1 || one {
		t.Errorf("format %d, mark %t", format, one)
	}
}
