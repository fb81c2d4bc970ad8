package simulation

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"snapback/bot/courier"
	"snapback/bot/slackapi"
	"snapback/bot/views"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
	"snapback/internal/sandbox/pipenet"
)

const (
	channel  = "C0RESTORES"
	botToken = "xoxb-1-secret"
	appToken = "xapp-1-secret"
)

// workspace is the Slack of a run.
type workspace struct {
	*fakeslack.Server

	listener *pipenet.Listener
}

func newWorkspace(t *testing.T, c *company, history bool) *workspace {
	t.Helper()
	w := fakeslack.Workspace{
		TeamID: team, Domain: "demo", Name: "Demo", AppID: "A1", BotID: "B1", BotUserID: "U0BOT", AppToken: appToken, BotToken: botToken,
		Scopes: []string{"chat:write", "users:read", "usergroups:read", "channels:read", "groups:read", "im:write"},
	}
	if history {
		w.Scopes = append(w.Scopes, "channels:history", "groups:history", "im:history")
	}
	members := []string{w.BotUserID}
	for _, user := range c.people {
		w.Users = append(w.Users, fakeslack.User{ID: user, Name: user})
		members = append(members, user)
	}
	w.Channels = []fakeslack.Channel{{ID: channel, Name: "restores", Members: members}}
	s := &workspace{fakeslack.New(w, fakeslack.Options{}), pipenet.Listen()}
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := s.Serve(s.listener); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	synctest.Wait()
	t.Cleanup(func() {
		s.Close()
		serving.Wait()
	})
	return s
}

func (w *workspace) renderer(installation string) courier.Renderer {
	return renderer{views.Renderer{Command: "/restore", Installation: installation}}
}

// renderer lets the courier draw with package views, as the bot does.
type renderer struct{ views views.Renderer }

func content(m views.Message) slackapi.Content {
	return slackapi.Content{Text: m.Text, Blocks: m.Blocks}
}

func (r renderer) Card(q *restore.Request, place *restore.Place, now time.Time, first bool) slackapi.Content {
	return content(r.views.Card(q, place, now, first))
}

func (r renderer) Thread(q *restore.Request, e restore.Event, body restore.Body) (slackapi.Content, bool) {
	m, ok := r.views.Thread(q, e, body)
	return content(m), ok
}

func (r renderer) Direct(q *restore.Request, e restore.Event, body restore.Body) (slackapi.Content, bool) {
	m, ok := r.views.Direct(q, e, body)
	return content(m), ok
}

func (r renderer) Repeated(c slackapi.Content) slackapi.Content {
	return content(r.views.Repeated(views.Message{Text: c.Text, Blocks: c.Blocks}))
}

func (r renderer) Broadcast(q *restore.Request, k restore.Kind) bool { return r.views.Broadcast(q, k) }

func (r renderer) Metadata(s restore.Subject, seq uint64) slack.SlackMetadata {
	return r.views.Metadata(s, seq)
}
