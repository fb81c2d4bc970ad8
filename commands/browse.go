package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"snapback/approvals"
	"snapback/internal/restore"
)

// How many clusters and snapshots are shown.
const (
	clusterLimit  = 30
	snapshotLimit = 15
)

// silent is the problem with a backend that did not tell what it was asked.
func silent(err error) error {
	code := ProblemBackend
	if errors.Is(err, restore.ErrCredential) {
		code = ProblemCredential
	}
	return fmt.Errorf("%w: %w", &Problem{Code: code}, err)
}

// clusters lists the clusters whose names have a text in them.
func (h *Handler) clusters(ctx context.Context, who Caller, c Clusters) (Reply, error) {
	standing, err := h.asker(ctx, who)
	if err != nil {
		return nil, err
	}
	all, err := h.planner.Visible(ctx, standing)
	if err != nil {
		return nil, silent(err)
	}
	text := strings.ToLower(c.Text)
	all = slices.DeleteFunc(all, func(c restore.Cluster) bool { return !strings.Contains(strings.ToLower(c.Path()), text) })
	out := ClustersListed{Text: c.Text, Clusters: all[:min(len(all), clusterLimit)]}
	out.More = len(all) - len(out.Clusters)
	return out, nil
}

// snapshots lists the snapshots of a cluster.
func (h *Handler) snapshots(ctx context.Context, who Caller, c Snapshots) (Reply, error) {
	standing, err := h.asker(ctx, who)
	if err != nil {
		return nil, err
	}
	cluster, all, miss, err := h.planner.Snapshots(ctx, c.Cluster, standing)
	if err != nil {
		return nil, silent(err)
	}
	slices.SortFunc(all, func(a, b restore.Snapshot) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(b.ID, a.ID))
	})
	out := SnapshotsListed{Cluster: cluster, Snapshots: all[:min(len(all), snapshotLimit)], Finding: miss}
	out.More = len(all) - len(out.Snapshots)
	return out, nil
}

// asker returns who the caller is, if nothing stands against their asking.
func (h *Handler) asker(ctx context.Context, who Caller) (approvals.Standing, error) {
	standing, err := h.directory.Standing(ctx, who.Person)
	if err != nil {
		return standing, fmt.Errorf("%w: look up %s: %w", &Problem{Code: ProblemIdentity}, who.Person, err)
	}
	if v := standing.Barred(); v != approvals.Counts {
		return standing, &Problem{Code: ProblemPerson, Word: string(v)}
	}
	return standing, nil
}
