package commands

import (
	"context"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// VerbAbandon names the decision in answers; it cannot be typed.
const VerbAbandon Verb = "abandon"

// abandon gives up a request that is in doubt. The target stays locked until no unfinished job writes to it.
func (h *Handler) abandon(ctx context.Context, who Caller, c Abandon) (Reply, error) {
	vote, err := h.vote(ctx, who, c.Card)
	if err != nil {
		return nil, err
	}
	vote.Typed = c.Typed
	return h.decide(ctx, who, c.Card.Subject, VerbAbandon,
		func(_ restore.Tx, r *restore.Request, now time.Time) (approvals.Verdict, []restore.Body) {
			vote.Now = now
			return r.Abandon(vote, now.Add(h.poll))
		})
}
