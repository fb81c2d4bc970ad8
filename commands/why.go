package commands

import (
	"context"
	"slices"

	"snapback/approvals"
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
		out.Able, out.Unsure = h.able(ctx, r)
	}
	return out, nil
}

// mostAble is how many people are looked up for one answer.
const mostAble = 50

// able returns who could fill one more seat of a request now: of those that it remembers, whoever still is in the group and
// may decide. Where one of them cannot be looked up, or there are too many, it returns all, and that it is not sure.
func (h *Handler) able(ctx context.Context, r *restore.Request) (now []approvals.Person, unsure bool) {
	then := r.MayApprove()
	if len(then) > mostAble {
		return then, true
	}
	for _, p := range then {
		s, err := h.directory.Standing(ctx, p)
		unread := func(g string) bool { return approvals.Entitled(r.Seats(), []string{g}) }
		switch {
		case err != nil || slices.ContainsFunc(s.Unread, unread):
			return then, true
		case r.Wants(s):
			now = append(now, p)
		}
	}
	return now, false
}
