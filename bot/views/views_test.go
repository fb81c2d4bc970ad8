package views

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/text"
	"snapback/internal/text/texttest"
)

func TestCut(t *testing.T) {
	for _, tt := range []struct {
		s     string
		limit int
		want  string
	}{
		{"", 5, ""}, {"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"äöüß", 3, "äö…"}, {"日本語", 2, "日…"}, {"ab", 1, "…"},
	} {
		if got := cut(tt.s, tt.limit); got != tt.want {
			t.Errorf("cut(%q, %d) = %q, want %q", tt.s, tt.limit, got, tt.want)
		}
	}
}

// Cutting never leaves half an escape or half a mention behind, wherever the limit falls.
func TestFitAtEveryLimit(t *testing.T) {
	r := texttest.Request("pending_one_seat_filled")
	r.Asked.Reason = "a & b < c"
	lines := text.CardOf(r, nil, "/restore", texttest.Now()).Lines()
	v := renderer()
	for limit := 2; limit < 3000; limit += 7 {
		for _, s := range []string{
			v.mrkdwn(lines, limit), write(fit(lines, limit, limit, v.drawAloud), v.drawAloud),
		} {
			if n := utf8.RuneCountInString(s); n > limit || n == 0 {
				t.Fatalf("limit %d: %d code points", limit, n)
			}
			c := &checker{t: t, blockIDs: map[string]bool{}}
			c.parsed(s, "text")
		}
		if t.Failed() {
			t.Fatalf("at limit %d", limit)
		}
	}
}

// The ids of blocks change with every event, and say which version of our messages they are of.
func TestBlockIDs(t *testing.T) {
	r := texttest.Request("pending")
	ids := func() []string {
		var out []string
		for _, b := range renderer().Card(r, nil, texttest.Now(), true).Blocks {
			out = append(out, b.ID())
		}
		return out
	}
	before := ids()
	r.N++
	for _, id := range ids() {
		if slices.Contains(before, id) || !strings.HasPrefix(id, "v1:R-17:") {
			t.Errorf("block id %q stays", id)
		}
	}
}

// Buttons are those that the commands offer, and a press leads back to the card.
func TestButtons(t *testing.T) {
	for _, s := range texttest.Requests() {
		var got []commands.Action
		for _, b := range renderer().Card(s.Request, s.Place, texttest.Now(), false).Blocks {
			row, ok := b.(*slack.ActionBlock)
			if !ok {
				continue
			}
			for _, e := range row.Elements.ElementSet {
				button, ok := e.(*slack.ButtonBlockElement)
				if !ok {
					t.Fatalf("%s: %T among the buttons", s.Name, e)
				}
				card, err := commands.ParseValue(button.Value)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, commands.Action{
					ID: commands.ActionID(button.ActionID), Card: card, Confirm: button.Confirm != nil,
				})
			}
		}
		if want := commands.Actions(s.Request); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", s.Name, got, want)
		}
	}
}

// The question before an approval states what, as of when and where.
func TestApproveQuestion(t *testing.T) {
	r := texttest.Request("pending_dialog")
	got := string(encode(t, renderer().Card(r, nil, texttest.Now(), false).Blocks))
	want := "Restore of om/Payments/orders-prod onto om/Payments/orders-staging, as of 2026-11-21 14:05:09 UTC.\\n" +
		"Everything on orders-staging is overwritten."
	if !strings.Contains(got, want) {
		t.Errorf("no question like %s", want)
	}
	long := strings.Repeat("n", 500)
	poison(r, long)
	q := renderer().question(r, commands.Action{ID: commands.ActionApprove})
	if !strings.Contains(q.Text.Text, "2026-11-21 14:05:09 UTC") {
		t.Errorf("long names push the instant out: %s", q.Text.Text)
	}
}

// Only the first post of a card that waits mentions people, and each group once.
func TestMentions(t *testing.T) {
	count := func(sample string, first bool) int {
		return strings.Count(string(encode(t, renderer().Card(texttest.Request(sample), nil, texttest.Now(), first).Blocks)), `"usergroup"`)
	}
	for _, tt := range []struct {
		sample string
		first  bool
		want   int
	}{
		{"pending", true, 1},
		{"pending", false, 0},
		{"pending_one_seat_filled", true, 0},
		{"pending_two_of_one_group", true, 1},
		{"approved", true, 0},
		{"canceled", true, 0},
	} {
		if got := count(tt.sample, tt.first); got != tt.want {
			t.Errorf("%s, first %v: dba mentioned %d times, want %d", tt.sample, tt.first, got, tt.want)
		}
	}
}

func TestMetadata(t *testing.T) {
	got := renderer().Metadata("R-17", 42)
	want := slack.SlackMetadata{EventType: "snapback", EventPayload: map[string]any{
		"installation": "inst-1", "subject": "R-17", "seq": uint64(42),
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestMeta(t *testing.T) {
	v := renderer()
	r := texttest.Request("pending")
	view := v.Form(commands.Opened{Form: commands.FormDeny, Request: r}, "C1", texttest.Now())
	m, err := v.ParseMeta(view.PrivateMetadata)
	if err != nil || m.Card() != commands.CardOf(r) || m.Channel != "C1" {
		t.Errorf("got %+v, %v", m, err)
	}
	other := v
	other.Installation = "inst-2"
	for what, raw := range map[string]string{
		"nothing": "", "no JSON": "R-17", "another version": strings.Replace(view.PrivateMetadata, `"v":1`, `"v":2`, 1),
		"another installation": other.meta(commands.CardOf(r), "C1").String(),
		"no request":           v.meta(commands.Card{Subject: "system"}, "").String(),
	} {
		if _, err := v.ParseMeta(raw); !errors.Is(err, ErrMeta) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Errors appear at an input that the form has, and only for what an input can mend.
func TestFormErrors(t *testing.T) {
	for verdict, want := range map[approvals.Verdict]string{
		approvals.WrongTarget: commands.InputConfirmTarget, approvals.ReasonNeeded: commands.InputReason,
		approvals.TooLate: "", approvals.Counts: "", approvals.Gone: "", approvals.LookFirst: "", approvals.NotPossible: "",
	} {
		got := renderer().FormErrors(commands.Decided{Request: texttest.Request("pending"), Verdict: verdict})
		if (want == "") != (got == nil) || want != "" && got[want] == "" {
			t.Errorf("%s: got %v", verdict, got)
		}
	}
	if got := renderer().FormErrors(commands.Helped{}); got != nil {
		t.Errorf("help: got %v", got)
	}
}

// Every input that a form's command is made of is drawn, and no other: the source says which are read.
func TestInputsAreDrawn(t *testing.T) {
	read := inputsRead(t)
	names := map[string]string{
		"InputCandidate": commands.InputCandidate, "InputConfirmTarget": commands.InputConfirmTarget,
		"InputReason": commands.InputReason,
	}
	byName := map[string]commands.Form{
		"FormApprove": commands.FormApprove, "FormDeny": commands.FormDeny, "FormAdopt": commands.FormAdopt,
		"FormResend": commands.FormResend, "FormFinished": commands.FormFinished, "FormAbandon": commands.FormAbandon,
		"FormRelease": commands.FormRelease,
	}
	if len(read) != len(byName) {
		t.Fatalf("commands.Submit reads the forms %v", read)
	}
	for form, inputs := range read {
		r := texttest.Request(forms()[byName[form]])
		view := renderer().Form(commands.Opened{Form: byName[form], Request: r}, "C1", texttest.Now())
		var drawn []string
		for _, b := range view.Blocks.BlockSet {
			if in, ok := b.(*slack.InputBlock); ok {
				drawn = append(drawn, in.BlockID)
			}
		}
		var want []string
		for _, input := range inputs {
			want = append(want, names[input])
		}
		if !slices.Equal(drawn, want) {
			t.Errorf("%s draws %v, its command reads %v", form, drawn, want)
		}
	}
}

// inputsRead returns, by form, the inputs that commands.Submit reads.
func inputsRead(t *testing.T) map[string][]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../commands/handler.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string][]string)
	ast.Inspect(file, func(n ast.Node) bool {
		if fn, ok := n.(*ast.FuncDecl); ok && fn.Name.Name != "Submit" {
			return false
		}
		clause, ok := n.(*ast.CaseClause)
		if !ok || len(clause.List) != 1 {
			return true
		}
		form := name(clause.List[0])
		ast.Inspect(clause, func(n ast.Node) bool {
			if index, ok := n.(*ast.IndexExpr); ok {
				out[form] = append(out[form], name(index.Index))
			}
			return true
		})
		return true
	})
	return out
}

func name(e ast.Expr) string {
	if id, ok := e.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// A result in the place of a form has nothing to press: there is no message that a press could belong to.
func TestFormDoneHasNoButtons(t *testing.T) {
	v := renderer()
	for _, a := range texttest.Replies() {
		view := v.FormDone(commands.FormApprove, v.Reply(a.Reply, texttest.Now()))
		checkView(t, view)
		if got := string(encode(t, view)); strings.Contains(got, `"button"`) {
			t.Errorf("%s: a button in %s", a.Name, got)
		}
	}
}

// Drawing changes nothing in what is drawn.
func TestDrawingIsPure(t *testing.T) {
	v := renderer()
	for _, s := range texttest.Requests() {
		want := texttest.Request(s.Name)
		v.Card(s.Request, s.Place, texttest.Now(), true)
		v.Repeated(v.Card(s.Request, s.Place, texttest.Now(), true))
		v.FormDone(commands.FormDeny, v.Reply(commands.Listed{Requests: []*restore.Request{s.Request}}, texttest.Now()))
		if !reflect.DeepEqual(s.Request, want) {
			t.Errorf("%s was changed", s.Name)
		}
	}
	if !maps.Equal(map[string]string{"U": v.Groups["dba"].Usergroup}, map[string]string{"U": "S0DBA"}) {
		t.Error("groups were changed")
	}
}

// A card names nobody of a group, so that its first post calls each group once and no member of it; a quiet group is not
// called at all, on the card and in the thread.
func TestWhoIsCalled(t *testing.T) {
	pending := texttest.Request("pending")
	var reminded texttest.Happening
	for _, h := range texttest.Events() {
		if h.Name == "reminded_pending_again" {
			reminded = h
		}
	}
	quiet := renderer()
	quiet.Groups = maps.Clone(quiet.Groups)
	for name, g := range quiet.Groups {
		g.Quiet = true
		quiet.Groups[name] = g
	}
	for name, tt := range map[string]struct {
		v      Renderer
		called []string
	}{
		"loud":  {renderer(), []string{"S0DBA", "U0LEAD", "U0LEAD2"}},
		"quiet": {quiet, nil},
	} {
		note, _ := tt.v.Thread(reminded.Request, reminded.Event, reminded.Body)
		for where, m := range map[string]Message{"card": tt.v.Card(pending, nil, texttest.Now(), true), "note": note} {
			var got []string
			raw := m.Text + string(encode(t, m.Blocks))
			for _, id := range []string{"S0DBA", "U0DBA", "U0DBA2", "U0LEAD", "U0LEAD2"} {
				if strings.Contains(raw, `"`+id+`"`) || strings.Contains(raw, "@"+id+">") || strings.Contains(raw, "^"+id+">") {
					got = append(got, id)
				}
			}
			if !slices.Equal(got, tt.called) {
				t.Errorf("%s %s calls %v, want %v", name, where, got, tt.called)
			}
		}
	}
}
