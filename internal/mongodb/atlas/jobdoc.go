package atlas

import (
	"encoding/json"
	"strings"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

// jobDoc is a restore job (DiskBackupSnapshotRestoreJob; Get All Cloud Backup Restore Jobs). It has no status but flags. Its
// links are secrets and have no place here: whether there are any is all that counts.
type jobDoc struct {
	ID                string               `json:"id"`
	DeliveryType      string               `json:"deliveryType"`
	SnapshotID        string               `json:"snapshotId"`
	TargetGroupID     string               `json:"targetGroupId"`
	TargetClusterName string               `json:"targetClusterName"`
	Timestamp         rest.Hint[rest.Time] `json:"timestamp"` // of the snapshot
	CreatedAt         rest.Hint[rest.Time] `json:"createdAt"` // version 1.0 tells it
	ExpiresAt         rest.Hint[rest.Time] `json:"expiresAt"`
	Failed            rest.YesNo           `json:"failed"`
	Canceled          rest.YesNo           `json:"cancelled"` //nolint:misspell // the API's word
	Expired           rest.YesNo           `json:"expired"`
	FinishedAt        there                `json:"finishedAt"`
	DeliveryURL       there                `json:"deliveryUrl"` // an array of strings; an example shows a string
	Components        []componentDoc       `json:"components"`  // of downloads of sharded clusters
	PITSeconds        rest.Hint[rest.Int]  `json:"pointInTimeUTCSeconds"`
	OplogTs           rest.Hint[rest.Int]  `json:"oplogTs"`
	OplogInc          rest.Hint[rest.Int]  `json:"oplogInc"`
	Desired           rest.Hint[stampDoc]  `json:"desiredTimestamp"`
}

type componentDoc struct {
	DownloadURL there `json:"downloadUrl"` // null before it is ready, once it was used, and once it has expired
}

type stampDoc struct {
	Date      rest.Time `json:"date"`
	Increment rest.Int  `json:"increment"`
}

func (d jobDoc) id() string { return d.ID }

// The words for what the flags of a job say.
const (
	statusRunning  = "IN_PROGRESS"
	statusReady    = "READY"
	statusFinished = "FINISHED"
	statusFailed   = "FAILED"
	statusCanceled = "CANCELED"
	statusExpired  = "EXPIRED"
)

func (d jobDoc) job() restore.Job {
	j := restore.Job{
		ID:            d.ID,
		TargetProject: d.TargetGroupID,
		TargetName:    d.TargetClusterName,
		Point:         d.point(),
		SnapshotID:    d.SnapshotID,
		Timestamp:     d.Timestamp.Value.Time,
		Created:       d.CreatedAt.Value.Time,
	}
	j.Delivery, j.PointInTime = delivery(d.DeliveryType)
	j.Phase, j.Status = d.state(j.Delivery)
	if j.Delivery == restore.Download {
		j.Expires = d.ExpiresAt.Value.Time
	}
	return j
}

// delivery translates a deliveryType. What is not known is not told.
func delivery(kind string) (restore.DeliveryKind, restore.Told) {
	switch kind {
	case typeAutomated:
		return restore.Automated, restore.No
	case typePointInTime:
		return restore.Automated, restore.Yes
	case typeDownload:
		return restore.Download, restore.No
	}
	return "", restore.Untold
}

// state derives what a job does from its flags, in this order. The record of a job ages: for a download that is the end of its
// links, for a restore onto a cluster it says nothing, as that may take longer than its record stays young.
func (d jobDoc) state(kind restore.DeliveryKind) (restore.JobPhase, string) {
	expired := restore.Told(d.Expired) == restore.Yes
	switch {
	case restore.Told(d.Failed) == restore.Yes:
		return restore.JobBroken, statusFailed
	case restore.Told(d.Canceled) == restore.Yes:
		return restore.JobKilled, statusCanceled
	case expired && kind == restore.Download:
		return restore.JobFinished, statusExpired
	case bool(d.FinishedAt):
		return restore.JobFinished, statusFinished
	case kind == restore.Download && d.ready():
		return restore.JobFinished, statusReady
	case expired:
		return restore.JobRunning, statusExpired
	}
	return restore.JobRunning, statusRunning
}

// ready reports whether all files of a download have their links.
func (d jobDoc) ready() bool {
	for _, c := range d.Components {
		if !c.DownloadURL {
			return false
		}
	}
	return bool(d.DeliveryURL) || len(d.Components) > 0
}

// point is the moment that the job says it was asked for.
func (d jobDoc) point() restore.Point {
	switch want := d.Desired.Value; {
	case d.PITSeconds.Value > 0:
		return restore.Point{Kind: restore.PointInTime, Millis: int64(d.PITSeconds.Value) * 1000}
	case d.OplogTs.Value > 0:
		return restore.Point{Kind: restore.Oplog, Seconds: int64(d.OplogTs.Value), Increment: int64(d.OplogInc.Value)}
	case !want.Date.IsZero() && want.Increment == 0:
		return restore.Point{Kind: restore.PointInTime, Millis: want.Date.Unix() * 1000}
	case !want.Date.IsZero():
		return restore.Point{Kind: restore.Oplog, Seconds: want.Date.Unix(), Increment: int64(want.Increment)}
	}
	return restore.Point{}
}

// there decodes from anything and keeps no more than that it is there: null, "", 0, and lists and objects of nothing else are
// not.
type there bool

// UnmarshalJSON implements json.Unmarshaler. It never fails.
func (t *there) UnmarshalJSON(b []byte) error {
	text := strings.TrimSpace(string(b))
	switch {
	case strings.HasPrefix(text, "["):
		var items []there
		*t = false
		if json.Unmarshal(b, &items) == nil {
			for _, item := range items {
				*t = *t || item
			}
		}
	default:
		*t = text != "null" && text != `""` && text != "0" && text != "false" && text != "{}"
	}
	return nil
}
