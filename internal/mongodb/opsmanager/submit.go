package opsmanager

import (
	"context"
	"strconv"

	"snapback/internal/restore"
)

// createDoc is the body of a restore (Create One Restore Job for One Cluster, request body parameters). Exactly one
// point is set. Unknown fields are refused by the API, so there are no others; types are those of the page's tables.
type createDoc struct {
	Delivery     any    `json:"delivery"` // a targetDoc or a downloadDoc
	SnapshotID   string `json:"snapshotId,omitempty"`
	OplogTs      string `json:"oplogTs,omitempty"`  // seconds since the Unix epoch
	OplogInc     string `json:"oplogInc,omitempty"` // ordinal within the second
	Millis       int64  `json:"pointInTimeUTCMillis,omitempty"`
	CheckpointID string `json:"checkpointId,omitempty"`
}

// targetDoc is the delivery of an automated restore.
type targetDoc struct {
	MethodName      string `json:"methodName"`
	TargetGroupID   string `json:"targetGroupId"`
	TargetClusterID string `json:"targetClusterId"`
}

// downloadDoc is the delivery of a download.
type downloadDoc struct {
	MethodName      string `json:"methodName"`
	ExpirationHours int    `json:"expirationHours"` // from when the job is complete
	MaxDownloads    int    `json:"maxDownloads"`
}

// Submit implements [restore.Backend]. What is no restore of a whole cluster within this Ops Manager is refused for
// good, without a call.
func (b *Backend) Submit(ctx context.Context, p restore.Plan) restore.Outcome {
	if why := b.unfit(p.Spec); why != "" {
		return restore.Outcome{Kind: restore.Permanent, Detail: why}
	}
	body := create(p.Spec.Point)
	body.Delivery = delivery(p.Spec.Delivery)
	return b.client.Post(ctx, jobsPath(p.Spec.Source), body, decodeJobs)
}

func create(p restore.Point) createDoc {
	switch p.Kind {
	case restore.OfSnapshot:
		return createDoc{SnapshotID: p.SnapshotID}
	case restore.PointInTime:
		return createDoc{Millis: p.Millis}
	case restore.Oplog:
		return createDoc{OplogTs: strconv.FormatInt(p.Seconds, 10), OplogInc: strconv.FormatInt(p.Increment, 10)}
	case restore.Checkpoint:
		return createDoc{CheckpointID: p.CheckpointID}
	case restore.Latest: // unfit
	}
	return createDoc{}
}

func delivery(d restore.Delivery) any {
	if d.Kind == restore.Download {
		return downloadDoc{MethodName: "HTTP", ExpirationHours: d.Hours, MaxDownloads: d.MaxDownloads}
	}
	return targetDoc{MethodName: "AUTOMATED_RESTORE", TargetGroupID: d.Target.ProjectID, TargetClusterID: d.Target.ID}
}

// unfit says why a spec cannot be submitted here, or returns "".
func (b *Backend) unfit(s restore.Spec) string {
	switch {
	case s.Scope.Kind != restore.Whole:
		return "single collections cannot be restored here"
	case s.Source.Origin != b.Origin():
		return "the source is not in " + b.Name()
	case s.Source.ProjectID == "" || s.Source.ID == "":
		return "the plan lacks the id of its source"
	}
	if why := unfitPoint(s.Point); why != "" {
		return why
	}
	switch d := s.Delivery; d.Kind {
	case restore.Automated:
		switch {
		case d.Target.Origin != b.Origin():
			return "the target is not in " + b.Name()
		case d.Target.ProjectID == "" || d.Target.ID == "":
			return "the plan lacks the id of its target"
		}
		return ""
	case restore.Download:
		switch {
		case s.Point.Kind != restore.OfSnapshot:
			return "only snapshots can be downloaded"
		case d.Hours < 1 || d.MaxDownloads < 1:
			return "the plan does not say how long, or how often, the link works"
		}
		return ""
	}
	return "there is no delivery " + string(s.Delivery.Kind)
}

// unfitPoint says what a point lacks, or returns "". The seconds of a point in time are exact.
func unfitPoint(p restore.Point) string {
	ok := false
	switch p.Kind {
	case restore.OfSnapshot:
		ok = p.SnapshotID != ""
	case restore.PointInTime:
		ok = p.Millis > 0 && p.Millis%1000 == 0
	case restore.Oplog:
		ok = p.Seconds > 0 && p.Increment >= 0
	case restore.Checkpoint:
		ok = p.CheckpointID != ""
	case restore.Latest: // is resolved to a snapshot when the plan is made
	}
	if !ok {
		return "the point " + string(p.Kind) + " of the plan cannot be sent"
	}
	return ""
}
