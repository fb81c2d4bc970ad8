package commands

import (
	"context"

	"snapback/approvals"
	"snapback/internal/restore"
)

func (h *Handler) show(ctx context.Context, who Caller, c Show) (Reply, error) {
	return h.card(ctx, who, c.Subject, ShowAsked)
}

// card shows a request with the buttons that apply. One without a plan is for its requester only.
func (h *Handler) card(ctx context.Context, who Caller, s restore.Subject, why ShowWhy) (Reply, error) {
	r, place, err := h.stands(ctx, s)
	if err != nil {
		return nil, err
	}
	if !visible(r, who) {
		return nil, &Problem{Code: ProblemUnknown, Word: string(s)}
	}
	return Shown{Request: r, Place: place, Actions: Actions(r), Why: why}, nil
}

// visible reports whether the caller may know of a request: what was never put up for approval is between Snapback and
// its requester.
func visible(r *restore.Request, who Caller) bool { return r.Plan != nil || r.Requester == who.Person }

// open shows a form about a request. Somebody who cannot decide because it is their own is told so before they fill it
// in; what counts is checked again when they submit.
func (h *Handler) open(ctx context.Context, who Caller, c Open) (Reply, error) {
	r, place, err := h.stands(ctx, c.Card.Subject)
	if err != nil {
		return nil, err
	}
	if c.Card.Nonce != r.Nonce {
		return nil, &Problem{Code: ProblemForeign, Word: string(c.Card.Subject)}
	}
	if owns(who.Person, r, c.Form) {
		return Decided{Request: r, Verb: Verb(c.Form), Verdict: approvals.OwnRequest}, nil
	}
	for _, a := range Actions(r) {
		if string(a.ID) == string(c.Form) && a.Card == c.Card {
			return Opened{Form: c.Form, Request: r, Place: place}, nil
		}
	}
	return Shown{Request: r, Place: place, Actions: Actions(r), Why: ShowOutdated}, nil
}

// owns reports whether somebody cannot send a form because the request is their own. Where nobody has a seat, only its
// requester is left to end a doubt, or to release what it left locked.
func owns(p approvals.Person, r *restore.Request, f Form) bool {
	switch f {
	case FormAdopt, FormResend, FormFinished, FormAbandon, FormRelease:
		if r.Terms != nil && len(r.Seats()) == 0 && p == r.Requester {
			return false
		}
	case FormApprove, FormDeny, FormLink:
	}
	return r.Ban().Covers(p)
}
