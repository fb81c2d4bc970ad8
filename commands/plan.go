package commands

import (
	"context"

	"snapback/approvals"
)

// plan makes the plan that filing would make, and shows it.
func (h *Handler) plan(ctx context.Context, who Caller, c Plan) (Reply, error) {
	standing, err := h.asker(ctx, who)
	if err != nil {
		return nil, err
	}
	proposal, findings, err := h.planner.Propose(ctx, c.Asked, standing, approvals.Ban{Requester: who.Person})
	if err != nil {
		return nil, silent(err)
	}
	return Previewed{Asked: c.Asked, Proposal: proposal, Findings: findings}, nil
}
