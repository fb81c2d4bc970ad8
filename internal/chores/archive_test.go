package chores_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"snapback/internal/audit"
	"snapback/internal/chores"
	"snapback/internal/restore"
)

// breaking is a store whose steps fail.
type breaking struct{ restore.Store }

var errStep = errors.New("no step")

func (breaking) Update(context.Context, []restore.Key, func(restore.Tx) error) error { return errStep }

// TestArchive moves requests to the archive before the store forgets them, and has every change of it noticed.
func TestArchive(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := opened(t, dir)
		for range 3 {
			change(t, s, file(t, s), refuse)
		}
		time.Sleep(48 * time.Hour)
		k := &chores.Retention{Store: breaking{s}, Requests: time.Hour, Archive: filepath.Join(dir, "archive")}
		if _, err := k.Do(t.Context()); !errors.Is(err, errStep) {
			t.Errorf("a step that fails: %v", err)
		}
		if got := look(t, s); got != "aaa" {
			t.Errorf("left %s", got)
		}
		k.Store = s
		if _, err := k.Do(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := look(t, s); got != "ggg" {
			t.Errorf("left %s", got)
		}
		files, err := os.ReadDir(k.Archive)
		if err != nil || len(files) != 1 {
			t.Fatal(files, err) // the same requests make the same file
		}
		segment := filepath.Join(k.Archive, files[0].Name())
		text, err := os.ReadFile(segment)
		if err != nil || bytes.Count(text, []byte("\n")) != 9 || !bytes.Contains(text, []byte(reason)) {
			t.Errorf("%s, %v", text, err)
		}
		if info, err := os.Stat(segment); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %s, %v", info.Mode(), err)
		}
		tamper(t, segment, text, func() (audit.Report, error) { return chain(t, s, 1000, audit.Question{Archive: k.Archive}) })
	})
}

// tamper changes a segment in many ways, each of which prove has to notice.
func tamper(t *testing.T, segment string, text []byte, prove func() (audit.Report, error)) {
	t.Helper()
	lines := bytes.SplitAfter(text, []byte("\n"))
	for name, changed := range map[string][]byte{
		"as it was":    text,
		"a letter":     bytes.Replace(text, []byte("customer"), []byte("Customer"), 1),
		"a line less":  bytes.Join(lines[:8], nil),
		"a line twice": bytes.Join(slices.Insert(slices.Clone(lines), 2, lines[2]), nil),
		"empty":        {},
		"gone":         nil,
	} {
		err := os.Remove(segment)
		if changed != nil {
			err = os.WriteFile(segment, changed, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		report, err := prove()
		if name == "as it was" && (err != nil || report.Archived != 3) || name != "as it was" && !errors.Is(err, audit.ErrArchive) {
			t.Errorf("%s: %+v, %v", name, report, err)
		}
	}
}

// TestArchiveInTime leaves a request alone that changed after it was written to the archive.
func TestArchiveInTime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := opened(t, dir)
		subject := file(t, s)
		change(t, s, subject, refuse)
		time.Sleep(48 * time.Hour)
		late := &changing{Store: s, change: func() {
			err := restore.Change(t.Context(), s, subject, func(tx restore.Tx, r *restore.Request) error {
				r.N++
				_, err := tx.Append(restore.Draft{Subject: subject, N: r.N, At: time.Now(), By: restore.ByBot, Body: restore.BodyRevealed{}})
				return errors.Join(err, tx.PutRequest(r))
			})
			if err != nil {
				t.Error(err)
			}
		}}
		k := &chores.Retention{Store: late, Requests: time.Hour, Archive: filepath.Join(dir, "archive")}
		if _, err := k.Do(t.Context()); !errors.Is(err, restore.ErrTransition) {
			t.Errorf("changed meanwhile: %v", err)
		}
		if got := look(t, s); got != "a" {
			t.Errorf("left %s", got)
		}
		if _, err := k.Do(t.Context()); err != nil {
			t.Error(err)
		}
		if report, err := chain(t, s, 1000, audit.Question{Archive: k.Archive}); err != nil || report.Archived != 1 {
			t.Errorf("%+v, %v", report, err)
		}
	})
}

// changing is a store in which something happens before a step.
type changing struct {
	restore.Store

	change func()
}

func (c *changing) Update(ctx context.Context, keys []restore.Key, fn func(restore.Tx) error) error {
	if c.change != nil {
		c.change()
		c.change = nil
	}
	return c.Store.Update(ctx, keys, fn)
}
