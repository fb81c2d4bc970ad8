package fakeopsmanager

import (
	"fmt"

	"snapback/internal/sandbox/fakeapi"
)

// mongodPort is the port of every process.
const mongodPort = 27017

// hostDoc is a monitored process.
type hostDoc struct {
	ClusterID      string         `json:"clusterId"`
	GroupID        string         `json:"groupId"`
	Hostname       string         `json:"hostname"`
	ID             string         `json:"id"`
	Links          []fakeapi.Link `json:"links"`
	Port           int            `json:"port"`
	ReplicaSetName string         `json:"replicaSetName,omitempty"`
	ShardName      string         `json:"shardName,omitempty"`
	TypeName       string         `json:"typeName"`
}

// hostname is the machine of a cluster's i-th process. Each process has one of its own.
func hostname(c Cluster, i int) string {
	return fmt.Sprintf("%s-%d.example.net", c.ReplicaSetName, i+1)
}

// listHosts shows the processes of a project. Those of a shard name the sharded cluster or, with ShardIDs, the
// shard.
func (s *Server) listHosts(x *exchange) (any, *apiError) {
	p, err := s.project(x)
	if err != nil {
		return nil, err
	}
	var out []hostDoc
	for _, c := range s.world.Clusters {
		if c.GroupID != p.ID || c.Type == TypeSharded {
			continue
		}
		for i := range c.Nodes {
			out = append(out, s.hostDoc(x, c, i))
		}
	}
	return fakeapi.Page(x.req, out, maxItems, func(d hostDoc) any { return d })
}

func (s *Server) hostDoc(x *exchange, c Cluster, i int) hostDoc {
	d := hostDoc{
		ClusterID:      c.ID,
		GroupID:        c.GroupID,
		Hostname:       hostname(c, i),
		ID:             fmt.Sprintf("%s%08x", c.ID, i),
		Port:           mongodPort,
		ReplicaSetName: c.ReplicaSetName,
		ShardName:      c.ShardName,
		TypeName:       "REPLICA_SECONDARY",
	}
	if i == 0 {
		d.TypeName = "REPLICA_PRIMARY"
	}
	if !s.opts.ShardIDs {
		d.ClusterID = s.world.whole(c.ID)
	}
	d.Links = x.self("groups", c.GroupID, "hosts", d.ID)
	return d
}
