package storage

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
)

func dirOf(o Options) string { return filepath.Dir(o.Path) }

// marked returns the mark of a store.
func marked(t *testing.T, s *Store) *restore.Recovery {
	t.Helper()
	var mark *restore.Recovery
	err := s.View(t.Context(), func(r restore.Reader) error {
		var err error
		mark, err = r.Recovery()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return mark
}

// used makes a store from which something was sent, and closes it.
func used(t *testing.T) Options {
	t.Helper()
	o := options(t.TempDir())
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	leave(t, s, put(t, s, restore.Approved), preparing)
	put(t, s, restore.Approved) // further than the file says
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return o
}

// rewriting returns what changes a text in a head file.
func rewriting(old, fresh string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		t.Helper()
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Replace(string(raw), old, fresh, 1)
		if text == string(raw) {
			t.Fatalf("no %s in %s", old, raw)
		}
		if err := os.WriteFile(path, []byte(text), fileMode); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAge opens a store beside head files of all kinds.
func TestAge(t *testing.T) {
	t.Parallel()
	write := func(text string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			t.Helper()
			if err := os.WriteFile(path, []byte(text), fileMode); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		change func(t *testing.T, path string)
		want   restore.OldCause
	}{
		"as it was":          {func(*testing.T, string) {}, ""},
		"half a new one":     {func(t *testing.T, path string) { t.Helper(); write(`{"inst`)(t, path+".part") }, ""},
		"of an earlier step": {rewriting(`"seq":2`, `"seq":1`), restore.OldDiverged}, // the hash is that of the second
		"ahead":              {rewriting(`"seq":2`, `"seq":4`), restore.OldBehind},
		"other event":        {rewriting(`"hash":"`, `"hash":"0`), restore.OldDiverged},
		"other store":        {rewriting(`"installation":"`, `"installation":"0`), restore.OldOther},
		"torn":               {rewriting(`"}`, ``), restore.OldBadHead},
		"no event named":     {rewriting(`"seq":2`, `"seq":0`), restore.OldBadHead},
		"two in one":         {rewriting("}\n", "}{}\n"), restore.OldBadHead},
		"of a later version": {rewriting("}\n", `,"more":1}`), restore.OldBadHead},
		"empty":              {write(""), restore.OldBadHead},
		"missing": {func(t *testing.T, path string) {
			t.Helper()
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, restore.OldNoHead},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := used(t)
			whole, err := os.ReadFile(o.Path + headName)
			if err != nil {
				t.Fatal(err)
			}
			c.change(t, o.Path+headName)
			judged(t, o, c.want)
			if err := os.WriteFile(o.Path+headName, whole, fileMode); err != nil {
				t.Fatal(err)
			}
			judged(t, o, c.want) // once old, always old
		})
	}
}

// judged opens a store and compares what it is known to be.
func judged(t *testing.T, o Options, want restore.OldCause) {
	t.Helper()
	before, _ := os.ReadFile(o.Path + headName)
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	check(t, s)
	mark, synced := marked(t, s), s.SyncHead(t.Context())
	if want == "" {
		if mark != nil || synced != nil || said(t, o).Seq != end(t, s).Seq {
			t.Errorf("marked %+v, synced %v, the file says %+v of %+v", mark, synced, said(t, o), end(t, s))
		}
		return
	}
	if mark == nil || mark.Cause != want || mark.Detail == "" || mark.Since.IsZero() || !errors.Is(synced, restore.ErrOld) {
		t.Errorf("marked %+v, synced %v; want %s", mark, synced, want)
	}
	leave(t, s, put(t, s, restore.Approved), preparing)
	if after, _ := os.ReadFile(o.Path + headName); string(after) != string(before) {
		t.Errorf("an old store changed the file to %s", after)
	}
}

// TestNewStoreBesideAnotherHead begins where another store was.
func TestNewStoreBesideAnotherHead(t *testing.T) {
	t.Parallel()
	o := used(t)
	if err := os.Remove(o.Path); err != nil {
		t.Fatal(err)
	}
	judged(t, o, restore.OldOther)
}

// TestCopyAfterRecovery goes on with an old copy: the copy it was made of is old from then on, and so is the store that
// was lost, should it turn up.
func TestCopyAfterRecovery(t *testing.T) {
	t.Parallel()
	o := used(t)
	at := func(fn func(*Store)) (content []byte) {
		t.Helper()
		s, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		fn(s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		content, err = os.ReadFile(o.Path)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	place := func(content []byte) {
		t.Helper()
		if err := os.WriteFile(o.Path, content, fileMode); err != nil {
			t.Fatal(err)
		}
	}
	backup := at(func(*Store) {})
	lost := at(func(s *Store) {
		for range 5 {
			leave(t, s, put(t, s, restore.Approved), preparing)
		}
	})
	place(backup)
	went := at(func(s *Store) {
		if mark := marked(t, s); mark == nil || mark.Cause != restore.OldBehind {
			t.Errorf("marked %+v", mark)
		}
		if err := s.RenewHead(t.Context()); err != nil {
			t.Fatal(err)
		}
		err := s.Update(t.Context(), nil, func(tx restore.Tx) error {
			return restore.EndRecovery(tx, time.Now(), "root on bot-1", nil)
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	judged(t, o, "")
	place(backup)
	judged(t, o, restore.OldBehind)
	place(lost)
	judged(t, o, restore.OldDiverged)
	place(went)
	at(func(s *Store) { // nothing was sent from it, and a crash may have come before the file
		if mark := marked(t, s); mark != nil {
			t.Errorf("marked %+v", mark)
		}
	})
}
