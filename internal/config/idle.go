package config

import (
	"slices"
	"strings"

	"snapback/internal/restore"
)

// PlacedPattern is a pattern and where it stands in the file.
type PlacedPattern struct {
	Pattern restore.Pattern
	File    string
	Line    int
	Column  int
	Path    string // the keys that lead there
}

// Warn returns a problem at the pattern, with a text that goes on behind it.
func (p PlacedPattern) Warn(text string) Problem {
	return Problem{File: p.File, Line: p.Line, Column: p.Column, Text: p.Path + ": " + shown(p.Pattern.String()) + " " + text}
}

// idle warns of what stands in the file and has no effect.
func (d *decoder) idle(c *Config, groups field) {
	if d.rehearsal { // what is left out may be what it is for
		return
	}
	for _, p := range d.patterns {
		if !slices.ContainsFunc(c.Backends, func(b Backend) bool { return p.Pattern.On(b.Name) }) {
			d.warnings = append(d.warnings, p.Warn("matches nothing: no backend has such a name"))
		}
	}
	seated, asking := map[string]bool{}, map[string]bool{}
	for _, p := range c.Policies {
		for _, s := range p.Terms.Seats {
			seated[s.From] = true
		}
		for _, g := range p.Match.Requesters {
			asking[g] = true
		}
	}
	pairs, ok := groups.pairs()
	if !ok {
		return
	}
	for _, p := range pairs {
		g := c.Groups[p.key]
		switch {
		case seated[p.key]:
		case !asking[p.key]:
			d.warnings = append(d.warnings, d.describe(p.at, p.value.path, "has no effect: no policy names this group"))
		case g.Rotating || g.Quiet:
			d.warnings = append(d.warnings, d.describe(p.at, p.value.path,
				"rotating and quiet have no effect: no policy has a seat for this group"))
		}
	}
}

// checkReached warns of policies that never decide. Items are their fields.
func checkReached(items []field, policies []restore.Policy) {
	for i, p := range policies {
		by := restore.Unreachable(policies, i)
		switch {
		case by == nil:
		case p.Terms.Auto && !by.Terms.Auto:
			items[i].warnf("%s never decides: %s has seats and matches all that it matches", shown(p.Terms.Policy), shown(by.Terms.Policy))
		default:
			items[i].warnf("%s never decides: %s comes first and matches all that it matches", shown(p.Terms.Policy), shown(by.Terms.Policy))
		}
	}
}

// checkRepeated warns of patterns that add nothing to another one of the same list.
func checkRepeated(items []field, patterns []restore.Pattern) {
	for i, p := range patterns {
		by := slices.IndexFunc(patterns, func(o restore.Pattern) bool { return o.Covers(p) })
		if by == i {
			by = i + 1 + slices.IndexFunc(patterns[i+1:], func(o restore.Pattern) bool { return o.Covers(p) && !p.Covers(o) })
			if by == i {
				continue
			}
		}
		items[i].warnf("%s has no effect: %s in the same list matches all that it matches", shown(p.String()), shown(patterns[by].String()))
	}
}

// checkTransport warns of what is said about TLS and does not matter.
func (o object) checkTransport(b *Backend) {
	plain := func(text string) bool { return strings.HasPrefix(text, "http://") }
	far := func(text string) bool {
		u, complaint := parseURL(text)
		return complaint == "" && plain(text) && !loopback(u)
	}
	if b.InsecureHTTP && !far(b.URL) && !far(b.TokenURL) {
		o.get("insecure_http").warnf("has no effect: nothing here is reached by http beyond this machine")
	}
	if b.CAFile != "" && plain(b.URL) && (b.TokenURL == "" || plain(b.TokenURL)) {
		o.get("ca_file").warnf("has no effect: http has no certificates")
	}
}
