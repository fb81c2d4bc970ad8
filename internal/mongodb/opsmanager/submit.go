package opsmanager

import (
	"context"

	"snapback/internal/restore"
)

// createDoc is the body of an automated restore from a snapshot (Create One Restore Job for One Cluster, second
// example request). Unknown fields are refused by the API, so there are no others.
type createDoc struct {
	Delivery   targetDoc `json:"delivery"`
	SnapshotID string    `json:"snapshotId"`
}

type targetDoc struct {
	MethodName      string `json:"methodName"`
	TargetGroupID   string `json:"targetGroupId"`
	TargetClusterID string `json:"targetClusterId"`
}

// Submit implements [restore.Backend]. What is no automated restore of a whole snapshot within this Ops Manager is
// refused for good, without a call.
func (b *Backend) Submit(ctx context.Context, p restore.Plan) restore.Outcome {
	if why := b.unfit(p.Spec); why != "" {
		return restore.Outcome{Kind: restore.Permanent, Detail: why}
	}
	target := p.Spec.Delivery.Target
	body := createDoc{
		Delivery: targetDoc{
			MethodName:      "AUTOMATED_RESTORE",
			TargetGroupID:   target.ProjectID,
			TargetClusterID: target.ID,
		},
		SnapshotID: p.Spec.Point.SnapshotID,
	}
	return b.client.Post(ctx, jobsPath(p.Spec.Source), body, decodeJobs)
}

// unfit says why a spec cannot be submitted here, or returns "".
func (b *Backend) unfit(s restore.Spec) string {
	target := s.Delivery.Target
	switch {
	case s.Delivery.Kind != restore.Automated:
		return "delivery " + string(s.Delivery.Kind) + ": not in this version"
	case s.Point.Kind != restore.OfSnapshot:
		return "point " + string(s.Point.Kind) + ": not in this version"
	case s.Scope.Kind != restore.Whole:
		return "scope " + string(s.Scope.Kind) + ": not in this version"
	case s.Source.Origin != b.Origin() || target.Origin != b.Origin():
		return "source and target are not both in " + b.Name()
	case s.Source.ProjectID == "" || s.Source.ID == "" || s.Point.SnapshotID == "" || target.ProjectID == "" || target.ID == "":
		return "the plan lacks an id"
	}
	return ""
}
