package fakeslack_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/slack-go/slack"

	"snapback/internal/sandbox/fakeslack"
)

// last returns the error among a call's results.
func last(results ...any) error {
	err, _ := results[len(results)-1].(error)
	return err
}

func says(text string) slack.MsgOption { return slack.MsgOptionText(text, false) }

func metadata(event, value string) slack.MsgOption {
	return slack.MsgOptionMetadata(slack.SlackMetadata{EventType: event, EventPayload: map[string]any{"a": value}})
}

// whisper shows the engineer an ephemeral message and returns its ts.
func (s *scene) whisper() string {
	s.t.Helper()
	return must[string](s.t)(s.rig.api.PostEphemeral(chan1, "U1", says("psst")))
}

func (s *scene) archive(id string) {
	for _, c := range s.srv.Channels() {
		if c.ID == id {
			c.Archived = true
			s.srv.PutChannel(c)
		}
	}
}

func (s *scene) permalink(channel, ts string) error {
	return last(s.api.GetPermalink(&slack.PermalinkParameters{Channel: channel, Ts: ts}))
}

func (s *scene) openDM(users ...string) error {
	return last(s.api.OpenConversation(&slack.OpenConversationParameters{Users: users}))
}

func (s *scene) info(channel string) error {
	return last(s.api.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: channel}))
}

func (s *scene) history(channel, cursor, oldest string) error {
	return last(s.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: channel, Cursor: cursor, Oldest: oldest}))
}

func (s *scene) replies(channel, ts, cursor string) error {
	return last(s.api.GetConversationReplies(&slack.GetConversationRepliesParameters{ChannelID: channel, Timestamp: ts, Cursor: cursor}))
}

func (s *scene) members(channel string, limit int) error {
	return last(s.api.GetUsersInConversation(&slack.GetUsersInConversationParameters{ChannelID: channel, Limit: limit}))
}

// raw makes a call without the library and returns Slack's word; the token goes into the header if there is one.
func (s *scene) raw(verb, method, token string) string {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), verb, base+method, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := s.web.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	var answer struct{ Error string }
	if err := json.Unmarshal(body, &answer); err != nil {
		s.t.Fatalf("%s: %v", body, err)
	}
	return answer.Error
}

// watcher counts the events that the latest call caused.
type watcher struct {
	next   http.RoundTripper
	srv    *fakeslack.Server
	caused int
}

func (w *watcher) RoundTrip(r *http.Request) (*http.Response, error) {
	before := len(w.srv.Events())
	resp, err := w.next.RoundTrip(r)
	w.caused = len(w.srv.Events()) - before
	return resp, err
}

// manifest reads the app's manifest, which says what the app is granted and gets to know.
func manifest(t *testing.T) slack.Manifest {
	t.Helper()
	raw, err := os.ReadFile("../../../manifest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var m slack.Manifest
	if err := yaml.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}
