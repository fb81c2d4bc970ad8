package commands

import (
	"context"
	"fmt"
	"strings"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// cancel ends one's own request, until it is sent: then it asks Slack nothing, as the envelope says who the caller is, and that
// is all that counts. Once it runs, whoever may fill a seat can have its jobs canceled, where the backend does that; the wish is
// only noted here.
func (h *Handler) cancel(ctx context.Context, who Caller, c Cancel) (Reply, error) {
	vote := restore.Vote{
		Standing: approvals.Standing{Person: who.Person}, Revision: c.Card.Revision, Nonce: c.Card.Nonce, Read: who.Read, Limits: h.timings,
	}
	r, err := h.read(ctx, c.Card.Subject)
	if err != nil && AsProblem(err) == nil {
		return nil, fmt.Errorf("%s %s: %w", VerbCancel, c.Card.Subject, err)
	}
	if r != nil && r.Cancelable() {
		if vote, err = h.vote(ctx, who, c.Card); err != nil {
			return nil, err
		}
	}
	vote.Reason = strings.TrimSpace(c.Reason)
	return h.decide(ctx, who, c.Card.Subject, VerbCancel,
		func(_ restore.Tx, r *restore.Request, now time.Time) (approvals.Verdict, []restore.Body) {
			vote.Now = now
			return r.Cancel(vote)
		})
}
