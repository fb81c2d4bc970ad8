package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// reveal records that the requester is about to see the links of a download, and has the window for them opened. No link
// has been asked for by then.
func (h *Handler) reveal(ctx context.Context, who Caller, c Reveal) (Reply, error) {
	var (
		out     *restore.Request
		verdict approvals.Verdict
	)
	err := restore.Change(ctx, h.store, c.Card.Subject, func(tx restore.Tx, r *restore.Request) error {
		if !visible(r, who) {
			return restore.ErrNoRequest
		}
		var bodies []restore.Body
		out = r
		verdict, bodies = r.Reveal(who.Person, c.Card.Revision, c.Card.Nonce)
		for _, b := range bodies {
			if err := restore.Record(tx, r, who.Person.String(), time.Now(), b); err != nil {
				return err
			}
		}
		return nil
	})
	switch {
	case errors.Is(err, restore.ErrNoRequest):
		return nil, &Problem{Code: ProblemUnknown, Word: string(c.Card.Subject)}
	case err != nil:
		return nil, fmt.Errorf("reveal %s: %w", c.Card.Subject, err)
	case verdict != approvals.Counts:
		return hidden(out, verdict)
	}
	return Opened{Form: FormLink, Request: out, Then: Fetch(c)}, nil
}

// fetch reads the links, for the requester alone and only if Slack still says that they may ask for anything.
func (h *Handler) fetch(ctx context.Context, who Caller, c Fetch) (Reply, error) {
	r, err := h.read(ctx, c.Card.Subject)
	if err != nil {
		return nil, err
	}
	if verdict, _ := r.Reveal(who.Person, c.Card.Revision, c.Card.Nonce); verdict != approvals.Counts {
		return hidden(r, verdict)
	}
	standing, err := h.directory.Standing(ctx, who.Person)
	if err != nil {
		return nil, fmt.Errorf("%w: look up %s: %w", &Problem{Code: ProblemIdentity}, who.Person, err)
	}
	if v := standing.Barred(); v != approvals.Counts {
		return nil, &Problem{Code: ProblemPerson, Word: string(v)}
	}
	links, err := h.planner.Links(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", &Problem{Code: ProblemLinks}, err)
	}
	return Linked{Request: r, Links: links}, nil
}

// hidden answers somebody who may not see the links, or not by this card.
func hidden(r *restore.Request, v approvals.Verdict) (Reply, error) {
	if v == approvals.NotEntitled {
		return nil, &Problem{Code: ProblemNotYours, Word: string(r.Subject)}
	}
	return Shown{Request: r, Actions: Actions(r), Why: ShowOutdated}, nil
}
