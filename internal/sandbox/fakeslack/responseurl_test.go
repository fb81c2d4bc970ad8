package fakeslack_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"snapback/internal/sandbox/fakeslack"
)

// say answers a command over its response URL, with the library.
func (r *rig) say(url, text string, more ...slack.MsgOption) error {
	opts := append([]slack.MsgOption{says(text)}, more...)
	return last(r.api.PostMessage("", append(opts, slack.MsgOptionResponseURL(url, slack.ResponseTypeEphemeral))...))
}

// A response URL is good for five messages within half an hour, which only the person sees unless it says otherwise.
// Source: https://docs.slack.dev/interactivity/handling-user-interaction.
func TestResponseURL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.app(1, ackWith(t, nil))
		o := must[*fakeslack.Outcome](t)(r.srv.As("U1").Slash(t.Context(), chan1, "/restore", ""))
		if err := r.say(o.ResponseURL, ""); err == nil {
			t.Error("nothing was said, and that was taken")
		}
		for i := range 5 {
			if err := r.say(o.ResponseURL, "answer"); err != nil {
				t.Errorf("use %d: %v", i+1, err)
			}
			time.Sleep(30*time.Minute/4 - time.Millisecond) // the last comes just before the end
		}
		if m := must[fakeslack.Message](t)(o.AwaitReply(t.Context())); m.Text != "answer" || m.EphemeralTo != "U1" || len(o.Replies()) != 5 {
			t.Errorf("reply %+v of %d", m, len(o.Replies()))
		}
	})
}

// What a response URL refuses, and with which status: the library shows only that.
func TestResponseURLRefusals(t *testing.T) {
	tests := []struct {
		what   string
		status int
		word   string
		call   func(r *rig, url string) error
	}{
		{"a sixth use", http.StatusNotFound, "used_url", func(r *rig, url string) error {
			for range 5 {
				if err := r.say(url, "t"); err != nil {
					r.t.Error(err)
				}
			}
			return r.say(url, "t")
		}},
		{"half an hour later", http.StatusNotFound, "expired_url", func(r *rig, url string) error {
			time.Sleep(30*time.Minute + time.Millisecond)
			return r.say(url, "t")
		}},
		{"one that nobody gave out", http.StatusNotFound, "invalid_url", func(r *rig, url string) error { return r.say(url+"x", "t") }},
		{"nothing said", http.StatusBadRequest, "no_text", func(r *rig, url string) error { return r.say(url, "") }},
		{"invalid blocks", http.StatusBadRequest, "invalid_blocks", func(r *rig, url string) error {
			empty := slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", "", false, false), nil, nil)
			return r.say(url, "t", slack.MsgOptionBlocks(empty))
		}},
		{"an original that is not there", http.StatusNotFound, "message_not_found", func(r *rig, url string) error {
			return r.say(url, "t", slack.MsgOptionDeleteOriginal(url))
		}},
	}
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, fakeslack.Options{})
				r.url() // response URLs are on the host that the app asked for a connection last
				o := must[*fakeslack.Outcome](t)(r.srv.As("U1").Slash(t.Context(), chan1, "/restore", ""))
				err := tt.call(r, o.ResponseURL)
				if refused, ok := errors.AsType[slack.StatusCodeError](err); !ok || refused.Code != tt.status {
					t.Errorf("got %v, want %d", err, tt.status)
				}
				calls := r.srv.Calls("response_url")
				if len(calls) == 0 || calls[len(calls)-1].Error != tt.word {
					t.Errorf("calls %+v, want %s", calls, tt.word)
				}
			})
		})
	}
}

// Only a response URL changes an ephemeral message, and nothing changes who sees it.
func TestResponseURLChangesTheOriginal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.app(1, ackWith(t, nil))
		p := r.srv.As("U1")
		r.post(base+"chat.postEphemeral", "application/json", `{"channel":"`+chan1+`","user":"U1","blocks":`+button+`}`)
		mine := p.Sees(chan1)[0]
		o := must[*fakeslack.Outcome](t)(p.Press(t.Context(), chan1, mine.TS, "show"))
		r.post(o.ResponseURL, "application/json", `{"text":"shown","replace_original":true,"response_type":"in_channel","blocks":null,"metadata":{"event_type":"","event_payload":null}}`)
		got := p.Sees(chan1)
		if len(got) != 1 || got[0].Text != "shown" || got[0].Blocks != nil || got[0].TS != mine.TS || len(r.srv.As("U2").Sees(chan1)) != 0 {
			t.Errorf("replaced: %+v", got)
		}
		if status, body := r.post(o.ResponseURL, "application/json", `{"delete_original":true,"text":"","blocks":null,"replace_original":false}`); status != http.StatusOK || body != "ok" {
			t.Errorf("delete: %d %s", status, body)
		}
		if len(p.Sees(chan1)) != 0 {
			t.Error("not deleted")
		}
		ts := r.postBlocks(chan1, button)
		o = must[*fakeslack.Outcome](t)(p.Press(t.Context(), chan1, ts, "show"))
		r.post(o.ResponseURL, "application/json", `{"text":"in the thread","response_type":"in_channel","thread_ts":"`+ts+`","replace_original":false}`)
		if th := r.srv.Thread(chan1, ts); len(th) != 2 || th[1].EphemeralTo != "" {
			t.Errorf("thread: %+v", th)
		}
	})
}
