package fakeatlas

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

// apiTime is how the API prints instants: UTC, whole seconds.
const apiTime = "2006-01-02T15:04:05Z"

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(apiTime)
}

type snapshotDoc struct {
	CloudProvider    string         `json:"cloudProvider,omitempty"`
	ConfigServerType string         `json:"configServerType,omitempty"`
	CreatedAt        string         `json:"createdAt"`
	ExpiresAt        string         `json:"expiresAt,omitempty"`
	ID               string         `json:"id"`
	Links            []fakeapi.Link `json:"links"`
	MasterKeyUUID    string         `json:"masterKeyUUID,omitempty"`
	Members          []memberDoc    `json:"members,omitempty"`
	MongodVersion    string         `json:"mongodVersion"`
	ReplicaSetName   string         `json:"replicaSetName,omitempty"`
	SnapshotIDs      []string       `json:"snapshotIds,omitempty"`
	SnapshotType     string         `json:"snapshotType"`
	Status           string         `json:"status"`
	StorageSizeBytes int64          `json:"storageSizeBytes"`
	Type             string         `json:"type"`
}

type memberDoc struct {
	CloudProvider  string `json:"cloudProvider"`
	ID             string `json:"id"`
	ReplicaSetName string `json:"replicaSetName"`
}

// held returns the snapshots of a cluster that are not deleted, the newest first.
func (s *Server) held(c Cluster, now time.Time) []Snapshot {
	out := slices.DeleteFunc(slices.Clone(s.world.Snapshots), func(snap Snapshot) bool {
		return snap.ClusterID != c.ID || snap.gone(now)
	})
	slices.SortStableFunc(out, func(a, b Snapshot) int { return b.Created.Compare(a.Created) })
	return out
}

// listSnapshots shows those of a replica set, or the closest one before a moment.
func (s *Server) listSnapshots(x *exchange) (any, *fakeapi.Refusal) {
	c, err := s.cluster(x)
	if err != nil {
		return nil, err
	}
	out := s.held(c, x.now)
	if c.Type == TypeSharded {
		out = nil // they are listed elsewhere
	}
	query := x.req.URL.Query()
	if text := cmp.Or(query.Get("pointInTimeUtcSeconds"), query.Get("oplogTs")); text != "" {
		at, parseErr := strconv.ParseInt(text, 10, 64)
		if parseErr != nil {
			return nil, fakeapi.BadQuery("pointInTimeUtcSeconds")
		}
		base, ok := s.before(c, time.Unix(at, 0), x.now)
		if !ok {
			return nil, errNoBase(at)
		}
		out = []Snapshot{base}
	}
	doc, err := fakeapi.Page(x.req, out, maxItems, func(snap Snapshot) any { return s.snapshotDoc(x, c, snap) })
	return count(x, doc, err)
}

// listSharded shows those of a sharded cluster, all at once: there are no pages.
func (s *Server) listSharded(x *exchange) (any, *fakeapi.Refusal) {
	c, err := s.cluster(x)
	if err != nil {
		return nil, err
	}
	out := fakeapi.List{Links: x.self("groups", c.GroupID, "clusters", c.Name, "backup", "snapshots", "shardedClusters"), Results: []any{}}
	if c.Type == TypeSharded {
		for _, snap := range s.held(c, x.now) {
			out.Results = append(out.Results, s.snapshotDoc(x, c, snap))
		}
	}
	out.TotalCount = len(out.Results)
	return out, nil
}

func (s *Server) getSnapshot(x *exchange) (any, *fakeapi.Refusal) { return s.oneSnapshot(x, false) }

func (s *Server) getSharded(x *exchange) (any, *fakeapi.Refusal) { return s.oneSnapshot(x, true) }

func (s *Server) oneSnapshot(x *exchange, sharded bool) (any, *fakeapi.Refusal) {
	c, err := s.cluster(x)
	if err != nil {
		return nil, err
	}
	snap, err := s.snapshot(c, x.params["S"], x.now)
	if err == nil && sharded != (c.Type == TypeSharded) {
		err = errNotFound("SNAPSHOT_NOT_FOUND", "snapshot", snap.ID)
	}
	if err != nil {
		return nil, err
	}
	return s.snapshotDoc(x, c, snap), nil
}

// snapshot finds one of a cluster.
func (s *Server) snapshot(c Cluster, id string, now time.Time) (Snapshot, *fakeapi.Refusal) {
	held := s.held(c, now)
	i := slices.IndexFunc(held, func(snap Snapshot) bool { return snap.ID == id })
	if i < 0 {
		return Snapshot{}, errNotFound("SNAPSHOT_NOT_FOUND", "snapshot", id)
	}
	return held[i], nil
}

// before returns the newest complete snapshot that is not later than a moment.
func (s *Server) before(c Cluster, at, now time.Time) (Snapshot, bool) {
	held := s.held(c, now)
	i := slices.IndexFunc(held, func(snap Snapshot) bool { return snap.complete() && !snap.Created.After(at) })
	if i < 0 {
		return Snapshot{}, false
	}
	return held[i], true
}

func (s *Server) snapshotDoc(x *exchange, c Cluster, snap Snapshot) snapshotDoc {
	d := snapshotDoc{
		CloudProvider:    "AWS",
		CreatedAt:        stamp(snap.Created),
		ExpiresAt:        stamp(snap.Expires),
		ID:               snap.ID,
		Links:            x.self("groups", c.GroupID, "clusters", c.Name, "backup", "snapshots", snap.ID),
		MasterKeyUUID:    snap.MasterKeyUUID,
		MongodVersion:    snap.Version,
		ReplicaSetName:   c.Name + "-shard-0",
		SnapshotType:     cmp.Or(snap.Type, "scheduled"),
		Status:           cmp.Or(snap.Status, "completed"),
		StorageSizeBytes: snap.StorageSize,
		Type:             "replicaSet",
	}
	if c.Type != TypeSharded {
		return d
	}
	d.Type, d.CloudProvider, d.ReplicaSetName, d.ConfigServerType = "shardedCluster", "", "", "DEDICATED"
	if c.Embedded {
		d.ConfigServerType = "EMBEDDED"
	}
	for _, m := range snap.Members {
		d.Members = append(d.Members, memberDoc{CloudProvider: "AWS", ID: m.ID, ReplicaSetName: m.ReplicaSetName})
		d.SnapshotIDs = append(d.SnapshotIDs, m.ID)
	}
	return d
}
