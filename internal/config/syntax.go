package config

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	maxSize  = 1 << 20 // bytes
	maxDepth = 32      // the parser's memory grows with the square of the depth
)

// parse returns the file's only document, or nil after noting why there is none.
func (d *decoder) parse(raw []byte) ast.Node {
	if len(raw) > maxSize {
		d.problemf(place{1, 1}, "", "the file is larger than 1 MiB")
		return nil
	}
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(bytes.TrimPrefix(raw, []byte("\uFEFF"))))
	d.lines = strings.Split(text, "\n")
	if !d.readable() {
		return nil
	}
	tokens := lexer.Tokenize(text)
	if at, deep := tooDeep(tokens); deep {
		d.problemf(at, "", "nested too deep")
		return nil
	}
	// Repeated keys are found later, all of them.
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		d.syntaxProblem(err)
		return nil
	}
	return d.document(file)
}

// readable checks that the file holds text and nothing that a terminal or a log would act upon.
func (d *decoder) readable() bool {
	for i, line := range d.lines {
		column := 0
		for j, r := range line {
			column++
			at := place{i + 1, column}
			if r == utf8.RuneError && !strings.HasPrefix(line[j:], string(utf8.RuneError)) {
				d.problemf(at, "", "the file is not valid UTF-8")
				return false
			}
			if (r < ' ' && r != '\t') || (r >= 0x7f && r < 0xa0) {
				d.problemf(at, "", "control character %U", r)
				return false
			}
		}
	}
	return true
}

// tooDeep counts brackets, and marks that open a level each on one line; levels made by indentation need so much
// text that the limit of size bounds them.
func tooDeep(tokens token.Tokens) (place, bool) {
	brackets, marks := 0, 0
	for _, t := range tokens {
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			brackets++
		case token.MappingEndType, token.SequenceEndType:
			brackets = max(0, brackets-1)
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType:
			marks++
			if brackets+marks > maxDepth {
				return placeOf(t), true
			}
			continue
		default:
		}
		if brackets > maxDepth {
			return placeOf(t), true
		}
		marks = 0
	}
	return place{}, false
}

// syntaxProblem notes what the parser says. Its messages name characters and marks, never a scalar.
func (d *decoder) syntaxProblem(err error) {
	at, text := place{1, 1}, "the file is not YAML"
	if e, ok := errors.AsType[yaml.Error](err); ok {
		text = strings.ReplaceAll(e.GetMessage(), "\t", `\t`)
		if t := e.GetToken(); t != nil {
			at = placeOf(t)
		}
	}
	d.problemf(at, "", "%s", text)
}

func (d *decoder) document(file *ast.File) ast.Node {
	var root ast.Node
	for _, doc := range file.Docs {
		if root != nil && (doc.Start != nil || doc.Body != nil) {
			at := placeOf(doc.Start)
			if doc.Start == nil {
				at = placeOfNode(doc.Body)
			}
			d.problemf(at, "", "a second document; the file holds exactly one")
			return nil
		}
		switch body := doc.Body.(type) {
		case nil:
		case *ast.DirectiveNode:
			d.problemf(placeOf(body.GetToken()), "", "directives are not supported")
			return nil
		default:
			root = body
		}
	}
	if root == nil {
		d.problemf(place{1, 1}, "", "the file is empty")
		return nil
	}
	if !d.resolveAliases(root, map[string]ast.Node{}) {
		return nil
	}
	return root
}

// resolveAliases finds for each alias what its anchor names. An anchor counts from behind its value, so no alias can
// contain itself.
func (d *decoder) resolveAliases(n ast.Node, anchors map[string]ast.Node) bool {
	ok := true
	switch n := n.(type) {
	case *ast.AnchorNode:
		ok = d.resolveAliases(n.Value, anchors)
		anchors[n.Name.GetToken().Value] = n.Value
	case *ast.AliasNode:
		target := anchors[n.Value.GetToken().Value]
		if target == nil {
			d.problemf(placeOf(n.Start), "", "no anchor of this name before this alias")
			return false
		}
		d.aliases[n] = target
	case *ast.MappingNode:
		for _, v := range n.Values {
			ok = d.resolveAliases(v, anchors) && ok
		}
	case *ast.MappingValueNode:
		ok = d.resolveAliases(n.Key, anchors)
		ok = d.resolveAliases(n.Value, anchors) && ok
	case *ast.SequenceNode:
		for _, v := range n.Values {
			ok = d.resolveAliases(v, anchors) && ok
		}
	case *ast.TagNode:
		ok = d.resolveAliases(n.Value, anchors)
	}
	return ok
}
