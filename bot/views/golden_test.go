package views

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"snapback/commands"
	"snapback/internal/text/texttest"
)

var update = flag.Bool("update", false, "write the golden files")

func renderer() Renderer {
	return Renderer{
		Command: "/restore", Installation: texttest.Installation, Lineage: "line-1", Workspace: "https://demo.slack.com/",
		Groups: map[string]Group{"dba": {Usergroup: "S0DBA"}, "leads": {Users: []string{"U0LEAD", "U0LEAD2"}}},
	}
}

// golden compares a message or view with its file, ready to be pasted into Slack's Block Kit Builder.
func golden(t *testing.T, name string, value any) {
	t.Helper()
	got := encode(t, value)
	path := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run with -update and read the diff", path)
	}
}

// posted is a message as it is kept in golden files.
func posted(m Message) map[string]any { return map[string]any{"text": m.Text, "blocks": m.Blocks} }

func TestGoldenCards(t *testing.T) {
	for _, s := range texttest.Requests() {
		m := renderer().Card(s.Request, s.Place, texttest.Now(), strings.HasPrefix(s.Name, "pending"))
		checkMessage(t, m)
		golden(t, "card_"+s.Name, posted(m))
	}
}

func TestGoldenReplies(t *testing.T) {
	for _, a := range texttest.Replies() {
		m := renderer().Reply(a.Reply, texttest.Now())
		checkMessage(t, m)
		golden(t, "reply_"+a.Name, posted(m))
	}
	checkMessage(t, renderer().Saving())
	golden(t, "reply_saving", posted(renderer().Saving()))
}

func TestGoldenProblems(t *testing.T) {
	for _, p := range texttest.Problems() {
		m := renderer().Problem(p)
		checkMessage(t, m)
		golden(t, "problem_"+string(p.Code), posted(m))
	}
}

func TestGoldenEvents(t *testing.T) {
	for _, h := range texttest.Events() {
		if m, ok := renderer().Thread(h.Request, h.Event, h.Body); ok {
			checkMessage(t, m)
			golden(t, "thread_"+h.Name, posted(m))
		}
		if m, ok := renderer().Direct(h.Request, h.Event, h.Body); ok {
			checkMessage(t, m)
			golden(t, "direct_"+h.Name, posted(m))
		}
	}
	m := renderer().Repeated(renderer().Card(texttest.Request("pending"), nil, texttest.Now(), true))
	checkMessage(t, m)
	golden(t, "repeated", posted(m))
}

// forms returns every form, with the sample that it is about.
func forms() map[commands.Form]string {
	return map[commands.Form]string{
		commands.FormApprove: "pending_in_place", commands.FormDeny: "pending", commands.FormAdopt: "in_doubt_many",
		commands.FormResend: "in_doubt_answer", commands.FormFinished: "in_doubt_gone", commands.FormAbandon: "in_doubt_answer",
		commands.FormRelease: "failed_unseen",
	}
}

func TestGoldenForms(t *testing.T) {
	v := renderer()
	for form, sample := range forms() {
		r := texttest.Request(sample)
		view := v.Form(commands.Opened{Form: form, Request: r}, "C0RESTORES", texttest.Now())
		checkView(t, view)
		golden(t, "form_"+string(form), view)
		saving := v.FormSaving(form)
		checkView(t, saving)
		golden(t, "form_"+string(form)+"_saving", saving)
		done := v.FormDone(form, v.Reply(texttest.Replies()[0].Reply, texttest.Now()))
		checkView(t, done)
		golden(t, "form_"+string(form)+"_done", done)
	}
}

// A golden file that no test writes any more says nothing.
func TestNoStrayGoldenFiles(t *testing.T) {
	want := map[string]bool{"repeated": true, "reply_saving": true}
	for _, s := range texttest.Requests() {
		want["card_"+s.Name] = true
	}
	for _, a := range texttest.Replies() {
		want["reply_"+a.Name] = true
	}
	for _, p := range texttest.Problems() {
		want["problem_"+string(p.Code)] = true
	}
	for _, h := range texttest.Events() {
		want["thread_"+h.Name], want["direct_"+h.Name] = true, true
	}
	for f := range forms() {
		want["form_"+string(f)], want["form_"+string(f)+"_saving"], want["form_"+string(f)+"_done"] = true, true, true
	}
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".json"); !want[name] {
			t.Errorf("nothing writes %s", f)
		}
	}
}
