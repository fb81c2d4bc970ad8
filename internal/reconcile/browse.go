package reconcile

import (
	"context"
	"fmt"

	"snapback/approvals"
	"snapback/internal/restore"
)

// Visible lists the clusters that some policy would let somebody use, by name.
func (p *Planner) Visible(ctx context.Context, requester approvals.Standing) ([]restore.Cluster, error) {
	return p.visible(ctx, requester, "")
}

// Snapshots lists the snapshots of a cluster that somebody may use, by its name as typed, or returns the finding that
// there is no such cluster: one that they may not use does not exist for them.
func (p *Planner) Snapshots(
	ctx context.Context, name string, requester approvals.Standing,
) (restore.Cluster, []restore.Snapshot, *restore.Finding, error) {
	clusters, err := p.visible(ctx, requester, name)
	if err != nil {
		return restore.Cluster{}, nil, nil, err
	}
	c, miss := restore.Find(name, clusters, func(restore.Cluster) bool { return true })
	if miss != nil {
		return c, nil, miss, nil
	}
	b, err := p.backend(c)
	if err != nil {
		return c, nil, nil, err
	}
	out, err := b.Snapshots(ctx, c)
	if err != nil {
		return c, nil, nil, fmt.Errorf("list snapshots of %s: %w", c.Path(), err)
	}
	return c, out, nil, nil
}

func (p *Planner) visible(ctx context.Context, requester approvals.Standing, name string) ([]restore.Cluster, error) {
	all, err := p.clusters(ctx, name)
	if err != nil {
		return nil, err
	}
	var out []restore.Cluster
	for _, c := range all {
		if restore.MayName(p.policies, c, requester) {
			out = append(out, c)
		}
	}
	return out, nil
}
