package commands

import (
	"context"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// VerbAdopt names the decision in answers; it cannot be typed.
const VerbAdopt Verb = "adopt"

// adopt takes jobs that were sighted for what a request in doubt started.
func (h *Handler) adopt(ctx context.Context, who Caller, c Adopt) (Reply, error) {
	vote, err := h.vote(ctx, who, c.Card)
	if err != nil {
		return nil, err
	}
	vote.Typed = c.Typed
	return h.decide(ctx, who, c.Card.Subject, VerbAdopt,
		func(tx restore.Tx, r *restore.Request, now time.Time) (approvals.Verdict, []restore.Body) {
			vote.Now = now
			return r.AdoptFound(vote, c.Group, r.Owned(tx))
		})
}
