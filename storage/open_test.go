package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	bolt "go.etcd.io/bbolt"

	"snapback/internal/restore"
)

func TestOpenCreates(t *testing.T) {
	t.Parallel()
	o := options(t.TempDir())
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{o.Path, o.Path + ".pid", o.Path + headName} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %s", filepath.Base(path), mode)
		}
	}
	if len(s.installation) != 32 || strings.Trim(s.installation, "0123456789abcdef") != "" {
		t.Errorf("installation id %q", s.installation)
	}
	var by string
	err = s.db.View(func(tx *bolt.Tx) error {
		by = string(tx.Bucket([]byte(bucketMeta)).Get([]byte(metaCreatedBy)))
		return nil
	})
	if by != o.Version || err != nil {
		t.Errorf("created by %q, %v", by, err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	if _, err := os.Stat(o.Path + ".pid"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the name of the process is still there: %v", err)
	}
}

func TestOpenLocked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		o := options(dir)
		first, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_, err = Open(t.Context(), o)
		if !errors.Is(err, ErrLocked) {
			t.Fatalf("got %v", err)
		}
		if waited := time.Since(start); waited != lockWait {
			t.Errorf("waited %s", waited)
		}
		if name := fmt.Sprintf("process %d on ", os.Getpid()); !strings.Contains(err.Error(), name) {
			t.Errorf("%q does not name the holder, %q", err, name)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := Open(ctx, o); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("canceled: %v", err)
		}
		time.AfterFunc(time.Second, func() {
			if err := first.Close(); err != nil {
				t.Error(err)
			}
		})
		second, err := Open(t.Context(), o)
		if err != nil {
			t.Fatalf("the holder let go: %v", err)
		}
		if err := second.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestHolder(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want string
	}{
		"own":      {"process 7 on db since noon\n", "process 7 on db since noon"},
		"empty":    {"", "another process"},
		"controls": {"\x1b[31mred\x00\nmore", "[31mred"},
		"long":     {strings.Repeat("x", 1000), strings.Repeat("x", holderSize)},
	} {
		path := filepath.Join(t.TempDir(), "pid")
		if err := os.WriteFile(path, []byte(c.text), fileMode); err != nil {
			t.Fatal(err)
		}
		if got := holder(path); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := holder(filepath.Join(t.TempDir(), "none")); got != "another process" {
		t.Errorf("none: %q", got)
	}
}

// damage changes the file of a closed store.
func damage(t *testing.T, path string, fn func(tx *bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, fileMode, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(fn), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// closed makes a store with one request in it and closes it.
func closed(t *testing.T) Options {
	t.Helper()
	o := options(t.TempDir())
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fileOne(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	meta := func(name, value string) func(*bolt.Tx) error {
		return func(tx *bolt.Tx) error {
			return tx.Bucket([]byte(bucketMeta)).Put([]byte(name), []byte(value))
		}
	}
	kind := func(kind, version string) func(*bolt.Tx) error {
		return func(tx *bolt.Tx) error {
			return tx.Bucket([]byte(bucketKinds)).Put(joined(kind, []byte(version)), []byte(version))
		}
	}
	for name, c := range map[string]struct {
		damage func(*bolt.Tx) error
		want   error
	}{
		"newer format":    {meta(metaFormat, "2"), ErrNewerFormat},
		"no format":       {meta(metaFormat, "x"), ErrFormat},
		"format zero":     {meta(metaFormat, "0"), ErrFormat},
		"no installation": {meta(metaInstallation, ""), ErrFormat},
		"unknown kind":    {kind("schedule_fired", "1"), restore.ErrKind},
		"newer kind":      {kind("filed", "2"), restore.ErrKind},
		"no meta":         {func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte(bucketMeta)) }, ErrFormat},
		"no kinds":        {func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte(bucketKinds)) }, ErrFormat},
		"no locks":        {func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte(bucketLocks)) }, ErrFormat},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := closed(t)
			damage(t, o.Path, c.damage)
			_, err := Open(t.Context(), o)
			if !errors.Is(err, c.want) || !strings.HasPrefix(err.Error(), "open "+o.Path+": ") {
				t.Errorf("got %v", err)
			}
			damage(t, o.Path, func(*bolt.Tx) error { return nil }) // the lock is free again
		})
	}
	t.Run("no store", func(t *testing.T) {
		t.Parallel()
		o := options(t.TempDir())
		if err := os.WriteFile(o.Path, []byte(strings.Repeat("text\n", 10000)), fileMode); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), o); err == nil {
			t.Error("a text file was opened")
		}
	})
	t.Run("no folder", func(t *testing.T) {
		t.Parallel()
		if _, err := Open(t.Context(), options(filepath.Join(t.TempDir(), "none"))); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("network file system", func(t *testing.T) {
		t.Parallel()
		o := options(t.TempDir())
		_, err := open(t.Context(), o, surroundings{networkFS: func(string) (string, error) { return "NFS", nil }})
		if !errors.Is(err, ErrNetworkFS) || !strings.Contains(err.Error(), "NFS") {
			t.Errorf("got %v", err)
		}
		if _, err := os.Stat(o.Path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the file was made: %v", err)
		}
	})
}
