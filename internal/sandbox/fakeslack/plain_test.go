package fakeslack_test

import (
	"testing"
	"testing/synctest"

	"github.com/slack-go/slack"

	"snapback/internal/sandbox/fakeslack"
)

func TestPlain(t *testing.T) {
	tests := []struct{ name, blocks, want string }{
		{"header", `[{"type":"header","text":{"type":"plain_text","text":"R-1 <b>"}},{"type":"divider"}]`, "R-1 <b>\n----"},
		{
			"mrkdwn", `[{"type":"section","text":{"type":"mrkdwn","text":"<@U1> <!subteam^S1> <#C0RESTORES> <!here> <https://x|link> <https://y> <@U9> a &lt; b &amp;amp;"}}]`,
			"@engineer @dba #restores @here link https://y @U9 a < b &amp;",
		},
		{"date", `[{"type":"section","fields":[{"type":"mrkdwn","text":"at <!date^1^{date}^https://l|2026-11-21 UTC>"}]}]`, "at 2026-11-21 UTC"},
		{"context", `[{"type":"context","elements":[{"type":"mrkdwn","text":"a"},{"type":"image","image_url":"u","alt_text":"p"}]}]`, "a · [image: p]"},
		{"actions", button, "[Approve] [Show] [… Cancel | Again]"},
		{
			"rich text", `[{"type":"rich_text","elements":[
				{"type":"rich_text_section","elements":[{"type":"text","text":"by "},{"type":"user","user_id":"U2"},{"type":"date","timestamp":1,"format":"{date}","fallback":" then"}]},
				{"type":"rich_text_list","style":"ordered","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"one"}]},{"type":"rich_text_section","elements":[{"type":"usergroup","usergroup_id":"S1"}]}]},
				{"type":"rich_text_quote","elements":[{"type":"text","text":"a\nb"}]}]}]`, "by @lead then\n1. one\n2. @dba\n> a\n> b",
		},
	}
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		for _, tt := range tests {
			r.postBlocks(chan1, tt.blocks)
			ms := r.srv.Messages(chan1)
			if got := ms[len(ms)-1].Plain(); got != tt.want {
				t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
			}
		}
		r.postText(chan1, "just *text* for <@U1>")
		ms := r.srv.Messages(chan1)
		if got := ms[len(ms)-1].Plain(); got != "just *text* for @engineer" {
			t.Errorf("got %q", got)
		}
	})
}

func TestPlainView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.formApp(modal(), func(slack.InteractionCallback) any {
			return slack.NewErrorsViewSubmissionResponse(map[string]string{"reason": "needs a ticket"})
		}, nil)
		p := r.openForm()
		must[*fakeslack.Outcome](t)(p.Submit(t.Context(), map[string]string{"reason": "r", "target": "b"}))
		want := "== New ==\nReason: [r]\n  ! needs a ticket\nTarget: [Cluster B v]\n[File] [Cancel]"
		if got := p.Views()[0].Plain(); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}
