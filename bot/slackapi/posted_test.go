package slackapi_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/slack-go/slack"

	"snapback/bot/slackapi"
	"snapback/internal/sandbox/fakeslack"
)

func marked(seq uint64) slack.SlackMetadata {
	return slack.SlackMetadata{EventType: "snapback", EventPayload: map[string]any{
		"installation": "i-1", "subject": "R-17", "seq": seq,
	}}
}

// post posts a marked message and returns where it is.
func (r *rig) post(t *testing.T, where string, m slackapi.Message) (in, ts string) {
	t.Helper()
	m.Text = "x"
	in, ts, err := r.Post(t.Context(), where, m)
	if err != nil {
		t.Fatal(err)
	}
	return in, ts
}

func (r *rig) find(t *testing.T, where, thread string, meta slack.SlackMetadata) string {
	t.Helper()
	ts, err := r.FindPosted(t.Context(), where, thread, meta)
	if err != nil {
		t.Fatal(err)
	}
	return ts
}

// Numbers come back from Slack as other types than they went; they are the same all the same.
func TestFindPosted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		_, first := r.post(t, channel, slackapi.Message{Metadata: marked(1_234_567)})
		_, second := r.post(t, channel, slackapi.Message{Metadata: marked(8)})
		r.post(t, channel, slackapi.Message{})
		for seq, want := range map[uint64]string{1_234_567: first, 8: second, 9: ""} {
			if got := r.find(t, channel, "", marked(seq)); got != want {
				t.Errorf("seq %d: %q, want %q", seq, got, want)
			}
		}
		others := map[string]slack.SlackMetadata{"another type": marked(8), "another installation": marked(8), "more": marked(8), "less": marked(8)}
		for name, meta := range others {
			switch name {
			case "another type":
				meta.EventType = "other"
			case "another installation":
				meta.EventPayload["installation"] = "i-2"
			case "more":
				meta.EventPayload["more"] = 1
			case "less":
				delete(meta.EventPayload, "subject")
			}
			if got := r.find(t, channel, "", meta); got != "" {
				t.Errorf("%s: found %s", name, got)
			}
		}
	})
}

// A card, its thread's line and a broadcast tell of one event with the same marks. Each is found in its own place only.
func TestFindPostedInItsPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		_, card := r.post(t, channel, slackapi.Message{Metadata: marked(5)})
		if got := r.find(t, channel, card, marked(5)); got != "" {
			t.Errorf("the card %s was taken for a line of its thread", got)
		}
		_, line := r.post(t, channel, slackapi.Message{Metadata: marked(6), Thread: card, Broadcast: true})
		if got := r.find(t, channel, card, marked(6)); got != line {
			t.Errorf("the thread's line: %q, want %q", got, line)
		}
		if got := r.find(t, channel, "", marked(6)); got != "" {
			t.Errorf("the broadcast %s was taken for a card", got)
		}
		if got := r.find(t, channel, "", marked(5)); got != card {
			t.Errorf("the card: %q, want %q", got, card)
		}
	})
}

// Direct messages can be looked through by the person's id, as they can be posted.
func TestFindPostedToAPerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		in, ts := r.post(t, "U0DEV", slackapi.Message{Metadata: marked(5)})
		for _, where := range []string{"U0DEV", in} {
			if got := r.find(t, where, "", marked(5)); got != ts {
				t.Errorf("%s: %q, want %q", where, got, ts)
			}
		}
		if _, err := r.FindPosted(t.Context(), "U0GONE", "", marked(5)); slackapi.Code(err) != "user_disabled" {
			t.Errorf("got %v", err)
		}
	})
}

// A long thread is listed from its beginning; what was posted last is at its end.
func TestFindPostedInALongThread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		_, card := r.post(t, channel, slackapi.Message{Metadata: marked(1)})
		for i := range 250 {
			if _, err := r.srv.As("U0DEV").Say(channel, card, fmt.Sprint(i)); err != nil {
				t.Fatal(err)
			}
		}
		_, line := r.post(t, channel, slackapi.Message{Metadata: marked(2), Thread: card})
		if got := r.find(t, channel, card, marked(2)); got != line {
			t.Errorf("got %q, want %q", got, line)
		}
	})
}

func TestFindPostedFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.srv.SetScopes([]string{"chat:write"})
		if _, err := r.FindPosted(t.Context(), channel, "", marked(1)); slackapi.Code(err) != "missing_scope" {
			t.Errorf("got %v", err)
		}
	})
}
