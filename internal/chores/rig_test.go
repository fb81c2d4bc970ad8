package chores_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"snapback/internal/chores"
	"snapback/internal/cron"
	"snapback/internal/restore"
	"snapback/storage"
)

// until lets the time pass up to an instant.
func until(t *testing.T, at string) {
	t.Helper()
	then, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Until(then))
}

func opened(t *testing.T, dir string) *storage.Store {
	t.Helper()
	s, err := storage.Open(t.Context(), storage.Options{
		Path: filepath.Join(dir, "snapback.db"), Version: "test", Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Verify(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// kept is a chore that notes when it is done.
type kept struct {
	chores.Chore

	others []chores.Chore
	none   bool // nobody does it

	done   []string
	at     time.Time // the last time
	fails  error     // while it is set
	health []error
	skewed bool // the clock is not to be trusted
}

func newKept(t *testing.T, expression string, missed bool) *kept {
	t.Helper()
	when, err := cron.Parse(expression, "Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	k := &kept{}
	k.Chore = chores.Chore{Subject: restore.SubjectBackup, Cron: when, Missed: missed, Do: k.do}
	return k
}

func (k *kept) do(context.Context) (restore.Body, error) {
	k.at = time.Now()
	k.done = append(k.done, k.at.UTC().Format("01-02T15:04"))
	return restore.BodyBackedUp{File: "copy"}, k.fails
}

// ChoreEnded implements [chores.Monitor].
func (k *kept) ChoreEnded(_ string, err error) { k.health = append(k.health, err) }

// run does the chore until an instant.
func (k *kept) run(t *testing.T, s restore.Store, at string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	all := append([]chores.Chore{k.Chore}, k.others...)
	if k.none {
		all = nil
	}
	r := &chores.Runner{
		Store: s, Chores: all, Monitor: k, Logger: slog.New(slog.DiscardHandler),
		Trusted: func(time.Time) (string, time.Duration, bool) { return "", 0, !k.skewed },
	}
	go func() { ended <- r.Run(ctx) }()
	until(t, at)
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func (k *kept) was(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(k.done, want) {
		t.Errorf("done %v\nwant %v", k.done, want)
	}
	k.done = nil
}

// told returns what the log says about a chore.
func told(t *testing.T, s restore.Store, subject restore.Subject) []restore.Body {
	t.Helper()
	var out []restore.Body
	err := s.View(t.Context(), func(r restore.Reader) error {
		events, err := r.Events(subject, 0, 1000)
		for _, e := range events {
			body, failed := e.Decode()
			if failed != nil {
				return failed
			}
			out = append(out, body)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
