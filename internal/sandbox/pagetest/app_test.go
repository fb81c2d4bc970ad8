package pagetest

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
	"snapback/internal/sandbox/page"
)

// app is an app in a workspace of its own, which posts what a test wants to see drawn.
type app struct {
	t     *testing.T
	slack *fakeslack.Server
	api   string
	page  string
}

// bot stands for a bot that runs as long as the test.
type bot struct{}

func (bot) Kill(context.Context) error { return nil }
func (bot) Start()                     {}
func (bot) State() (running bool, trouble string, changed <-chan struct{}) {
	return true, "", nil
}

// newApp serves a workspace with an app that is the test, and a page with it.
func newApp(t *testing.T) *app {
	t.Helper()
	if newTab == nil {
		t.Skip("there is no " + chromium) //nolint:forbidigo // nothing can be tested without a browser
	}
	ids, users := []string{"U0BOT"}, []fakeslack.User{{ID: "U0BOT", Name: "snapback", RealName: "Snapback", IsBot: true}}
	for _, id := range []string{"U0ENGINEER", "U0DBA", "U0LEAD", "U0LEAD2", "U0DBA2"} {
		ids, users = append(ids, id), append(users, fakeslack.User{ID: id, Name: id[2:], RealName: id[2:], TZ: "Europe/Berlin"})
	}
	a := &app{t: t, slack: fakeslack.New(fakeslack.Workspace{
		TeamID: "T1", Domain: "demo", Name: "Demo", AppID: "A1", BotID: "B1", BotUserID: "U0BOT", AppToken: "xapp-1", BotToken: "xoxb-1",
		Scopes: []string{"chat:write", "commands"}, Users: users, Commands: []fakeslack.Command{{Name: "/form"}},
		Usergroups: []fakeslack.Usergroup{{ID: "S0DBA", Handle: "dba", Members: []string{"U0DBA"}}},
		Channels:   []fakeslack.Channel{{ID: "C0ALL", Name: "all", Members: ids}},
	}, fakeslack.Options{})}
	manager := fakeopsmanager.New(fakeopsmanager.DemoWorld(time.Now(), 1), fakeopsmanager.Options{})
	p, err := page.New(page.Options{
		Slack: a.slack, Systems: []page.System{{Name: "om", Server: manager}}, Bot: bot{}, People: []page.Person{{ID: "U0ENGINEER", Role: "asks"}, {ID: "U0DBA", Role: "decides"}},
		Hints: []page.Hint{{Line: "/form one", About: "the first"}, {Line: "/form two", About: "the second"}},
		Log:   func(context.Context, uint64, int) ([][]byte, error) { return nil, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	slack, front := a.listen(), a.listen()
	a.api, a.page = "http://"+slack.Addr().String()+"/api/", "http://"+front.Addr().String()+"/"
	served := make(chan error, 2)
	go func() { served <- a.slack.Serve(slack) }()
	go func() { served <- p.Serve(t.Context(), front) }()
	t.Cleanup(func() {
		a.slack.Close()
		for range 2 {
			if err := <-served; err != nil {
				t.Error(err)
			}
		}
		if err := manager.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func (a *app) listen() net.Listener {
	a.t.Helper()
	l, err := (&net.ListenConfig{}).Listen(a.t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		a.t.Fatal(err)
	}
	return l
}

// call calls a method of the Web API and returns its answer.
func (a *app) call(token, method string, args map[string]string) map[string]any {
	form := url.Values{}
	for k, v := range args {
		form.Set(k, v)
	}
	req, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, a.api+method, bytes.NewBufferString(form.Encode()))
	if err != nil {
		a.t.Error(err)
		return nil
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Error(err)
		return nil
	}
	defer resp.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || out["ok"] != true {
		a.t.Errorf("%s: %v, %v\n%s", method, out, err, args["blocks"])
	}
	return out
}

// post posts blocks and returns the message's ts.
func (a *app) post(text, blocks string) string {
	ts, _ := a.call("xoxb-1", "chat.postMessage", map[string]string{"channel": "C0ALL", "text": text, "blocks": blocks})["ts"].(string)
	return ts
}

// hear opens a socket on which the app answers what people do.
func (a *app) hear(answer func(kind string, payload map[string]any) any) {
	a.t.Helper()
	address, _ := a.call("xapp-1", "apps.connections.open", nil)["url"].(string)
	c, resp, err := websocket.DefaultDialer.DialContext(a.t.Context(), address, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	_ = resp.Body.Close()
	a.t.Cleanup(func() { _ = c.Close() })
	go func() {
		for {
			var e struct {
				ID      string         `json:"envelope_id"`
				Type    string         `json:"type"`
				Payload map[string]any `json:"payload"`
			}
			if c.ReadJSON(&e) != nil {
				return
			}
			if e.ID == "" {
				continue
			}
			ack := map[string]any{"envelope_id": e.ID}
			if payload := answer(e.Type, e.Payload); payload != nil {
				ack["payload"] = payload
			}
			if c.WriteJSON(ack) != nil {
				return
			}
		}
	}()
}
