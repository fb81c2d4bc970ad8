package fakeopsmanager

import (
	"fmt"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

// apiTime is how the API prints instants: UTC, whole seconds.
const apiTime = "2006-01-02T15:04:05Z"

type timestampDoc struct {
	Date      string `json:"date"`
	Increment uint32 `json:"increment"`
}

type jobDoc struct {
	BatchID           string         `json:"batchId,omitempty"`
	CheckpointID      string         `json:"checkpointId,omitempty"`
	ClusterID         string         `json:"clusterId,omitempty"`
	Created           string         `json:"created,omitempty"`
	Delivery          deliveryDoc    `json:"delivery"`
	EncryptionEnabled bool           `json:"encryptionEnabled"`
	GroupID           string         `json:"groupId"`
	ID                string         `json:"id"`
	Links             []fakeapi.Link `json:"links"`
	MasterKeyUUID     string         `json:"masterKeyUUID,omitempty"`
	PointInTime       *bool          `json:"pointInTime,omitempty"`
	SnapshotID        string         `json:"snapshotId,omitempty"`
	StatusName        Status         `json:"statusName"`
	Timestamp         *timestampDoc  `json:"timestamp,omitempty"`
}

type deliveryDoc struct {
	AuthBearer      string `json:"authBearer,omitempty"`
	AuthHeader      string `json:"authHeader,omitempty"`
	AuthValue       string `json:"authValue,omitempty"`
	ExpirationHours int    `json:"expirationHours,omitempty"`
	Expires         string `json:"expires,omitempty"`
	MaxDownloads    int    `json:"maxDownloads,omitempty"`
	MethodName      string `json:"methodName"`
	StatusName      string `json:"statusName"`
	TargetClusterID string `json:"targetClusterId,omitempty"`
	TargetGroupID   string `json:"targetGroupId,omitempty"`
	URL             string `json:"url,omitempty"`
	URLV2           string `json:"urlV2,omitempty"`
}

func (t Timestamp) doc() timestampDoc {
	return timestampDoc{Date: t.Time.UTC().Format(apiTime), Increment: t.Increment}
}

// jobDoc prints a job. The pages' self links name the cluster by id in lists and by name in answers to
// creation; clusterRef is what to print.
func (s *Server) jobDoc(x *exchange, j *job, clusterRef string) jobDoc {
	status, ended := j.at(x.now)
	doc := jobDoc{
		BatchID:           j.BatchID,
		CheckpointID:      j.CheckpointID,
		ClusterID:         j.ClusterID,
		Created:           j.Created.UTC().Format(apiTime),
		Delivery:          s.deliveryDoc(x, j, ended),
		EncryptionEnabled: j.EncryptionEnabled,
		GroupID:           j.GroupID,
		ID:                j.ID,
		Links:             x.self("groups", j.GroupID, "clusters", clusterRef, "restoreJobs", j.ID),
		MasterKeyUUID:     j.MasterKeyUUID,
		PointInTime:       j.PointInTime,
		SnapshotID:        j.SnapshotID,
		StatusName:        status,
	}
	if !j.Timestamp.Time.IsZero() {
		doc.Timestamp = new(j.Timestamp.doc())
	}
	if f := x.faults.Get(LeaveOut); f != nil {
		for _, name := range f.Fields {
			doc.leaveOut(name)
		}
	}
	return doc
}

// leaveOut empties a field, so that it is not printed. It answers false if there is no such field that may be missing.
func (d *jobDoc) leaveOut(name string) bool {
	switch name {
	case "batchId":
		d.BatchID = ""
	case "checkpointId":
		d.CheckpointID = ""
	case "clusterId":
		d.ClusterID = ""
	case "created":
		d.Created = ""
	case "pointInTime":
		d.PointInTime = nil
	case "snapshotId":
		d.SnapshotID = ""
	case "timestamp":
		d.Timestamp = nil
	case "expirationHours":
		d.Delivery.ExpirationHours = 0
	case "maxDownloads":
		d.Delivery.MaxDownloads = 0
	case "targetClusterId":
		d.Delivery.TargetClusterID = ""
	case "targetGroupId":
		d.Delivery.TargetGroupID = ""
	default:
		return false
	}
	return true
}

func (s *Server) deliveryDoc(x *exchange, j *job, ended time.Time) deliveryDoc {
	doc := deliveryDoc{
		MethodName:      j.MethodName,
		StatusName:      j.deliveryAt(x.now),
		TargetClusterID: j.TargetClusterID,
		TargetGroupID:   j.TargetGroupID,
	}
	if j.automated() {
		return doc
	}
	doc.ExpirationHours, doc.MaxDownloads = j.ExpirationHours, j.MaxDownloads
	if expires := j.expiresAt(ended); !expires.IsZero() {
		doc.Expires = expires.UTC().Format(apiTime)
	}
	if !s.opts.CloudManager {
		doc.AuthHeader, doc.AuthBearer = "Authorization", "Bearer"
	}
	if doc.StatusName != "READY" {
		return doc
	}
	file := fmt.Sprintf("%s-%d-%s.tar.gz", s.fileStem(j), j.Timestamp.Time.Unix(), j.ID)
	doc.URL = fmt.Sprintf("%s/backup/restore/v2/pull/%s/%s/%s", fakeapi.Origin(x.req), j.ID, j.token, file)
	if !s.opts.CloudManager {
		doc.URLV2 = fmt.Sprintf("%s/backup/restore/v3/pull/%s/%s", fakeapi.Origin(x.req), j.ID, file)
		doc.AuthValue = j.bearer
	}
	return doc
}

func (s *Server) fileStem(j *job) string {
	c, _ := s.world.cluster(j.ClusterID)
	if c.ReplicaSetName != "" {
		return c.ReplicaSetName
	}
	return c.Name
}
