package fakeslack_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"snapback/internal/sandbox/fakeslack"
)

func TestResponseURL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.app(1, ackWith(t, nil))
		p := r.srv.As("U1")
		o := must[*fakeslack.Outcome](t)(p.Slash(t.Context(), chan1, "/restore", ""))
		say := func(text string, more ...slack.MsgOption) error {
			opts := append([]slack.MsgOption{slack.MsgOptionText(text, false)}, more...)
			_, _, err := r.api.PostMessage("", append(opts, slack.MsgOptionResponseURL(o.ResponseURL, slack.ResponseTypeEphemeral))...)
			return err
		}
		if status, body := r.post(o.ResponseURL, "application/json", `{"blocks":[{"type":"x"}]}`); status != http.StatusBadRequest || !strings.Contains(body, "invalid_blocks") {
			t.Errorf("invalid blocks: %d %s", status, body)
		}
		for i := range 5 {
			if err := say("answer"); err != nil {
				t.Errorf("use %d: %v", i+1, err)
			}
		}
		if err := say("sixth"); err == nil {
			t.Error("a sixth use")
		}
		if status, body := r.post(o.ResponseURL, "application/json", `{"text":"x"}`); status != http.StatusNotFound || !strings.Contains(body, "used_url") {
			t.Errorf("sixth use: %d %s", status, body)
		}
		if m := must[fakeslack.Message](t)(o.AwaitReply(t.Context())); m.Text != "answer" || m.EphemeralTo != "U1" || len(o.Replies()) != 5 {
			t.Errorf("reply %+v of %d", m, len(o.Replies()))
		}
		o = must[*fakeslack.Outcome](t)(p.Slash(t.Context(), chan1, "/restore", ""))
		time.Sleep(30*time.Minute + time.Second)
		if status, body := r.post(o.ResponseURL, "application/json", `{"text":"x"}`); status != http.StatusNotFound || !strings.Contains(body, "expired_url") {
			t.Errorf("after half an hour: %d %s", status, body)
		}
	})
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
