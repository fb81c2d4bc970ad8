package fakeopsmanager

import (
	"fmt"
	"slices"
	"time"
)

// AddSnapshot makes a snapshot appear and returns its id, invented if empty; a missing creation time is now.
func (s *Server) AddSnapshot(snap Snapshot) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if snap.Created.Time.IsZero() {
		snap.Created = Timestamp{Time: time.Now(), Increment: 1}
	}
	if snap.ID == "" {
		snap.ID = s.ids.ObjectID(snap.Created.Time)
	}
	s.world.Snapshots = append(s.world.Snapshots, snap)
	return snap.ID
}

// AddJob makes a job appear as if somebody had started it in the UI, and returns it as it stands.
func (s *Server) AddJob(seed Job) Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	return s.addJob(seed, now).report(now)
}

// addJob makes a single job that no request asked for. The caller holds the lock.
func (s *Server) addJob(seed Job, now time.Time) *job {
	j := s.newJob(seed, now, s.duration)
	if j.automated() {
		s.goals[j.TargetGroupID]++
		j.goal = s.goal(j.TargetGroupID)
	}
	return j
}

// Kill ends a job as canceling in the UI does. It fails if there is no such job or it has ended.
func (s *Server) Kill(jobID string) error { return s.end(jobID, StatusKilled) }

// Break ends a job as a failure does. It fails if there is no such job or it has ended.
func (s *Server) Break(jobID string) error { return s.end(jobID, StatusBroken) }

// Finish ends a job well before its time. It fails if there is no such job or it has ended.
func (s *Server) Finish(jobID string) error { return s.end(jobID, StatusFinished) }

func (s *Server) end(id string, status Status) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	j, ok := s.job(id)
	if !ok {
		return fmt.Errorf("end job %s: no such job", id)
	}
	now := time.Now()
	if was, _ := j.at(now); was != StatusInProgress {
		return fmt.Errorf("end job %s: is %s already", id, was)
	}
	j.Status, j.Ended = status, now
	return nil
}

// Revoke makes all tokens that were given out worthless.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens.Revoke()
}

// RemoveJob deletes the record of a job, as Ops Manager does after a while. It fails if there is no such job.
func (s *Server) RemoveJob(jobID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.jobs)
	s.jobs = slices.DeleteFunc(s.jobs, func(j *job) bool { return j.ID == jobID })
	if len(s.jobs) == n {
		return fmt.Errorf("remove job %s: no such job", jobID)
	}
	return nil
}

// SetDuration changes how long jobs run that start from now on.
func (s *Server) SetDuration(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.duration = d
}

// Jobs returns the jobs of a cluster as of now, oldest first, including those that a fault hides.
func (s *Server) Jobs(clusterID string) []Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	var out []Job
	for _, j := range s.jobs {
		if j.under(clusterID) {
			out = append(out, j.report(now))
		}
	}
	slices.SortStableFunc(out, func(a, b Job) int { return a.Created.Compare(b.Created) })
	return out
}

// Secrets returns what must not appear where it does not belong: private keys, secrets of service accounts, their
// tokens, and the secret parts of the links of all downloads so far.
func (s *Server) Secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, k := range s.world.Keys {
		out = append(out, k.Private)
	}
	for _, a := range s.world.Accounts {
		out = append(out, a.Secret)
	}
	return append(out, s.secrets...)
}
