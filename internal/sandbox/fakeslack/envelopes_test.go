package fakeslack_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"snapback/internal/sandbox/fakeslack"
)

// envelope is one kind of what Socket Mode delivers.
type envelope struct {
	typ     string // of the envelope
	payload string // the type of what is in it
	used    bool   // Snapback does something about it; the others it only acknowledges
	body    bool   // the acknowledgment may carry something

	act     func(s *scene, p *fakeslack.Person) (*fakeslack.Outcome, error)
	failure fakeslack.Failure // what the person sees if it is not acknowledged
	times   int               // how often it is delivered then: Slack repeats events only
}

// envelopes lists the kinds. Source for deadlines, repetitions and what people see:
// https://docs.slack.dev/apis/events-api and https://docs.slack.dev/interactivity.
func envelopes() []envelope {
	return []envelope{
		{
			typ: "slash_commands", payload: "/restore", used: true, body: true, failure: fakeslack.TimedOut, times: 1,
			act: func(s *scene, p *fakeslack.Person) (*fakeslack.Outcome, error) {
				return p.Slash(s.t.Context(), chan1, "/restore", "help")
			},
		},
		{
			typ: "interactive", payload: "block_actions", used: true, body: true, failure: fakeslack.WarningSign, times: 1,
			act: func(s *scene, p *fakeslack.Person) (*fakeslack.Outcome, error) {
				return p.Press(s.t.Context(), chan1, s.own, "approve")
			},
		},
		{
			typ: "interactive", payload: "view_submission", used: true, body: true, failure: fakeslack.Trouble, times: 1,
			act: func(s *scene, p *fakeslack.Person) (*fakeslack.Outcome, error) {
				return p.Submit(s.t.Context(), map[string]string{"reason": "r"})
			},
		},
		{
			typ: "interactive", payload: "block_suggestion", used: true, body: true, failure: fakeslack.NoResults, times: 1,
			act: func(s *scene, p *fakeslack.Person) (*fakeslack.Outcome, error) {
				return p.Suggest(s.t.Context(), "source", "ord")
			},
		},
		{
			typ: "interactive", payload: "view_closed", body: true, times: 1,
			act: func(s *scene, p *fakeslack.Person) (*fakeslack.Outcome, error) {
				return &fakeslack.Outcome{}, p.CloseView(s.t.Context())
			},
		},
		{
			typ: "events_api", payload: "app_home_opened", times: 4,
			act: func(_ *scene, p *fakeslack.Person) (*fakeslack.Outcome, error) {
				p.OpenHome("home")
				return &fakeslack.Outcome{}, nil
			},
		},
	}
}

// showAll puts a message with buttons and a modal with every control before the engineer.
func (s *scene) showAll() {
	s.t.Helper()
	s.own = s.postBlocks(chan1, button)
	v := modal()
	v.NotifyOnClose = true
	source := slack.NewInputBlock("source", plainText("Source"), nil, slack.NewOptionsSelectBlockElement("external_select", nil, "source"))
	source.Optional = true
	v.Blocks.BlockSet = append(v.Blocks.BlockSet, source)
	trigger := must[*fakeslack.Outcome](s.t)(s.srv.As("U1").Slash(s.t.Context(), chan1, "/restore", "")).Trigger
	must[*slack.ViewResponse](s.t)(s.api.OpenView(trigger, v))
}

// answer is a way in which an app deals with an envelope.
type answer struct {
	name string
	good bool // Slack takes it for an acknowledgment
	do   func(s *scene, sm *socketmode.Client, e socketmode.Event)
}

func answers() []answer {
	nothing := map[string]any{"options": []any{}} // means nothing to all but a menu
	return []answer{
		{"acknowledged", true, func(s *scene, sm *socketmode.Client, e socketmode.Event) {
			payload := any(nil)
			if strings.Contains(string(e.Request.Payload), `"block_suggestion"`) {
				payload = nothing
			}
			ackWith(s.t, payload)(sm, e)
		}},
		{"never", false, func(*scene, *socketmode.Client, socketmode.Event) {}},
		{"after more than three seconds", false, func(s *scene, sm *socketmode.Client, e socketmode.Event) {
			time.Sleep(3*time.Second + time.Millisecond)
			ackWith(s.t, nothing)(sm, e)
		}},
		{"with 20 KB", false, func(s *scene, sm *socketmode.Client, e socketmode.Event) {
			if err := sm.AckCtx(s.t.Context(), e.Request.EnvelopeID, map[string]any{"text": x(20_480)}); err == nil {
				s.t.Error("the library sends an acknowledgment that Slack drops")
			}
		}},
		{"by hanging up", false, func(s *scene, _ *socketmode.Client, _ socketmode.Event) { s.srv.DropSockets() }},
	}
}

// What comes of each kind of envelope when it is acknowledged, and when it is not in one of several ways: what the person
// sees, and how often it is delivered.
func TestEnvelopes(t *testing.T) {
	for _, env := range envelopes() {
		for _, how := range answers() {
			t.Run(env.payload+"/"+how.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := stage(t, fakeslack.Options{})
					s.showAll()
					var mu sync.Mutex
					var got []socketmode.Event
					s.app(1, func(sm *socketmode.Client, e socketmode.Event) {
						mu.Lock()
						got = append(got, e)
						mu.Unlock()
						how.do(s, sm, e)
					})
					o, err := env.act(s, s.srv.As("U1"))
					if err != nil {
						t.Fatal(err)
					}
					time.Sleep(10 * time.Minute) // the last repetition comes after six
					failure, times := env.failure, env.times
					if how.good {
						failure, times = "", 1
					}
					if o.Failure != failure || (o.Notice != "") != (failure != "") {
						t.Errorf("the person sees %q %q, want %q", o.Failure, o.Notice, failure)
					}
					mu.Lock()
					defer mu.Unlock()
					if len(got) != times {
						t.Fatalf("delivered %d times, want %d", len(got), times)
					}
					for _, e := range got {
						if e.Request.Type != env.typ || typeOf(t, e) != env.payload || e.Request.AcceptsResponsePayload != env.body {
							t.Errorf("delivered %s %s, takes a payload: %v", e.Request.Type, typeOf(t, e), e.Request.AcceptsResponsePayload)
						}
					}
				})
			})
		}
	}
}

// typeOf returns what is in an envelope.
func typeOf(t *testing.T, e socketmode.Event) string {
	t.Helper()
	var payload struct {
		Type, Command string
		Event         struct{ Type string }
	}
	if err := json.Unmarshal(e.Request.Payload, &payload); err != nil {
		t.Error(err)
	}
	switch e.Request.Type {
	case "slash_commands":
		return payload.Command
	case "events_api":
		return payload.Event.Type
	}
	return payload.Type
}

// What Slack says before it hangs up, to the library's client, which knows no reasons and comes back at once.
func TestLibraryIsHungUpOn(t *testing.T) {
	tests := []struct {
		reason string
		hangUp func(s *scene)
		back   bool // it is connected a minute later
	}{
		{"refresh_requested", func(s *scene) { s.srv.Disconnect("refresh_requested") }, true},
		{"warning", func(s *scene) { s.srv.Disconnect("warning") }, true},
		{"nothing", func(s *scene) { s.srv.DropSockets() }, true},
		{"link_disabled", func(s *scene) { s.srv.SetSocketMode(false) }, false},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := stage(t, fakeslack.Options{})
				s.app(1, ackWith(t, nil))
				tt.hangUp(s)
				time.Sleep(20 * time.Second)
				o := must[*fakeslack.Outcome](t)(s.srv.As("U1").Slash(t.Context(), chan1, "/restore", ""))
				if o.Acked != tt.back {
					t.Errorf("acknowledged: %v", o.Acked)
				}
				limited := 0
				for _, c := range s.srv.Calls("apps.connections.open") {
					if c.Error == "ratelimited" {
						limited++
					}
				}
				if (limited > 0) == tt.back {
					t.Errorf("%d of %d calls were refused as too many", limited, len(s.srv.Calls("apps.connections.open")))
				}
			})
		})
	}
}
