package fakeatlas

import (
	"slices"
	"time"
)

// The values of Job.DeliveryType.
const (
	Automated   = "automated"
	Download    = "download"
	PointInTime = "pointInTime"
)

// linkLife is how long the links of a download work after its end.
const linkLife = 4 * time.Hour

// End says how a restore job ended. A job that has none runs, for the server's duration from Created on.
type End string

// The ends of a job. The API has no word for them but flags.
const (
	Finished End = "finished"
	Failed   End = "failed"
	Canceled End = "canceled"
)

// Job is a restore job, as a seed (World, AddJob) and as a report (Server.Jobs).
type Job struct {
	ID string // 24 hexadecimal digits; invented when missing
	// ClusterID is the source's, which the API does not tell: jobs are listed under it.
	ClusterID         string
	DeliveryType      string
	SnapshotID        string
	TargetGroupID     string
	TargetClusterName string
	// PITSeconds or OplogTs and OplogInc tell the point of a pointInTime job.
	PITSeconds int64
	OplogTs    int64
	OplogInc   int64
	Timestamp  time.Time // of the snapshot
	Created    time.Time // now when zero
	End        End
	Ended      time.Time
	// Expires is when the record ages: four hours after the end when zero.
	Expires time.Time
}

// job is a Job with what the API does not show.
type job struct {
	Job
	duration time.Duration
	token    string // the secret part of the download's links
	parts    []string
	hidden   int // list calls that do not show it yet
}

// at returns how the job stands and when it ended. Progress is a function of time, so that no goroutine has to outlive a
// request.
func (j *job) at(now time.Time) (End, time.Time) {
	if j.End != "" {
		return j.End, j.Ended
	}
	if finish := j.Created.Add(j.duration); !now.Before(finish) {
		return Finished, finish
	}
	return "", time.Time{}
}

func (j *job) running(now time.Time) bool {
	end, _ := j.at(now)
	return end == ""
}

// expires is when the record ages.
func (j *job) expires(now time.Time) time.Time {
	if !j.Expires.IsZero() {
		return j.Expires
	}
	if _, ended := j.at(now); !ended.IsZero() {
		return ended.Add(linkLife)
	}
	return j.Created.Add(j.duration + linkLife)
}

func (j *job) expired(now time.Time) bool { return !now.Before(j.expires(now)) }

// offers reports whether the links of a download are there: a little before the job's end, until they expire.
func (j *job) offers(now time.Time) bool {
	end, _ := j.at(now)
	ready := end == Finished || (end == "" && now.Sub(j.Created) >= j.duration*3/4)
	return j.DeliveryType == Download && ready && !j.expired(now)
}

// report is the job as of now.
func (j *job) report(now time.Time) Job {
	out := j.Job
	out.End, out.Ended = j.at(now)
	out.Expires = j.expires(now)
	return out
}

// newJob completes a seed or an order's job and gives it secrets. The caller holds the lock.
func (s *Server) newJob(seed Job, now time.Time) *job {
	j := &job{Job: seed, duration: s.duration}
	if j.Created.IsZero() {
		j.Created = now
	}
	if j.ID == "" {
		j.ID = s.ids.ObjectID(j.Created)
	}
	if j.End != "" && j.Ended.IsZero() {
		j.Ended = j.Created.Add(j.duration)
	}
	i := slices.IndexFunc(s.world.Snapshots, func(snap Snapshot) bool { return snap.ID == j.SnapshotID })
	if i >= 0 && j.Timestamp.IsZero() {
		j.Timestamp = s.world.Snapshots[i].Created
	}
	if j.DeliveryType == Download {
		j.token = s.ids.Secret()
		s.secrets = append(s.secrets, j.token)
		if i >= 0 {
			for _, m := range s.world.Snapshots[i].Members {
				j.parts = append(j.parts, m.ReplicaSetName)
			}
		}
	}
	s.jobs = append(s.jobs, j)
	return j
}

// busy reports whether an unfinished job writes to a cluster.
func (s *Server) busy(c Cluster, now time.Time) bool {
	writes := func(j Job) bool { return j.TargetGroupID == c.GroupID && j.TargetClusterName == c.Name }
	return slices.ContainsFunc(s.jobs, func(j *job) bool { return writes(j.Job) && j.running(now) }) ||
		slices.ContainsFunc(s.selected, func(j *collectionJob) bool { return writes(j.seed) && j.running(now) })
}
