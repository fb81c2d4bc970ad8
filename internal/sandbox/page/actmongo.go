package page

import (
	"context"
	"fmt"
	"slices"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

// The bounds of how long jobs run.
const (
	shortestJob = time.Second
	longestJob  = time.Hour
)

func (p *Page) speed(_ context.Context, in struct {
	Seconds float64 `json:"seconds"`
},
) (any, error) {
	d := time.Duration(in.Seconds * float64(time.Second))
	if d < shortestJob || d > longestJob {
		return nil, fmt.Errorf("a job runs for %s to %s", shortestJob, longestJob)
	}
	for _, one := range p.opts.Systems {
		one.Server.SetDuration(d)
	}
	return struct{}{}, nil
}

func (p *Page) job(_ context.Context, in struct {
	ID string `json:"id"`
	Do string `json:"do"`
},
) (any, error) {
	for _, one := range p.opts.Systems {
		do, ok := map[string]func(string) error{
			"break": one.Server.Break, "kill": one.Server.Kill, "finish": one.Server.Finish,
		}[in.Do]
		if !ok {
			return nil, fmt.Errorf("nobody can %q a job", in.Do)
		}
		if one.Server.HasJob(in.ID) {
			return struct{}{}, do(in.ID)
		}
	}
	return nil, fmt.Errorf("there is no job %s", in.ID)
}

func (p *Page) agents(_ context.Context, in struct {
	Cluster string `json:"cluster"`
	Hold    bool   `json:"hold"`
},
) (any, error) {
	for _, one := range p.opts.Systems {
		if h, ok := one.Server.(holder); ok {
			h.HoldAgents(in.Cluster, in.Hold)
		}
	}
	return struct{}{}, nil
}

func (p *Page) snapshot(_ context.Context, in struct {
	Cluster string `json:"cluster"`
},
) (any, error) {
	for _, one := range p.opts.Systems {
		for _, project := range one.Server.Look().Projects {
			if slices.ContainsFunc(project.Clusters, func(c fakeapi.ClusterView) bool { return c.ID == in.Cluster }) {
				return struct{}{}, one.Server.TakeSnapshot(in.Cluster)
			}
		}
	}
	return nil, fmt.Errorf("there is no cluster %s", in.Cluster)
}
