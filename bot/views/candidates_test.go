package views

import (
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/text/texttest"
)

// picking returns the radio buttons of the form that adopts, nil if it has none.
func picking(t *testing.T, r *restore.Request) (*slack.InputBlock, *slack.RadioButtonsBlockElement) {
	t.Helper()
	view := renderer().Form(commands.Opened{Form: commands.FormAdopt, Request: r}, "C1", texttest.Now())
	checkView(t, view)
	for _, b := range view.Blocks.BlockSet {
		if in, ok := b.(*slack.InputBlock); ok && in.BlockID == commands.InputCandidate {
			radio, ok := in.Element.(*slack.RadioButtonsBlockElement)
			if !ok {
				t.Fatalf("%T to pick with", in.Element)
			}
			return in, radio
		}
	}
	return nil, nil
}

// Each option sends back the group that it shows. Only a candidate that is alone and does what was asked for is chosen
// at first.
func TestCandidates(t *testing.T) {
	for sample, want := range map[string]struct {
		options int
		chosen  bool
		hint    string
	}{
		"in_doubt_answer":                {},
		"in_doubt_sighted":               {options: 1, chosen: true},
		"in_doubt_guard":                 {options: 1, chosen: true},
		"in_doubt_busy":                  {options: 1},
		"in_doubt_auto_approved_sighted": {options: 1},
		"in_doubt_many":                  {options: 10, hint: "4 more"},
	} {
		t.Run(sample, func(t *testing.T) {
			r := texttest.Request(sample)
			in, radio := picking(t, r)
			if want.options == 0 {
				if in != nil {
					t.Errorf("something to pick: %+v", radio)
				}
				return
			}
			if len(radio.Options) != want.options || (radio.InitialOption != nil) != want.chosen {
				t.Errorf("%d options, at first %+v", len(radio.Options), radio.InitialOption)
			}
			for i, g := range slices.Concat(r.Sighted.Alike, r.Sighted.Near)[:want.options] {
				o := radio.Options[i]
				alike := strings.Contains(o.Description.Text, "same snapshot, same target")
				if o.Value != g.ID || !strings.Contains(o.Text.Text, g.ID) || alike != (i < len(r.Sighted.Alike)) {
					t.Errorf("option %d of group %s: %+v, %+v", i, g.ID, o, o.Description)
				}
			}
			if !strings.Contains(in.Hint.Text, want.hint) {
				t.Errorf("hint %q", in.Hint.Text)
			}
		})
	}
}

// A batch is one option, whatever its jobs are doing.
func TestBatchIsOneCandidate(t *testing.T) {
	r := texttest.Request("in_doubt_many")
	_, radio := picking(t, r)
	want := "batch " + r.Sighted.Near[0].ID + ", 2 jobs, IN_PROGRESS, FINISHED"
	if got := radio.Options[2].Text.Text; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Whoever could not end a doubt sees how it stands.
func TestNoWayOutShowsTheCard(t *testing.T) {
	r := texttest.Request("in_doubt_many")
	for _, v := range []approvals.Verdict{approvals.Gone, approvals.LookFirst, approvals.NotPossible, approvals.Outdated} {
		m := renderer().Reply(commands.Decided{Request: r, Verb: commands.VerbAdopt, Verdict: v}, texttest.Now())
		if got := string(encode(t, m.Blocks)); !strings.Contains(got, "Restore request R-17") {
			t.Errorf("%s: no card in %s", v, got)
		}
	}
}
