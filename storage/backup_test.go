package storage

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"snapback/internal/restore"
)

// TestBackupUnderLoad copies a store while people file, and puts each copy into an empty folder: it holds every step
// that was durable when the copy began, and knows that it is a copy.
func TestBackupUnderLoad(t *testing.T) {
	t.Parallel()
	s := opened(t, t.TempDir())
	put(t, s, restore.Approved)
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for ctx.Err() == nil {
				if _, err := fileOne(ctx, s); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
		})
	}
	for range 5 {
		before := end(t, s)
		o := options(t.TempDir())
		made, err := s.Backup(t.Context(), o.Path)
		if err != nil {
			t.Fatal(err)
		}
		if made.Head.Seq < before.Seq || made.Head.Seq > end(t, s).Seq {
			t.Errorf("copy ends at event %d, the log was at %d before", made.Head.Seq, before.Seq)
		}
		restored(t, o, made)
	}
	stop()
	wg.Wait()
	if err := s.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// restored opens a copy that was put into an empty folder.
func restored(t *testing.T, o Options, made restore.Backup) {
	t.Helper()
	info, err := os.Stat(o.Path)
	if err != nil || info.Mode() != fileMode || info.Size() != made.Bytes {
		t.Errorf("copy %v, %v; want %d bytes", info, err, made.Bytes)
	}
	for range 2 { // it stays an old copy
		s, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Verify(t.Context()); err != nil {
			t.Error(err)
		}
		if head := end(t, s); head.Seq != made.Head.Seq || head.Hash != made.Head.Hash {
			t.Errorf("copy ends at %+v, want %+v", head, made.Head)
		}
		if m := marked(t, s); m == nil || m.Cause != restore.OldBackup {
			t.Errorf("marked %+v", m)
		}
		if err := s.SyncHead(t.Context()); !errors.Is(err, restore.ErrOld) {
			t.Errorf("something would be sent from a copy: %v", err)
		}
		put(t, s, restore.Approved) // people may file in it
		made.Head = end(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBackupIsComplete compares every record of a store with its copy.
func TestBackupIsComplete(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := opened(t, dir)
	for range 300 {
		put(t, s, restore.Approved)
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	if _, err := s.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	f, err := OpenFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ours, theirs := records(t, s.db), records(t, f.db)
	if mark := string(bucketMeta) + "/" + metaRecovery; theirs[mark] == "" || ours[mark] != "" {
		t.Errorf("marked %q, the store itself %q", theirs[mark], ours[mark])
	} else {
		delete(theirs, mark)
	}
	if len(ours) != len(theirs) {
		t.Errorf("%d records, %d in the copy", len(ours), len(theirs))
	}
	for key, value := range ours {
		if theirs[key] != value {
			t.Errorf("%q is %q in the copy, want %q", key, theirs[key], value)
		}
	}
}

// TestBackupOfOldCopy keeps what proved that a store is old.
func TestBackupOfOldCopy(t *testing.T) {
	t.Parallel()
	s := opened(t, t.TempDir())
	err := s.Update(t.Context(), nil, func(tx restore.Tx) error {
		return restore.ProveOld(tx, time.Now(), restore.OldCard, "why")
	})
	if err != nil {
		t.Fatal(err)
	}
	o := options(t.TempDir())
	if _, err := s.Backup(t.Context(), o.Path); err != nil {
		t.Fatal(err)
	}
	if m := marked(t, opened(t, dirOf(o))); m == nil || m.Cause != restore.OldCard {
		t.Errorf("marked %+v", m)
	}
}

// TestBackupFails checks that what goes wrong leaves nothing behind, and nothing changed.
func TestBackupFails(t *testing.T) {
	t.Parallel()
	s := opened(t, t.TempDir())
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	taken, link := filepath.Join(dir, "taken"), filepath.Join(dir, "link")
	if err := errors.Join(os.WriteFile(taken, []byte("mine"), fileMode), os.Symlink("nowhere", link)); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		ctx  context.Context
		path string
		want error
	}{
		"a file is there":      {t.Context(), taken, fs.ErrExist},
		"a link is there":      {t.Context(), link, fs.ErrExist},
		"the store itself":     {t.Context(), s.db.Path(), fs.ErrExist},
		"there is no folder":   {t.Context(), filepath.Join(dir, "none", "copy"), fs.ErrNotExist},
		"nobody waits for it":  {canceled, filepath.Join(dir, "copy"), context.Canceled},
		"it is not even begun": {canceled, taken, context.Canceled},
	} {
		if _, err := s.Backup(tt.ctx, tt.path); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	names, err := os.ReadDir(dir)
	if raw, _ := os.ReadFile(taken); err != nil || len(names) != 2 || string(raw) != "mine" {
		t.Errorf("left %v, %q, %v", names, raw, err)
	}
}

// TestBackupNeverReplaces takes the name away while the copy is made.
func TestBackupNeverReplaces(t *testing.T) {
	t.Parallel()
	s := opened(t, t.TempDir())
	path := filepath.Join(t.TempDir(), "copy.db")
	tx, err := s.begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	r := &reader{overlay: newOverlay(tx)}
	_, err = writeBackup(&rival{Context: t.Context(), path: path}, r, path)
	if raw, _ := os.ReadFile(path); !errors.Is(err, fs.ErrExist) || string(raw) != "mine" {
		t.Errorf("%v, holds %d bytes", err, len(raw))
	}
}

// rival puts a file at a path as soon as the copy asks whether to go on.
type rival struct {
	context.Context

	path string
}

func (r *rival) Err() error { return os.WriteFile(r.path, []byte("mine"), fileMode) }
