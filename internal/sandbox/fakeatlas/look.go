package fakeatlas

import (
	"slices"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

// Look returns what the server knows now. Projects of Cloud Manager are none of its own.
func (s *Server) Look() fakeapi.View {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	out, projects := fakeapi.View{}, make(map[string]string)
	for _, p := range s.world.Projects {
		projects[p.ID] = p.Name
		if p.CloudManager {
			continue
		}
		shown := fakeapi.ProjectView{Name: p.Name}
		for _, c := range s.world.Clusters {
			if c.GroupID == p.ID {
				shown.Clusters = append(shown.Clusters, s.clusterView(c, now))
			}
		}
		out.Projects = append(out.Projects, shown)
	}
	for _, j := range s.jobs {
		out.Jobs = append(out.Jobs, s.jobView(j, projects, now))
	}
	return out
}

func (s *Server) clusterView(c Cluster, now time.Time) fakeapi.ClusterView {
	kinds := map[string]string{TypeReplicaSet: "replica set", TypeSharded: "sharded cluster", TypeFlex: "Flex cluster"}
	out := fakeapi.ClusterView{
		ID: c.ID, Name: c.Name, Kind: kinds[c.Type], Version: c.Version, Backup: c.Backup, Paused: c.Paused,
	}
	for _, snap := range s.held(c, now) {
		if !snap.complete() {
			continue
		}
		if out.Snapshots++; snap.Created.After(out.Latest) {
			out.Latest, out.Size = snap.Created, snap.StorageSize
		}
	}
	return out
}

func (s *Server) jobView(j *job, projects map[string]string, now time.Time) fakeapi.JobView {
	source := s.world.cluster(j.ClusterID)
	out := fakeapi.JobView{
		ID: j.ID, Source: projects[source.GroupID] + "/" + source.Name, Status: "IN_PROGRESS", Delivery: j.DeliveryType, Created: j.Created,
	}
	if j.TargetClusterName != "" {
		out.Target = projects[j.TargetGroupID] + "/" + j.TargetClusterName
	}
	end, ended := j.at(now)
	switch out.Ended = ended; end {
	case Finished:
		out.Status = "FINISHED"
	case Failed:
		out.Status = "BROKEN"
	case Canceled:
		out.Status = "KILLED"
	default:
		out.Due = j.Created.Add(j.duration)
	}
	return out
}

// Duration returns how long jobs run that start from now on.
func (s *Server) Duration() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.duration
}

// SetDuration changes how long jobs run that start from now on.
func (s *Server) SetDuration(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.duration = d
}

// HasJob reports whether there is a record of a job.
func (s *Server) HasJob(jobID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.jobs, func(j *job) bool { return j.ID == jobID })
}

// Break ends a job as [Server.End] does with Failed.
func (s *Server) Break(jobID string) error { return s.End(jobID, Failed) }

// Kill ends a job as [Server.End] does with Canceled.
func (s *Server) Kill(jobID string) error { return s.End(jobID, Canceled) }

// Finish ends a job as [Server.End] does with Finished.
func (s *Server) Finish(jobID string) error { return s.End(jobID, Finished) }
