package opsmanager

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

var errNoGoal = errors.New("the answer names no goal version")

// statusDoc is the answer to GET /groups/{PROJECT-ID}/automationStatus (Get Automation Status of Latest Plan). It is
// about a whole project, and names the machine and the process, but neither the port nor the cluster.
type statusDoc struct {
	GoalVersion rest.Int     `json:"goalVersion"`
	Processes   []processDoc `json:"processes"`
}

type processDoc struct {
	Hostname string   `json:"hostname"`
	Name     string   `json:"name"`
	Achieved rest.Int `json:"lastGoalVersionAchieved"`
}

// hostDoc is an entry of GET /groups/{PROJECT-ID}/hosts (Get All Hosts in One Project): a process that is monitored, of
// which there may be several on one machine.
type hostDoc struct {
	Hostname  string `json:"hostname"`
	ClusterID string `json:"clusterId"`
}

// Agents implements [restore.Backend]. Only the list of hosts tells to which clusters the machines of the processes
// belong; the automation configuration would tell more, but it holds the passwords of the deployment. Where that list
// may not be read, no process is said to belong anywhere.
func (b *Backend) Agents(ctx context.Context, project string) (restore.Agents, error) {
	var status statusDoc
	where := rest.Resource("groups", project, "automationStatus")
	if _, err := b.client.Polling().Get(ctx, where, nil, &status); err != nil {
		return restore.Agents{}, fmt.Errorf("read automation status of project %s: %w", project, err)
	}
	if status.GoalVersion < 1 {
		return restore.Agents{}, fmt.Errorf("read automation status of project %s: %w", project, errNoGoal)
	}
	clusters, err := b.clustersByHost(ctx, project)
	if err != nil {
		return restore.Agents{}, fmt.Errorf("list hosts of project %s: %w", project, err)
	}
	out := restore.Agents{Goal: int64(status.GoalVersion), Ease: b.client.Ease(where)}
	for _, p := range status.Processes {
		out.Processes = append(out.Processes, restore.Process{
			Host: p.Hostname, Name: p.Name, Clusters: clusters[p.Hostname], Achieved: int64(p.Achieved),
		})
	}
	return out, nil
}

// clustersByHost returns the ids of the clusters that have processes on each machine. A machine with a process whose
// cluster is not told is left out.
func (b *Backend) clustersByHost(ctx context.Context, project string) (map[string][]string, error) {
	key := func(d hostDoc) string { return d.Hostname + "/" + d.ClusterID }
	hosts, err := rest.ReadAll(ctx, b.client.Polling(), rest.Resource("groups", project, "hosts"), nil, pageSize, key)
	if errors.Is(err, restore.ErrDenied) || errors.Is(err, restore.ErrNotFound) {
		return nil, nil //nolint:nilnil // then nothing is known, and that is no error
	}
	if err != nil {
		return nil, err
	}
	out := make(map[string][]string)
	for _, h := range hosts {
		out[h.Hostname] = append(out[h.Hostname], h.ClusterID)
	}
	for host, ids := range out {
		if slices.Contains(ids, "") {
			delete(out, host)
		}
	}
	return out, nil
}
