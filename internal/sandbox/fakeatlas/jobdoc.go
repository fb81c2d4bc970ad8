package fakeatlas

import (
	"strconv"

	"snapback/internal/sandbox/fakeapi"
)

// jobDoc is a DiskBackupSnapshotRestoreJob. Numbers and deliveryUrl are of the form that the options ask for.
type jobDoc struct {
	Canceled          bool           `json:"cancelled"` //nolint:misspell // the API's word
	Components        []componentDoc `json:"components,omitempty"`
	CreatedAt         string         `json:"createdAt,omitempty"`
	DeliveryType      string         `json:"deliveryType,omitempty"`
	DeliveryURL       any            `json:"deliveryUrl,omitempty"`
	Desired           *timestampDoc  `json:"desiredTimestamp,omitempty"`
	Expired           bool           `json:"expired"`
	ExpiresAt         string         `json:"expiresAt,omitempty"`
	Failed            bool           `json:"failed"`
	FinishedAt        string         `json:"finishedAt,omitempty"`
	ID                string         `json:"id"`
	Links             []fakeapi.Link `json:"links"`
	OplogInc          any            `json:"oplogInc,omitempty"`
	OplogTs           any            `json:"oplogTs,omitempty"`
	PITSeconds        any            `json:"pointInTimeUTCSeconds,omitempty"`
	SnapshotID        string         `json:"snapshotId,omitempty"`
	TargetClusterName string         `json:"targetClusterName,omitempty"`
	TargetGroupID     string         `json:"targetGroupId,omitempty"`
	Timestamp         string         `json:"timestamp,omitempty"`
}

type componentDoc struct {
	DownloadURL    *string `json:"downloadUrl"`
	ReplicaSetName string  `json:"replicaSetName"`
}

type timestampDoc struct {
	Date      string `json:"date"`
	Increment any    `json:"increment"`
}

func (s *Server) jobDoc(x *exchange, j *job) jobDoc {
	end, ended := j.at(x.now)
	source := s.world.cluster(j.ClusterID)
	d := jobDoc{
		Canceled:          end == Canceled,
		DeliveryType:      j.DeliveryType,
		Expired:           j.expired(x.now),
		ExpiresAt:         stamp(j.expires(x.now)),
		Failed:            end == Failed,
		ID:                j.ID,
		Links:             x.self("groups", source.GroupID, "clusters", source.Name, "backup", "restoreJobs", j.ID),
		SnapshotID:        j.SnapshotID,
		TargetClusterName: j.TargetClusterName,
		TargetGroupID:     j.TargetGroupID,
		Timestamp:         stamp(j.Timestamp),
	}
	if end == Finished {
		d.FinishedAt = stamp(ended)
	}
	if s.opts.CreatedAt {
		d.CreatedAt = stamp(j.Created)
	}
	s.point(&d, j)
	if j.DeliveryType == Download {
		s.links(x, &d, j)
	}
	if f := x.faults.Get(LeaveOut); f != nil {
		for _, name := range f.Fields {
			d.leaveOut(name)
		}
	}
	return d
}

// point prints the point of a job, in one of three ways.
func (s *Server) point(d *jobDoc, j *job) {
	switch {
	case s.opts.Desired && j.PITSeconds > 0:
		d.Desired = &timestampDoc{Date: stamp(unix(j.PITSeconds)), Increment: s.number(0)}
	case s.opts.Desired && j.OplogTs > 0:
		d.Desired = &timestampDoc{Date: stamp(unix(j.OplogTs)), Increment: s.number(j.OplogInc)}
	case j.PITSeconds > 0:
		d.PITSeconds = s.number(j.PITSeconds)
	case j.OplogTs > 0:
		d.OplogTs, d.OplogInc = s.number(j.OplogTs), s.number(j.OplogInc)
	}
}

// links prints where the files of a download are, once they are there.
func (s *Server) links(x *exchange, d *jobDoc, j *job) {
	address := func(part int) string {
		return "https://restore.example.net:27017/" + j.token + "/restore-" + j.ID + "-" + strconv.Itoa(part) + ".tar.gz"
	}
	offers := j.offers(x.now)
	for i, name := range j.parts {
		c := componentDoc{ReplicaSetName: name}
		if offers {
			c.DownloadURL = new(address(i))
		}
		d.Components = append(d.Components, c)
	}
	switch {
	case !offers || len(j.parts) > 0:
		d.DeliveryURL = []string{}
	case s.opts.BareURL:
		d.DeliveryURL = address(0)
	default:
		d.DeliveryURL = []string{address(0)}
	}
}

// leaveOut empties a field, so that it is not printed. It answers false if there is no such field that may be missing.
func (d *jobDoc) leaveOut(name string) bool {
	switch name {
	case "deliveryType":
		d.DeliveryType = ""
	case "snapshotId":
		d.SnapshotID = ""
	case "targetGroupId":
		d.TargetGroupID = ""
	case "targetClusterName":
		d.TargetClusterName = ""
	case "pointInTimeUTCSeconds":
		d.PITSeconds = nil
	case "oplogTs":
		d.OplogTs = nil
	case "timestamp":
		d.Timestamp = ""
	case "expiresAt":
		d.ExpiresAt = ""
	default:
		return false
	}
	return true
}
