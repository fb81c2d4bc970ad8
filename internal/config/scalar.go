package config

import (
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// scalar returns a text with its variables put in. It may be empty.
func (f field) scalar() (string, bool) {
	raw, ok := f.raw()
	if !ok {
		switch f.node.(type) {
		case *ast.NullNode:
			f.problemf("has no value; give one or remove the key")
		case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode, *ast.BoolNode:
			f.problemf("want a text, found %s; put it in quotes", typeName(f.node))
		default:
			f.problemf("want a text, found %s", typeName(f.node))
		}
		return "", false
	}
	text, complaints := expand(raw, f.d.env)
	for _, c := range complaints {
		f.problemf("%s", c)
	}
	return text, len(complaints) == 0
}

// text is a scalar that must not be empty.
func (f field) text() (string, bool) {
	text, ok := f.scalar()
	if ok && text == "" {
		f.problemf("must not be empty")
	}
	return text, ok && text != ""
}

// raw returns a text as it stands in the file, variables not put in.
func (f field) raw() (string, bool) {
	switch n := f.node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	}
	return "", false
}

// written returns the text as it stands in the file, in quotes, for problems: a variable by its name, never by its
// value.
func (f field) written() string {
	raw, _ := f.raw()
	return shown(raw)
}

// shown quotes what stands in the file for a problem. What looks like a Slack token under a wrong key is left out.
func shown(text string) string {
	const most = 80
	for _, token := range []string{"xapp-", "xoxb-", "xoxp-", "xoxe", "xoxa-"} {
		if strings.Contains(text, token) {
			return "[redacted]"
		}
	}
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return strconv.Quote(text)
}

// unreadable notes that the file named by f cannot be read. It quotes neither the name nor the error, which holds it:
// somebody may have put the secret itself there.
func (f field) unreadable(err error) {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.problemf("the file does not exist")
	case errors.Is(err, fs.ErrPermission):
		f.problemf("reading the file is not permitted")
	default:
		f.problemf("the file cannot be read")
	}
}

// unquoted returns the text of a scalar that is no text by itself: one of a certain library type, or what a variable
// holds.
func (f field) unquoted(own bool, want string) (string, bool) {
	if own {
		return f.node.GetToken().Value, true
	}
	if raw, ok := f.raw(); ok && strings.Contains(raw, "${") {
		return f.scalar()
	}
	if _, null := f.node.(*ast.NullNode); null {
		return f.scalar()
	}
	f.problemf("want %s, found %s", want, typeName(f.node))
	return "", false
}

// number reads a whole number from lo to hi, both included.
func (f field) number(lo, hi int) int {
	_, own := f.node.(*ast.IntegerNode)
	text, ok := f.unquoted(own, "a whole number")
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || strconv.Itoa(n) != text || n < lo || n > hi {
		f.problemf("want a whole number from %d to %d", lo, hi)
		return 0
	}
	return n
}

// flag reads true or false.
func (f field) flag() bool {
	_, own := f.node.(*ast.BoolNode)
	text, ok := f.unquoted(own, "true or false")
	if !ok {
		return false
	}
	value, err := strconv.ParseBool(strings.ToLower(text))
	if err != nil || len(text) < len("true") {
		f.problemf("want true or false")
		return false
	}
	return value
}

// duration reads a duration from a millisecond to most.
func (f field) duration(most time.Duration) time.Duration {
	const form = "want a duration such as 500ms, 30s, 15m or 4h"
	switch f.node.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		f.problemf("%s, found a number without its unit", form)
		return 0
	}
	text, ok := f.text()
	if !ok {
		return 0
	}
	v, err := time.ParseDuration(text)
	switch {
	case err != nil:
		f.problemf("%s, found %s", form, f.written())
	case v <= 0:
		f.problemf("must be more than nothing")
	case v < time.Millisecond:
		f.problemf("must be at least 1ms")
	case v > most:
		f.problemf("must be at most %dh", int(most.Hours()))
	default:
		return v
	}
	return 0
}

// list returns the entries of a list.
func (f field) list() ([]field, bool) {
	seq, ok := f.node.(*ast.SequenceNode)
	if !ok {
		f.problemf("want a list, found %s", typeName(f.node))
		return nil, false
	}
	out := make([]field, len(seq.Values))
	for i, v := range seq.Values {
		out[i] = f.d.newField(f.path, v, placeOfNode(v))
	}
	return out, true
}

// filledList is a list with at least one entry. An empty one is refused because in a match it would read like
// "nothing" and mean "everything".
func (f field) filledList() []field {
	items, ok := f.list()
	if ok && len(items) == 0 {
		f.problemf("the list is empty; give at least one entry")
	}
	return items
}

// typeName names the type of a value, for problems.
func typeName(n ast.Node) string {
	switch n.(type) {
	case *ast.NullNode:
		return "nothing"
	case *ast.StringNode, *ast.LiteralNode:
		return "a text"
	case *ast.BoolNode:
		return "true or false"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.SequenceNode:
		return "a list"
	case *ast.MappingNode:
		return "keys with values"
	case *ast.TagNode:
		return "a tag"
	}
	return "something else"
}
