package fakeatlas

import (
	"fmt"
	"slices"
	"time"
)

// kept is how long a snapshot that somebody takes is kept.
const kept = 2 * day

// TakeSnapshot makes a snapshot of a cluster, complete at once and otherwise like its newest one. It fails if there is no such
// cluster, or no backup of it.
func (s *Server) TakeSnapshot(clusterID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.world.cluster(clusterID)
	if !c.Backup {
		return fmt.Errorf("take snapshot of %s: it has no backup", clusterID)
	}
	now, taken := time.Now().UTC().Truncate(time.Second), s.world.Newest(c)
	taken.ID, taken.ClusterID, taken.Created, taken.Expires = s.ids.ObjectID(now), c.ID, now, now.Add(kept)
	taken.Type, taken.Members = "onDemand", slices.Clone(taken.Members)
	for i := range taken.Members {
		taken.Members[i].ID = s.ids.ObjectID(now)
	}
	s.world.Snapshots = append(s.world.Snapshots, taken)
	return nil
}
