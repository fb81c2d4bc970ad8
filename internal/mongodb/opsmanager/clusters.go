package opsmanager

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

// clusterDoc is an entry of GET /groups/{PROJECT-ID}/clusters. A sharded cluster has one entry of its own, one for
// each shard and one for its config servers, all with its name.
type clusterDoc struct {
	ID             string `json:"id"`
	ClusterName    string `json:"clusterName"`
	TypeName       string `json:"typeName"`
	ReplicaSetName string `json:"replicaSetName"`
	ShardName      string `json:"shardName"` // shards only
}

// sharded reports whether the entry is a whole sharded cluster.
func (d clusterDoc) sharded() bool {
	return d.TypeName == "SHARDED_REPLICA_SET" || d.TypeName == "SHARDED"
}

// member reports whether the entry is a shard or the config servers of a sharded cluster.
func (d clusterDoc) member() bool {
	return !d.sharded() && (d.ShardName != "" || strings.HasPrefix(d.TypeName, "CONFIG_"))
}

// overviewDoc is an entry of GET /clusters, one per project: the only list that tells more of a cluster than its name.
type overviewDoc struct {
	Clusters []factsDoc `json:"clusters"`
}

// factsDoc is what the overview tells of a cluster.
type factsDoc struct {
	ID       string               `json:"clusterId"`
	Versions []string             `json:"versions"`
	Backup   rest.YesNo           `json:"backupEnabled"`
	Bytes    rest.Hint[*rest.Int] `json:"dataSizeBytes"`
}

// tell adds to a cluster what is told of it. Where there is backup, there are points in time.
func (d factsDoc) tell(c *restore.Cluster) {
	c.Versions, c.Backup, c.PIT = d.Versions, restore.Told(d.Backup), restore.Told(d.Backup)
	if d.Bytes.Value == nil {
		return
	}
	c.Filled = restore.No
	if c.Bytes = int64(*d.Bytes.Value); c.Bytes > 0 {
		c.Filled = restore.Yes
	}
}

// The roles that a key needs in each project (README).
const (
	roleRead   = "Project Read Only"
	roleBackup = "Project Backup Admin"
)

// Clusters implements [restore.Backend].
func (b *Backend) Clusters(ctx context.Context) ([]restore.Cluster, error) {
	projects, err := b.client.Projects(ctx, b.opts.Projects, pageSize)
	if err != nil {
		return nil, fmt.Errorf("list projects of %s: %w", b.Name(), err)
	}
	facts, err := b.overview(ctx)
	if err != nil {
		return nil, fmt.Errorf("list versions of %s: %w", b.Name(), err)
	}
	var out []restore.Cluster
	for _, p := range projects {
		docs, err := rest.ReadAll(ctx, b.client, rest.Resource("groups", p.ID, "clusters"), nil, pageSize, func(d clusterDoc) string { return d.ID })
		if ofAtlas(err) {
			continue
		}
		if err != nil {
			err = rest.Lacking(err, restore.ListClusters, b.Name(), roleRead)
			return nil, fmt.Errorf("list clusters of %s/%s: %w", b.Name(), p.Name, err)
		}
		for _, d := range docs {
			c, ok := b.cluster(p, d, docs)
			if !ok {
				continue
			}
			facts[c.ID].tell(&c)
			out = append(out, c)
		}
	}
	return out, nil
}

// ofAtlas reports whether a project is one of Atlas, which has an API of its own. Organizations of Cloud Manager may hold
// both.
func ofAtlas(err error) bool {
	e, ok := errors.AsType[*rest.APIError](err)
	return ok && e.Code == "ATLAS_GROUP"
}

// overview returns more about clusters, by id. A server that does not know the list tells nothing; any other failure is
// one, since plans would seem to change with it.
func (b *Backend) overview(ctx context.Context) (map[string]factsDoc, error) {
	pages, err := rest.ReadPages[overviewDoc](ctx, b.client, "/clusters", nil, pageSize)
	if e, ok := errors.AsType[*rest.APIError](err); ok &&
		(e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed) {
		return map[string]factsDoc{}, nil
	}
	if err != nil {
		return nil, err
	}
	out := make(map[string]factsDoc)
	for _, p := range pages {
		for _, d := range p.Results {
			for _, c := range d.Clusters {
				out[c.ID] = c
			}
		}
	}
	return out, nil
}

// cluster turns an entry into a cluster that can be restored as a whole; others are not offered.
func (b *Backend) cluster(p rest.Project, d clusterDoc, all []clusterDoc) (restore.Cluster, bool) {
	c := restore.Cluster{
		Backend:     b.Name(),
		Origin:      b.Origin(),
		ProjectID:   p.ID,
		ProjectName: p.Name,
		ID:          d.ID,
		Name:        d.ClusterName,
	}
	switch {
	case d.ID == "" || d.member():
		return restore.Cluster{}, false
	case d.sharded():
		c.Type = restore.Sharded
		for _, m := range all {
			if m.ClusterName == d.ClusterName && m.member() {
				c.Shards = append(c.Shards, m.ID)
			}
		}
	case d.TypeName == "REPLICA_SET":
		c.Type = restore.ReplicaSet
		if c.Name == "" {
			c.Name = d.ReplicaSetName
		}
	default:
		return restore.Cluster{}, false // master and slave, and what later versions may bring
	}
	return c, true
}
