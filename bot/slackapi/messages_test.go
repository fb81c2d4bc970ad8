package slackapi_test

import (
	"testing"
	"testing/synctest"

	"github.com/slack-go/slack"

	"snapback/bot/slackapi"
	"snapback/internal/sandbox/fakeslack"
)

func TestMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		block := slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", "*card*", false, false), nil, nil)
		in, card := r.post(t, channel, slackapi.Message{Blocks: []slack.Block{block}, Metadata: marked(1)})
		_, line := r.post(t, channel, slackapi.Message{Thread: card, Broadcast: true})
		if err := r.Update(t.Context(), in, card, slackapi.Message{Text: "edited", Metadata: marked(2)}); err != nil {
			t.Fatal(err)
		}
		if err := r.Ephemeral(t.Context(), channel, "U0DEV", says("for you")); err != nil {
			t.Fatal(err)
		}
		got := r.srv.As("U0DEV").Sees(channel)
		if len(got) != 3 {
			t.Fatalf("%d messages", len(got))
		}
		if m := got[0]; in != channel || m.TS != card || m.Text != "edited" || m.Blocks != nil || len(m.Revisions) != 1 {
			t.Errorf("card: %+v", m)
		}
		if m := got[1]; m.TS != line || m.ThreadTS != card || !m.Broadcast {
			t.Errorf("line: %+v", m)
		}
		if m := got[2]; m.EphemeralTo != "U0DEV" || m.Text != "for you" {
			t.Errorf("ephemeral: %+v", m)
		}
		if c := r.srv.Calls("chat.postMessage")[0]; c.Args["unfurl_links"] != "false" || c.Args["unfurl_media"] != "false" {
			t.Errorf("links are unfurled: %v", c.Args)
		}
	})
}
