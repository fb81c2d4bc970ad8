package commands

import (
	"slices"
	"strconv"
	"strings"

	"snapback/internal/restore"
)

const (
	wordAs        = "as"
	wordOverwrite = "overwrite"
	wordIndexes   = "indexes"
	anyName       = "*" // in a pattern, the collection's own
)

// collections reads [collections NS[,NS] [as PATTERN] [overwrite] [indexes WHICH]].
func (p *parser) collections(a *restore.Asked, v Verb) *Problem {
	if len(p.rest) == 0 || !p.rest[0].is(wordSome) {
		return nil
	}
	p.next()
	for _, step := range []func(*restore.Asked, Verb) *Problem{p.namespaces, p.pattern, p.overwrite, p.indexes} {
		if problem := step(a, v); problem != nil {
			return problem
		}
	}
	if len(p.rest) > 0 && p.rest[0].is(wordDownload) {
		return &Problem{Code: ProblemParts, Verb: v}
	}
	return nil
}

// namespaces reads names with commas between them, or spaces and commas. A quoted word is one name, whatever is in it: MongoDB
// lets collections have dots, commas, spaces and quotes in their names. Others end at commas and spaces.
func (p *parser) namespaces(a *restore.Asked, v Verb) *Problem {
	more := true // a name has to follow
	for len(p.rest) > 0 && (more || strings.HasPrefix(p.rest[0].text, ",") && !p.rest[0].quoted) {
		t, _ := p.next()
		if more && !t.quoted && (ends(t) || t.is(wordAs) || t.is(wordOverwrite) || t.is(wordIndexes)) {
			return &Problem{Code: ProblemNamespace, Verb: v}
		}
		names := []string{t.text}
		if !t.quoted {
			names = strings.Split(t.text, ",")
			if !more {
				names = names[1:] // a comma stands first
			}
		}
		more = !t.quoted && names[len(names)-1] == ""
		if more {
			names = names[:len(names)-1]
		}
		for _, ns := range names {
			if problem := addNamespace(a, ns, v); problem != nil {
				return problem
			}
		}
	}
	switch n := len(a.Collections); {
	case more:
		return &Problem{Code: ProblemNamespace, Verb: v}
	case n > restore.MaxNamespaces:
		return &Problem{Code: ProblemMany, Word: strconv.Itoa(n), Near: []string{strconv.Itoa(restore.MaxNamespaces)}, Verb: v}
	}
	return nil
}

func addNamespace(a *restore.Asked, ns string, v Verb) *Problem {
	_, collection := restore.SplitNamespace(ns)
	switch {
	case !restore.ValidNamespace(ns), collection == anyName: // somebody means all of a database
		return &Problem{Code: ProblemNamespace, Word: ns, Verb: v}
	case slices.Contains(a.Collections, ns):
		return &Problem{Code: ProblemTwice, Word: ns, Verb: v}
	}
	a.Collections = append(a.Collections, ns)
	return nil
}

// pattern reads [as PATTERN], a name for each collection within its own database. One who writes the database, too, would not
// get what they mean.
func (p *parser) pattern(a *restore.Asked, v Verb) *Problem {
	if len(p.rest) == 0 || !p.rest[0].is(wordAs) {
		return nil
	}
	p.next()
	t, ok := p.next()
	if !ok || t.text == "" || ends(t) {
		return &Problem{Code: ProblemPattern, Verb: v}
	}
	wrong := &Problem{Code: ProblemPattern, Word: t.text, Verb: v}
	stars := strings.Count(t.text, anyName)
	if stars > 1 || stars == 0 && len(a.Collections) > 1 {
		return wrong
	}
	for _, ns := range a.Collections {
		database, _ := restore.SplitNamespace(ns)
		if rest, own := strings.CutPrefix(t.text, database+"."); own && rest != "" {
			wrong.Near = []string{rest}
			return wrong
		}
		if !restore.ValidNamespace(restore.Rename(ns, t.text)) {
			return wrong
		}
	}
	a.As = t.text
	return nil
}

func (p *parser) overwrite(a *restore.Asked, _ Verb) *Problem {
	if a.Overwrite = len(p.rest) > 0 && p.rest[0].is(wordOverwrite); a.Overwrite {
		p.next()
	}
	return nil
}

// indexes reads [indexes WHICH].
func (p *parser) indexes(a *restore.Asked, v Verb) *Problem {
	a.Indexes = restore.IndexesAllButTTL
	if len(p.rest) == 0 || !p.rest[0].is(wordIndexes) {
		return nil
	}
	p.next()
	t, ok := p.next()
	if !ok || ends(t) {
		return &Problem{Code: ProblemIndexes, Verb: v}
	}
	var words []string
	for _, which := range []restore.IndexStrategy{restore.IndexesAll, restore.IndexesNone, restore.IndexesAllButTTL} {
		if t.is(string(which)) {
			a.Indexes = which
			return nil
		}
		words = append(words, string(which))
	}
	return &Problem{Code: ProblemIndexes, Word: t.text, Near: near(t.text, words), Verb: v}
}
