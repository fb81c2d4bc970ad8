package reconcile

import (
	"context"

	"snapback/internal/restore"
)

// SourceJobs lists every restore job of the request's source, as it is now: all pages of a list that stood still.
func (p *Planner) SourceJobs(ctx context.Context, r *restore.Request) ([]restore.Job, error) {
	list, err := p.jobs(ctx, r.Plan.Spec)
	return list.Jobs, err
}
