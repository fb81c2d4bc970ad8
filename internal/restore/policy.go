package restore

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"snapback/approvals"
)

// Confirm is how an approver confirms.
type Confirm string

// The confirmations. Typing the target's name is the stronger one.
const (
	ConfirmDialog Confirm = "dialog"
	ConfirmTarget Confirm = "target-name"
)

// ReasonRule is what a policy asks of the reason.
type ReasonRule struct {
	Required bool   `json:"required,omitempty"`
	Ticket   string `json:"ticket,omitempty"` // regular expression; some word of the reason must match it whole
}

// Terms are the part of a policy that is frozen into a request when it is put up for approval.
type Terms struct {
	Policy       string           `json:"policy"`
	Digest       string           `json:"digest"`  // hex SHA-256 over the policy as configured
	Channel      string           `json:"channel"` // id of the channel for the card
	Seats        []approvals.Seat `json:"seats"`
	Confirm      Confirm          `json:"confirm,omitempty"` // empty: by the kind of delivery
	Reason       ReasonRule       `json:"reason"`
	ExpiresAfter time.Duration    `json:"expires_after"` // bounds pending
	SubmitWithin time.Duration    `json:"submit_within"` // bounds approved
}

// Confirmation returns how an approval of a delivery is confirmed: by the target's name for what overwrites a
// cluster, by a dialog for a download, unless the policy says otherwise.
func (t Terms) Confirmation(d DeliveryKind) Confirm {
	switch {
	case t.Confirm != "":
		return t.Confirm
	case d == Automated:
		return ConfirmTarget
	}
	return ConfirmDialog
}

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
	if len(m.Delivery) > 0 && !slices.Contains(m.Delivery, s.Delivery.Kind) {
		return NoMatch
	}
	if len(m.Source) > 0 && !matchAny(m.Source, s.Source) {
		return NoMatch
	}
	if len(m.Target) > 0 && (s.Delivery.Kind != Automated || !matchAny(m.Target, s.Delivery.Target)) {
		return NoMatch
	}
	if len(m.Requesters) == 0 || slices.ContainsFunc(m.Requesters, requester.In) {
		return Matches
	}
	if slices.ContainsFunc(m.Requesters, func(g string) bool { return slices.Contains(requester.Unread, g) }) {
		return CannotTell
	}
	return NoMatch
}

func matchAny(patterns []Pattern, c Cluster) bool {
	return slices.ContainsFunc(patterns, func(p Pattern) bool { return p.Match(c) })
}

// FirstMatch returns the first policy that matches. CannotTell stops the search: a failed look-up never falls
// through to a later, perhaps weaker policy.
func FirstMatch(policies []Policy, s Spec, requester approvals.Standing) (Policy, Matching) {
	for _, p := range policies {
		if m := p.Match.Matches(s, requester); m != NoMatch {
			return p, m
		}
	}
	return Policy{}, NoMatch
}

// MayName reports whether some policy would let the requester use c as a source or a target, so that lists and
// suggestions show nobody more than that.
func MayName(policies []Policy, c Cluster, requester approvals.Standing) bool {
	return slices.ContainsFunc(policies, func(p Policy) bool {
		m := p.Match
		if len(m.Requesters) > 0 && !slices.ContainsFunc(m.Requesters, requester.In) {
			return false
		}
		asSource := len(m.Source) == 0 || matchAny(m.Source, c)
		asTarget := len(m.Target) == 0 || matchAny(m.Target, c)
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

// Satisfied reports whether reason fulfills the rule. A ticket is some word of the reason, outer punctuation
// trimmed, that matches the pattern from start to end. An invalid pattern is never satisfied.
func (r ReasonRule) Satisfied(reason string) bool {
	if r.Required && strings.TrimSpace(reason) == "" {
		return false
	}
	if r.Ticket == "" {
		return true
	}
	if _, err := regexp.Compile(r.Ticket); err != nil {
		return false // alone, because "a)|(b" would become valid, and escape the anchors, inside the parentheses
	}
	re, err := regexp.Compile("^(?:" + r.Ticket + ")$")
	if err != nil {
		return false
	}
	return slices.ContainsFunc(strings.Fields(reason), func(word string) bool {
		return re.MatchString(word) || re.MatchString(strings.Trim(word, `.,;:!?()[]{}<>"'`))
	})
}
