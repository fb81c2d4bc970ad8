package opsmanager

import (
	"encoding/json"
	"strings"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

// jobDoc is a restore job (Get All Restore Jobs for One Cluster and Create One Restore Job for One Cluster, results
// embedded document). The fields url, urlV2 and authValue of its delivery are secrets and have no place here. Neither
// has methodName: automated restores are answered with HTTP, and jobs made in the user interface with names that no
// page lists.
type jobDoc struct {
	ID           string          `json:"id"`
	BatchID      string          `json:"batchId"`
	ClusterID    string          `json:"clusterId"`
	SnapshotID   string          `json:"snapshotId"`
	CheckpointID string          `json:"checkpointId"`
	PointInTime  yesNo           `json:"pointInTime"` // missing where the point is later than the snapshot
	Timestamp    hint[rest.Time] `json:"timestamp"`   // of the snapshot, never of the point
	StatusName   string          `json:"statusName"`
	Created      hint[rest.Time] `json:"created"`
	Delivery     deliveryDoc     `json:"delivery"`
}

type deliveryDoc struct {
	TargetGroupID   string         `json:"targetGroupId"`
	TargetClusterID string         `json:"targetClusterId"`
	MaxDownloads    hint[rest.Int] `json:"maxDownloads"`
	ExpirationHours hint[rest.Int] `json:"expirationHours"`
}

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
		Timestamp:       d.Timestamp.value.Time,
		MaxDownloads:    int(d.Delivery.MaxDownloads.value),
		ExpirationHours: int(d.Delivery.ExpirationHours.value),
		Created:         d.Created.value.Time,
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

// hint is a field that only helps to tell jobs apart. One that cannot be read counts as not told: it must not make the
// whole list unreadable.
type hint[T any] struct{ value T }

// UnmarshalJSON implements json.Unmarshaler. It never fails.
func (h *hint[T]) UnmarshalJSON(b []byte) error {
	var value T
	if json.Unmarshal(b, &value) == nil {
		h.value = value
	}
	return nil
}

// yesNo decodes from a boolean and, as leniently as numbers, from a string that holds one.
type yesNo restore.Told

// UnmarshalJSON implements json.Unmarshaler. It never fails: what is neither yes nor no is not told.
func (y *yesNo) UnmarshalJSON(b []byte) error {
	switch strings.Trim(string(b), `"`) {
	case "true":
		*y = yesNo(restore.Yes)
	case "false":
		*y = yesNo(restore.No)
	}
	return nil
}
