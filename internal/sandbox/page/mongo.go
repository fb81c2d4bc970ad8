package page

import (
	"slices"
	"time"

	"snapback/internal/sandbox/fakeapi"
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

// cluster is a [fakeapi.ClusterView].
type cluster struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Kind      string    `json:"kind"`
	Version   string    `json:"version"`
	Size      int64     `json:"size"`
	Backup    bool      `json:"backup"`
	Paused    bool      `json:"paused,omitempty"`
	Snapshots int       `json:"snapshots"`
	Latest    time.Time `json:"latest,omitzero"`
	Done      int       `json:"agents_done"`
	Agents    int       `json:"agents"`
	Held      bool      `json:"held,omitempty"`
}

// job is a [fakeapi.JobView].
type job struct {
	ID       string    `json:"id"`
	Source   string    `json:"source"`
	Target   string    `json:"target,omitempty"`
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
		prefix := ""
		if len(p.opts.Systems) > 1 { // the names say which
			prefix = one.Name + "/"
		}
		out.JobTime = one.Server.Duration().Seconds()
		out.add(one.Server.Look(), prefix)
	}
	slices.SortStableFunc(out.Jobs, func(a, b job) int { return b.Created.Compare(a.Created) })
	out.Jobs = out.Jobs[:min(len(out.Jobs), shownJobs)]
	return out
}

// add puts a system's projects and jobs into the state.
func (m *mongoState) add(v fakeapi.View, prefix string) {
	for _, p := range v.Projects {
		shown := project{Name: prefix + p.Name}
		for _, c := range p.Clusters {
			shown.Clusters = append(shown.Clusters, cluster(c))
		}
		m.Projects = append(m.Projects, shown)
	}
	for _, j := range v.Jobs {
		shown := job(j)
		shown.Source = prefix + shown.Source
		if shown.Target != "" {
			shown.Target = prefix + shown.Target
		}
		m.Jobs = append(m.Jobs, shown)
	}
}
