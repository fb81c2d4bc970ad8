package commands

import (
	"context"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// VerbFinished names the decision in answers; it cannot be typed.
const VerbFinished Verb = "finished"

// finish ends a request whose job's record is gone as succeeded, on the word of somebody who looked at the data.
func (h *Handler) finish(ctx context.Context, who Caller, c Finish) (Reply, error) {
	vote, err := h.vote(ctx, who, c.Card)
	if err != nil {
		return nil, err
	}
	vote.Typed = c.Typed
	return h.decide(ctx, who, c.Card.Subject, VerbFinished,
		func(_ restore.Tx, r *restore.Request, now time.Time) (approvals.Verdict, []restore.Body) {
			vote.Now = now
			return r.Finish(vote)
		})
}
