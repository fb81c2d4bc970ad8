package commands

import (
	"slices"
	"strings"
	"time"

	"snapback/internal/restore"
)

// Parse reads a command line, without the slash command itself. Receipt is when its envelope was read; key names
// the line for deduplication. The error is always a [*Problem] that names the wrong word and the nearest right form.
func Parse(line string, receipt time.Time, key string) (Command, error) {
	if len(line) > maxLine {
		return nil, &Problem{Code: ProblemTooLong}
	}
	p := &parser{line: normalize(line), receipt: receipt, key: key}
	tokens, problem := lex(p.line)
	if problem != nil && !slices.ContainsFunc(tokens, func(t token) bool { return t.is("because") }) &&
		!freeText(tokens) {
		return nil, problem
	}
	p.rest = tokens
	return p.command()
}

// freeText reports whether the line's verb takes free text, in which a quote may stand alone.
func freeText(tokens []token) bool {
	return len(tokens) > 0 && (tokens[0].is(string(VerbDeny)) || tokens[0].is(string(VerbCancel)))
}

type parser struct {
	line    string
	rest    []token
	receipt time.Time
	key     string
}

func (p *parser) next() (token, bool) {
	if len(p.rest) == 0 {
		return token{}, false
	}
	t := p.rest[0]
	p.rest = p.rest[1:]
	return t, true
}

func (p *parser) command() (Command, error) {
	if len(p.rest) == 0 {
		return Help{}, nil
	}
	for _, v := range Verbs() {
		if p.rest[0].is(string(v)) {
			p.next()
			return p.verb(v)
		}
	}
	if problem := p.misspelledVerb(); problem != nil {
		return nil, problem
	}
	return p.file(VerbNew)
}

func (p *parser) verb(v Verb) (Command, error) {
	switch v {
	case VerbNew, VerbPlan:
		return p.file(v)
	case VerbList:
		return p.list()
	case VerbHelp:
		return p.help()
	case VerbClusters:
		return p.clusters()
	case VerbSnapshots:
		return p.snapshots()
	case VerbAgain, VerbApprove, VerbDeny, VerbCancel, VerbWithdraw, VerbRelease, VerbShow, VerbWhy, VerbAdopt, VerbResend, VerbFinished,
		VerbAbandon:
	}
	t, ok := p.next()
	if !ok {
		return nil, &Problem{Code: ProblemNoRequest, Verb: v}
	}
	subject, err := restore.ParseRequest(t.text)
	if err != nil {
		return nil, &Problem{Code: ProblemRequest, Word: t.text, Verb: v}
	}
	card := Card{Subject: subject}
	switch v {
	case VerbDeny:
		return Deny{Card: card, Reason: p.free()}, nil
	case VerbCancel:
		return Cancel{Card: card, Reason: p.free()}, nil
	case VerbNew, VerbPlan, VerbApprove, VerbWithdraw, VerbRelease, VerbShow, VerbWhy, VerbList, VerbHelp, VerbAdopt,
		VerbResend, VerbFinished, VerbAbandon, VerbAgain, VerbClusters, VerbSnapshots:
	}
	if extra, ok := p.next(); ok {
		return nil, &Problem{Code: ProblemExtra, Word: extra.text, Verb: v}
	}
	switch v {
	case VerbApprove:
		return Approve{Card: card}, nil
	case VerbWithdraw:
		return Withdraw{Card: card}, nil
	case VerbWhy:
		return Why{Subject: subject}, nil
	case VerbRelease:
		return Release{Card: card}, nil
	case VerbAgain:
		return Repeat{Subject: subject, Typed: p.line, Key: p.key}, nil
	default:
		return Show{Subject: subject}, nil
	}
}

// free returns the rest of the line as it was typed, an optional "because" aside.
func (p *parser) free() string {
	if len(p.rest) == 0 {
		return ""
	}
	if p.rest[0].is("because") {
		return strings.TrimSpace(p.line[p.rest[0].start+len("because"):])
	}
	return p.line[p.rest[0].start:]
}

func (p *parser) list() (Command, error) {
	t, ok := p.next()
	if !ok {
		return List{Filter: FilterOpen}, nil
	}
	if extra, more := p.next(); more {
		return nil, &Problem{Code: ProblemExtra, Word: extra.text, Verb: VerbList}
	}
	for _, f := range Filters() {
		if t.is(string(f)) {
			return List{Filter: f}, nil
		}
	}
	if t.text == "" {
		return nil, &Problem{Code: ProblemFilter, Word: t.text, Verb: VerbList}
	}
	return List{Filter: FilterCluster, Cluster: t.text}, nil
}

// clusters reads [TEXT], which is part of a name.
func (p *parser) clusters() (Command, error) {
	t, _ := p.next()
	if extra, more := p.next(); more {
		return nil, &Problem{Code: ProblemExtra, Word: extra.text, Verb: VerbClusters}
	}
	return Clusters{Text: t.text}, nil
}

func (p *parser) snapshots() (Command, error) {
	t, ok := p.next()
	if !ok {
		return nil, &Problem{Code: ProblemSource, Verb: VerbSnapshots}
	}
	if extra, more := p.next(); more {
		return nil, &Problem{Code: ProblemExtra, Word: extra.text, Verb: VerbSnapshots}
	}
	if t.text == "" {
		return nil, &Problem{Code: ProblemCluster, Verb: VerbSnapshots}
	}
	return Snapshots{Cluster: t.text}, nil
}

func (p *parser) help() (Command, error) {
	t, ok := p.next()
	if !ok {
		return Help{}, nil
	}
	for _, v := range Verbs() {
		if t.is(string(v)) {
			return Help{Verb: v}, nil
		}
	}
	return nil, &Problem{Code: ProblemVerb, Word: t.text, Near: nearVerbs(t.text), Verb: VerbHelp}
}

// misspelledVerb recognizes "aprove R-17", which would otherwise be read as a cluster's name.
func (p *parser) misspelledVerb() *Problem {
	first := p.rest[0]
	if first.quoted {
		return nil
	}
	near := nearVerbs(first.text)
	second := ""
	if len(p.rest) > 1 {
		second = p.rest[1].text
	}
	_, err := restore.ParseRequest(second)
	if err == nil || (len(p.rest) == 1 && len(near) > 0) {
		return &Problem{Code: ProblemVerb, Word: first.text, Near: near}
	}
	return nil
}

func nearVerbs(word string) []string {
	var words []string
	for _, v := range Verbs() {
		words = append(words, string(v))
	}
	return near(word, words)
}

// near returns the words that are at most two slips away, the nearest first.
func near(word string, words []string) []string {
	word = strings.ToLower(word)
	var out []string
	for d := range 3 {
		for _, w := range words {
			if restore.Distance(word, w) == d && d < len(w) {
				out = append(out, w)
			}
		}
	}
	return out
}
