package text

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	"snapback/internal/text/texttest"
)

// constants returns the values of all string constants of a type, from the source, so that a new one is found.
func constants[T ~string](t *testing.T, dir, typ string) []T {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var out []T
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != typ {
				return true
			}
			for _, v := range spec.Values {
				if lit, ok := v.(*ast.BasicLit); ok {
					value, err := strconv.Unquote(lit.Value)
					if err != nil {
						t.Fatal(err)
					}
					out = append(out, T(value))
				}
			}
			return true
		})
	}
	if len(out) == 0 {
		t.Fatalf("%s has no constants of type %s", dir, typ)
	}
	return out
}

// ownWords checks that every value has words, that no two have the same, and that none falls back to those of a value that
// nobody knows.
func ownWords[T ~string](t *testing.T, values []T, words func(T) string) {
	t.Helper()
	seen := make(map[string]T)
	unknown := words("zzz")
	for _, v := range values {
		got := words(v)
		if strings.TrimSpace(got) == "" {
			t.Errorf("%q has no words", v)
		}
		if strings.ReplaceAll(got, string(v), "zzz") == unknown && v != "" {
			t.Errorf("%q has no words of its own: %s", v, got)
		}
		if other, ok := seen[got]; ok {
			t.Errorf("%q and %q have the same words: %s", v, other, got)
		}
		seen[got] = v
	}
}

const restoreDir = "../restore"

func TestEveryCodeHasWords(t *testing.T) {
	ownWords(t, constants[restore.Code](t, restoreDir, "Code"), func(c restore.Code) string {
		return Finding(restore.Finding{Code: c, Level: restore.LevelRefuse, Name: "x", Cluster: "y"}).Plain()
	})
	ownWords(t, constants[restore.Level](t, restoreDir, "Level"), func(l restore.Level) string {
		return string(l[:1]) + Finding(restore.Finding{Code: restore.FindInPlace, Level: l, Cluster: "y"}).Plain()
	})
	ownWords(t, constants[restore.WaitCode](t, restoreDir, "WaitCode"), func(c restore.WaitCode) string {
		return render(Wait(texttest.Request("approved"), restore.Wait{Code: c, Holder: "R-12"}))
	})
	ownWords(t, constants[restore.PointKind](t, restoreDir, "PointKind"), func(k restore.PointKind) string {
		return point(restore.Point{Kind: k}).Plain()
	})
	ownWords(t, constants[restore.BackendKind](t, restoreDir, "BackendKind"), func(k restore.BackendKind) string {
		return "the system " + backend(k)
	})
	ownWords(t, constants[restore.State](t, restoreDir, "State"), func(s restore.State) string {
		m := State(s)
		if m.Emoji == "" {
			t.Errorf("state %q has no emoji", s)
		}
		return m.Words
	})
}

func TestEveryCauseHasWords(t *testing.T) {
	r := texttest.Request("running")
	event := func(body restore.Body) string {
		lines, ok := Event(r, restore.Event{Kind: body.Kind(), At: texttest.Now(), By: "T/U"}, body)
		if !ok {
			t.Errorf("%#v has no line", body)
		}
		return render(lines)
	}
	ownWords(t, constants[restore.ReopenCause](t, restoreDir, "ReopenCause"), func(c restore.ReopenCause) string {
		return event(restore.BodyReopened{Cause: c})
	})
	ownWords(t, constants[restore.CancelCause](t, restoreDir, "CancelCause"), func(c restore.CancelCause) string {
		return event(restore.BodyCanceled{Cause: c})
	})
	ownWords(t, constants[restore.DoubtCause](t, restoreDir, "DoubtCause"), func(c restore.DoubtCause) string {
		return event(restore.BodyDoubted{Cause: c})
	})
	ownWords(t, constants[restore.FailCause](t, restoreDir, "FailCause"), func(c restore.FailCause) string {
		return event(restore.BodyFailed{Cause: c})
	})
	ownWords(t, constants[restore.KeptWhy](t, restoreDir, "KeptWhy"), func(w restore.KeptWhy) string {
		return keeping(r, w).Plain()
	})
	ownWords(t, constants[restore.KeptWhy](t, restoreDir, "KeptWhy"), func(w restore.KeptWhy) string {
		return event(restore.BodyKept{Why: w})
	})
	ownWords(t, append(constants[restore.KeptWhy](t, restoreDir, "KeptWhy"), ""), func(w restore.KeptWhy) string {
		return string(w) + render(Wait(texttest.Request("approved"), restore.Wait{Code: restore.WaitTarget, Holder: "R-12", Why: w}))
	})
	ownWords(t, constants[restore.OutcomeKind](t, restoreDir, "OutcomeKind"), func(k restore.OutcomeKind) string {
		return outcome(r, restore.Outcome{Kind: k}).Plain()
	})
}

// Every kind of event has a line of its own, or is known to be noise in the thread.
func TestEveryKindIsTold(t *testing.T) {
	silent := map[restore.Kind]bool{
		restore.KindFiled: true, restore.KindPreparing: true, // nobody waits for these
		restore.KindRefused: true, // seen by the requester only: there is no thread
	}
	told := map[restore.Kind]bool{restore.KindProvedOld: true, restore.KindRecovered: true} // about no request
	for _, k := range []restore.Kind{restore.KindMissed, restore.KindBackedUp, restore.KindWitnessed, restore.KindErased} {
		told[k] = true // about chores
	}
	seen := make(map[string]string)
	for _, h := range texttest.Events() {
		lines, ok := Event(h.Request, h.Event, h.Body)
		if silent[h.Event.Kind] {
			if ok {
				t.Errorf("%s is told: %s", h.Name, render(lines))
			}
			told[h.Event.Kind] = true
			continue
		}
		told[h.Event.Kind] = told[h.Event.Kind] || ok
		if other := seen[render(lines)]; ok && other != "" {
			t.Errorf("%s and %s are told alike: %s", h.Name, other, render(lines))
		}
		seen[render(lines)] = h.Name
	}
	for _, k := range constants[restore.Kind](t, restoreDir, "Kind") {
		if !told[k] {
			t.Errorf("no event of kind %q is told", k)
		}
	}
}

func TestEveryProblemHasWords(t *testing.T) {
	values := constants[commands.ProblemCode](t, "../../commands", "ProblemCode")
	ownWords(t, values, func(c commands.ProblemCode) string {
		lines := Problem(&commands.Problem{Code: c, Word: "word", Verb: commands.VerbShow}, "/restore")
		if len(lines) != 3 {
			t.Errorf("%s: want what happened, what to do next and the usage, got %d lines", c, len(lines))
		}
		return render(lines)
	})
	sampled := make(map[commands.ProblemCode]bool)
	for _, p := range texttest.Problems() {
		sampled[p.Code] = true
	}
	for _, c := range values {
		if !sampled[c] {
			t.Errorf("no sample of problem %q", c)
		}
	}
}

func TestEveryVerdictHasWords(t *testing.T) {
	values := constants[approvals.Verdict](t, "../../approvals", "Verdict")
	for _, verb := range decisions() {
		arising := slices.DeleteFunc(slices.Clone(values), func(v approvals.Verdict) bool {
			return !arises(verb, v)
		})
		ownWords(t, arising, func(v approvals.Verdict) string {
			d := commands.Decided{Request: texttest.Request("pending"), Verb: verb, Verdict: v}
			lines := Verdict(d, "/restore", texttest.Late())
			if len(lines) != 2 || len(lines[1]) == 0 {
				t.Errorf("%s, %s: want what happened and what to do next", verb, v)
			}
			return render(lines)
		})
	}
}

func TestEveryActionAndFormHasWords(t *testing.T) {
	ownWords(t, constants[commands.ActionID](t, "../../commands", "ActionID"), func(id commands.ActionID) string {
		return "the button " + Button(id)
	})
	ownWords(t, constants[commands.Form](t, "../../commands", "Form"), FormTitle)
	ownWords(t, constants[commands.Filter](t, "../../commands", "Filter"), func(f commands.Filter) string {
		return ListHead(commands.Listed{List: commands.List{Filter: f, Cluster: "c"}}).Plain()
	})
	for _, v := range commands.Verbs() {
		if len(Help(v, "/restore")) < 3 || len(Usage(v, "/restore")) == 0 {
			t.Errorf("verb %q is not explained", v)
		}
	}
}
