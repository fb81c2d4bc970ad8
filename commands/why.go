package commands

import (
	"context"

	"snapback/internal/restore"
)

// why explains a request's approval to whoever may know of the request.
func (h *Handler) why(ctx context.Context, who Caller, c Why) (Reply, error) {
	r, err := h.read(ctx, c.Subject)
	if err != nil {
		return nil, err
	}
	if !visible(r, who) {
		return nil, &Problem{Code: ProblemUnknown, Word: string(c.Subject)}
	}
	out := Explanation{Request: r}
	if r.Plan == nil {
		return out, nil
	}
	out.Policies = h.planner.Explain(ctx, r)
	if r.State == restore.Pending {
		out.Able = r.MayApprove()
	}
	return out, nil
}
