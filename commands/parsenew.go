package commands

import (
	"slices"
	"strings"

	"snapback/internal/restore"
)

// The keywords of a request.
const (
	wordTo       = "to"
	wordBecause  = "because"
	wordLatest   = "latest"
	wordSnapshot = "snapshot"
	wordAt       = "at"
	wordOplog    = "oplog"
	wordCheck    = "checkpoint"
	wordDownload = "download"
	wordSome     = "collections"
)

// keywords are the words that a cluster has to be quoted for if it is called so.
func keywords() []string {
	return []string{wordTo, wordBecause, wordLatest, wordSnapshot, wordAt, wordOplog, wordCheck, wordDownload, wordSome}
}

// file reads CLUSTER POINT [collections …] to CLUSTER [because REASON].
func (p *parser) file(v Verb) (Command, error) {
	asked := restore.Asked{Delivery: restore.Automated, Receipt: p.receipt, Typed: p.line}
	for _, step := range []func(*restore.Asked, Verb) *Problem{p.source, p.point, p.collections, p.target, p.reason} {
		if problem := step(&asked, v); problem != nil {
			return nil, problem
		}
	}
	if v == VerbPlan {
		return Plan{Asked: asked}, nil
	}
	return New{Asked: asked, Key: p.key}, nil
}

func (p *parser) source(a *restore.Asked, v Verb) *Problem {
	t, ok := p.next()
	if !ok {
		return &Problem{Code: ProblemSource, Verb: v}
	}
	if !clusterName(t) {
		return &Problem{Code: ProblemCluster, Word: t.text, Verb: v}
	}
	a.Source = t.text
	return nil
}

func (p *parser) target(a *restore.Asked, v Verb) *Problem {
	t, ok := p.next()
	switch {
	case !ok:
		return &Problem{Code: ProblemNoTo, Verb: v}
	case t.is(wordDownload):
		return p.download(a, v)
	case !t.is(wordTo):
		return &Problem{Code: ProblemTo, Word: t.text, Verb: v}
	}
	name, ok := p.next()
	if !ok || name.is(wordBecause) {
		return &Problem{Code: ProblemTarget, Verb: v}
	}
	if !clusterName(name) {
		return &Problem{Code: ProblemCluster, Word: name.text, Verb: v}
	}
	a.Target = name.text
	return nil
}

func (p *parser) reason(a *restore.Asked, v Verb) *Problem {
	t, ok := p.next()
	if !ok {
		return nil
	}
	if !t.is(wordBecause) {
		return &Problem{Code: ProblemBecause, Word: t.text, Near: near(t.text, []string{wordBecause}), Verb: v}
	}
	a.Reason = strings.TrimSpace(p.line[t.start+len(wordBecause):])
	if a.Reason == "" {
		return &Problem{Code: ProblemNoReason, Verb: v}
	}
	return nil
}

// clusterName reports whether a word can name a cluster. One that is a keyword must be quoted.
func clusterName(t token) bool {
	if t.text == "" {
		return false
	}
	return !slices.ContainsFunc(keywords(), t.is)
}
