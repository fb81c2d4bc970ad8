package fakeopsmanager

import (
	"cmp"
	"slices"

	"snapback/internal/sandbox/fakeapi"
)

type snapshotDoc struct {
	ClusterID                 string            `json:"clusterId"`
	ClusterName               string            `json:"clusterName"`
	Complete                  bool              `json:"complete"`
	Created                   timestampDoc      `json:"created"`
	DoNotDelete               bool              `json:"doNotDelete"`
	Expires                   string            `json:"expires,omitempty"`
	GroupID                   string            `json:"groupId"`
	ID                        string            `json:"id"`
	IsPossiblyInconsistent    *bool             `json:"isPossiblyInconsistent,omitempty"`
	LastOplogAppliedTimestamp *timestampDoc     `json:"lastOplogAppliedTimestamp,omitempty"`
	Links                     []fakeapi.Link    `json:"links"`
	MissingShards             []missingShardDoc `json:"missingShards,omitzero"`
	Parts                     []partDoc         `json:"parts"`
}

type missingShardDoc struct {
	ClusterName    string `json:"clusterName"`
	GroupID        string `json:"groupId"`
	ReplicaSetName string `json:"replicaSetName"`
	ShardName      string `json:"shardName"`
	TypeName       string `json:"typeName"`
}

type partDoc struct {
	ClusterID          string `json:"clusterId"`
	CompletedTime      string `json:"completedTime,omitempty"`
	CompressionSetting string `json:"compressionSetting"`
	DataSizeBytes      int64  `json:"dataSizeBytes"`
	EncryptionEnabled  bool   `json:"encryptionEnabled"`
	FCV                string `json:"fcv"`
	FileSizeBytes      int64  `json:"fileSizeBytes"`
	MasterKeyUUID      string `json:"masterKeyUUID,omitempty"`
	MongodVersion      string `json:"mongodVersion"`
	ReplicaSetName     string `json:"replicaSetName"`
	StorageSizeBytes   int64  `json:"storageSizeBytes"`
	TypeName           string `json:"typeName"`
}

// listSnapshots shows complete snapshots, newest first, unless the query parameter completed says otherwise.
// A cluster without backup has none, hence no clusterId either.
func (s *Server) listSnapshots(x *exchange) (any, *apiError) {
	c, err := s.cluster(x)
	if err != nil {
		return nil, err
	}
	completed := cmp.Or(x.req.URL.Query().Get("completed"), "true")
	if completed != "true" && completed != "false" && completed != "all" {
		return nil, fakeapi.BadQuery("completed")
	}
	var out []Snapshot
	for _, snap := range s.world.Snapshots {
		if snap.ClusterID != c.ID || !c.BackupEnabled || snap.gone(x.now) {
			continue
		}
		if completed == "all" || snap.Complete == (completed == "true") {
			out = append(out, snap)
		}
	}
	slices.SortStableFunc(out, func(a, b Snapshot) int { return b.Created.Time.Compare(a.Created.Time) })
	return fakeapi.Page(x.req, out, maxItems, func(snap Snapshot) any { return s.snapshotDoc(x, c, snap) })
}

func (s *Server) getSnapshot(x *exchange) (any, *apiError) {
	c, err := s.cluster(x)
	if err != nil {
		return nil, err
	}
	snap, err := s.snapshot(c, x.params["S"])
	if err != nil {
		return nil, err
	}
	if snap.gone(x.now) {
		return nil, errNotFound("SNAPSHOT_NOT_FOUND", "snapshot", snap.ID)
	}
	return s.snapshotDoc(x, c, snap), nil
}

// snapshot finds a snapshot of the cluster, deleted ones included.
func (s *Server) snapshot(c Cluster, id string) (Snapshot, *apiError) {
	if !fakeapi.IsObjectID(id) {
		return Snapshot{}, errInvalidID("INVALID_SNAPSHOT_ID", "snapshot", id)
	}
	for _, snap := range s.world.Snapshots {
		if snap.ID == id && snap.ClusterID == c.ID {
			return snap, nil
		}
	}
	return Snapshot{}, errNotFound("SNAPSHOT_NOT_FOUND", "snapshot", id)
}

func (s *Server) snapshotDoc(x *exchange, c Cluster, snap Snapshot) snapshotDoc {
	doc := snapshotDoc{
		ClusterID:   c.ID,
		ClusterName: c.Name,
		Complete:    snap.Complete,
		Created:     snap.Created.doc(),
		DoNotDelete: snap.DoNotDelete,
		GroupID:     c.GroupID,
		ID:          snap.ID,
		Links:       x.self("groups", c.GroupID, "clusters", c.ID, "snapshots", snap.ID),
		Parts:       []partDoc{},
	}
	if !snap.Expires.IsZero() {
		doc.Expires = snap.Expires.UTC().Format(apiTime)
	}
	if snap.Complete {
		doc.LastOplogAppliedTimestamp = new(snap.Created.doc())
	}
	if c.Type == TypeSharded {
		doc.IsPossiblyInconsistent = new(snap.PossiblyInconsistent)
		doc.MissingShards = s.missingShards(c, snap)
	}
	for _, p := range snap.Parts {
		doc.Parts = append(doc.Parts, p.doc(snap))
	}
	return doc
}

func (s *Server) missingShards(c Cluster, snap Snapshot) []missingShardDoc {
	out := []missingShardDoc{}
	for _, m := range s.world.members(c.ID) {
		if slices.Contains(snap.MissingShards, m.ShardName) {
			out = append(out, missingShardDoc{
				ClusterName:    m.Name,
				GroupID:        m.GroupID,
				ReplicaSetName: m.ReplicaSetName,
				ShardName:      m.ShardName,
				TypeName:       m.Type,
			})
		}
	}
	return out
}

func (p Part) doc(snap Snapshot) partDoc {
	doc := partDoc{
		ClusterID:          p.ClusterID,
		CompressionSetting: "GZIP",
		DataSizeBytes:      p.DataSize,
		EncryptionEnabled:  p.EncryptionEnabled,
		FCV:                p.FCV,
		FileSizeBytes:      p.FileSize,
		MasterKeyUUID:      p.MasterKeyUUID,
		MongodVersion:      p.MongodVersion,
		ReplicaSetName:     p.ReplicaSetName,
		StorageSizeBytes:   p.StorageSize,
		TypeName:           p.Type,
	}
	if snap.Complete {
		doc.CompletedTime = snap.Created.Time.UTC().Format(apiTime)
	}
	return doc
}
