package page_test

import (
	"context"
	"net"
	"testing"
	"time"

	"snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
	"snapback/internal/sandbox/page"
)

// still is a bot that neither runs nor changes.
type still struct{}

func (still) Kill(context.Context) error { return nil }
func (still) Start()                     {}
func (still) State() (running bool, trouble string, changed <-chan struct{}) {
	return false, "", nil
}

// rig is a page without a bot.
type rig struct {
	slack *fakeslack.Server
	host  string
}

// serve serves a page until the test ends.
func serve(t *testing.T) *rig {
	t.Helper()
	r := &rig{slack: fakeslack.New(fakeslack.Workspace{
		TeamID: "T1", Domain: "demo", Name: "Demo", AppID: "A1", BotID: "B1", BotUserID: "U0BOT", AppToken: "xapp-1", BotToken: "xoxb-1",
		Users:    []fakeslack.User{{ID: "U0ONE", Name: "one", RealName: "One"}, {ID: "U0TWO", Name: "two", RealName: "Two"}},
		Channels: []fakeslack.Channel{{ID: "C0ALL", Name: "all", Members: []string{"U0BOT", "U0ONE", "U0TWO"}}},
	}, fakeslack.Options{})}
	manager := fakeopsmanager.New(fakeopsmanager.DemoWorld(time.Now(), 1), fakeopsmanager.Options{})
	p, err := page.New(page.Options{
		Slack: r.slack, Systems: []page.System{{Name: "om", Server: manager}}, Bot: still{}, People: []page.Person{{ID: "U0ONE", Role: "asks"}},
		Log: func(context.Context, uint64, int) ([][]byte, error) { return nil, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.host = l.Addr().String()
	served := make(chan error, 1)
	go func() { served <- p.Serve(t.Context(), l) }()
	t.Cleanup(func() {
		if err := <-served; err != nil {
			t.Error(err)
		}
		r.slack.Close()
		if err := manager.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}
