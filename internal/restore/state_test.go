package restore

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// wantArrows is the state table as agreed, written by hand and not derived from the code.
func wantArrows() []string {
	return strings.Split(strings.TrimSpace(`
(none) -> checking: filed
checking -> pending: planned
checking -> approved: auto_approved
checking -> refused: refused
checking -> canceled: canceled
checking -> expired: expired
pending -> approved: approved
pending -> denied: denied
pending -> expired: expired
pending -> canceled: canceled
pending -> pending: replanned
pending -> pending: reopened
approved -> submitting/preparing: preparing
approved -> pending: replanned
approved -> pending: reopened
approved -> denied: denied
approved -> canceled: canceled
approved -> expired: expired
submitting/preparing -> approved: held
submitting/preparing -> pending: replanned
submitting/preparing -> pending: reopened
submitting/preparing -> canceled: canceled
submitting/preparing -> denied: denied
submitting/preparing -> expired: expired
submitting/preparing -> in_doubt: doubted
submitting/preparing -> submitting/sending: sending
submitting/sending -> running: accepted
submitting/sending -> running: adopted
submitting/sending -> approved: held
submitting/sending -> failed: failed
submitting/sending -> in_doubt: doubted
running -> succeeded: succeeded
running -> failed: failed
running -> canceled: canceled
running -> in_doubt: doubted
in_doubt -> running: adopted
in_doubt -> approved: resent
in_doubt -> succeeded: finished
in_doubt -> failed: abandoned`), "\n")
}

// wantNotes are the events that change no state, and where they may happen.
func wantNotes() map[Kind][]State {
	return map[Kind][]State{
		"withdrawn": {"pending", "approved", "submitting/preparing"}, "ruled": {"pending", "approved", "submitting/preparing"},
		"approval": {"pending"}, "joined": {"pending"}, "waiting": {"approved"}, "unanswered": {"submitting/sending"}, "progress": {"running"},
		"candidate": {"in_doubt"}, "reminded": {"pending", "in_doubt"}, "kept": {"failed", "canceled"}, "released": {"failed", "canceled"}, "revealed": {"succeeded"}, "lapsed": {"succeeded"}, "aged": {"pending"},
		"cancel_asked": {"running"}, "cancel_refused": {"running"},
		"protected": {"succeeded"}, "unprotected": {"succeeded"},
	}
}

func allStates() []State {
	return []State{
		None, Checking, Pending, Approved, Preparing, Sending, Running, InDoubt,
		Refused, Denied, Expired, Canceled, Succeeded, Failed,
	}
}

// line returns an arrow as docs/architecture.md shows it.
func (a Arrow) line() string {
	from := string(a.From)
	if a.From == None {
		from = "(none)"
	}
	return fmt.Sprintf("%s -> %s: %s", from, a.To, a.Kind)
}

func arrowLines() []string {
	var out []string
	for _, a := range Arrows() {
		out = append(out, a.line())
	}
	return out
}

func TestArrows(t *testing.T) {
	got, want := arrowLines(), wantArrows()
	for _, a := range got {
		if !slices.Contains(want, a) {
			t.Errorf("%s is in the code only", a)
		}
	}
	for _, a := range want {
		if !slices.Contains(got, a) {
			t.Errorf("%s is not in the code", a)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d arrows, want %d", len(got), len(want))
	}
	if !slices.Equal(arrowLines(), got) {
		t.Error("the order of arrows is not certain")
	}
}

func TestNext(t *testing.T) {
	notes := wantNotes()
	for _, from := range allStates() {
		for _, kind := range Kinds() {
			to, err := Next(from, kind)
			arrow := Arrow{From: from, Kind: kind, To: to}
			switch {
			case slices.Contains(notes[kind], from):
				if err != nil || to != from {
					t.Errorf("note %s in %q: to %q, %v", kind, from, to, err)
				}
			case slices.ContainsFunc(wantArrows(), func(a string) bool {
				return strings.HasPrefix(a, arrow.line()[:strings.Index(arrow.line(), " -> ")]+" -> ") && strings.HasSuffix(a, ": "+string(kind))
			}):
				if err != nil || !slices.Contains(wantArrows(), arrow.line()) {
					t.Errorf("%s: %v", arrow.line(), err)
				}
			default:
				if !errors.Is(err, ErrTransition) || to != from {
					t.Errorf("%s in %q leads to %q with %v, want a refusal", kind, from, to, err)
				}
			}
		}
	}
	if _, err := Next(Pending, "invented"); !errors.Is(err, ErrTransition) {
		t.Errorf("an unknown kind gives %v", err)
	}
	if _, err := Next("invented", KindApproved); !errors.Is(err, ErrTransition) {
		t.Errorf("an unknown state gives %v", err)
	}
}

func TestNote(t *testing.T) {
	for _, k := range Kinds() {
		if _, want := wantNotes()[k]; k.Note() != want {
			t.Errorf("%s.Note() = %v, want %v", k, k.Note(), want)
		}
	}
}

func TestEnded(t *testing.T) {
	ended := []State{Refused, Denied, Expired, Canceled, Succeeded, Failed}
	for _, s := range allStates() {
		if want := slices.Contains(ended, s); s.Ended() != want {
			t.Errorf("%q.Ended() = %v, want %v", s, s.Ended(), want)
		}
		if open := slices.Contains(OpenStates(), s); open != (s != None && !s.Ended()) {
			t.Errorf("%q among the open states: %v", s, open)
		}
	}
}

func TestStateName(t *testing.T) {
	want := map[State]string{
		None: "", Checking: "checking", Preparing: "submitting", Sending: "submitting", InDoubt: "in_doubt",
	}
	for s, name := range want {
		if s.Name() != name {
			t.Errorf("%q.Name() = %q, want %q", s, s.Name(), name)
		}
	}
}
