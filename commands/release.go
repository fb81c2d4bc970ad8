package commands

import (
	"context"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// release frees the target that an ended request keeps. The name of the target has to be typed: a typed command carries
// neither that nor a card, and gets the card with its button.
func (h *Handler) release(ctx context.Context, who Caller, c Release) (Reply, error) {
	if c.Card.Nonce == "" {
		return h.card(ctx, who, c.Card.Subject, ShowRelease)
	}
	vote, err := h.vote(ctx, who, c.Card)
	if err != nil {
		return nil, err
	}
	vote.Typed = c.Typed
	return h.decide(ctx, who, c.Card.Subject, VerbRelease,
		func(_ restore.Tx, r *restore.Request, now time.Time) (approvals.Verdict, []restore.Body) {
			vote.Now = now
			return r.ReleaseBy(vote)
		})
}
