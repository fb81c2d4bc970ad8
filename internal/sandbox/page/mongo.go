package page

import (
	"slices"
	"time"

	"snapback/internal/sandbox/fakeopsmanager"
)

// mongoState is the MongoDB side as it is now.
type mongoState struct {
	Projects []project     `json:"projects"`
	Jobs     []job         `json:"jobs"` // the newest first
	Faults   []faultSwitch `json:"faults"`
	JobTime  float64       `json:"job_seconds"`
}

type project struct {
	Name     string    `json:"name"`
	Clusters []cluster `json:"clusters"`
}

type cluster struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Kind      string    `json:"kind"`
	Version   string    `json:"version"`
	Size      int64     `json:"size"` // in bytes
	Backup    bool      `json:"backup"`
	Snapshots int       `json:"snapshots"` // complete ones
	Latest    time.Time `json:"latest,omitzero"`
	Done      int       `json:"agents_done"`
	Agents    int       `json:"agents"`
	Held      bool      `json:"held,omitempty"` // its agents do not move
}

type job struct {
	ID       string    `json:"id"`
	Source   string    `json:"source"`
	Target   string    `json:"target,omitempty"` // empty: a download
	Status   string    `json:"status"`
	Delivery string    `json:"delivery"`
	Created  time.Time `json:"created"`
	Due      time.Time `json:"due,omitzero"`
	Ended    time.Time `json:"ended,omitzero"`
}

// shownJobs is how many of the newest jobs are shown.
const shownJobs = 12

func (p *Page) mongoState() mongoState {
	out := mongoState{Projects: []project{}, Jobs: []job{}, Faults: p.faults()}
	for _, one := range p.opts.Systems {
		out.JobTime = one.Server.Duration().Seconds()
		out.add(one, len(p.opts.Systems) > 1)
	}
	slices.SortStableFunc(out.Jobs, func(a, b job) int { return b.Created.Compare(a.Created) })
	out.Jobs = out.Jobs[:min(len(out.Jobs), shownJobs)]
	return out
}

// add puts a system's projects and jobs into the state. Of several systems the names say which.
func (m *mongoState) add(one System, several bool) {
	world, names, prefix := one.Server.World(), map[string]string{}, ""
	if several {
		prefix = one.Name + "/"
	}
	for _, group := range world.Projects {
		shown := project{Name: prefix + group.Name}
		for _, c := range world.Clusters {
			if c.GroupID != group.ID {
				continue
			}
			names[c.ID] = prefix + group.Name + "/" + c.Name
			if c.ParentID == "" {
				shown.Clusters = append(shown.Clusters, clusterOf(one.Server, world, c))
			}
		}
		m.Projects = append(m.Projects, shown)
	}
	seen := map[string]bool{}
	for _, c := range world.Clusters {
		for _, j := range one.Server.Jobs(c.ID) {
			if seen[j.ID] {
				continue
			}
			seen[j.ID] = true
			m.Jobs = append(m.Jobs, job{
				ID: j.ID, Source: names[j.ClusterID], Target: names[j.TargetClusterID], Status: string(j.Status),
				Delivery: j.DeliveryStatus, Created: j.Created, Due: j.Due, Ended: j.Ended,
			})
		}
	}
}

func clusterOf(m *fakeopsmanager.Server, world fakeopsmanager.World, c fakeopsmanager.Cluster) cluster {
	out := cluster{
		ID: c.ID, Name: c.Name, Kind: "replica set", Size: c.DataSize, Backup: c.BackupEnabled, Held: m.Held(c.ID),
	}
	if c.Type == fakeopsmanager.TypeSharded {
		out.Kind = "sharded cluster"
	}
	if len(c.Versions) > 0 {
		out.Version = c.Versions[0]
	}
	out.Done, out.Agents = m.Agents(c.ID)
	for _, snap := range world.Snapshots {
		if snap.ClusterID != c.ID || !snap.Complete {
			continue
		}
		out.Snapshots++
		if snap.Created.Time.After(out.Latest) {
			out.Latest = snap.Created.Time
		}
	}
	return out
}
