package restore

import (
	"reflect"
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
	Auto         bool             `json:"auto,omitempty"`     // nobody has to approve; there are no seats
	Rotating     []string         `json:"rotating,omitempty"` // groups whose members may change while a request waits; sorted
	Confirm      Confirm          `json:"confirm,omitempty"`  // empty: by the kind of delivery
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

// Rotates reports whether whoever is in a group when deciding may fill its seats, even if they were not when the
// request was put up for approval.
func (t Terms) Rotates(group string) bool { return slices.Contains(t.Rotating, group) }

// names reports whether some seat is for a group.
func (t Terms) names(group string) bool { return approvals.Entitled(t.Seats, []string{group}) }

// SameEffect reports whether two terms ask for the same, whatever their policies are called.
func (t Terms) SameEffect(o Terms) bool {
	for _, terms := range []*Terms{&t, &o} {
		terms.Policy, terms.Digest, terms.Channel = "", "", ""
	}
	return reflect.DeepEqual(t, o)
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
