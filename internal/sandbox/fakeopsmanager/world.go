package fakeopsmanager

import (
	"slices"
	"time"
)

// The values of a cluster's typeName and of a snapshot part's typeName.
const (
	TypeReplicaSet   = "REPLICA_SET"
	TypeSharded      = "SHARDED_REPLICA_SET"
	TypeConfigServer = "CONFIG_SERVER_REPLICA_SET"
)

// World is what the server knows when it starts. It is plain data: New copies it, so one World may seed
// several servers.
type World struct {
	Keys        []APIKey
	Accounts    []ServiceAccount // of Cloud Manager
	Projects    []Project
	Clusters    []Cluster
	Snapshots   []Snapshot
	Jobs        []Job
	Ranges      []Range
	Checkpoints []Checkpoint
}

// A Role lets an API key do more than read.
type Role string

// The roles that the served endpoints ask for; every valid key may read.
const (
	RoleReadOnly        Role = "GROUP_READ_ONLY"
	RoleBackupAdmin     Role = "GROUP_BACKUP_ADMIN"
	RoleAutomationAdmin Role = "GROUP_AUTOMATION_ADMIN"
)

// APIKey is a programmatic key. Public is the digest user name, Private the password.
// Projects holds the ids of the visible projects, Roles what the key may do there; nil means all in both.
type APIKey struct {
	Public   string
	Private  string
	Projects []string
	Roles    []Role
}

// ServiceAccount is a client of Cloud Manager's token endpoint, with the rights of a key.
type ServiceAccount struct {
	ID       string // mdb_sa_id_ and 24 hexadecimal digits
	Secret   string
	Projects []string
	Roles    []Role
}

func (k APIKey) sees(project string) bool {
	return k.Projects == nil || slices.Contains(k.Projects, project)
}

func (k APIKey) has(role Role) bool {
	return k.Roles == nil || slices.Contains(k.Roles, role)
}

// Project is a group of clusters; the API says "group".
type Project struct {
	ID      string
	Name    string
	OrgID   string
	OrgName string
}

// Cluster is a replica set, a sharded cluster, or one shard or the config servers of a sharded cluster.
// Shards and config servers name their sharded cluster in ParentID and share its Name. DataSize is in bytes.
type Cluster struct {
	ID             string
	GroupID        string
	Name           string
	Type           string
	ReplicaSetName string
	ShardName      string
	ParentID       string
	Versions       []string
	FCV            string
	BackupEnabled  bool
	DataSize       int64
	Nodes          int
}

// Timestamp is a BSON timestamp: a second and the ordinal of an operation within it.
type Timestamp struct {
	Time      time.Time
	Increment uint32
}

// Snapshot is a backup of a whole cluster: one part for a replica set, one part per shard and for the config
// servers of a sharded cluster. It vanishes from the lists at Expires, unless DoNotDelete is set.
// MissingShards holds names of shards.
type Snapshot struct {
	ID                   string
	ClusterID            string
	Created              Timestamp
	Expires              time.Time
	Complete             bool
	DoNotDelete          bool
	PossiblyInconsistent bool
	MissingShards        []string
	Parts                []Part
}

// Part is the backup of one replica set. Sizes are in bytes; MasterKeyUUID is set when the part is encrypted.
type Part struct {
	ClusterID         string
	ReplicaSetName    string
	Type              string
	MongodVersion     string
	FCV               string
	DataSize          int64
	FileSize          int64
	StorageSize       int64
	EncryptionEnabled bool
	MasterKeyUUID     string
}

// Range is a stretch of oplog without a gap, both ends included. An Open range ends at the moment of the
// request.
type Range struct {
	ClusterID  string
	SnapshotID string
	Start      Timestamp
	End        Timestamp
	Open       bool
}

// Checkpoint is a restore point of a sharded cluster with FCV 4.0 or earlier.
type Checkpoint struct {
	ID         string
	ClusterID  string
	Started    time.Time
	Completed  time.Time
	Timestamp  time.Time
	Restorable bool
}

// clone copies what the server keeps; seeds of jobs it turns into jobs of its own.
func (w World) clone() World {
	w.Keys = slices.Clone(w.Keys)
	w.Accounts = slices.Clone(w.Accounts)
	w.Projects = slices.Clone(w.Projects)
	w.Clusters = slices.Clone(w.Clusters)
	w.Snapshots = slices.Clone(w.Snapshots)
	w.Ranges = slices.Clone(w.Ranges)
	w.Checkpoints = slices.Clone(w.Checkpoints)
	return w
}

func (w World) project(id string) (Project, bool) {
	i := slices.IndexFunc(w.Projects, func(p Project) bool { return p.ID == id })
	if i < 0 {
		return Project{}, false
	}
	return w.Projects[i], true
}

func (w World) cluster(id string) (Cluster, bool) {
	i := slices.IndexFunc(w.Clusters, func(c Cluster) bool { return c.ID == id })
	if i < 0 {
		return Cluster{}, false
	}
	return w.Clusters[i], true
}

// members returns the shards and config servers of a sharded cluster; none for a replica set.
func (w World) members(id string) []Cluster {
	var out []Cluster
	for _, c := range w.Clusters {
		if c.ParentID == id {
			out = append(out, c)
		}
	}
	return out
}

// whole returns the id of the cluster that a shard belongs to, or id itself.
func (w World) whole(id string) string {
	if c, ok := w.cluster(id); ok && c.ParentID != "" {
		return c.ParentID
	}
	return id
}

func (s Snapshot) encryption() (enabled bool, masterKey string) {
	for _, p := range s.Parts {
		if p.EncryptionEnabled {
			return true, p.MasterKeyUUID
		}
	}
	return false, ""
}

// gone reports whether the snapshot has been deleted by its retention.
func (s Snapshot) gone(now time.Time) bool {
	return !s.DoNotDelete && !s.Expires.IsZero() && !now.Before(s.Expires)
}
