package atlas

import (
	"context"
	"errors"
	"fmt"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

// clusterDoc is a cluster (Return All Clusters in One Project, Return All Flex Clusters from One Project). Each element of
// replicationSpecs is a shard, in this version.
type clusterDoc struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Type       string     `json:"clusterType"`
	Version    string     `json:"mongoDBVersion"`
	Backup     rest.YesNo `json:"backupEnabled"`
	PITEnabled rest.YesNo `json:"pitEnabled"`
	Keys       string     `json:"encryptionAtRestProvider"` // NONE, AWS, AZURE, GCP
	Paused     rest.YesNo `json:"paused"`
	Config     string     `json:"configServerType"` // EMBEDDED: a shard is the config servers, too
	Shards     []struct {
		ID string `json:"id"`
	} `json:"replicationSpecs"`
}

// embedded is the configServerType of a sharded cluster one of whose shards is its config servers, too.
const embedded = "EMBEDDED"

func (d clusterDoc) id() string { return d.ID }

// The roles that a credential needs in each project to read these lists (Return All Clusters, Return All Replica Set Cloud
// Backups, Return All Restore Jobs for One Cluster).
const (
	roleRead = "Project Read Only"
	roleJobs = "Project Backup Manager"
)

// Clusters implements [restore.Backend].
func (b *Backend) Clusters(ctx context.Context) ([]restore.Cluster, error) {
	projects, err := b.backup.Projects(ctx, b.opts.Projects, pageSize)
	if err != nil {
		return nil, fmt.Errorf("list projects of %s: %w", b.Name(), err)
	}
	var out []restore.Cluster
	for _, p := range projects {
		docs, err := rest.ReadAll(ctx, b.cluster, rest.Resource("groups", p.ID, "clusters"), nil, pageSize, clusterDoc.id)
		if notOfAtlas(err) {
			continue
		}
		if err != nil {
			err = rest.Lacking(err, restore.ListClusters, b.Name(), roleRead)
			return nil, fmt.Errorf("list clusters of %s/%s: %w", b.Name(), p.Name, err)
		}
		flex, err := rest.ReadAll(ctx, b.flex, rest.Resource("groups", p.ID, "flexClusters"), nil, pageSize, clusterDoc.id)
		if err != nil {
			err = rest.Lacking(err, restore.ListClusters, b.Name(), roleRead)
			return nil, fmt.Errorf("list Flex clusters of %s/%s: %w", b.Name(), p.Name, err)
		}
		for _, d := range docs {
			if c, ok := b.known(p, d); ok {
				out = append(out, c)
			}
		}
		for _, d := range flex {
			d.Type = "FLEX"
			if c, ok := b.known(p, d); ok {
				out = append(out, c)
			}
		}
	}
	return out, nil
}

// notOfAtlas reports whether a project is one of Cloud Manager, which has an API of its own. Organizations may hold both.
func notOfAtlas(err error) bool {
	e, ok := errors.AsType[*rest.APIError](err)
	return ok && e.Code == "NOT_ATLAS_GROUP"
}

// known turns an entry into a cluster that can be restored as a whole; others are not offered.
func (b *Backend) known(p rest.Project, d clusterDoc) (restore.Cluster, bool) {
	c := restore.Cluster{
		Backend: b.Name(), Kind: restore.Atlas, Origin: b.Origin(), ProjectID: p.ID, ProjectName: p.Name, ID: d.ID, Name: d.Name,
	}
	switch d.Type {
	case "REPLICASET":
		c.Type = restore.ReplicaSet
	case "SHARDED", "GEOSHARDED":
		c.Type = restore.Sharded
		for _, s := range d.Shards {
			c.Shards = append(c.Shards, s.ID)
		}
		if d.Config != embedded {
			c.Shards = append(c.Shards, "config servers of "+d.ID) // which have no id
		}
	case "FLEX":
		c.Type = restore.Flex
	default: // what later versions may bring
		return restore.Cluster{}, false
	}
	c.Paused = restore.Told(d.Paused) == restore.Yes
	c.Backup, c.PIT, c.Keys = restore.Told(d.Backup), restore.Told(d.PITEnabled), restore.KeyKind(d.Keys)
	if d.Version != "" {
		c.Versions = []string{d.Version}
	}
	return c, d.ID != "" && d.Name != ""
}

// errReplaced says that a name belongs to another cluster than it did.
var errReplaced = errors.New("the name is another cluster's now")

// look reads a cluster by its name, which must still be its own.
func (b *Backend) look(ctx context.Context, c restore.Cluster) (clusterDoc, error) {
	client := b.cluster
	if c.Type == restore.Flex {
		client = b.flex
	}
	var d clusterDoc
	if _, err := client.Get(ctx, path(c), nil, &d); err != nil {
		return d, fmt.Errorf("look at %s: %w", c.Path(), err)
	}
	if d.ID != c.ID {
		return d, fmt.Errorf("look at %s: %w", c.Path(), errReplaced)
	}
	return d, nil
}
