package commands

import (
	"context"
	"fmt"

	"snapback/approvals"
)

// plan makes the plan that filing would make, and shows it.
func (h *Handler) plan(ctx context.Context, who Caller, c Plan) (Reply, error) {
	standing, err := h.directory.Standing(ctx, who.Person)
	if err != nil {
		return nil, fmt.Errorf("%w: look up %s: %w", &Problem{Code: ProblemIdentity}, who.Person, err)
	}
	if v := standing.Barred(); v != approvals.Counts {
		return nil, &Problem{Code: ProblemPerson, Word: string(v)}
	}
	proposal, findings, err := h.planner.Propose(ctx, c.Asked, standing)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", &Problem{Code: ProblemBackend}, err)
	}
	return Previewed{Asked: c.Asked, Proposal: proposal, Findings: findings}, nil
}
