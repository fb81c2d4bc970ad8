package reconcile

import (
	"context"
	"errors"
	"fmt"

	"snapback/internal/restore"
)

// statusGone is the status of a link whose job the backend no longer has.
const statusGone = "GONE"

// Links returns the links of a download, at least one for each of its jobs. Nothing of them is kept.
func (p *Planner) Links(ctx context.Context, r *restore.Request) ([]restore.Link, error) {
	b, err := p.backend(r.Plan.Spec.Source)
	if err != nil {
		return nil, err
	}
	var out []restore.Link
	for _, j := range r.Jobs() {
		links, err := b.Link(ctx, r.Plan.Spec.Source, j.ID)
		if errors.Is(err, restore.ErrNotFound) {
			links, err = []restore.Link{{Job: j.ID, Status: statusGone}}, nil
		}
		if err != nil {
			return nil, fmt.Errorf("links of %s: %w", r.Subject, err)
		}
		out = append(out, links...)
	}
	return out, nil
}
