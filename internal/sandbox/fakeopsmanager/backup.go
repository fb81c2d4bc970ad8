package fakeopsmanager

import (
	"slices"

	"snapback/internal/sandbox/fakeapi"
)

type backupConfigDoc struct {
	AuthMechanismName string         `json:"authMechanismName"`
	ClusterID         string         `json:"clusterId"`
	EncryptionEnabled bool           `json:"encryptionEnabled"`
	GroupID           string         `json:"groupId"`
	Links             []fakeapi.Link `json:"links"`
	SSLEnabled        bool           `json:"sslEnabled"`
	StatusName        string         `json:"statusName"`
	StorageEngineName string         `json:"storageEngineName,omitempty"`
}

func (s *Server) listBackupConfigs(x *exchange) (any, *apiError) {
	p, err := s.project(x)
	if err != nil {
		return nil, err
	}
	var out []Cluster
	for _, c := range s.world.Clusters {
		if c.GroupID == p.ID && c.ParentID == "" {
			out = append(out, c)
		}
	}
	return fakeapi.Page(x.req, out, maxItems, func(c Cluster) any { return s.backupConfigDoc(x, c) })
}

func (s *Server) getBackupConfig(x *exchange) (any, *apiError) {
	c, err := s.cluster(x)
	if err != nil {
		return nil, err
	}
	if c.ParentID != "" {
		return nil, errNotFound("BACKUP_CONFIG_NOT_FOUND", "backup configuration for cluster", c.ID)
	}
	return s.backupConfigDoc(x, c), nil
}

func (s *Server) backupConfigDoc(x *exchange, c Cluster) backupConfigDoc {
	doc := backupConfigDoc{
		AuthMechanismName: "SCRAM-SHA-256",
		ClusterID:         c.ID,
		GroupID:           c.GroupID,
		Links:             x.self("groups", c.GroupID, "backupConfigs", c.ID),
		SSLEnabled:        true,
		StatusName:        "INACTIVE",
	}
	if c.BackupEnabled {
		doc.StatusName, doc.StorageEngineName = "STARTED", "WIRED_TIGER"
		doc.EncryptionEnabled = slices.ContainsFunc(s.world.Snapshots, func(snap Snapshot) bool {
			encrypted, _ := snap.encryption()
			return snap.ClusterID == c.ID && encrypted
		})
	}
	return doc
}

type rangeDoc struct {
	ConfigServerType string       `json:"configServerType,omitempty"`
	End              timestampDoc `json:"end"`
	ShardCount       int          `json:"shardCount,omitempty"`
	SnapshotID       string       `json:"snapshotId"`
	Start            timestampDoc `json:"start"`
}

// restorableRanges answers with a bare array, earliest first. What lies between two elements can't be
// restored.
func (s *Server) restorableRanges(x *exchange) (any, *apiError) {
	c, err := s.cluster(x)
	if err != nil {
		return nil, err
	}
	if err := s.check(x, RoleBackupAdmin); err != nil {
		return nil, err
	}
	out := []rangeDoc{}
	for _, r := range s.rangesOf(c, x) {
		doc := rangeDoc{Start: r.Start.doc(), End: r.End.doc(), SnapshotID: r.SnapshotID}
		for _, m := range s.world.members(c.ID) {
			if m.Type == TypeConfigServer {
				doc.ConfigServerType = "DEDICATED"
			} else {
				doc.ShardCount++
			}
		}
		out = append(out, doc)
	}
	return out, nil
}

// rangesOf returns a cluster's ranges as of now, earliest first.
func (s *Server) rangesOf(c Cluster, x *exchange) []Range {
	var out []Range
	for _, r := range s.world.Ranges {
		if r.ClusterID != c.ID || !c.BackupEnabled {
			continue
		}
		if r.Open {
			r.End = Timestamp{Time: x.now, Increment: 1}
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b Range) int { return a.Start.Time.Compare(b.Start.Time) })
	return out
}
