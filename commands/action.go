package commands

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"snapback/internal/restore"
)

// ActionID names a button; it is the action_id that Slack sends back.
type ActionID string

// The buttons.
const (
	ActionApprove    ActionID = "approve"
	ActionDeny       ActionID = "deny"
	ActionCancel     ActionID = "cancel"
	ActionWithdraw   ActionID = "withdraw"
	ActionShow       ActionID = "show"
	ActionAdopt      ActionID = "adopt"
	ActionResend     ActionID = "resend"
	ActionFinished   ActionID = "finished"
	ActionAbandon    ActionID = "abandon"
	ActionRelease    ActionID = "release"
	ActionFileAnyway ActionID = "file_anyway"
	ActionReveal     ActionID = "reveal_link"
	ActionAgain      ActionID = "again"
)

// Action is a button as data, so that cards, lists and answers draw the same ones.
type Action struct {
	ID      ActionID
	Card    Card
	Confirm bool // pressing it decides at once, so the client asks first
}

// ErrValue says that a button's value is not one of ours.
var ErrValue = errors.New("value is not SUBJECT:REVISION:NONCE")

// nonceLength is the length of a card's nonce in hex digits.
const nonceLength = 16

// Value returns the form in which a button carries its card.
func (c Card) Value() string {
	return string(c.Subject) + ":" + strconv.Itoa(c.Revision) + ":" + c.Nonce
}

// ParseValue reads a button's value. It fails with [ErrValue]; a value that parses is not yet to be trusted.
func ParseValue(s string) (Card, error) {
	parts := strings.Split(s, ":")
	if len(parts) != 3 || len(parts[2]) != nonceLength {
		return Card{}, fmt.Errorf("%q: %w", s, ErrValue)
	}
	subject, err := restore.ParseRequest(parts[0])
	if err != nil {
		return Card{}, fmt.Errorf("%q: %w", s, ErrValue)
	}
	revision, err := strconv.Atoi(parts[1])
	if err != nil || revision < 0 {
		return Card{}, fmt.Errorf("%q: %w", s, ErrValue)
	}
	return Card{Subject: subject, Revision: revision, Nonce: parts[2]}, nil
}

// CardOf returns the card that shows r as it is now.
func CardOf(r *restore.Request) Card {
	c := Card{Subject: r.Subject, Nonce: r.Nonce}
	if r.Plan != nil {
		c.Revision = r.Plan.Revision
	}
	return c
}

// Actions returns the buttons of a request's card. They vanish when they no longer apply.
func Actions(r *restore.Request) []Action {
	card := CardOf(r)
	act := func(id ActionID) Action { return Action{ID: id, Card: card} }
	cancel := Action{ID: ActionCancel, Card: card, Confirm: true}
	withdraw := Action{ID: ActionWithdraw, Card: card, Confirm: true}
	again := Action{ID: ActionAgain, Card: card, Confirm: true}
	switch r.State {
	case restore.Checking:
		return []Action{cancel}
	case restore.Pending:
		approve := act(ActionApprove)
		approve.Confirm = r.Confirmation() == restore.ConfirmDialog
		out := []Action{approve, act(ActionDeny)}
		if len(r.Usable()) > 0 {
			out = append(out, withdraw)
		}
		out = append(out, cancel)
		if r.Superseded() {
			out = append(out, again)
		}
		return out
	case restore.Approved, restore.Preparing:
		if len(r.Usable()) == 0 {
			return []Action{act(ActionDeny), cancel} // nobody had to approve
		}
		return []Action{act(ActionDeny), withdraw, cancel}
	case restore.InDoubt:
		var out []Action
		for _, id := range waysOut(r) {
			out = append(out, act(id))
		}
		return out
	case restore.Refused:
		switch {
		case len(r.Findings) == 1 && r.Findings[0].Code == restore.FindDuplicate:
			return []Action{act(ActionFileAnyway)}
		case slices.ContainsFunc(r.Findings, func(f restore.Finding) bool { return f.Code == restore.FindPerson }):
			return nil // neither may they ask again
		}
		return []Action{again}
	case restore.Denied, restore.Expired:
		return []Action{again}
	case restore.Canceled, restore.Failed:
		if r.Lingers() {
			return []Action{act(ActionRelease), again}
		}
		return []Action{again}
	case restore.Succeeded:
		if r.Offers() {
			return []Action{act(ActionReveal), again}
		}
		return []Action{again}
	case restore.Running:
		if r.Cancelable() && r.Stop == nil {
			return []Action{cancel}
		}
	case restore.None, restore.Sending:
	}
	return nil
}

// waysOut returns how people can end a request's doubt as it stands. Giving up is always possible; a request that has
// started a job is neither sent again nor given another one.
func waysOut(r *restore.Request) []ActionID {
	sighted := len(r.Sighted.Alike) > 0 || len(r.Sighted.Near) > 0
	switch {
	case r.Started():
		return []ActionID{ActionFinished, ActionAbandon}
	case sighted:
		return []ActionID{ActionAdopt, ActionAbandon}
	case len(r.Seats()) > 0:
		return []ActionID{ActionResend, ActionAbandon}
	}
	return []ActionID{ActionAbandon}
}
