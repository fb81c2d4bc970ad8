package restore

import (
	"slices"
	"time"
)

// ClusterType tells replica sets from sharded clusters.
type ClusterType string

// The cluster types that Snapback tells apart.
const (
	ReplicaSet ClusterType = "replica_set"
	Sharded    ClusterType = "sharded"
	Flex       ClusterType = "flex" // of Atlas; replica sets that have resources of their own in its API
)

// BackendKind is the kind of management API.
type BackendKind string

// The kinds that there are. The first two speak the Public API v1.0, Atlas its Administration API v2.
const (
	OpsManager   BackendKind = "ops-manager"
	CloudManager BackendKind = "cloud-manager"
	Atlas        BackendKind = "atlas"
)

// Cluster is a cluster as its backend knows it. Ids are what is compared and locked; names are for people.
type Cluster struct {
	Backend     string      `json:"backend"`        // configured name of the backend
	Kind        BackendKind `json:"kind,omitempty"` // Atlas; "" for the others
	Origin      string      `json:"origin"`         // canonical base URL of its API
	ProjectID   string      `json:"project_id"`
	ProjectName string      `json:"project_name"`
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Type        ClusterType `json:"type"`
	Shards      []string    `json:"shards,omitempty"`   // ids of a sharded cluster's shards and config servers
	Versions    []string    `json:"versions,omitempty"` // MongoDB versions, where the backend tells them
	Paused      bool        `json:"paused,omitempty"`   // it is switched off, and cannot be restored onto
	Backup      Told        `json:"backup,omitempty"`   // whether snapshots of it are taken
	PIT         Told        `json:"pit,omitempty"`      // whether it can be restored to points in time
	Filled      Told        `json:"filled,omitempty"`   // whether it holds data
	Bytes       int64       `json:"bytes,omitempty"`    // data size; 0: not told, or none
	Keys        KeyKind     `json:"keys,omitempty"`     // what its data at rest is encrypted with
}

// KeyKind says whose keys encrypt the data of a cluster at rest, beyond what the disks do by themselves.
type KeyKind string

// The kinds of keys that matter here. Those of other providers have their own names.
const (
	KeysUntold KeyKind = ""
	KeysNone   KeyKind = "NONE"
	KeysAWS    KeyKind = "AWS" // the only ones that snapshots of Atlas tell of
)

// Path returns "backend/project/cluster", the unambiguous name of a cluster.
func (c Cluster) Path() string { return c.Backend + "/" + c.ProjectName + "/" + c.Name }

// IsZero reports whether c is no cluster.
func (c Cluster) IsZero() bool { return c.ID == "" }

// Same reports whether both are one cluster, whatever backend entries or names they were found under.
func (c Cluster) Same(o Cluster) bool {
	return c.Origin == o.Origin && c.ProjectID == o.ProjectID && c.ID == o.ID
}

// Together reports whether both are on one system, so that one can be restored onto the other. Cloud Manager and Atlas have
// one origin, but do not know each other's clusters.
func (c Cluster) Together(o Cluster) bool { return c.Origin == o.Origin && c.Kind == o.Kind }

// Has reports whether id is the cluster's own or one of its shards'.
func (c Cluster) Has(id string) bool {
	if id == c.ID {
		return id != ""
	}
	return slices.Contains(c.Shards, id)
}

// Snapshot is a stored snapshot of a cluster, with what matters for restoring it.
type Snapshot struct {
	ID            string    `json:"id"`
	ClusterID     string    `json:"cluster_id"`
	Created       time.Time `json:"created"`
	Expires       time.Time `json:"expires,omitzero"` // zero: not told, or kept for ever
	Complete      bool      `json:"complete"`
	Inconsistent  bool      `json:"inconsistent,omitempty"` // sharded: the balancer could not be stopped
	MissingShards int       `json:"missing_shards,omitempty"`
	Parts         int       `json:"parts,omitempty"`
	FCV           string    `json:"fcv,omitempty"`
	Version       string    `json:"version,omitempty"`
	Encrypted     bool      `json:"encrypted,omitempty"`
	Bytes         int64     `json:"bytes,omitempty"` // data size over all parts
}
