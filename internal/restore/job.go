package restore

import "time"

// JobPhase is a job's status in the words that all backends share.
type JobPhase string

// The phases. A status that is not known counts as running, with its own word kept in [Job.Status].
const (
	JobRunning  JobPhase = "running"
	JobFinished JobPhase = "finished"
	JobBroken   JobPhase = "broken"
	JobKilled   JobPhase = "killed"
)

// Told is a yes or no that a backend may leave out.
type Told string

// The values of a [Told].
const (
	Untold Told = ""
	Yes    Told = "yes"
	No     Told = "no"
)

// Job is a restore job as its backend tells it, normalized by the adapter; what it does not tell is zero. It has no
// place for download links.
type Job struct {
	ID              string        `json:"id"`
	Group           string        `json:"group,omitempty"` // batch id; "" where the job stands alone
	Phase           JobPhase      `json:"phase"`
	Status          string        `json:"status"`             // the backend's own word
	ClusterID       string        `json:"cluster_id"`         // of the source, or one of its shards
	Delivery        DeliveryKind  `json:"delivery,omitempty"` // "": not told
	TargetProject   string        `json:"target_project,omitempty"`
	TargetCluster   string        `json:"target_cluster,omitempty"` // or one of its shards; "" for a download
	TargetName      string        `json:"target_name,omitempty"`    // where the backend tells names, not ids
	Point           Point         `json:"point,omitzero"`           // PointInTime or Oplog, where the job tells it
	SnapshotID      string        `json:"snapshot_id,omitempty"`    // for a later point, the one that the restore starts from
	CheckpointID    string        `json:"checkpoint_id,omitempty"`
	PointInTime     Told          `json:"point_in_time,omitempty"`    // No: the data is exactly that of a snapshot
	Timestamp       time.Time     `json:"timestamp,omitzero"`         // the latest oplog entry in the snapshot
	MaxDownloads    int           `json:"max_downloads,omitempty"`    // how often a download's link works
	ExpirationHours int           `json:"expiration_hours,omitempty"` // how long it works once the job is complete
	Namespaces      []Namespace   `json:"namespaces,omitempty"`       // of a restore of collections, sorted
	Write           WriteStrategy `json:"write,omitempty"`            // likewise
	Why             string        `json:"why,omitempty"`              // it ended without success, in the backend's words
	Progress        Progress      `json:"progress,omitzero"`
	Created         time.Time     `json:"created,omitzero"`
	Expires         time.Time     `json:"expires,omitzero"` // when a download's links stop working, where that is told
}

// Progress is how many documents a restore of collections has copied, and of how many. Backends estimate the total at
// first. It is zero where it is not told.
type Progress struct {
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
}

// quarter returns how many quarters of the documents are copied.
func (p Progress) quarter() int64 {
	if p.Total <= 0 {
		return 0
	}
	return 4 * min(max(p.Done, 0), p.Total) / p.Total
}

// JobFact is what events keep of a job.
type JobFact struct {
	ID     string   `json:"id"`
	Group  string   `json:"group,omitempty"`
	Phase  JobPhase `json:"phase"`
	Status string   `json:"status,omitempty"`

	Why      string   `json:"why,omitempty"` // it ended without success, in the backend's words
	Progress Progress `json:"progress,omitzero"`
}

// Fact returns what events keep of j.
func (j Job) Fact() JobFact {
	return JobFact{ID: j.ID, Group: j.Group, Phase: j.Phase, Status: j.Status, Why: j.Why, Progress: j.Progress}
}

// Facts returns the facts of jobs, in their order.
func Facts(jobs []Job) []JobFact {
	out := make([]JobFact, 0, len(jobs))
	for _, j := range jobs {
		out = append(out, j.Fact())
	}
	return out
}

// JobList is an answer to the question which restore jobs a cluster has.
type JobList struct {
	Jobs     []Job
	Total    int       // as the backend counts; more than len(Jobs) where only a page was read
	Date     time.Time // the server's clock, from the answer's Date header; zero if it has none
	Complete bool      // every page was read, and the list stood still meanwhile
	Ease     int       // how many times as long as usual to wait with the next look, as few calls are left; 0 is 1
}

// Pause returns how long to wait with the next look, if that is usually so long, and never longer than the longest pause
// unless that is usual.
func (l JobList) Pause(usual, longest time.Duration) time.Duration {
	return eased(l.Ease, usual, longest)
}

// eased makes a pause between looks longer.
func eased(times int, usual, longest time.Duration) time.Duration {
	return max(usual, min(usual*time.Duration(max(times, 1)), longest))
}

// Overall is the state of a submission's jobs taken together.
type Overall struct {
	Phase    JobPhase
	Finished int
	Total    int // known or expected, whichever is more
}

// Together folds the jobs of one submission: one broken job breaks all, a killed one kills what is not broken,
// and nothing is finished before as many jobs as expected are.
func Together(jobs []Job, expected int) Overall {
	o := Overall{Phase: JobRunning, Total: max(len(jobs), expected)}
	killed := false
	for _, j := range jobs {
		switch j.Phase {
		case JobFinished:
			o.Finished++
		case JobBroken:
			o.Phase = JobBroken
		case JobKilled:
			killed = true
		case JobRunning:
		}
	}
	switch {
	case o.Phase == JobBroken:
	case killed:
		o.Phase = JobKilled
	case o.Finished == o.Total && o.Total > 0:
		o.Phase = JobFinished
	}
	return o
}
