package views

import (
	"testing"

	"github.com/slack-go/slack"

	"snapback/internal/text/texttest"
)

// TestRow reads back what stands on a card, and what others may send.
func TestRow(t *testing.T) {
	t.Parallel()
	v := renderer()
	r := texttest.Request("pending")
	row := ""
	for _, b := range v.Card(r, nil, texttest.Now(), false).Blocks {
		if actions, ok := b.(*slack.ActionBlock); ok {
			row = actions.BlockID
		}
	}
	if n, ours := v.Row(row); n != r.N || !ours {
		t.Errorf("%s: event %d, ours: %t", row, n, ours)
	}
	other := v
	other.Lineage = "line-2"
	if _, ours := other.Row(row); ours {
		t.Error("the row of another lineage is ours")
	}
	other.Lineage = ""
	for _, id := range []string{
		"", "v1", ":", "::::", "v1:R-17:2:actions", "v1:R-17:2:actions:", "v2:R-17:2:actions:line-1",
		"v1:R-17:x:actions:line-1", "v1:R-17:-2:actions:line-1", "v1:R-17:2:actions:line-1:more", "v1:R-17:2:actions:line-10",
	} {
		for _, v := range []Renderer{v, other} {
			if _, ours := v.Row(id); ours {
				t.Errorf("%q is ours", id)
			}
		}
	}
}
