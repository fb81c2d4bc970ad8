package commands

import (
	"context"
	"strings"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// deny ends a request with a reason. Typed without one, it shows the card with its button.
func (h *Handler) deny(ctx context.Context, who Caller, c Deny) (Reply, error) {
	if c.Card.Nonce == "" && strings.TrimSpace(c.Reason) == "" {
		return h.card(ctx, who, c.Card.Subject, ShowDeny)
	}
	vote, err := h.vote(ctx, who, c.Card)
	if err != nil {
		return nil, err
	}
	vote.Reason = strings.TrimSpace(c.Reason)
	return h.decide(ctx, who, c.Card.Subject, VerbDeny,
		func(_ restore.Tx, r *restore.Request, now time.Time) (approvals.Verdict, []restore.Body) {
			vote.Now = now
			return r.Deny(vote)
		})
}
