package text

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/text/texttest"
)

func TestPlain(t *testing.T) {
	at14 := time.Date(2026, 11, 21, 15, 5, 9, 0, time.FixedZone("CET", 3600))
	tests := map[string]struct {
		line Line
		want string
	}{
		"words":               {say("a {} c", plain("b")), "a b c"},
		"no words":            {say("{}{}", plain("a"), code("b`c")), "a`b'c`"},
		"time is in UTC":      {Line{at(at14)}, "2026-11-21 14:05:09 UTC"},
		"no time":             {Line{at(time.Time{})}, "an unknown time"},
		"person with a name":  {Line{{Kind: SpanPerson, Person: approvals.Person{User: "U1"}, Text: "dana"}}, "dana"},
		"person without":      {Line{{Kind: SpanPerson, Person: approvals.Person{User: "U1"}}}, "U1"},
		"group":               {Line{group("dba")}, "@dba"},
		"quote keeps no line": {Line{quote("a\nState:\n  approved")}, "“a State: approved”"},
		"marks are gone":      {Line{bold("a\u202eb\u2066c\x00d\x1b[31m")}, "abcd[31m"},
		"list of one":         {join([]Span{plain("a")}, "or"), "a"},
		"list of three":       {join([]Span{plain("a"), plain("b"), plain("c")}, "or"), "a, b or c"},
		"long list":           {join(codes([]string{"a", "b", "c", "d", "e", "f", "g"}), "and"), "`a`, `b`, `c`, `d`, `e` and 2 more"},
		"seats of one group":  {seatList([]string{"dba", "leads", "dba"}, "and"), "`dba` (2 people) and `leads`"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.line.Plain(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMeasures(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "less than a second", 900 * time.Millisecond: "less than a second", 59 * time.Second: "59 s",
		47*time.Minute + 59*time.Second: "47 min", 2 * time.Hour: "2 h", 125 * time.Minute: "2 h 5 min",
		24 * time.Hour: "1 d", 76 * time.Hour: "3 d 4 h", -time.Hour: "less than a second",
	} {
		if got := span(d); got != want {
			t.Errorf("span(%v) = %q, want %q", d, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1536: "1.5 KiB", 118 << 30: "118 GiB", 3 << 40: "3.0 TiB"} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %q, want %q", n, got, want)
		}
	}
}

// Every sentence has as many places as parts, and the style of the house.
func TestSentences(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if id, ok := call.Fun.(*ast.Ident); !ok || id.Name != "say" {
				return true
			}
			format := literal(call.Args[0])
			checked++
			if got := strings.Count(format, "{}"); got != len(call.Args)-1 {
				t.Errorf("%s: %d places, %d parts: %s", set.Position(call.Pos()), got, len(call.Args)-1, format)
			}
			if format == "" || strings.Contains(format, "!") {
				t.Errorf("%s: empty, not a literal, or too loud: %q", set.Position(call.Pos()), format)
			}
			return true
		})
	}
	if checked < 100 {
		t.Errorf("only %d sentences found", checked)
	}
}

// literal returns the text of a string literal, or of several that are added.
func literal(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(x.Value)
		if err == nil {
			return s
		}
	case *ast.BinaryExpr:
		return literal(x.X) + literal(x.Y)
	}
	return ""
}

// An erased event, and a body that this version does not know, are told to nobody.
func TestErased(t *testing.T) {
	r := texttest.Request("pending")
	if lines, ok := Event(r, restore.Event{Kind: restore.KindDenied}, nil); ok {
		t.Errorf("erased event is told: %s", render(lines))
	}
	if lines, ok := Direct(r, restore.Event{Kind: restore.KindDenied}, nil); ok {
		t.Errorf("erased event is told in person: %s", render(lines))
	}
}

// What is retried by itself is told once.
func TestHeldAgainIsSilent(t *testing.T) {
	r := texttest.Request("approved")
	w := restore.Wait{Code: restore.WaitFixable}
	for tries, want := range []bool{true, false} {
		w.Tries = tries
		body := restore.BodyHeld{Attempt: tries + 1, Wait: w, Outcome: restore.Outcome{Kind: restore.Fixable}}
		if _, ok := Event(r, restore.Event{}, body); ok != want {
			t.Errorf("thread after %d tries: %v", tries, ok)
		}
		if _, ok := Direct(r, restore.Event{}, body); ok != want {
			t.Errorf("in person after %d tries: %v", tries, ok)
		}
	}
}

// A requester who cancels needs no message about it.
func TestOwnCancelIsNotTold(t *testing.T) {
	r := texttest.Request("canceled")
	body := restore.BodyCanceled{Cause: restore.CancelRequester}
	if _, ok := Direct(r, restore.Event{By: r.Requester.String()}, body); ok {
		t.Error("told about one's own cancel")
	}
	if _, ok := Direct(r, restore.Event{By: restore.ByBot}, body); !ok {
		t.Error("not told about somebody else's cancel")
	}
}

func TestBroadcast(t *testing.T) {
	type want map[restore.Kind]bool
	bad := want{restore.KindFailed: true, restore.KindAbandoned: true, restore.KindDoubted: true}
	all := want{
		restore.KindFailed: true, restore.KindAbandoned: true, restore.KindDoubted: true,
		restore.KindSucceeded: true, restore.KindFinished: true,
	}
	for sample, want := range map[string]want{"running": all, "auto_approved": bad, "pending_download": bad} {
		for _, k := range restore.Kinds() {
			if got := Broadcast(texttest.Request(sample), k); got != want[k] {
				t.Errorf("%s of %s: %v", k, sample, got)
			}
		}
	}
}

// What a card loses in figures it keeps in instants: an old card's figure says as of when it is.
func TestLossAges(t *testing.T) {
	r := texttest.Request("pending_in_place")
	now := texttest.Now().Add(2 * time.Hour)
	got := render(CardOf(r, nil, "/restore", now).Loss)
	for _, want := range []string{UTC(r.Plan.Snapshot.Created), UTC(now), "2 h 52 min"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}

// Card, form and list never fall silent, whatever is missing.
func TestSparseRequests(t *testing.T) {
	for _, state := range append(constants[restore.State](t, restoreDir, "State"), "later") {
		r := &restore.Request{Subject: "R-1", State: state}
		if len(CardOf(r, nil, "/restore", texttest.Now()).Lines()) < 4 {
			t.Errorf("%s: card says nothing", state)
		}
		for _, f := range constants[commands.Form](t, "../../commands", "Form") {
			if len(FormOf(commands.Opened{Form: f, Request: r}, texttest.Now()).Lines) == 0 {
				t.Errorf("%s: form says nothing", state)
			}
		}
		for _, v := range constants[approvals.Verdict](t, "../../approvals", "Verdict") {
			Verdict(commands.Decided{Request: r, Verb: commands.VerbApprove, Verdict: v}, "/restore", texttest.Now())
		}
	}
}
