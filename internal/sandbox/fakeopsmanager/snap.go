package fakeopsmanager

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
	c, ok := s.world.cluster(clusterID)
	if !ok || !c.BackupEnabled {
		return fmt.Errorf("take snapshot of %s: it has no backup", clusterID)
	}
	now, taken := time.Now().UTC().Truncate(time.Second), Snapshot{ClusterID: c.ID}
	for _, snap := range s.world.Snapshots {
		if snap.ClusterID == c.ID && snap.Complete && snap.Created.Time.After(taken.Created.Time) {
			taken = snap
		}
	}
	taken.ID, taken.Created, taken.Expires = s.ids.ObjectID(now), Timestamp{Time: now, Increment: 1}, now.Add(kept)
	taken.Complete, taken.PossiblyInconsistent, taken.MissingShards = true, false, nil
	taken.Parts = slices.Clone(taken.Parts)
	s.world.Snapshots = append(s.world.Snapshots, taken)
	return nil
}
