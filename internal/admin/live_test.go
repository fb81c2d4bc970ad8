package admin_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/internal/admin"
	"snapback/internal/audit"
	"snapback/internal/cli"
	"snapback/internal/control"
	"snapback/internal/restore"
	"snapback/storage"
)

// live opens a store with one request, and answers at its socket until the test ends.
func live(t *testing.T) (s *storage.Store, path string) {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "s") //nolint:usetesting // the test's own folder has too long a name for a socket
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, "snapback.db")
	s, err = storage.Open(t.Context(), storage.Options{Path: path, Version: "test", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := control.Listen(t.Context(), control.Path(path))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	served := make(chan error, 1)
	go func() { served <- control.Serve(ctx, ln, s, slog.New(slog.DiscardHandler)) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-served, s.Close(), os.RemoveAll(dir)); err != nil {
			t.Error(err)
		}
	})
	update(t, s, restore.NewRequestKey(), func(tx restore.Tx) error {
		subject, err := tx.NextSubject()
		if err != nil {
			return err
		}
		who := approvals.Person{Team: "T1", User: "U1"}
		r := restore.NewRequest(subject, "0011223344556677", restore.Asked{Source: "orders", Receipt: time.Now()}, who, time.Hour)
		return restore.Record(tx, r, who.String(), time.Now(), r.FiledBody())
	})
	return s, path
}

func update(t *testing.T, s *storage.Store, key restore.Key, fn func(restore.Tx) error) {
	t.Helper()
	keys := []restore.Key{key, restore.RequestKey("R-1"), restore.ChoreKey(restore.SubjectRetention)}
	if err := s.Update(t.Context(), keys, fn); err != nil {
		t.Error(err)
	}
}

// meanwhile is a log to which something happens as soon as somebody knows where it ends.
type meanwhile struct {
	admin.Log

	happens func()
}

func (m *meanwhile) Head(ctx context.Context) (restore.Head, error) {
	head, err := m.Log.Head(ctx)
	if m.happens != nil {
		m.happens()
		m.happens = nil
	}
	return head, err
}

// TestVerifyMeanwhile erases a request while its log is proved: with the event that tells of it, and behind Snapback's
// back without.
func TestVerifyMeanwhile(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		tells bool
		want  string
	}{
		"told":   {true, "events 1 to 2 verify, 1 of them erased"},
		"untold": {false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, path := live(t)
			erase := func() {
				update(t, s, restore.RequestKey("R-1"), func(tx restore.Tx) error {
					if err := tx.Erase("R-1"); err != nil || !tt.tells {
						return err
					}
					c := &restore.Chore{Subject: restore.SubjectRetention}
					return restore.RecordChore(tx, c, time.Now(), restore.BodyErased{Texts: []restore.Subject{"R-1"}})
				})
			}
			var out bytes.Buffer
			verbs := admin.Verbs(cli.Line{Stdout: &out}, func(ctx context.Context, _ string) (admin.Log, error) {
				log, err := admin.Reach(ctx, path)
				return &meanwhile{log, erase}, err
			})
			err := verbs["audit verify"](t.Context(), nil)
			if tt.tells && (err != nil || !strings.HasPrefix(out.String(), tt.want)) {
				t.Errorf("%v, %s", err, out.String())
			}
			if !tt.tells && (!errors.Is(err, audit.ErrErased) || !strings.Contains(err.Error(), "event 1 of R-1") || out.Len() > 0) {
				t.Errorf("%v, %s", err, out.String())
			}
		})
	}
}

// TestExportMeanwhile prints what is appended while it prints.
func TestExportMeanwhile(t *testing.T) {
	t.Parallel()
	s, path := live(t)
	log, err := admin.Reach(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if lines, err := log.Lines(t.Context(), 0, 1); len(lines) != 1 || err != nil {
		t.Fatal(lines, err)
	}
	if lines, err := log.Lines(t.Context(), 1, 1); len(lines) != 0 || err != nil {
		t.Fatal(lines, err)
	}
	update(t, s, restore.ChoreKey(restore.SubjectRetention), func(tx restore.Tx) error {
		return restore.RecordChore(tx, &restore.Chore{Subject: restore.SubjectRetention}, time.Now(), restore.BodyErased{})
	})
	if lines, err := log.Lines(t.Context(), 1, 1); len(lines) != 1 || err != nil {
		t.Errorf("behind the end of the stream: %s, %v", lines, err)
	}
	if err := log.Close(); err != nil {
		t.Error(err)
	}
}
