package fakeslack_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"snapback/internal/sandbox/fakeslack"
	"snapback/internal/sandbox/pipenet"
)

const (
	base  = "http://slack.example/api/"
	chan1 = "C0RESTORES"
)

func world() fakeslack.Workspace {
	return fakeslack.Workspace{
		TeamID: "T1", Domain: "demo", Name: "Demo", AppID: "A1", BotID: "B1", BotUserID: "U0BOT",
		AppToken: "xapp-1", BotToken: "xoxb-1", Events: []string{"app_home_opened"},
		Scopes: []string{
			"chat:write", "users:read", "usergroups:read", "channels:read", "groups:read", "im:write", "channels:history",
		},
		Commands: []fakeslack.Command{{Name: "/restore", Escape: true}},
		Users: []fakeslack.User{
			{ID: "U1", Name: "engineer", RealName: "The Engineer", Email: "e@example.net", TZ: "Europe/Rome"},
			{ID: "U2", Name: "lead", RealName: "The Lead"},
			{ID: "U3", Name: "leaver", Deleted: true},
			{ID: "U4", Name: "outsider", TeamID: "T2", IsStranger: true},
		},
		Usergroups: []fakeslack.Usergroup{
			{ID: "S1", Handle: "dba", Name: "DBAs", Members: []string{"U1", "U2"}},
			{ID: "S2", Handle: "old", Disabled: true},
		},
		Channels: []fakeslack.Channel{
			{ID: chan1, Name: "restores", Members: []string{"U0BOT", "U1", "U2"}},
			{ID: "C2", Name: "nobot", Members: []string{"U1"}},
			{ID: "C3", Name: "old", Members: []string{"U0BOT", "U1"}, Archived: true},
			{ID: "G1", Name: "secret", Members: []string{"U1"}, IsPrivate: true},
			{ID: "G2", Name: "leads", Members: []string{"U0BOT", "U2"}, IsPrivate: true},
		},
	}
}

// rig is a server on an in-memory listener and the real client library against it.
type rig struct {
	t   *testing.T
	srv *fakeslack.Server
	ln  *pipenet.Listener
	api *slack.Client
	web *http.Client
}

// newRig must be called inside a synctest bubble; the server is closed at its end.
func newRig(t *testing.T, opt fakeslack.Options) *rig {
	t.Helper()
	r := &rig{t: t, srv: fakeslack.New(world(), opt), ln: pipenet.Listen()}
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := r.srv.Serve(r.ln); err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	tr := &http.Transport{DialContext: r.ln.DialContext}
	r.web = &http.Client{Transport: tr}
	r.api = r.client("xoxb-1", "xapp-1")
	t.Cleanup(func() {
		r.srv.Close()
		wg.Wait()
		tr.CloseIdleConnections()
	})
	return r
}

func (r *rig) client(bot, app string) *slack.Client {
	return slack.New(bot, slack.OptionAPIURL(base), slack.OptionHTTPClient(r.web), slack.OptionAppLevelToken(app))
}

func (r *rig) dialer() *websocket.Dialer {
	return &websocket.Dialer{NetDialContext: r.ln.DialContext, WriteBufferSize: 32 << 10}
}

// app runs n Socket Mode clients of the real library until the test ends. handle gets
// every request and must ack it.
func (r *rig) app(n int, handle func(*socketmode.Client, socketmode.Event)) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(r.t.Context())
	var wg sync.WaitGroup
	for range n {
		sm := socketmode.New(r.api, socketmode.OptionDialer(r.dialer()))
		wg.Go(func() { _ = sm.RunContext(ctx) })
		wg.Go(func() {
			for {
				select {
				case e := <-sm.Events:
					if e.Request != nil && e.Request.EnvelopeID != "" {
						handle(sm, e)
					}
				case <-ctx.Done():
					return
				}
			}
		})
	}
	r.t.Cleanup(func() {
		cancel()
		wg.Wait()
	})
	r.sockets(n)
}

// sockets waits until n connections are open.
func (r *rig) sockets(n int) {
	r.t.Helper()
	for range 600 {
		if r.srv.Connections() == n {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	r.t.Fatalf("%d connections, want %d", r.srv.Connections(), n)
}

// ackWith acks with a payload; nil is none.
func ackWith(t *testing.T, payload any) func(*socketmode.Client, socketmode.Event) {
	t.Helper()
	return func(sm *socketmode.Client, e socketmode.Event) {
		if err := sm.AckCtx(t.Context(), e.Request.EnvelopeID, payload); err != nil {
			t.Errorf("ack: %v", err)
		}
	}
}

// post sends a raw body and returns status and answer.
func (r *rig) post(url, contentType, body string) (int, string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Authorization", "Bearer xoxb-1")
	resp, err := r.web.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, string(got)
}

func (r *rig) postText(channel, text string) (id, ts string) {
	r.t.Helper()
	id, ts, err := r.api.PostMessageContext(r.t.Context(), channel, slack.MsgOptionText(text, false))
	if err != nil {
		r.t.Fatalf("post %q: %v", text, err)
	}
	return id, ts
}

func (r *rig) postBlocks(channel, blocks string) string {
	r.t.Helper()
	status, answer := r.post(base+"chat.postMessage", "application/json", `{"channel":"`+channel+`","text":"t","blocks":`+blocks+`}`)
	if status != http.StatusOK || !strings.Contains(answer, `"ok":true`) {
		r.t.Fatalf("post blocks: %d %s", status, answer)
	}
	ms := r.srv.Messages(channel)
	return ms[len(ms)-1].TS
}

func kinds(events []fakeslack.Event, of ...fakeslack.EventKind) int {
	n := 0
	for _, e := range events {
		if slices.Contains(of, e.Kind) {
			n++
		}
	}
	return n
}

// must fails the test on an error of an action.
func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

const button = `[{"type":"actions","block_id":"b","elements":[
	{"type":"button","action_id":"approve","text":{"type":"plain_text","text":"Approve"},"value":"R-1:1:n","confirm":{
		"title":{"type":"plain_text","text":"Sure?"},"text":{"type":"mrkdwn","text":"It overwrites"},
		"confirm":{"type":"plain_text","text":"Yes"},"deny":{"type":"plain_text","text":"No"}}},
	{"type":"button","action_id":"show","text":{"type":"plain_text","text":"Show"},"value":"R-1"},
	{"type":"overflow","action_id":"more","options":[
		{"text":{"type":"plain_text","text":"Cancel"},"value":"cancel"},{"text":{"type":"plain_text","text":"Again"},"value":"again"}]}
]}]`
