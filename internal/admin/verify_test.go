package admin_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"snapback/internal/admin"
	"snapback/internal/cli"
	"snapback/internal/restore"
	"snapback/storage"
)

// logged makes a store with a log of n events.
func logged(t *testing.T, n int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "snapback.db")
	s, err := storage.Open(t.Context(), storage.Options{Path: path, Version: "test", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for range n {
		err := s.Update(t.Context(), []restore.Key{restore.ChoreKey(restore.SubjectBackup)}, func(tx restore.Tx) error {
			c, err := tx.Chore(restore.SubjectBackup)
			if err != nil {
				return err
			}
			return restore.RecordChore(tx, c, time.Now(), restore.BodyBackedUp{File: "copy.db"})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestVerifyStore changes the file of a store behind Snapback's back.
func TestVerifyStore(t *testing.T) {
	t.Parallel()
	key := func(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
	for name, tt := range map[string]struct {
		change func(events, meta *bolt.Bucket) error
		want   string
	}{
		"as it is":       {func(*bolt.Bucket, *bolt.Bucket) error { return nil }, ""},
		"the end":        {func(e, _ *bolt.Bucket) error { return e.Delete(key(5)) }, "the log ends at event 4, the store's head is event 5"},
		"in the middle":  {func(e, _ *bolt.Bucket) error { return e.Delete(key(3)) }, "event 4 after 2"},
		"the beginning":  {func(e, _ *bolt.Bucket) error { return e.Delete(key(1)) }, "begins with event 2, not with 1"},
		"the head alone": {func(_, m *bolt.Bucket) error { return m.Put([]byte("head"), []byte(`{"seq":4,"hash":"aa"}`)) }, "the store's head is event 4"},
		"a letter": {func(e, _ *bolt.Bucket) error {
			return e.Put(key(2), bytes.Replace(e.Get(key(2)), []byte("copy.db"), []byte("copy.dB"), 1))
		}, "event 2 has another content"},
		"a space": {func(e, _ *bolt.Bucket) error {
			return e.Put(key(2), bytes.Replace(e.Get(key(2)), []byte(`,"by"`), []byte(`, "by"`), 1))
		}, "event 2 is written otherwise"},
		"everything": {func(e, _ *bolt.Bucket) error {
			return errors.Join(e.Delete(key(1)), e.Delete(key(2)), e.Delete(key(3)), e.Delete(key(4)), e.Delete(key(5)))
		}, "the log ends at event 0, the store's head is event 5"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := logged(t, 5)
			db, err := bolt.Open(path, 0o600, nil)
			if err != nil {
				t.Fatal(err)
			}
			err = db.Update(func(tx *bolt.Tx) error { return tt.change(tx.Bucket([]byte("events")), tx.Bucket([]byte("meta"))) })
			if err := errors.Join(err, db.Close()); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			verbs := admin.Verbs(cli.Line{Stdout: &out}, func(ctx context.Context, _ string) (admin.Log, error) {
				return admin.Reach(ctx, path)
			})
			err = verbs["audit verify"](t.Context(), nil)
			if tt.want == "" {
				if err != nil || !strings.Contains(out.String(), "events 1 to 5 verify") {
					t.Errorf("%v, %s", err, out.String())
				}
				return
			}
			if !errors.Is(err, restore.ErrChain) || !strings.Contains(err.Error(), tt.want) || out.Len() > 0 {
				t.Errorf("%v, %s", err, out.String())
			}
		})
	}
}
