package fakeatlas

import (
	"slices"
	"time"
)

// The values of Cluster.Type.
const (
	TypeReplicaSet = "REPLICASET"
	TypeSharded    = "SHARDED"
	TypeFlex       = "FLEX"
)

// World is what the server knows when it starts.
type World struct {
	Keys      []APIKey
	Accounts  []ServiceAccount
	Projects  []Project
	Clusters  []Cluster
	Snapshots []Snapshot
	Jobs      []Job
}

// A Role lets a credential do more than read.
type Role string

// The roles that the served endpoints ask for; every valid credential may read the rest.
const (
	RoleReadOnly         Role = "GROUP_READ_ONLY"
	RoleBackupManager    Role = "GROUP_BACKUP_MANAGER"    // lists and reads restore jobs
	RoleRecoveryOperator Role = "GROUP_RECOVERY_OPERATOR" // creates and cancels them, and reads them, too
)

// APIKey is a programmatic key. Public is the digest user name, Private the password. Projects holds the ids of the visible
// projects, Roles what the key may do there; nil means all in both.
type APIKey struct {
	Public   string
	Private  string
	Projects []string
	Roles    []Role
}

// ServiceAccount is a client of the token endpoint, with the rights of a key.
type ServiceAccount struct {
	ID       string // mdb_sa_id_ and 24 hexadecimal digits
	Secret   string
	Projects []string
	Roles    []Role
}

// identity is who a request proves to be.
type identity struct {
	name     string
	projects []string
	roles    []Role
}

func (i identity) sees(project string) bool {
	return i.projects == nil || slices.Contains(i.projects, project)
}

func (i identity) has(roles ...Role) bool {
	return i.roles == nil || slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(i.roles, r) })
}

// Project is a group of clusters; the API says "group". One of Cloud Manager is listed, but has another API.
type Project struct {
	ID           string
	Name         string
	OrgID        string
	CloudManager bool
}

// Cluster is a replica set, a sharded cluster or a Flex cluster. Shards holds the ids of a sharded cluster's shards.
type Cluster struct {
	ID         string
	GroupID    string
	Name       string
	Type       string
	Shards     []string
	Embedded   bool // a shard is the config servers, too
	Version    string
	FCV        string
	Paused     bool
	Backup     bool
	PIT        bool
	Encryption string // NONE when empty, AWS, AZURE or GCP
	DiskSizeGB int
	Namespaces []string // database.collection, of all of its snapshots
}

func (c Cluster) encrypted() bool { return c.Encryption != "" && c.Encryption != "NONE" }

// Snapshot is a backup of a whole cluster; of a sharded one it has a member per shard and for its config servers. It vanishes
// from the lists at Expires. Status is completed when empty.
type Snapshot struct {
	ID            string
	ClusterID     string
	Created       time.Time
	Expires       time.Time
	Status        string // queued, inProgress, completed, failed
	Type          string // onDemand, scheduled
	Version       string
	StorageSize   int64
	MasterKeyUUID string
	Members       []Member
}

// Member is the snapshot of one replica set of a sharded cluster.
type Member struct {
	ID             string
	ReplicaSetName string
}

func (s Snapshot) complete() bool { return s.Status == "" || s.Status == "completed" }

func (s Snapshot) gone(now time.Time) bool { return !s.Expires.IsZero() && !now.Before(s.Expires) }

// clone copies what the server keeps; seeds of jobs it turns into jobs of its own.
func (w World) clone() World {
	w.Keys = slices.Clone(w.Keys)
	w.Accounts = slices.Clone(w.Accounts)
	w.Projects = slices.Clone(w.Projects)
	w.Clusters = slices.Clone(w.Clusters)
	w.Snapshots = slices.Clone(w.Snapshots)
	return w
}

func (w World) project(id string) (Project, bool) {
	i := slices.IndexFunc(w.Projects, func(p Project) bool { return p.ID == id })
	if i < 0 {
		return Project{}, false
	}
	return w.Projects[i], true
}

// cluster returns the cluster of an id; a zero one if it was deleted.
func (w World) cluster(id string) Cluster {
	i := slices.IndexFunc(w.Clusters, func(c Cluster) bool { return c.ID == id })
	if i < 0 {
		return Cluster{}
	}
	return w.Clusters[i]
}

// named returns the cluster that has a name in a project now.
func (w World) named(project, name string) (Cluster, bool) {
	i := slices.IndexFunc(w.Clusters, func(c Cluster) bool { return c.GroupID == project && c.Name == name })
	if i < 0 {
		return Cluster{}, false
	}
	return w.Clusters[i], true
}
