package storage

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	bolt "go.etcd.io/bbolt"

	"snapback/internal/restore"
)

// records returns everything in a file, by bucket and key.
func records(t *testing.T, db *bolt.DB) map[string]string {
	t.Helper()
	out := make(map[string]string)
	err := db.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
			return b.ForEach(func(k, v []byte) error {
				out[string(name)+"/"+string(k)] = string(v)
				return nil
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestLines reads the same lines, in pages, from a store and from its file.
func TestLines(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var lines [][]byte
	s, err := Open(t.Context(), options(dir))
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := fileOne(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	head := end(t, s)
	check := func(name string, read func(after uint64, limit int) ([][]byte, error)) {
		t.Helper()
		for _, page := range []int{1, 2, 5, 100} {
			var got [][]byte
			for {
				some, err := read(uint64(len(got)), page)
				if err != nil || len(some) > page {
					t.Fatalf("%s: %d lines, %v", name, len(some), err)
				}
				if len(some) == 0 {
					break
				}
				got = append(got, some...)
			}
			if lines == nil {
				lines = got
			}
			if len(got) != 5 || !slices.EqualFunc(got, lines, slices.Equal) {
				t.Errorf("%s in pages of %d: %d lines", name, page, len(got))
			}
		}
	}
	check("store", func(after uint64, limit int) ([][]byte, error) { return s.Lines(t.Context(), after, limit) })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Lines(t.Context(), 0, 1); !errors.Is(err, ErrClosed) {
		t.Errorf("of a closed store: %v", err)
	}
	f, err := OpenFile(t.Context(), options(dir).Path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	check("file", func(after uint64, limit int) ([][]byte, error) { return f.Lines(t.Context(), after, limit) })
	if got, err := f.Head(t.Context()); err != nil || got != head {
		t.Errorf("head %+v, %v; want %+v", got, err, head)
	}
}

// TestOpenFile opens what is not a store of this version, and changes nothing about it.
func TestOpenFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, tt := range map[string]struct {
		prepare func(path string) error
		want    error
	}{
		"nothing": {func(string) error { return nil }, fs.ErrNotExist},
		"empty store": {func(path string) error {
			db, err := bolt.Open(path, fileMode, nil)
			return errors.Join(err, db.Close())
		}, ErrFormat},
		"newer": {func(path string) error { return setFormat(path, "99") }, ErrNewerFormat},
		"no":    {func(path string) error { return setFormat(path, "0") }, ErrFormat},
	} {
		o := Options{Path: filepath.Join(dir, name)}
		if err := tt.prepare(o.Path); err != nil {
			t.Fatal(err)
		}
		before, _ := os.ReadFile(o.Path)
		if _, err := OpenFile(t.Context(), o.Path); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
		if after, _ := os.ReadFile(o.Path); string(after) != string(before) {
			t.Errorf("%s: the file changed", name)
		}
		if _, err := os.Stat(o.Path); errors.Is(tt.want, fs.ErrNotExist) && err == nil {
			t.Errorf("%s: a file was made", name)
		}
	}
}

// setFormat makes a store that says it has a format.
func setFormat(path, format string) error {
	db, err := bolt.Open(path, fileMode, nil)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		if err := create(tx, 1, "test"); err != nil {
			return err
		}
		return tx.Bucket([]byte(bucketMeta)).Put([]byte(metaFormat), []byte(format))
	})
	return errors.Join(err, db.Close())
}

// TestOpenFileLocked waits for the process that works with the store, and then names it.
func TestOpenFileLocked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		opened(t, dir)
		if _, err := OpenFile(t.Context(), options(dir).Path); !errors.Is(err, ErrLocked) {
			t.Errorf("got %v", err)
		}
	})
}

// TestErase checks that an erased request says nothing any more, and that the log verifies as before.
func TestErase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := opened(t, dir)
	gone, stays := put(t, s, restore.Approved), put(t, s, restore.Approved)
	head := end(t, s)
	erase := func(s *Store, drop bool) {
		t.Helper()
		err := s.Update(t.Context(), []restore.Key{restore.RequestKey(gone)}, func(tx restore.Tx) error {
			if drop {
				return tx.DropRequest(gone)
			}
			return tx.Erase(gone)
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Verify(t.Context()); err != nil {
			t.Error(err)
		}
	}
	erase(s, false)
	erase(s, false) // a second time changes nothing
	err := s.View(t.Context(), func(r restore.Reader) error {
		for _, subject := range []restore.Subject{gone, stays} {
			events, err := r.Events(subject, 0, 10)
			if err != nil || len(events) != 1 {
				t.Fatalf("%d events, %v", len(events), err)
			}
			e := events[0]
			if (len(e.Body) == 0) != (subject == gone) || (len(e.Salt) == 0) != (subject == gone) || e.Commit == "" {
				t.Errorf("%s: %+v", subject, e)
			}
		}
		return nil
	})
	if err != nil || end(t, s) != head {
		t.Errorf("%v, the log ends at %+v", err, end(t, s))
	}
	erase(s, true)
	for key, value := range records(t, s.db) {
		name, rest, _ := strings.Cut(key, "/")
		log := slices.Contains([]bucket{bucketEvents, bucketSubjects, bucketTips}, bucket(name))
		if !log && (strings.Contains(rest+value, string(gone)) || name == string(bucketRequests) && rest == string(number(1))) {
			t.Errorf("left %q: %q", key, value)
		}
	}
}
