package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// decoder walks one file and collects what is wrong with it.
type decoder struct {
	file     string
	env      func(string) (string, bool)
	readFile func(string) ([]byte, error)

	rehearsal bool // what belongs to other systems is not looked at, what is not known is left out
	left      []Problem

	patterns []PlacedPattern
	lines    []string
	aliases  map[*ast.AliasNode]ast.Node
	problems []Problem
	warnings []Problem
}

// place is a position in the file.
type place struct{ line, column int }

func placeOf(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{1, 1}
	}
	return place{t.Position.Line, t.Position.Column}
}

// placeOfNode returns where a value begins; the library points at the first colon of a block mapping.
func placeOfNode(n ast.Node) place {
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return placeOf(n.Values[0].Key.GetToken())
		}
	case *ast.AnchorNode:
		return placeOfNode(n.Value)
	}
	return placeOf(n.GetToken())
}

// problemf notes an error about the value at path ("" for the file). The place is moved into the file, as the library
// counts a little past the end here and there.
func (d *decoder) problemf(at place, path, format string, args ...any) {
	d.problems = append(d.problems, d.describe(at, path, format, args...))
}

func (d *decoder) describe(at place, path, format string, args ...any) Problem {
	text := fmt.Sprintf(format, args...)
	if path != "" {
		text = path + ": " + text
	}
	line := min(max(at.line, 1), max(len(d.lines), 1))
	column := max(at.column, 1)
	if len(d.lines) > 0 {
		column = min(column, len([]rune(d.lines[line-1]))+1)
	}
	return Problem{File: d.file, Line: line, Column: column, Text: text}
}

// field is a value in the file, or the absence of one.
type field struct {
	d    *decoder
	path string // the keys that lead there, joined by dots
	at   place
	node ast.Node // aliases and anchors resolved; nil: absent
}

func (f field) present() bool { return f.node != nil }

func (f field) problemf(format string, args ...any) { f.d.problemf(f.at, f.path, format, args...) }

func (f field) warnf(format string, args ...any) {
	f.d.warnings = append(f.d.warnings, f.d.describe(f.at, f.path, format, args...))
}

// newField resolves a value. One that is not there, as in "key:", is placed at its key.
func (d *decoder) newField(path string, value ast.Node, key place) field {
	f := field{d: d, path: path, at: key, node: value}
	for {
		switch n := f.node.(type) {
		case *ast.AnchorNode:
			f.node = n.Value
			continue
		case *ast.AliasNode:
			f.node = d.aliases[n]
			continue
		case *ast.NullNode:
		default:
			f.at = placeOfNode(n)
		}
		return f
	}
}

// object is a mapping with known keys.
type object struct {
	d      *decoder
	path   string
	at     place
	fields map[string]field
}

// pair is one entry of a mapping.
type pair struct {
	key   string
	at    place // of the key
	value field
}

// pairs returns the entries of a mapping. It notes keys that are not plain text and keys that occur twice.
func (f field) pairs() ([]pair, bool) {
	m, ok := f.node.(*ast.MappingNode)
	if !ok {
		f.problemf("want keys with values, found %s", typeName(f.node))
		return nil, false
	}
	var out []pair
	seen := map[string]place{}
	for _, v := range m.Values {
		at := placeOf(v.Key.GetToken())
		key, ok := v.Key.(*ast.StringNode)
		if !ok {
			what := "want a plain key; put it in quotes if it is a name"
			if v.Key.IsMergeKey() {
				what = "merge keys (<<) are not supported; write the keys out"
			}
			f.d.problemf(at, f.path, "%s", what)
			continue
		}
		if first, twice := seen[key.Value]; twice {
			f.d.problemf(at, f.path, "key %s stands twice, first in line %d", shown(key.Value), first.line)
			continue
		}
		seen[key.Value] = at
		out = append(out, pair{key.Value, at, f.d.newField(join(f.path, key.Value), v.Value, at)})
	}
	return out, true
}

// object reads a mapping whose keys are among known. It notes all others.
func (f field) object(known ...string) (object, bool) {
	pairs, ok := f.pairs()
	if !ok {
		return object{}, false
	}
	o := object{d: f.d, path: f.path, at: f.at, fields: map[string]field{}}
	for _, p := range pairs {
		switch {
		case slices.Contains(known, p.key):
			o.fields[p.key] = p.value
		case notBuilt(p.key):
			f.d.refusef(p.at, p.value.path, "not in this version of Snapback; remove it")
		default:
			f.d.refusef(p.at, f.path, "unknown key %s; %s", shown(p.key), suggest(p.key, "known keys", known))
		}
	}
	return o, true
}

// get returns the value of a key, perhaps absent.
func (o object) get(key string) field {
	if f, ok := o.fields[key]; ok {
		return f
	}
	return field{d: o.d, path: join(o.path, key), at: o.at}
}

// need returns the value of a key, and notes its absence.
func (o object) need(key string) (field, bool) {
	f := o.get(key)
	if !f.present() {
		o.missing(key, "")
	}
	return f, f.present()
}

func (o object) missing(key, hint string) {
	if hint != "" {
		hint = "; " + hint
	}
	o.d.problemf(o.at, join(o.path, key), "missing%s", hint)
}

func join(path, key string) string {
	return strings.TrimPrefix(path+"."+key, ".")
}
