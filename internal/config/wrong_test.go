package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// mark stands in the table in front of the place of a problem.
const mark = "‸"

// unmark returns the text without its marks, and where they stood as "line:column".
func unmark(text string) (string, []string) {
	var out strings.Builder
	var places []string
	line, column := 1, 1
	for _, r := range text {
		switch {
		case string(r) == mark:
			places = append(places, fmt.Sprintf("%d:%d", line, column))
			continue
		case r == '\n':
			line, column = line+1, 1
		default:
			column++
		}
		out.WriteRune(r)
	}
	return out.String(), places
}

// wrong is a change of the base file and the problems that it makes, in the order of their marks.
type wrong struct {
	old, new string
	want     []string
}

func texts(s ...string) []string { return s }

func checkWrong(t *testing.T, base string, cases []wrong) {
	t.Helper()
	for _, c := range cases {
		text, places := unmark(edit(t, base, c.old, c.new))
		if len(places) != len(c.want) {
			t.Errorf("%q: %d marks for %d texts", c.new, len(places), len(c.want))
			continue
		}
		var want []string
		for i, p := range places {
			want = append(want, "snapback.yaml:"+p+": "+c.want[i])
		}
		_, err := newWorld(text).load()
		if got, want := fmt.Sprint(err), strings.Join(want, "\n"); got != want {
			t.Errorf("%q:\n got %s\nwant %s", c.new, got, want)
		}
		if _, ok := errors.AsType[Problems](err); !ok {
			t.Errorf("%q: error of type %T", c.new, err)
		}
		checkCanaries(t, fmt.Sprint(err))
	}
}

// checkCanaries fails if text holds a secret.
func checkCanaries(t *testing.T, text string) {
	t.Helper()
	if strings.Contains(text, "canary") {
		t.Errorf("a secret is in: %s", text)
	}
}

func TestWrongYAML(t *testing.T) {
	const deep = "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
	for _, c := range []struct{ text, want string }{
		{"", "1:1: the file is empty"},
		{"# nothing\n\n", "1:1: the file is empty"},
		{"---\n", "1:1: the file is empty"},
		{"slack\n", "1:1: want keys with values, found a text"},
		{"- slack\n", "1:1: want keys with values, found a list"},
		{base + "---\n" + base, "18:1: a second document; the file holds exactly one"},
		{base + "---\n", "18:1: a second document; the file holds exactly one"},
		{base + "...\nslack: {}\n", "19:1: a second document; the file holds exactly one"},
		{"%YAML 1.2\n---\n" + base, "1:1: directives are not supported"},
		{"slack:\n\tcommand: /x\n", "2:1: found character '\\t' that cannot start any token"},
		{"a: [1, 2\n", "1:4: sequence end token ']' not found"},
		{"slack:\n  app_token: \"xapp-canary\n", "2:14: could not find end character of double-quoted text"},
		{"slack:\n  app_token: xapp-canary: x\n", "2:14: mapping value is not allowed in this context"},
		{"slack:\n  command: \"ä\xff\"\n", "2:14: the file is not valid UTF-8"},
		{"slack:\n  command: \"\x1b[2J\"\n", "2:13: control character U+001B"},
		{"a: *x\n", "1:4: no anchor of this name before this alias"},
		{"a: &x [*x]\n", "1:8: no anchor of this name before this alias"},
		{"a: " + deep + "[\n", "1:36: nested too deep"},
		{strings.Repeat("- ", 33), "1:65: nested too deep"},
		{strings.Repeat("#", maxSize+1), "1:1: the file is larger than 1 MiB"},
	} {
		_, err := newWorld(c.text).load()
		if got, want := fmt.Sprint(err), "snapback.yaml:"+c.want; got != want {
			t.Errorf("%.60q:\n got %s\nwant %s", c.text, got, want)
		}
		checkCanaries(t, fmt.Sprint(err))
	}
}
