package commands

import (
	"context"
	"fmt"
	"time"

	"snapback/approvals"
	"snapback/internal/restore"
)

// VerbResend names the decision in answers; it cannot be typed.
const VerbResend Verb = "resend"

// resend lets a request in doubt be submitted again, if a list that is read for this decision shows nothing that the
// request may have started. What it does show is kept with the request, so that people can look at it.
func (h *Handler) resend(ctx context.Context, who Caller, c Resend) (Reply, error) {
	seen, err := h.read(ctx, c.Card.Subject)
	if err != nil {
		return nil, err
	}
	vote, err := h.vote(ctx, who, c.Card)
	if err != nil {
		return nil, err
	}
	vote.Typed, vote.Now = c.Typed, time.Now()
	if verdict, _ := seen.Resend(vote, restore.Sighting{}); verdict != approvals.Counts {
		return Decided{Request: seen, Verb: VerbResend, Verdict: verdict}, nil // whatever a list shows
	}
	jobs, err := h.planner.SourceJobs(ctx, seen)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", &Problem{Code: ProblemJobs}, err)
	}
	fresh, err := h.vote(ctx, who, c.Card) // the list may have taken longer than a standing lasts
	if err != nil {
		return nil, err
	}
	vote.Standing = fresh.Standing
	return h.decide(ctx, who, c.Card.Subject, VerbResend,
		func(tx restore.Tx, r *restore.Request, now time.Time) (approvals.Verdict, []restore.Body) {
			vote.Now = now
			if len(r.Attempts) != len(seen.Attempts) {
				return approvals.Outdated, nil // the list was read for another attempt
			}
			return afresh(r, vote, r.Sight(jobs, r.Owned(tx)))
		})
}

// afresh judges with a fresh sighting.
func afresh(r *restore.Request, vote restore.Vote, found restore.Sighting) (approvals.Verdict, []restore.Body) {
	verdict, bodies := r.Resend(vote, found)
	if verdict != approvals.LookFirst {
		return verdict, bodies
	}
	if body := r.See(found); body != nil {
		return verdict, []restore.Body{body}
	}
	return verdict, nil
}
