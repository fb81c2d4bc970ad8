package page_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"snapback/internal/sandbox/fakeatlas"
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
	om    *fakeopsmanager.Server
	atlas *fakeatlas.Server
	began time.Time // when the worlds are of
	host  string
}

// serve serves a page until the test ends.
func serve(t *testing.T) *rig {
	t.Helper()
	r := &rig{began: time.Now(), slack: fakeslack.New(fakeslack.Workspace{
		TeamID: "T1", Domain: "demo", Name: "Demo", AppID: "A1", BotID: "B1", BotUserID: "U0BOT", AppToken: "xapp-1", BotToken: "xoxb-1",
		Users:    []fakeslack.User{{ID: "U0ONE", Name: "one", RealName: "One"}, {ID: "U0TWO", Name: "two", RealName: "Two"}},
		Channels: []fakeslack.Channel{{ID: "C0ALL", Name: "all", Members: []string{"U0BOT", "U0ONE", "U0TWO"}}},
	}, fakeslack.Options{})}
	r.om = fakeopsmanager.New(fakeopsmanager.DemoWorld(r.began, 1), fakeopsmanager.Options{})
	r.atlas = fakeatlas.New(fakeatlas.DemoWorld(r.began, 1), fakeatlas.Options{})
	p, err := page.New(page.Options{
		Slack: r.slack, Systems: []page.System{{Name: "om", Server: r.om}, {Name: "atlas", Server: r.atlas}}, Bot: still{}, People: []page.Person{{ID: "U0ONE", Role: "asks"}},
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
		if err := errors.Join(r.om.Close(), r.atlas.Close()); err != nil {
			t.Error(err)
		}
	})
	return r
}
