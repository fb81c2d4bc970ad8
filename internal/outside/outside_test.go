package outside_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"snapback/bot/slackapi"
	"snapback/internal/config"
	"snapback/internal/outside"
)

// wired returns the world that is configured with a file in a folder.
func wired(t *testing.T, dir, file string) *outside.World {
	t.Helper()
	name := filepath.Join(dir, "snapback.yaml")
	if err := os.WriteFile(name, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(name, func(string) (string, bool) { return "", false }, os.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	w, err := outside.Beside(cfg, os.ReadFile, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// wiring is a configuration with two backends, of the same keys unless told otherwise, and tokens in files.
const wiring = `
slack: {app_token_file: %[1]s/app, bot_token_file: %[1]s/bot, api_url: %[2]s/api/}
storage: {path: %[1]s/snapback.db}
listen: ""
backends:
  - {name: one, kind: ops-manager, url: "%[2]s", public_key: p, private_key: k}
  - {name: two, kind: ops-manager, url: "%[2]s", public_key: p, private_key: %[3]s}
groups: {leads: {users: [U0LEAD1]}}
policies: [{name: all, match: {target: ["*/*/*"]}, channel: C0RESTORES, seats: [{from: leads}]}]
`

// wire starts a server and returns what is configured to talk to it, with a key for the second backend.
func wire(t *testing.T, key string, answer http.HandlerFunc) (w *outside.World, dir string) {
	t.Helper()
	there := httptest.NewServer(answer)
	t.Cleanup(there.Close)
	dir = t.TempDir()
	for name, token := range map[string]string{"app": "xapp-1-good", "bot": "xoxb-1-gone"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(token), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return wired(t, dir, fmt.Sprintf(wiring, dir, there.URL, key)), dir
}

// TestBackendsShareTheirKeysBudget has one backend told to pause: it holds for the other if that has the same keys.
func TestBackendsShareTheirKeysBudget(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]int32{"k": 1, "other": 2} {
		var calls atomic.Int32
		world, _ := wire(t, key, func(rw http.ResponseWriter, _ *http.Request) {
			calls.Add(1)
			rw.Header().Set("Retry-After", "3600")
			rw.WriteHeader(http.StatusTooManyRequests)
		})
		backends, _, err := world.Systems()
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range backends {
			if _, err := b.Clusters(t.Context()); err == nil {
				t.Error("nobody paused")
			}
		}
		if got := calls.Load(); got != want {
			t.Errorf("key %s: %d calls, want %d", key, got, want)
		}
	}
}

// TestTokenFileIsReadWhenRefused replaces the bot token's file after it was read, and before Slack refuses it.
func TestTokenFileIsReadWhenRefused(t *testing.T) {
	t.Parallel()
	world, dir := wire(t, "k", func(rw http.ResponseWriter, r *http.Request) {
		answer := `{"ok":false,"error":"token_revoked"}`
		if r.FormValue("token") == "xoxb-2-good" {
			answer = `{"ok":true,"team_id":"T0TEAM","user_id":"U0SNAPBACK","url":"https://example.slack.com/"}`
		}
		_, _ = io.WriteString(rw, answer)
	})
	api, err := world.Slack()
	if err != nil {
		t.Fatal(err)
	}
	defer api.Close()
	if _, err := api.Identity(t.Context()); slackapi.Code(err) != "token_revoked" {
		t.Errorf("the old token: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "bot"), []byte("xoxb-2-good"), 0o600); err != nil {
		t.Fatal(err)
	}
	if id, err := api.Identity(t.Context()); err != nil || id.Team != "T0TEAM" {
		t.Errorf("the new token: %+v, %v", id, err)
	}
}

// TestAtlasIsASystemOfItsOwn keeps Atlas apart from Cloud Manager, which has the same address.
func TestAtlasIsASystemOfItsOwn(t *testing.T) {
	t.Parallel()
	world, _ := wire(t, "k", http.NotFound)
	world.Config.Backends[1].Kind = "atlas"
	if origins, err := world.Origins(); err != nil || len(origins) != 2 || origins["one"] == origins["two"] {
		t.Errorf("systems %v, %v", origins, err)
	}
}
