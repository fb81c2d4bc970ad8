package commands

import (
	"context"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// withdraw takes the caller's own approval back. It asks Slack nothing: the envelope says who the caller is, and somebody
// who may not approve any more may still take back what they gave.
func (h *Handler) withdraw(ctx context.Context, who Caller, c Withdraw) (Reply, error) {
	vote := restore.Vote{
		Standing: approvals.Standing{Person: who.Person}, Revision: c.Card.Revision, Nonce: c.Card.Nonce,
		Read: who.Read, Limits: h.timings,
	}
	return h.decide(ctx, who, c.Card.Subject, VerbWithdraw,
		func(_ restore.Tx, r *restore.Request, now time.Time) (approvals.Verdict, []restore.Body) {
			vote.Now = now
			return r.Withdraw(vote)
		})
}
