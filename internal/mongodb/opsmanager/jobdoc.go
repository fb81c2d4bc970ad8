package opsmanager

import (
	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

// jobDoc is a restore job (Get All Restore Jobs for One Cluster and Create One Restore Job for One Cluster, results
// embedded document). The fields url, urlV2 and authValue of its delivery are secrets and have no place here. Neither
// has methodName: automated restores are answered with HTTP, and jobs made in the user interface with names that no
// page lists.
type jobDoc struct {
	ID           string               `json:"id"`
	BatchID      string               `json:"batchId"`
	ClusterID    string               `json:"clusterId"`
	SnapshotID   string               `json:"snapshotId"`
	CheckpointID string               `json:"checkpointId"`
	PointInTime  rest.YesNo           `json:"pointInTime"` // missing where the point is later than the snapshot
	Timestamp    rest.Hint[rest.Time] `json:"timestamp"`   // of the snapshot, never of the point
	StatusName   string               `json:"statusName"`
	Created      rest.Hint[rest.Time] `json:"created"`
	Delivery     deliveryDoc          `json:"delivery"`
}

type deliveryDoc struct {
	TargetGroupID   string              `json:"targetGroupId"`
	TargetClusterID string              `json:"targetClusterId"`
	MaxDownloads    rest.Hint[rest.Int] `json:"maxDownloads"`
	ExpirationHours rest.Hint[rest.Int] `json:"expirationHours"`
}

// id is what tells jobs apart.
func (d jobDoc) id() string { return d.ID }

func (d jobDoc) job() restore.Job {
	return restore.Job{
		ID:              d.ID,
		Group:           d.BatchID,
		Phase:           phase(d.StatusName),
		Status:          d.StatusName,
		ClusterID:       d.ClusterID,
		TargetProject:   d.Delivery.TargetGroupID,
		TargetCluster:   d.Delivery.TargetClusterID,
		SnapshotID:      d.SnapshotID,
		CheckpointID:    d.CheckpointID,
		PointInTime:     restore.Told(d.PointInTime),
		Timestamp:       d.Timestamp.Value.Time,
		MaxDownloads:    int(d.Delivery.MaxDownloads.Value),
		ExpirationHours: int(d.Delivery.ExpirationHours.Value),
		Created:         d.Created.Value.Time,
	}
}

// phase translates a statusName. What is not known counts as running: it must not free a target.
func phase(status string) restore.JobPhase {
	switch status {
	case "FINISHED":
		return restore.JobFinished
	case "BROKEN":
		return restore.JobBroken
	case "KILLED":
		return restore.JobKilled
	default: // IN_PROGRESS among them
		return restore.JobRunning
	}
}
