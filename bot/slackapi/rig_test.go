package slackapi_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"snapback/bot/slackapi"
	"snapback/internal/sandbox/fakeslack"
	"snapback/internal/sandbox/pipenet"
)

const (
	apiURL  = "http://slack.example/api/"
	channel = "C0RESTORES"
	other   = "C0OTHER"
	dba     = "S0DBA"
)

func world() fakeslack.Workspace {
	return fakeslack.Workspace{
		TeamID: "T1", Domain: "demo", Name: "Demo", AppID: "A1", BotID: "B1", BotUserID: "U0BOT",
		AppToken: "xapp-1-secret", BotToken: "xoxb-1-secret",
		Scopes: []string{
			"chat:write", "users:read", "usergroups:read", "channels:read", "groups:read", "im:write",
			"channels:history", "groups:history", "im:history",
		},
		Commands:   []fakeslack.Command{{Name: "/restore", Escape: true}},
		Users:      []fakeslack.User{{ID: "U0DEV", Name: "developer"}, {ID: "U0GONE", Name: "leaver", Deleted: true}},
		Usergroups: []fakeslack.Usergroup{{ID: dba, Handle: "dba", Members: []string{"U0DEV"}}, {ID: "S0NONE", Handle: "none"}},
		Channels: []fakeslack.Channel{
			{ID: channel, Name: "restores", Members: []string{"U0BOT", "U0DEV"}},
			{ID: other, Name: "other", Members: []string{"U0BOT"}},
		},
	}
}

// ears remember what the client reported.
type ears struct {
	mu      sync.Mutex
	results map[string]int // by "method result"
	limited map[string]int
	offset  time.Duration // of Slack's clock, as heard last
}

func (e *ears) SlackRequest(method, result string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.results[method+" "+result]++
}

func (e *ears) SlackRateLimited(method string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.limited[method]++
}

func (e *ears) SlackDate(server, local time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.offset = server.Sub(local)
}

func (e *ears) result(name string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.results[name]
}

// tokens can be changed while the client runs.
type tokens struct {
	mu       sync.Mutex
	bot, app string
}

func (k *tokens) set(bot, app string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.bot, k.app = bot, app
}

func (k *tokens) botToken() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.bot
}

func (k *tokens) appToken() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.app
}

// rig is our client against a fake workspace.
type rig struct {
	*slackapi.Client

	srv    *fakeslack.Server
	heard  *ears
	tokens *tokens
}

// client returns our client over a dialer. It must be closed in the bubble, so that no connection outlives it.
func client(t *testing.T, dial func(context.Context, string, string) (net.Conn, error)) (*slackapi.Client, *ears, *tokens) {
	t.Helper()
	heard := &ears{results: make(map[string]int), limited: make(map[string]int)}
	k := &tokens{bot: "xoxb-1-secret", app: "xapp-1-secret"}
	c := slackapi.New(slackapi.Options{
		BotToken: k.botToken, AppToken: k.appToken, URL: apiURL, Dial: dial, Observer: heard,
	})
	t.Cleanup(c.Close)
	return c, heard, k
}

// newRig returns a workspace and a client. It must be called in a bubble, where time costs nothing.
func newRig(t *testing.T, o fakeslack.Options) *rig {
	t.Helper()
	srv, ln := fakeslack.New(world(), o), pipenet.Listen()
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := srv.Serve(ln); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	t.Cleanup(func() {
		srv.Close()
		serving.Wait()
	})
	c, heard, k := client(t, ln.DialContext)
	return &rig{Client: c, srv: srv, heard: heard, tokens: k}
}

// behind returns a client whose calls are all answered by handler. It must be called in a bubble.
func behind(t *testing.T, handler http.HandlerFunc) *slackapi.Client {
	t.Helper()
	ln := pipenet.Listen()
	srv := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	var serving sync.WaitGroup
	serving.Go(func() { _ = srv.Serve(ln) })
	t.Cleanup(func() {
		_ = srv.Close()
		serving.Wait()
	})
	c, _, _ := client(t, ln.DialContext)
	return c
}

// says is a plain message.
func says(text string) slackapi.Message { return slackapi.Message{Text: text} }
