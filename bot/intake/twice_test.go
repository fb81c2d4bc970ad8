package intake_test

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"snapback/bot/intake"
	"snapback/commands"
	"snapback/internal/restore"
	"snapback/storage"
)

// store opens a store that is closed when the test ends.
func store(tb testing.TB) *storage.Store {
	tb.Helper()
	s, err := storage.Open(tb.Context(), storage.Options{
		Path: filepath.Join(tb.TempDir(), "snapback.db"), Version: "test", Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("close the store: %v", err)
		}
	})
	return s
}

// filed counts the requests.
func filed(tb testing.TB, s restore.Store) int {
	tb.Helper()
	n := 0
	err := s.View(tb.Context(), func(r restore.Reader) error {
		all, err := r.Newest(0, 10_000)
		n = len(all)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// A line that comes twice, whatever the reason, files one request; both are answered with it.
func TestTheSameLineTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := store(t)
		r := newRig(t, 2)
		var h intake.Handler = commands.NewHandler(commands.Options{
			Store: s, Directory: r.people, Timings: restore.Timings{CheckWithin: 15 * time.Minute},
		})
		r.Intake.Handler = h
		r.run()
		r.connected(2)
		line := func(trigger string) string {
			o := r.got(r.srv.As(dev).SendRaw(t.Context(), "slash_commands", map[string]any{
				"team_id": "T1", "user_id": dev, "channel_id": channel, "command": "/restore",
				"text": "orders latest to scratch", "trigger_id": trigger,
			}))
			return string(o.Answer)
		}
		for range 3 {
			if got := line("1.2.3"); !strings.Contains(got, "filed R-1") {
				t.Errorf("answered %s", got)
			}
		}
		if got := line("1.2.4"); !strings.Contains(got, "filed R-2") {
			t.Errorf("another line: answered %s", got)
		}
		if n := filed(t, s); n != 2 {
			t.Errorf("%d requests", n)
		}
	})
}
