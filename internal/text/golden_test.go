package text

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"snapback/commands"
	"snapback/internal/text/texttest"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares text with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update and read the diff. Got:\n%s", path, got)
	}
}

func render(lines []Line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.Plain() + "\n")
	}
	return b.String()
}

func TestGoldenCards(t *testing.T) {
	var b strings.Builder
	for _, s := range texttest.Requests() {
		b.WriteString("## " + s.Name + "\n\n" + render(CardOf(s.Request, "/restore", texttest.Now()).Lines()) + "\n")
	}
	golden(t, "cards", b.String())
}

func TestGoldenStory(t *testing.T) {
	var b strings.Builder
	for _, h := range texttest.Story() {
		if lines, ok := Event(h.Request, h.Event, h.Body); ok {
			b.WriteString(render(lines) + "\n")
		}
	}
	golden(t, "story", b.String())
}

func TestGoldenEvents(t *testing.T) {
	var thread, direct strings.Builder
	for _, h := range texttest.Events() {
		lines, ok := Event(h.Request, h.Event, h.Body)
		head := "## " + h.Name
		if Broadcast(h.Request, h.Event.Kind) {
			head += " (to the channel, too)"
		}
		if !ok {
			head += " (nothing)"
		}
		thread.WriteString(head + "\n\n" + render(lines) + "\n")
		if lines, ok := Direct(h.Request, h.Event, h.Body); ok {
			direct.WriteString("## " + h.Name + "\n\n" + render(lines) + "\n")
		}
	}
	golden(t, "events", thread.String())
	golden(t, "direct", direct.String())
}

func TestGoldenReplies(t *testing.T) {
	var b strings.Builder
	for _, a := range texttest.Replies() {
		b.WriteString("## " + a.Name + "\n\n" + render(Reply(a.Reply, "/restore", texttest.Now())) + "\n")
	}
	golden(t, "replies", b.String())
}

func TestGoldenProblems(t *testing.T) {
	var b strings.Builder
	for _, p := range texttest.Problems() {
		b.WriteString("## " + string(p.Code) + "\n\n" + render(Problem(p, "/restore")) + "\n")
	}
	golden(t, "problems", b.String())
}

func TestGoldenHelp(t *testing.T) {
	var b strings.Builder
	for _, v := range append([]commands.Verb{""}, commands.Verbs()...) {
		b.WriteString("## " + string(v) + "\n\n" + render(Help(v, "/restore")) + "\n")
	}
	golden(t, "help", b.String())
}

func TestGoldenForms(t *testing.T) {
	var b strings.Builder
	for _, f := range []commands.Form{commands.FormApprove, commands.FormDeny, commands.FormAbandon} {
		for _, name := range []string{"pending_in_place", "pending_download", "in_doubt_answer"} {
			form := FormOf(commands.Opened{Form: f, Request: texttest.Request(name)}, texttest.Now())
			b.WriteString("## " + string(f) + ", " + name + ": " + form.Title + "\n\n" + render(form.Lines))
			b.WriteString("[" + form.Label + "] " + form.Hint + "\n(" + form.Submit + ")\n\n")
		}
	}
	for _, id := range []commands.ActionID{commands.ActionApprove, commands.ActionCancel} {
		for _, name := range []string{"checking", "pending", "pending_in_place", "pending_download"} {
			q := QuestionOf(id, texttest.Request(name))
			b.WriteString("## " + q.Title + " " + name + "\n\n" + render(q.Lines) + "(" + q.Yes + ") (" + q.No + ")\n\n")
		}
	}
	golden(t, "forms", b.String())
}
