package fakeopsmanager

import (
	"slices"
	"time"
)

// World returns what the server knows now, without jobs and keys: Jobs returns the jobs of a cluster.
func (s *Server) World() World {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.world.clone()
	out.Keys = nil
	now := time.Now()
	out.Snapshots = slices.DeleteFunc(out.Snapshots, func(snap Snapshot) bool { return snap.gone(now) })
	return out
}

// Duration returns how long jobs run that start from now on.
func (s *Server) Duration() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.duration
}

// HasJob reports whether there is a record of a job.
func (s *Server) HasJob(jobID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.job(jobID)
	return ok
}

// Held reports whether the agents of a cluster are kept from moving.
func (s *Server) Held(clusterID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heldAgents[s.world.whole(clusterID)]
}

// Agents returns how many processes of a cluster there are, and how many have done what was asked of them.
func (s *Server) Agents(clusterID string) (done, all int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for _, c := range s.world.Clusters {
		if c.Type == TypeSharded || s.world.whole(c.ID) != s.world.whole(clusterID) {
			continue
		}
		for i := range c.Nodes {
			if behind, _ := s.agent(s.world.whole(c.ID), now, s.lag(c, i)); behind == 0 {
				done++
			}
			all++
		}
	}
	return done, all
}

// lag is how long after the end of a restore the i-th process of a cluster reaches its goal version.
func (s *Server) lag(c Cluster, i int) time.Duration {
	return s.opts.AgentLag * time.Duration(i+1) / time.Duration(c.Nodes)
}

// Disarm ends the faults of a kind for the requests of a match.
func (s *Server) Disarm(k Kind, m Match) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.Disarm(k, m)
}
