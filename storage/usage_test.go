package storage_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"snapback/internal/restore"
	"snapback/storage"
)

// TestUsageAndAgeOfAFile looks at a store that nobody works with: how large it is, and whether it is an older copy.
func TestUsageAndAgeOfAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "snapback.db")
	s, err := storage.Open(t.Context(), storage.Options{Path: path, Version: "test", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 { // pages are freed by what is written anew
		keys := []restore.Key{restore.ChoreKey(restore.SubjectBackup)}
		err := s.Update(t.Context(), keys, func(tx restore.Tx) error {
			c, err := tx.Chore(restore.SubjectBackup)
			if err != nil {
				return err
			}
			return restore.RecordChore(tx, c, time.Now(), restore.BodyBackedUp{File: "copy.db", Seq: c.N})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	live, err := s.Usage(t.Context())
	if err != nil || live.Bytes == 0 || live.Free == 0 || live.Free >= live.Bytes {
		t.Errorf("usage %+v of an open store, %v", live, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	look := func(want restore.OldCause) {
		t.Helper()
		f, err := storage.OpenFile(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if u, err := f.Usage(t.Context()); err != nil || u.Bytes != info.Size() || u.Free == 0 {
			t.Errorf("usage %+v, %v; the file has %d bytes", u, err, info.Size())
		}
		if cause, _, err := f.Old(t.Context()); cause != want || err != nil {
			t.Errorf("old because of %q, %v; want %q", cause, err, want)
		}
	}
	look("")
	if err := os.WriteFile(path+".head", []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	look(restore.OldBadHead)
	if err := os.Remove(path + ".head"); err != nil {
		t.Fatal(err)
	}
	look(restore.OldNoHead)
}
