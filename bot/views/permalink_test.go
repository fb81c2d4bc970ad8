package views

import (
	"strings"
	"testing"

	"snapback/internal/restore"
	"snapback/internal/text/texttest"
)

func TestPermalink(t *testing.T) {
	const workspace = "https://demo.slack.com/"
	tests := []struct {
		name      string
		workspace string
		ref       restore.MessageRef
		want      string
	}{
		{"a card", workspace, restore.MessageRef{Channel: "C1H9RESGA", TS: "1358546515.000008"}, workspace + "archives/C1H9RESGA/p1358546515000008"},
		{"workspace unknown", "", restore.MessageRef{Channel: "C1", TS: "1358546515.000008"}, ""},
		{"not posted", workspace, restore.MessageRef{}, ""},
		{"no time", workspace, restore.MessageRef{Channel: "C1", TS: "1358546515"}, ""},
		{"markup as channel", workspace, restore.MessageRef{Channel: "C1|<!channel>", TS: "1358546515.000008"}, ""},
		{"markup as time", workspace, restore.MessageRef{Channel: "C1", TS: "1.0>|x"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := (Renderer{Workspace: tt.workspace}).permalink(tt.ref); got != tt.want {
				t.Errorf("the link is %q, want %q", got, tt.want)
			}
		})
	}
}

// TestHolderIsLinked checks where the way to the holder's card is: in the blocks of a card, and in those of a list. Where
// it is not known, the name stands alone.
func TestHolderIsLinked(t *testing.T) {
	const link = "https://demo.slack.com/archives/C0RESTORES/p1763650801000200"
	unlinked := renderer()
	unlinked.Workspace = ""
	for _, s := range texttest.Requests() {
		linked := s.Place != nil && s.Place.Card.TS != ""
		card := string(encode(t, renderer().Card(s.Request, s.Place, texttest.Now(), false).Blocks))
		if strings.Contains(card, link) != linked {
			t.Errorf("%s: the card links: %t", s.Name, !linked)
		}
		item := string(encode(t, renderer().item(s.Request, s.Place)))
		if strings.Contains(item, "<"+link+"|R-1") != linked {
			t.Errorf("%s: the list links: %t", s.Name, !linked)
		}
		plain := unlinked.Card(s.Request, s.Place, texttest.Now(), false)
		checkMessage(t, plain)
		if linked && !strings.Contains(string(encode(t, plain.Blocks)), `"R-1`) {
			t.Errorf("%s: the holder has no name", s.Name)
		}
	}
}
