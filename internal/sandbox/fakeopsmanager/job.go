package fakeopsmanager

import "time"

// Status is the statusName of a restore job.
type Status string

// The states of a restore job.
const (
	StatusInProgress Status = "IN_PROGRESS"
	StatusFinished   Status = "FINISHED"
	StatusBroken     Status = "BROKEN"
	StatusKilled     Status = "KILLED"
)

// Job is a restore job, as a seed (World, AddJob) and as a report (Server.Jobs).
// A job with TargetClusterID is automated, any other is a download.
type Job struct {
	// ID and BatchID are 24 hexadecimal digits; AddJob invents a missing ID. BatchID is empty outside a
	// batch.
	ID      string
	BatchID string
	// GroupID is that of the cluster when empty. ClusterID may be a shard's.
	GroupID   string
	ClusterID string
	// Created is now when zero.
	Created time.Time
	// Status of a seed: empty or in progress means that it runs for the server's duration from Created on.
	Status Status
	// DeliveryStatus is only reported.
	DeliveryStatus string
	// Ended is when the job left StatusInProgress; Created plus the server's duration when a seed leaves it
	// out.
	Ended time.Time
	// Due is only reported: when the job ends if nothing happens to it. Zero once it has ended.
	Due time.Time

	SnapshotID   string
	CheckpointID string
	// PointInTime is left out of answers when nil.
	PointInTime *bool
	// Timestamp is that of the base snapshot.
	Timestamp Timestamp

	// MethodName is HTTP when empty; jobs made in the UI also show others, such as QUERY.
	MethodName      string
	TargetGroupID   string
	TargetClusterID string
	// ExpirationHours count from the job's end; Expires is an instant. A download has one of them.
	ExpirationHours int
	Expires         time.Time
	MaxDownloads    int

	EncryptionEnabled bool
	MasterKeyUUID     string
}

// job is a Job with what the API does not show.
type job struct {
	Job
	// source and target are the ids of the whole clusters, whatever ids the job shows.
	source, target string
	duration       time.Duration
	// token is the secret part of the download's url, bearer that of urlV2.
	token, bearer string
	// hidden is the number of list calls that do not show the job yet.
	hidden int
	// goal is the automation goal version that the job's target has to reach.
	goal int
}

func (j *job) automated() bool { return j.TargetClusterID != "" }

// at returns the job's state and, if it has ended by then, when.
// Progress is a function of time, so that no goroutine has to outlive a request.
func (j *job) at(now time.Time) (Status, time.Time) {
	if j.Status != "" && j.Status != StatusInProgress {
		return j.Status, j.Ended
	}
	if finish := j.Created.Add(j.duration); !now.Before(finish) {
		return StatusFinished, finish
	}
	return StatusInProgress, time.Time{}
}

func (j *job) deliveryAt(now time.Time) string {
	status, ended := j.at(now)
	switch status {
	case StatusBroken:
		return "FAILED"
	case StatusKilled:
		return "INTERRUPTED"
	case StatusFinished:
		if expires := j.expiresAt(ended); !j.automated() && !expires.IsZero() && !now.Before(expires) {
			return "EXPIRED"
		}
		return "READY"
	default:
		if now.Sub(j.Created) < j.duration/4 {
			return "NOT_STARTED"
		}
		return "IN_PROGRESS"
	}
}

// expiresAt is the end of the link's life for a job that ended then; zero while unknown.
func (j *job) expiresAt(ended time.Time) time.Time {
	if !j.Expires.IsZero() {
		return j.Expires
	}
	if j.ExpirationHours == 0 || ended.IsZero() {
		return time.Time{}
	}
	return ended.Add(time.Duration(j.ExpirationHours) * time.Hour)
}

// report is the job as of now.
func (j *job) report(now time.Time) Job {
	out := j.Job
	out.Status, out.Ended = j.at(now)
	out.DeliveryStatus = j.deliveryAt(now)
	if out.Due = (time.Time{}); out.Status == StatusInProgress {
		out.Due = j.Created.Add(j.duration)
	}
	if j.PointInTime != nil {
		out.PointInTime = new(*j.PointInTime)
	}
	return out
}

// newJob completes a seed or an order's job and gives it secrets. The caller holds the lock.
func (s *Server) newJob(seed Job, now time.Time, duration time.Duration) *job {
	j := &job{Job: seed, source: s.world.whole(seed.ClusterID), target: s.world.whole(seed.TargetClusterID), duration: duration}
	if j.Created.IsZero() {
		j.Created = now
	}
	if j.ID == "" {
		j.ID = s.ids.ObjectID(j.Created)
	}
	if c, ok := s.world.cluster(j.ClusterID); ok && j.GroupID == "" {
		j.GroupID = c.GroupID
	}
	if j.MethodName == "" {
		j.MethodName = "HTTP"
	}
	if j.Ended.IsZero() && j.Status != "" && j.Status != StatusInProgress {
		j.Ended = j.Created.Add(duration)
	}
	if !j.automated() {
		j.token, j.bearer = s.ids.Secret(), s.ids.Secret()
		s.secrets = append(s.secrets, j.token, j.bearer)
	}
	s.jobs = append(s.jobs, j)
	return j
}

// running returns the ids of the unfinished jobs onto a cluster.
func (s *Server) running(target string, now time.Time) []string {
	var ids []string
	for _, j := range s.jobs {
		if status, _ := j.at(now); j.target == target && status == StatusInProgress {
			ids = append(ids, j.ID)
		}
	}
	return ids
}
