package commands

import (
	"context"
	"strings"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// cancel ends one's own request. It asks Slack nothing: the envelope says who the caller is, and that is all that
// counts here.
func (h *Handler) cancel(ctx context.Context, who Caller, c Cancel) (Reply, error) {
	vote := restore.Vote{
		Standing: approvals.Standing{Person: who.Person}, Revision: c.Card.Revision, Nonce: c.Card.Nonce,
		Reason: strings.TrimSpace(c.Reason), Read: who.Read, Limits: h.timings,
	}
	return h.decide(ctx, who, c.Card.Subject, VerbCancel,
		func(_ restore.Tx, r *restore.Request, now time.Time) (approvals.Verdict, []restore.Body) {
			vote.Now = now
			return r.Cancel(vote)
		})
}
