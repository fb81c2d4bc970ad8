package commands

import (
	"context"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// approve notes an approval. One approves what one sees: a typed command carries no card and gets the card with its
// button.
func (h *Handler) approve(ctx context.Context, who Caller, c Approve) (Reply, error) {
	if c.Card.Nonce == "" {
		return h.card(ctx, who, c.Card.Subject, ShowApprove)
	}
	vote, err := h.vote(ctx, who, c.Card)
	if err != nil {
		return nil, err
	}
	vote.Typed = c.Typed
	return h.decide(ctx, who, c.Card.Subject, VerbApprove,
		func(_ restore.Tx, r *restore.Request, now time.Time) (approvals.Verdict, []restore.Body) {
			vote.Now = now
			return r.Approve(vote)
		})
}
