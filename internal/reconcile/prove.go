package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"snapback/approvals"
)

// proofEvery is how often the policies are looked through for seats that nobody can fill: groups are emptied while
// nobody files anything.
const proofEvery = 24 * time.Hour

// prove warns, from the start on, of each policy whose seats could not be filled whoever asked. Requests under it are
// refused when they are filed; this tells the people who run the bot before somebody needs it. It stops nothing: the
// other policies are as good as ever.
func (l *Loop) prove(ctx context.Context, now time.Time) (time.Time, error) {
	return l.work.start(ctx, "policies", now, func() (time.Duration, error) {
		var failed []error
		for _, p := range l.planner.policies {
			open, err := l.planner.starved(ctx, p.Terms.Seats)
			switch {
			case err != nil:
				failed = append(failed, fmt.Errorf("policy %s: %w", p.Terms.Policy, err))
			case len(open) > 0:
				l.log.WarnContext(ctx, "policy cannot be satisfied", "policy", p.Terms.Policy, "open_seats", groups(open))
			}
		}
		return proofEvery, errors.Join(failed...)
	}), nil
}

// starved returns the seats that would stay open even if everybody who may decide approved.
func (p *Planner) starved(ctx context.Context, seats []approvals.Seat) ([]approvals.Seat, error) {
	members, err := p.members(ctx, seats)
	if err != nil {
		return nil, err
	}
	return p.unfillable(ctx, seats, members, approvals.Ban{})
}
