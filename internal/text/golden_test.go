package text

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"snapback/commands"
	"snapback/internal/restore"
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
		b.WriteString("## " + s.Name + "\n\n" + render(CardOf(s.Request, s.Place, "/restore", texttest.Now()).Lines()) + "\n")
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
		if l, ok := a.Reply.(commands.Linked); ok {
			for i := range l.Links {
				b.WriteString(render(Link(l, i)) + "\n")
			}
		}
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

func renderChoice(c *Choice) string {
	if c == nil {
		return ""
	}
	var b strings.Builder
	b.WriteString("[" + c.Label + "] " + c.Hint + "\n")
	for i, o := range c.Options {
		mark := "( )"
		if i == c.Chosen {
			mark = "(x)"
		}
		b.WriteString(mark + " " + o.Text + " | " + o.About + " = " + o.Value + "\n")
	}
	return b.String()
}

func TestGoldenForms(t *testing.T) {
	var b strings.Builder
	for _, shown := range []struct {
		form    commands.Form
		samples []string
	}{
		{commands.FormApprove, []string{"pending_in_place", "pending_download"}},
		{commands.FormDeny, []string{"pending_in_place", "pending_download"}},
		{commands.FormAdopt, []string{"in_doubt_sighted", "in_doubt_many", "in_doubt_guard", "in_doubt_auto_approved_sighted"}},
		{commands.FormResend, []string{"in_doubt_answer", "in_doubt_guard_over"}},
		{commands.FormFinished, []string{"in_doubt_gone"}},
		{commands.FormAbandon, []string{"in_doubt_answer", "in_doubt_gone"}},
		{commands.FormLink, []string{"succeeded_download"}},
		{commands.FormRelease, []string{"failed_abandoned", "failed_unseen"}},
	} {
		for _, name := range shown.samples {
			form := FormOf(commands.Opened{Form: shown.form, Request: texttest.Request(name)}, texttest.Now())
			b.WriteString("## " + string(shown.form) + ", " + name + ": " + form.Title + "\n\n" + render(form.Lines))
			b.WriteString(renderChoice(form.Choice))
			b.WriteString("[" + form.Label + "] " + form.Hint + "\n(" + form.Submit + ")\n\n")
		}
	}
	for _, id := range []commands.ActionID{commands.ActionApprove, commands.ActionCancel, commands.ActionWithdraw} {
		names := []string{"checking", "pending", "pending_in_place", "pending_download"}
		if id == commands.ActionCancel {
			names = append(names, "running_download")
		}
		for _, name := range names {
			q := QuestionOf(id, texttest.Request(name))
			b.WriteString("## " + q.Title + " " + name + "\n\n" + render(q.Lines) + "(" + q.Yes + ") (" + q.No + ")\n\n")
		}
	}
	golden(t, "forms", b.String())
}

// TestGoldenFindings shows each finding: a sentence on what was found, and one on what to do.
func TestGoldenFindings(t *testing.T) {
	var b strings.Builder
	for _, f := range texttest.Findings(constants[restore.Code](t, restoreDir, "Code")) {
		if a := finding(f); len(a.what) == 0 || len(a.next) == 0 {
			t.Errorf("%s: %q, then %q", f.Code, a.what.Plain(), a.next.Plain())
		}
		b.WriteString("## " + string(f.Code) + ", " + string(f.Level) + "\n\n" + Finding(f).Plain() + "\n\n")
	}
	golden(t, "findings", b.String())
}
