package slackapi_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"snapback/bot/slackapi"
	"snapback/internal/sandbox/fakeslack"
)

func TestIdentity(t *testing.T) {
	tests := []struct {
		name, answer string
		want         slackapi.Identity
	}{
		{"workspace", `{"ok":true,"team_id":"T1","user_id":"U1"}`, slackapi.Identity{Team: "T1", User: "U1"}},
		{
			"workspace with its address", `{"ok":true,"url":"https://acme.slack-gov.com/","team_id":"T1","user_id":"U1"}`,
			slackapi.Identity{Team: "T1", User: "U1", Workspace: "https://acme.slack-gov.com/"},
		},
		{
			"an address that is none", `{"ok":true,"url":"javascript://x/","team_id":"T1","user_id":"U1"}`,
			slackapi.Identity{Team: "T1", User: "U1"},
		},
		{
			"an address with markup", `{"ok":true,"url":"https://a|<!channel>/","team_id":"T1","user_id":"U1"}`,
			slackapi.Identity{Team: "T1", User: "U1"},
		},
		{
			"workspace of a grid", `{"ok":true,"team_id":"T1","user_id":"U1","enterprise_id":"E1"}`,
			slackapi.Identity{Team: "T1", User: "U1", Enterprise: "E1"},
		},
		{
			"whole organization", `{"ok":true,"team_id":"E1","user_id":"U1","enterprise_id":"E1"}`,
			slackapi.Identity{Team: "E1", User: "U1", Enterprise: "E1", OrgWide: true},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			handler := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, tt.answer) }
			synctest.Test(t, func(t *testing.T) {
				c := behind(t, handler)
				if got, err := c.Identity(t.Context()); got != tt.want || err != nil {
					t.Errorf("got %+v, %v; want %+v", got, err, tt.want)
				}
			})
		})
	}
}

// A token in the other's place is told as such, whichever way round.
func TestMixedUpTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.tokens.set("xapp-1-secret", "xoxb-1-secret")
		_, err := r.Identity(t.Context())
		if slackapi.Code(err) != "not_allowed_token_type" {
			t.Errorf("bot token: %v", err)
		}
		if err := r.Connectable(t.Context()); slackapi.Code(err) != "not_allowed_token_type" {
			t.Errorf("app token: %v", err)
		}
	})
}

// Each call uses the tokens of its time. The library's client stays the same while the tokens do.
func TestTokensChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		before := r.Slack()
		if before != r.Slack() {
			t.Error("another client for the same tokens")
		}
		if _, err := r.Identity(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.tokens.set("xoxb-2-secret", "xapp-1-secret")
		if _, err := r.Identity(t.Context()); slackapi.Code(err) != "invalid_auth" {
			t.Errorf("got %v", err)
		}
		if r.Slack() == before {
			t.Error("the same client for other tokens")
		}
		calls := r.srv.Calls("auth.test")
		if len(calls) != 2 || calls[0].Token != "xoxb-1-secret" || calls[1].Token != "xoxb-2-secret" {
			t.Errorf("called with %+v", calls)
		}
	})
}

// The scopes are the bot token's, as of the last answer; the app token has others.
func TestScopes(t *testing.T) {
	granted := "chat:write,channels:history, groups:history,im:history"
	handler := func(w http.ResponseWriter, req *http.Request) {
		scopes := granted
		if req.URL.Path == "/api/apps.connections.open" {
			scopes = "connections:write"
		}
		w.Header().Set("X-OAuth-Scopes", scopes)
		_, _ = io.WriteString(w, `{"ok":true,"user_id":"U1","team_id":"T1","url":"ws://slack.example/link"}`)
	}
	synctest.Test(t, func(t *testing.T) {
		c := behind(t, handler)
		if c.Scopes() != nil || c.CanLookBack() {
			t.Error("scopes are known before any answer")
		}
		if _, err := c.Identity(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := c.Connectable(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := []string{"chat:write", "channels:history", "groups:history", "im:history"}
		if got := c.Scopes(); !slices.Equal(got, want) || !c.CanLookBack() {
			t.Errorf("got %q, can look back %v", got, c.CanLookBack())
		}
		c.Scopes()[0] = "changed"
		for _, missing := range want[1:] {
			granted = ""
			for _, s := range want {
				if s != missing {
					granted += s + ","
				}
			}
			if _, err := c.Identity(t.Context()); err != nil {
				t.Fatal(err)
			}
			if c.CanLookBack() || slices.Contains(c.Scopes(), "changed") {
				t.Errorf("without %s: %q", missing, c.Scopes())
			}
		}
	})
}

func TestClockIsHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{DateSkew: time.Hour})
		if _, err := r.User(t.Context(), "U0DEV"); err != nil {
			t.Fatal(err)
		}
		if got := r.heard.offset.Round(time.Second); got != time.Hour {
			t.Errorf("Slack is %v ahead, want an hour", got)
		}
	})
}

func TestLookUps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		if u, err := r.User(t.Context(), "U0DEV"); err != nil || u.ID != "U0DEV" {
			t.Errorf("got %+v, %v", u, err)
		}
		if c, err := r.Channel(t.Context(), channel); err != nil || !c.IsMember {
			t.Errorf("got %+v, %v", c, err)
		}
		for group, want := range map[string][]string{dba: {"U0DEV"}, "S0NONE": {}} {
			if got, err := r.GroupMembers(t.Context(), group); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: got %q, %v", group, got, err)
			}
		}
		_, user := r.User(t.Context(), "U0NOBODY")
		_, group := r.GroupMembers(t.Context(), "S0NOTHING")
		_, place := r.Channel(t.Context(), "C0NOWHERE")
		got := fmt.Sprint(slackapi.Code(user), " ", slackapi.Code(group), " ", slackapi.Code(place))
		if want := "user_not_found no_such_subteam channel_not_found"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

// TestIdleConnectionCloses closes connections while they are asked something. A question is put again where the
// connection had been open before, once; what changes something is not.
func TestIdleConnectionCloses(t *testing.T) {
	tests := []struct {
		name   string
		closes []int // which requests, from 1
		fails  bool
		made   int
	}{
		{"first", []int{1}, true, 1},
		{"kept", []int{2}, false, 3},
		{"kept, and the new one", []int{2, 3}, true, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			made := 0
			handler := func(w http.ResponseWriter, _ *http.Request) {
				if made++; slices.Contains(tt.closes, made) {
					panic(http.ErrAbortHandler)
				}
				_, _ = io.WriteString(w, `{"ok":true,"users":["U1"],"ts":"1.1","channel":"C1"}`)
			}
			synctest.Test(t, func(t *testing.T) {
				c := behind(t, handler)
				_, err := c.GroupMembers(t.Context(), dba)
				if tt.closes[0] > 1 {
					if err != nil {
						t.Fatal(err)
					}
					_, err = c.GroupMembers(t.Context(), dba)
				}
				if (err != nil) != tt.fails || made != tt.made {
					t.Errorf("%d requests, %v", made, err)
				}
			})
		})
	}
	t.Run("a message", func(t *testing.T) {
		made := 0
		handler := func(w http.ResponseWriter, _ *http.Request) {
			if made++; made == 2 {
				panic(http.ErrAbortHandler)
			}
			_, _ = io.WriteString(w, `{"ok":true,"users":["U1"]}`)
		}
		synctest.Test(t, func(t *testing.T) {
			c := behind(t, handler)
			if _, err := c.GroupMembers(t.Context(), dba); err != nil {
				t.Fatal(err)
			}
			if _, _, err := c.Post(t.Context(), channel, slackapi.Message{Text: "t"}); err == nil || made != 2 {
				t.Errorf("%d requests, %v", made, err)
			}
		})
	})
}
