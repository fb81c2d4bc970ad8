package slackapi_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"snapback/bot/slackapi"
	"snapback/internal/sandbox/fakeslack"
	"snapback/internal/sandbox/pipenet"
	"snapback/internal/secret"
)

// A bot token that is replaced in its file works from the next call on that Slack refuses, and within a minute anyway.
// The refused call is made again, once; where the file still says the same, the refusal counts at once.
func TestTokenFileIsRenewed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot-token")
	write := func(token string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(token+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("xoxb-0-gone")
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		token, err := secret.Keep(secret.Ref{File: path}, os.ReadFile, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		srv, ln := fakeslack.New(world(), fakeslack.Options{}), pipenet.Listen()
		var serving sync.WaitGroup
		serving.Go(func() { _ = srv.Serve(ln) })
		t.Cleanup(func() {
			srv.Close()
			serving.Wait()
		})
		heard := &ears{results: make(map[string]int), limited: make(map[string]int)}
		c := slackapi.New(slackapi.Options{
			BotToken: func() string { return token.Get().Reveal() }, AppToken: func() string { return "xapp-1-secret" },
			Renew: token.Renew, URL: apiURL, Dial: ln.DialContext, Observer: heard,
		})
		t.Cleanup(c.Close)

		post := func(want string, calls int) {
			t.Helper()
			before := len(srv.Calls("chat.postMessage"))
			if _, _, err := c.Post(t.Context(), channel, says("x")); slackapi.Code(err) != want {
				t.Errorf("got %v, want %q", err, want)
			}
			if got := len(srv.Calls("chat.postMessage")) - before; got != calls {
				t.Errorf("%d calls, want %d", got, calls)
			}
			time.Sleep(10 * time.Second)
		}
		post("invalid_auth", 1)
		write("xoxb-1-secret")
		post("", 2)
		post("", 1)
		write("xoxb-2-wrong")
		post("", 1) // it is not looked at while the old one works
		time.Sleep(time.Minute)
		write("xoxb-1-secret")
		post("", 1)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		post("", 1)
		if got := len(srv.Messages(channel)); got != 5 {
			t.Errorf("%d messages", got)
		}
		if !strings.Contains(log.String(), "the last value stays in use") || strings.Contains(log.String(), "xoxb") {
			t.Errorf("logged %s", &log)
		}
	})
}
