package fakeatlas

import (
	"cmp"
	"slices"

	"snapback/internal/sandbox/fakeapi"
)

type clusterDoc struct {
	BackupEnabled        bool           `json:"backupEnabled"`
	ClusterType          string         `json:"clusterType"`
	ConfigServerType     string         `json:"configServerType,omitempty"`
	DiskSizeGB           int            `json:"diskSizeGB,omitempty"`
	EncryptionProvider   string         `json:"encryptionAtRestProvider"`
	FCV                  string         `json:"featureCompatibilityVersion"`
	GroupID              string         `json:"groupId"`
	ID                   string         `json:"id"`
	Links                []fakeapi.Link `json:"links"`
	MongoDBVersion       string         `json:"mongoDBVersion"`
	Name                 string         `json:"name"`
	Paused               bool           `json:"paused"`
	PITEnabled           bool           `json:"pitEnabled"`
	ReplicationSpecs     []specDoc      `json:"replicationSpecs"`
	StateName            string         `json:"stateName"`
	TerminationProtected bool           `json:"terminationProtectionEnabled"`
}

// specDoc is a shard; before the version of 2024-08-05, numShards of them.
type specDoc struct {
	ID        string `json:"id"`
	NumShards int    `json:"numShards,omitempty"`
	ZoneName  string `json:"zoneName"`
}

func (s *Server) listClusters(x *exchange) (any, *fakeapi.Refusal) {
	p, err := s.project(x)
	if err != nil {
		return nil, err
	}
	of := slices.DeleteFunc(slices.Clone(s.world.Clusters), func(c Cluster) bool { return c.GroupID != p.ID || c.Type == TypeFlex })
	doc, err := fakeapi.Page(x.req, of, maxItems, func(c Cluster) any { return clusterDocOf(x, c) })
	return count(x, doc, err)
}

func (s *Server) getCluster(x *exchange) (any, *fakeapi.Refusal) {
	c, err := s.cluster(x)
	if err != nil {
		return nil, err
	}
	return clusterDocOf(x, c), nil
}

func clusterDocOf(x *exchange, c Cluster) clusterDoc {
	d := clusterDoc{
		BackupEnabled:      c.Backup,
		ClusterType:        c.Type,
		DiskSizeGB:         c.DiskSizeGB,
		EncryptionProvider: cmp.Or(c.Encryption, "NONE"),
		FCV:                c.FCV,
		GroupID:            c.GroupID,
		ID:                 c.ID,
		Links:              x.self("groups", c.GroupID, "clusters", c.Name),
		MongoDBVersion:     c.Version,
		Name:               c.Name,
		Paused:             c.Paused,
		PITEnabled:         c.PIT,
		StateName:          "IDLE",
	}
	shards := c.Shards
	if c.Type == TypeSharded {
		d.ConfigServerType = "DEDICATED"
		if c.Embedded {
			d.ConfigServerType = "EMBEDDED"
		}
	} else {
		shards = []string{c.ID}
	}
	if x.version.sunset != "" && len(shards) > 0 { // one spec for all shards of a zone
		d.ReplicationSpecs = []specDoc{{ID: shards[0], NumShards: len(shards), ZoneName: "Zone 1"}}
		return d
	}
	for _, id := range shards {
		d.ReplicationSpecs = append(d.ReplicationSpecs, specDoc{ID: id, ZoneName: "Zone 1"})
	}
	return d
}
