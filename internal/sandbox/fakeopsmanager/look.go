package fakeopsmanager

import (
	"slices"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

// Look returns what the server knows now.
func (s *Server) Look() fakeapi.View {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	out, names := fakeapi.View{}, make(map[string]string)
	for _, p := range s.world.Projects {
		shown := fakeapi.ProjectView{Name: p.Name}
		for _, c := range s.world.Clusters {
			if c.GroupID != p.ID {
				continue
			}
			names[c.ID] = p.Name + "/" + c.Name
			if c.ParentID == "" {
				shown.Clusters = append(shown.Clusters, s.clusterView(c, now))
			}
		}
		out.Projects = append(out.Projects, shown)
	}
	for _, j := range s.jobs {
		r := j.report(now)
		out.Jobs = append(out.Jobs, fakeapi.JobView{
			ID: r.ID, Source: names[r.ClusterID], Target: names[r.TargetClusterID], Status: string(r.Status), Delivery: r.DeliveryStatus,
			Created: r.Created, Due: r.Due, Ended: r.Ended,
		})
	}
	return out
}

func (s *Server) clusterView(c Cluster, now time.Time) fakeapi.ClusterView {
	out := fakeapi.ClusterView{
		ID: c.ID, Name: c.Name, Kind: "replica set", Size: c.DataSize, Backup: c.BackupEnabled, Held: s.heldAgents[c.ID],
	}
	if c.Type == TypeSharded {
		out.Kind = "sharded cluster"
	}
	if len(c.Versions) > 0 {
		out.Version = c.Versions[0]
	}
	for _, m := range s.world.Clusters {
		if m.Type == TypeSharded || s.world.whole(m.ID) != c.ID {
			continue
		}
		for i := range m.Nodes {
			if behind, _ := s.agent(c.ID, now, s.lag(m, i)); behind == 0 {
				out.Done++
			}
			out.Agents++
		}
	}
	for _, snap := range s.world.Snapshots {
		if snap.ClusterID != c.ID || !snap.Complete || snap.gone(now) {
			continue
		}
		out.Snapshots++
		if snap.Created.Time.After(out.Latest) {
			out.Latest = snap.Created.Time
		}
	}
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
	return slices.ContainsFunc(s.jobs, func(j *job) bool { return j.ID == jobID })
}

// lag is how long after the end of a restore the i-th process of a cluster reaches its goal version.
func (s *Server) lag(c Cluster, i int) time.Duration {
	return s.opts.AgentLag * time.Duration(i+1) / time.Duration(c.Nodes)
}
