package fakeatlas

import (
	"fmt"
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
	for _, j := range s.selected {
		out.Jobs = append(out.Jobs, s.selectedView(j, projects, now))
	}
	return out
}

func (s *Server) selectedView(j *collectionJob, projects map[string]string, now time.Time) fakeapi.JobView {
	source := s.world.cluster(j.source)
	out := fakeapi.JobView{
		ID: j.id, Source: projects[source.GroupID] + "/" + source.Name, Target: projects[j.seed.TargetGroupID] + "/" + j.seed.TargetClusterName,
		Status: "IN_PROGRESS", Delivery: "collections", Created: j.created,
	}
	switch state, _ := j.state(now); state {
	case "SUCCESSFUL":
		out.Status, out.Ended = "FINISHED", j.created.Add(j.duration)
	case "FAILED":
		out.Status = "BROKEN"
	default:
		out.Due = j.created.Add(j.duration)
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
	s.duration, s.opts.CollectionDuration = d, d
}

// HasJob reports whether there is a record of a job.
func (s *Server) HasJob(jobID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.jobs, func(j *job) bool { return j.ID == jobID }) || s.selectedJob(jobID) != nil
}

// selectedJob returns a restore of collections, or nil. The caller holds the lock.
func (s *Server) selectedJob(id string) *collectionJob {
	i := slices.IndexFunc(s.selected, func(j *collectionJob) bool { return j.id == id })
	if i < 0 {
		return nil
	}
	return s.selected[i]
}

// endSelected ends a restore of collections, if it is one. It fails if that has ended, or if it is to be canceled: there is
// no way to.
func (s *Server) endSelected(id string, how End) (known bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.selectedJob(id)
	if j == nil {
		return false, nil
	}
	now := time.Now()
	if state, _ := j.state(now); state == "SUCCESSFUL" || state == "FAILED" {
		return true, fmt.Errorf("end job %s: is %s already", id, state)
	}
	if how == Canceled {
		return true, fmt.Errorf("end job %s: restores of collections cannot be canceled", id)
	}
	if j.duration = now.Sub(j.created); how == Failed {
		j.broken = "The restore was stopped."
	}
	return true, nil
}

func (s *Server) endEither(id string, how End) error {
	if known, err := s.endSelected(id, how); known {
		return err
	}
	return s.End(id, how)
}

// Break ends a job as [Server.End] does with Failed.
func (s *Server) Break(jobID string) error { return s.endEither(jobID, Failed) }

// Kill ends a job as [Server.End] does with Canceled.
func (s *Server) Kill(jobID string) error { return s.endEither(jobID, Canceled) }

// Finish ends a job as [Server.End] does with Finished.
func (s *Server) Finish(jobID string) error { return s.endEither(jobID, Finished) }
