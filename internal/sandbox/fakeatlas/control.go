package fakeatlas

import (
	"fmt"
	"slices"
	"time"
)

// AddSnapshot makes a snapshot appear and returns its id, invented if empty; a missing creation time is now.
func (s *Server) AddSnapshot(snap Snapshot) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if snap.Created.IsZero() {
		snap.Created = time.Now()
	}
	if snap.ID == "" {
		snap.ID = s.ids.ObjectID(snap.Created)
	}
	s.world.Snapshots = append(s.world.Snapshots, snap)
	return snap.ID
}

// AddJob makes a job appear as if somebody had started it in the UI, and returns it as it stands.
func (s *Server) AddJob(seed Job) Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	return s.newJob(seed, now).report(now)
}

// End ends a job before its time. It fails if there is no such job or it has ended.
func (s *Server) End(jobID string, how End) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.jobs, func(j *job) bool { return j.ID == jobID })
	if i < 0 {
		return fmt.Errorf("end job %s: no such job", jobID)
	}
	now := time.Now()
	if was, _ := s.jobs[i].at(now); was != "" {
		return fmt.Errorf("end job %s: is %s already", jobID, was)
	}
	s.jobs[i].End, s.jobs[i].Ended = how, now
	return nil
}

// RemoveJob deletes the record of a job, as Atlas does after a while. It fails if there is no such job.
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

// Replace deletes a cluster and makes another one of the same name, with another id.
func (s *Server) Replace(clusterID, newID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.world.Clusters {
		if s.world.Clusters[i].ID == clusterID {
			s.world.Clusters[i].ID = newID
		}
	}
}

// Revoke makes all tokens that were given out worthless.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens.Revoke()
}

// Jobs returns the restore jobs of a source as of now, oldest first, including those that a fault hides.
func (s *Server) Jobs(clusterID string) []Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	var out []Job
	for _, j := range s.jobs {
		if j.ClusterID == clusterID {
			out = append(out, j.report(now))
		}
	}
	slices.SortStableFunc(out, func(a, b Job) int { return a.Created.Compare(b.Created) })
	return out
}

// Secrets returns what must not appear where it does not belong: private keys, secrets of service accounts, their tokens, and
// the secret parts of the links of all downloads so far.
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
