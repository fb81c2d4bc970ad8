package atlas

import (
	"strings"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

// flexJobDoc is a restore job of a Flex cluster (Return All Restore Jobs for One Flex Cluster), which has a status and names of
// its own.
type flexJobDoc struct {
	ID              string               `json:"id"`
	DeliveryType    string               `json:"deliveryType"` // RESTORE, DOWNLOAD
	Status          string               `json:"status"`
	SnapshotID      string               `json:"snapshotId"`
	TargetProjectID string               `json:"targetProjectId"`
	TargetName      string               `json:"targetDeploymentItemName"`
	Scheduled       rest.Hint[rest.Time] `json:"restoreScheduledDate"`
	Expiration      rest.Hint[rest.Time] `json:"expirationDate"`
}

func (d flexJobDoc) id() string { return d.ID }

func (d flexJobDoc) job() restore.Job {
	j := restore.Job{
		ID:            d.ID,
		Phase:         restore.JobRunning, // PENDING, QUEUED and RUNNING among others: what is not known must not free a target
		Status:        d.Status,
		TargetProject: d.TargetProjectID,
		TargetName:    d.TargetName,
		SnapshotID:    d.SnapshotID,
		PointInTime:   restore.No,
		Created:       d.Scheduled.Value.Time,
	}
	switch strings.ToUpper(d.Status) {
	case "COMPLETED":
		j.Phase = restore.JobFinished
	case "FAILED":
		j.Phase = restore.JobBroken
	}
	switch strings.ToUpper(d.DeliveryType) {
	case "RESTORE":
		j.Delivery = restore.Automated
	case "DOWNLOAD":
		// A download names its own cluster as a target, too, in some answers.
		j.Delivery, j.TargetProject, j.TargetName = restore.Download, "", ""
		j.Expires = d.Expiration.Value.Time
	}
	return j
}

// flexDoc is the body of a restore of a Flex cluster (Create One Restore Job for One Flex Cluster) or of a download (Download
// One Flex Cluster Snapshot), which has no target.
type flexDoc struct {
	SnapshotID      string `json:"snapshotId"`
	TargetName      string `json:"targetDeploymentItemName,omitempty"`
	TargetProjectID string `json:"targetProjectId,omitempty"`
}
