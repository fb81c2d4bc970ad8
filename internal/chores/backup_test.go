package chores_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"snapback/internal/chores"
	"snapback/internal/restore"
)

// TestBackupKeeps makes copies in a folder that is not its own alone.
func TestBackupKeeps(t *testing.T) {
	t.Parallel()
	place, dir := t.TempDir(), t.TempDir()
	foreign := []string{
		"snapback-00000000-20200101T000000Z.db", // another installation's
		"snapback-20200101T000000Z.db", "snapback.db", "notes.txt", ".hidden",
	}
	for _, name := range foreign {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		s := opened(t, place)
		id := installation(t, s)
		like := "snapback-" + id[:8] + "-19990101T000000Z"
		ours := []string{like + ".db.bak", "x" + like + ".db", like + ".dbx"}
		for _, name := range ours {
			if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Mkdir(filepath.Join(dir, like+".db"), 0o700); err != nil { // no file
			t.Fatal(err)
		}
		b := &chores.Backup{Store: s, Installation: id, Dir: dir, Keep: 3}
		var made []string
		for range 5 {
			time.Sleep(time.Hour)
			body, err := b.Do(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			done, ok := body.(restore.BodyBackedUp)
			if !ok || done.Bytes == 0 {
				t.Fatalf("told %+v", body)
			}
			made = append(made, done.File)
		}
		var got []string
		files, err := os.ReadDir(dir)
		for _, f := range files {
			got = append(got, f.Name())
		}
		want := slices.Sorted(slices.Values(slices.Concat(foreign, ours, []string{like + ".db"}, made[2:])))
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("left %q\nwant %q\n%v", got, want, err)
		}
	})
}

// TestBackupFailsFirst removes nothing where no copy was made.
func TestBackupFailsFirst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old := filepath.Join(dir, "snapback-00112233-20200101T000000Z.db")
	if err := os.WriteFile(old, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	b := &chores.Backup{Store: full{}, Installation: "0011223344", Dir: dir, Keep: 1}
	if _, err := b.Do(t.Context()); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(old); err != nil {
		t.Error(err)
	}
}

var errFull = errors.New("no room")

// full is a store on a full disk.
type full struct{}

func (full) Backup(context.Context, string) (restore.Backup, error) { return restore.Backup{}, errFull }

func installation(t *testing.T, s restore.Store) string {
	t.Helper()
	id := ""
	err := s.View(t.Context(), func(r restore.Reader) error {
		id = r.Installation()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}
