package fakeslack_test

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"snapback/internal/sandbox/fakeslack"
)

// The conformance suite drives the fake with Slack-go's own client:
//
//   - webMethods, here, is the list of the methods with a call of each that succeeds; what they have in common is tried on
//     all of them: tokens, scopes, rate limits.
//   - refusals, in refusals_test.go, has a table for each method: what Slack refuses, and in which words.
//   - envelopes, in envelopes_test.go, is the list of what Socket Mode delivers, and what becomes of bad answers.
//   - drift_test.go compares both lists with what the bot's code calls and handles, and with what the fake serves.
//   - blocks_test.go holds the limits of blocks and views; responseurl_test.go those of response URLs.

// webMethod is a method of the Web API.
type webMethod struct {
	client string   // the method of slack-go's client that calls it
	used   bool     // by Snapback; the others are served for tests and features to come
	app    bool     // takes the app-level token
	minute int      // calls in a minute; 0: limited in another way
	scopes []string // the call below needs each of them
	call   func(s *scene) error
}

// scene is what a call needs: a workspace where something has been said and done.
type scene struct {
	*rig
	api        *slack.Client
	own, other string // ts of a message of the app, and of a person
	trigger    string // a fresh trigger id
	view, hash string // of an open modal
}

func webMethods() map[string]webMethod {
	return map[string]webMethod{
		"auth.test": {client: "AuthTestContext", used: true, minute: 600, call: func(s *scene) error {
			_, err := s.api.AuthTestContext(s.t.Context())
			return err
		}},
		"apps.connections.open": {client: "StartSocketModeContext", used: true, app: true, scopes: []string{"connections:write"}, call: func(s *scene) error {
			_, _, err := s.api.StartSocketModeContext(s.t.Context())
			return err
		}},
		"chat.postMessage": {client: "PostMessageContext", used: true, scopes: []string{"chat:write"}, call: func(s *scene) error {
			_, _, err := s.api.PostMessageContext(s.t.Context(), chan1, says("t"))
			return err
		}},
		"chat.update": {client: "UpdateMessageContext", used: true, minute: 50, scopes: []string{"chat:write"}, call: func(s *scene) error {
			_, _, _, err := s.api.UpdateMessageContext(s.t.Context(), chan1, s.own, says("t"))
			return err
		}},
		"chat.postEphemeral": {client: "PostEphemeralContext", used: true, minute: 100, scopes: []string{"chat:write"}, call: func(s *scene) error {
			_, err := s.api.PostEphemeralContext(s.t.Context(), chan1, "U1", says("t"))
			return err
		}},
		"conversations.open": {client: "OpenConversationContext", used: true, minute: 50, scopes: []string{"im:write"}, call: func(s *scene) error {
			_, _, _, err := s.api.OpenConversationContext(s.t.Context(), &slack.OpenConversationParameters{Users: []string{"U1"}})
			return err
		}},
		"conversations.info": {client: "GetConversationInfoContext", used: true, minute: 50, scopes: []string{"channels:read"}, call: func(s *scene) error {
			_, err := s.api.GetConversationInfoContext(s.t.Context(), &slack.GetConversationInfoInput{ChannelID: chan1})
			return err
		}},
		"conversations.history": {client: "GetConversationHistoryContext", used: true, minute: 50, scopes: []string{"channels:history"}, call: func(s *scene) error {
			_, err := s.api.GetConversationHistoryContext(s.t.Context(), &slack.GetConversationHistoryParameters{ChannelID: chan1})
			return err
		}},
		"conversations.replies": {client: "GetConversationRepliesContext", used: true, minute: 50, scopes: []string{"channels:history"}, call: func(s *scene) error {
			_, _, _, err := s.api.GetConversationRepliesContext(s.t.Context(), &slack.GetConversationRepliesParameters{ChannelID: chan1, Timestamp: s.own})
			return err
		}},
		"users.info": {client: "GetUserInfoContext", used: true, minute: 100, scopes: []string{"users:read"}, call: func(s *scene) error {
			_, err := s.api.GetUserInfoContext(s.t.Context(), "U1")
			return err
		}},
		"usergroups.users.list": {client: "GetUserGroupMembersContext", used: true, minute: 20, scopes: []string{"usergroups:read"}, call: func(s *scene) error {
			_, err := s.api.GetUserGroupMembersContext(s.t.Context(), "S1")
			return err
		}},
		"views.open": {client: "OpenViewContext", used: true, minute: 100, call: func(s *scene) error {
			_, err := s.api.OpenViewContext(s.t.Context(), s.freshTrigger(), modal())
			return err
		}},
		"views.update": {client: "UpdateViewContext", used: true, minute: 100, call: func(s *scene) error {
			_, err := s.api.UpdateViewContext(s.t.Context(), modal(), "", "", s.view)
			return err
		}},

		"chat.delete": {client: "DeleteMessageContext", minute: 50, scopes: []string{"chat:write"}, call: func(s *scene) error {
			_, _, err := s.api.DeleteMessageContext(s.t.Context(), chan1, s.own)
			return err
		}},
		"chat.getPermalink": {client: "GetPermalinkContext", minute: 600, call: func(s *scene) error {
			_, err := s.api.GetPermalinkContext(s.t.Context(), &slack.PermalinkParameters{Channel: chan1, Ts: s.own})
			return err
		}},
		"conversations.members": {client: "GetUsersInConversationContext", minute: 100, scopes: []string{"channels:read"}, call: func(s *scene) error {
			_, _, err := s.api.GetUsersInConversationContext(s.t.Context(), &slack.GetUsersInConversationParameters{ChannelID: chan1})
			return err
		}},
		"usergroups.list": {client: "GetUserGroupsContext", minute: 20, scopes: []string{"usergroups:read"}, call: func(s *scene) error {
			_, err := s.api.GetUserGroupsContext(s.t.Context())
			return err
		}},
		"views.push": {client: "PushViewContext", minute: 100, call: func(s *scene) error {
			_, err := s.api.PushViewContext(s.t.Context(), s.freshTrigger(), modal())
			return err
		}},
		"views.publish": {client: "PublishViewContext", minute: 100, call: func(s *scene) error {
			_, err := s.api.PublishViewContext(s.t.Context(), slack.PublishViewContextRequest{UserID: "U1", View: home("h")})
			return err
		}},
	}
}

// stage makes a scene. It must be called inside a synctest bubble.
func stage(t *testing.T, opt fakeslack.Options) *scene {
	t.Helper()
	s := &scene{rig: newRig(t, opt)}
	s.api = s.rig.api
	_, s.own = s.postText(chan1, "own")
	s.other = must[fakeslack.Message](t)(s.srv.As("U1").Say(chan1, "", "other")).TS
	opened := must[*slack.ViewResponse](t)(s.api.OpenViewContext(t.Context(), s.freshTrigger(), modal()))
	s.view, s.hash = opened.ID, opened.Hash
	s.trigger = s.freshTrigger()
	return s
}

// freshTrigger has somebody type a command and returns its trigger id. That nobody answers does not matter to it.
func (r *rig) freshTrigger() string {
	r.t.Helper()
	return must[*fakeslack.Outcome](r.t)(r.srv.As("U2").Slash(r.t.Context(), chan1, "/restore", "")).Trigger
}

// eachMethod tries something on every method, in a scene of its own.
func eachMethod(t *testing.T, opt fakeslack.Options, try func(s *scene, name string, m webMethod)) {
	t.Helper()
	methods := webMethods()
	for _, name := range slices.Sorted(maps.Keys(methods)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { try(stage(t, opt), name, methods[name]) })
		})
	}
}

// Every call of the list does what it says, once, and is the method that it stands for.
func TestMethodsAnswer(t *testing.T) {
	eachMethod(t, fakeslack.Options{}, func(s *scene, name string, m webMethod) {
		t := s.t
		before := len(s.srv.Calls(name))
		if err := m.call(s); err != nil {
			t.Fatal(err)
		}
		calls := s.srv.Calls(name)[before:]
		if len(calls) == 0 || calls[len(calls)-1].Error != "" || calls[len(calls)-1].Status != http.StatusOK {
			t.Errorf("%s made the calls %+v", m.client, calls)
		}
	})
}

// A token that is missing, wrong or of the other kind is refused by every method, in Slack's words, and nothing happens.
func TestTokens(t *testing.T) {
	bad := map[string]struct{ token, word string }{
		"none":      {"", "not_authed"},
		"malformed": {"xoxb", "invalid_auth"},
		"unknown":   {"xoxb-of-another-app", "invalid_auth"},
		"a user's":  {"xoxp-1", "invalid_auth"},
		"revoked":   {"", "token_revoked"},
		"expired":   {"", "token_expired"},
		"inactive":  {"", "account_inactive"},
		"mixed up":  {"", "not_allowed_token_type"},
	}
	eachMethod(t, fakeslack.Options{}, func(s *scene, name string, m webMethod) {
		t := s.t
		for what, tt := range bad {
			own, wrong := "xoxb-1", "xapp-1"
			if m.app {
				own, wrong = wrong, own
			}
			token := tt.token
			switch what {
			case "mixed up":
				token = wrong
			case "revoked", "expired", "inactive":
				token = own
				s.srv.RevokeToken(own, tt.word)
			}
			want := tt.word
			if what == "mixed up" && name == "auth.test" {
				want = "" // it says whose a token is, of either kind
			}
			s.api = s.client(token, token)
			if got := refusal(m.call(s)); got != want {
				t.Errorf("%s: %q, want %q", what, got, want)
			}
			s.srv.RevokeToken(own, "")
		}
		s.api = s.rig.api
		if err := m.call(s); err != nil {
			t.Errorf("the right one, afterwards: %v", err)
		}
	})
}

// refusal returns Slack's word for what is wrong, "" for success.
func refusal(err error) string {
	if refused, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return refused.Err
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// Without one scope of manifest.yaml, or an optional one, the methods that need it are refused and say so; the others
// work.
func TestScopes(t *testing.T) {
	granted := append(manifest(t).OAuthConfig.Scopes.Bot, "channels:history")
	eachMethod(t, fakeslack.Options{}, func(s *scene, _ string, m webMethod) {
		t := s.t
		for _, lacking := range append(granted, "connections:write") {
			rest := slices.DeleteFunc(slices.Clone(granted), func(scope string) bool { return scope == lacking })
			s.srv.SetScopes(rest)
			s.srv.SetAppScopes([]string{"connections:write"})
			provided := strings.Join(rest, ",")
			if m.app {
				provided = ""
			}
			if lacking == "connections:write" {
				s.srv.SetAppScopes(nil)
			}
			err := m.call(s)
			if !slices.Contains(m.scopes, lacking) {
				if refusal(err) == "missing_scope" {
					t.Errorf("without %s: %v", lacking, err)
				}
				continue
			}
			refused, _ := errors.AsType[slack.SlackErrorResponse](err)
			if refused.Err != "missing_scope" || refused.Needed != lacking || refused.Provided != provided {
				t.Errorf("without %s: %+v, %v", lacking, refused, err)
			}
		}
	})
}

// Above its tier a method is refused with a pause that it names; afterwards it works again, and meanwhile the others do.
func TestTiers(t *testing.T) {
	eachMethod(t, fakeslack.Options{RateLimit: true}, func(s *scene, name string, m webMethod) {
		t := s.t
		if m.minute == 0 {
			return // messages by channel and connections: TestRateLimit, TestHammering
		}
		var limited *slack.RateLimitedError
		calls := 0
		for ok := false; !ok && calls < 1000; calls++ {
			limited, ok = errors.AsType[*slack.RateLimitedError](m.call(s))
		}
		every := time.Minute / time.Duration(m.minute)
		if limited == nil || limited.RetryAfter < every || limited.RetryAfter > every+time.Second {
			t.Fatalf("call %d: %+v, want a pause of %v in whole seconds", calls, limited, every)
		}
		if _, err := s.api.AuthTestContext(t.Context()); name != "auth.test" && err != nil {
			t.Errorf("another method, meanwhile: %v", err)
		}
		last := s.srv.Calls(name)
		if got := last[len(last)-1]; got.Status != http.StatusTooManyRequests || got.Error != "ratelimited" {
			t.Errorf("refused with %d %s", got.Status, got.Error)
		}
		time.Sleep(limited.RetryAfter)
		start, more := time.Now(), min(m.minute, 2*20) // twice of what is taken at once
		for n := 0; n < more; {
			if _, ok := errors.AsType[*slack.RateLimitedError](m.call(s)); ok {
				time.Sleep(every)
				continue
			}
			n++
		}
		if took, want := time.Since(start), time.Duration(more-1)*every; took < want-time.Second || took > want+2*every {
			t.Errorf("%d calls took %v, want %v", more, took, want)
		}
	})
}
