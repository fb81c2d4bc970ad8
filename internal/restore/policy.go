package restore

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"snapback/approvals"
)

// Policy says which restores it is about, and on which terms they go ahead.
type Policy struct {
	Match Match
	Terms Terms
}

// Match is the part of a policy that picks requests. Keys that are set must all match, and one entry of each
// suffices; a key that is absent matches everything.
type Match struct {
	Source     []Pattern
	Target     []Pattern // never matches a download
	Delivery   []DeliveryKind
	Requesters []string // groups
}

// Matching is three-valued: a look-up that failed is neither yes nor no.
type Matching int

// The values of a [Matching].
const (
	NoMatch Matching = iota
	Matches
	CannotTell
)

// Matches judges a spec and its requester. Only the requester's groups can be unknown; they are asked last, so an
// unreadable group matters only where it decides.
func (m Match) Matches(s Spec, requester approvals.Standing) Matching {
	out, _ := m.judge(s, requester)
	return out
}

// judge returns what Matches does, and the key that stands against it.
func (m Match) judge(s Spec, requester approvals.Standing) (Matching, MatchKey) {
	if len(m.Delivery) > 0 && !slices.Contains(m.Delivery, s.Delivery.Kind) {
		return NoMatch, KeyDelivery
	}
	if len(m.Source) > 0 && !matchAny(m.Source, s.Source) {
		return NoMatch, KeySource
	}
	if len(m.Target) > 0 && (s.Delivery.Kind != Automated || !matchAny(m.Target, s.Delivery.Target)) {
		return NoMatch, KeyTarget
	}
	if len(m.Requesters) == 0 || slices.ContainsFunc(m.Requesters, requester.In) {
		return Matches, ""
	}
	if slices.ContainsFunc(m.Requesters, func(g string) bool { return slices.Contains(requester.Unread, g) }) {
		return CannotTell, KeyRequesters
	}
	return NoMatch, KeyRequesters
}

func matchAny(patterns []Pattern, c Cluster) bool {
	return slices.ContainsFunc(patterns, func(p Pattern) bool { return p.Match(c) })
}

// MayName reports whether some policy would let the requester use c as a source or a target, so that lists and
// suggestions show nobody more than that.
func MayName(policies []Policy, c Cluster, requester approvals.Standing) bool {
	return slices.ContainsFunc(policies, func(p Policy) bool {
		m := p.Match
		if len(m.Requesters) > 0 && !slices.ContainsFunc(m.Requesters, requester.In) {
			return false
		}
		onto := len(m.Delivery) == 0 || slices.Contains(m.Delivery, Automated)
		asSource := len(m.Source) == 0 || matchAny(m.Source, c)
		asTarget := onto && (len(m.Target) == 0 || matchAny(m.Target, c))
		return asSource || asTarget
	})
}

// DigestPolicy returns the digest that names this form of a policy: any change of what it says changes it.
func DigestPolicy(p Policy) (string, error) {
	t := p.Terms
	t.Digest = ""
	form := struct {
		Source, Target []string
		Delivery       []DeliveryKind
		Requesters     []string
		Terms          Terms
	}{patternTexts(p.Match.Source), patternTexts(p.Match.Target), p.Match.Delivery, p.Match.Requesters, t}
	raw, err := json.Marshal(form)
	if err != nil {
		return "", fmt.Errorf("digest policy %s: %w", t.Policy, err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

func patternTexts(ps []Pattern) []string {
	out := make([]string, 0, len(ps))
	for _, p := range ps {
		out = append(out, p.String())
	}
	return out
}
