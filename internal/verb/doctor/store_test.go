package doctor_test

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"snapback/internal/cli"
	"snapback/internal/control"
	"snapback/internal/telemetry"
	"snapback/storage"
)

// stored makes the store of a clinic, and returns it open.
func stored(t *testing.T, c *clinic) *storage.Store {
	t.Helper()
	s, err := storage.Open(t.Context(), storage.Options{
		Path: filepath.Join(c.dir, "snapback.db"), Version: "test", Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// answered has a bot answer at the socket of a clinic's store, and at its page.
func answered(t *testing.T, c *clinic, health *telemetry.Health) {
	t.Helper()
	s := stored(t, c)
	ln, err := control.Listen(t.Context(), control.Path(filepath.Join(c.dir, "snapback.db")))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	served := make(chan error, 1)
	go func() { served <- control.Serve(ctx, ln, s, slog.New(slog.DiscardHandler)) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	page := httptest.NewServer(telemetry.Handler(prometheus.NewRegistry(), health, slog.New(slog.DiscardHandler)))
	t.Cleanup(page.Close)
	c.edit(`listen: ""`, "listen: "+strings.TrimPrefix(page.URL, "http://"))
}

func TestDoctorKnowsTheStore(t *testing.T) {
	t.Parallel()
	diagnose(t, map[string]ailment{
		"rights of others": {fine: true, want: []string{"store: ", "rights to", "chmod 600"}, spoil: func(t *testing.T, c *clinic) {
			t.Helper()
			if err := stored(t, c).Close(); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(filepath.Join(c.dir, "snapback.db"), 0o640); err != nil {
				t.Fatal(err)
			}
		}},
		"no folder": {want: []string{"store: ", "There is no folder", "Make it"}, spoil: func(_ *testing.T, c *clinic) {
			c.edit("/snapback.db}", "/state/snapback.db}")
		}},
		"no store": {want: []string{"store: ", "cannot be opened", "storage.path"}, spoil: func(t *testing.T, c *clinic) {
			t.Helper()
			if err := os.WriteFile(filepath.Join(c.dir, "snapback.db"), []byte(strings.Repeat("notes ", 4096)), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
		"older copy": {want: []string{"head file: ", "older copy (bad_head)", "serve --recovered"}, spoil: func(t *testing.T, c *clinic) {
			t.Helper()
			if err := stored(t, c).Close(); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(c.dir, "snapback.db.head"), []byte("notes"), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
		"held by a process that is silent": {want: []string{"socket: ", "store is in use by process", "start it again"}, spoil: func(t *testing.T, c *clinic) {
			t.Helper()
			stored(t, c)
		}},
		"a bot that is degraded": {want: []string{"running bot: ", "It is degraded: Clocks disagree."}, spoil: func(t *testing.T, c *clinic) {
			t.Helper()
			health := &telemetry.Health{}
			health.Set("clock", telemetry.Degraded, "Clocks disagree.")
			answered(t, c, health)
		}},
		"a page that is another's": {want: []string{"running bot: ", "another program answers", "listen is right"}, spoil: func(t *testing.T, c *clinic) {
			t.Helper()
			answered(t, c, &telemetry.Health{})
			c.edit("listen: 127", "listen: "+strings.TrimPrefix(c.at[1], "http://")+" # 127")
		}},
	})
}

// TestDoctorBesideABot asks the process that works with the store, and finds nothing.
func TestDoctorBesideABot(t *testing.T) {
	t.Parallel()
	status, out, errs := examine(t, func(t *testing.T, c *clinic) {
		t.Helper()
		answered(t, c, &telemetry.Health{})
	})
	if status != cli.OK || !strings.Contains(out, "A running bot works with it, and answers at its socket, with 0 events.") ||
		!strings.Contains(out, "running bot: It is ready.") {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}
}

// TestDoctorOnAStoppedStore opens the file itself.
func TestDoctorOnAStoppedStore(t *testing.T) {
	t.Parallel()
	status, out, errs := examine(t, func(t *testing.T, c *clinic) {
		t.Helper()
		if err := stored(t, c).Close(); err != nil {
			t.Fatal(err)
		}
	})
	if status != cli.OK || !strings.Contains(out, "No bot works with it, with 0 events.") || !strings.Contains(out, "head file: It fits the store.") {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}
}

// TestDoctorThatCannotPrint fails, whatever it found.
func TestDoctorThatCannotPrint(t *testing.T) {
	t.Parallel()
	read, written := io.Pipe()
	_ = read.Close()
	dir := t.TempDir()
	file := filepath.Join(dir, "snapback.yaml")
	text := strings.ReplaceAll(healthy, "%SLACK%", "http://127.0.0.1:1")
	for old, value := range map[string]string{
		"%DIR%": dir, "%MANAGER%": "http://127.0.0.1:1", "%KEY%": "k", "%ATLAS%": "http://127.0.0.1:1", "%ACCOUNT%": "a", "%SECRET%": "s",
	} {
		text = strings.ReplaceAll(text, old, value)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var errs strings.Builder
	status := run(t, written, &errs, "--config", file)
	if status != cli.Failure || !strings.Contains(errs.String(), "print the answer") {
		t.Errorf("status %d, %s", status, errs.String())
	}
}
