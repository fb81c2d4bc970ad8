package fakeopsmanager

import "snapback/internal/sandbox/fakeapi"

type clusterDoc struct {
	ClusterName    string         `json:"clusterName"`
	GroupID        string         `json:"groupId"`
	ID             string         `json:"id"`
	LastHeartbeat  string         `json:"lastHeartbeat"`
	Links          []fakeapi.Link `json:"links"`
	ReplicaSetName string         `json:"replicaSetName,omitempty"`
	ShardName      string         `json:"shardName,omitempty"`
	TypeName       string         `json:"typeName"`
}

// allClustersDoc is one project of GET /clusters, which has a shape of its own.
type allClustersDoc struct {
	Clusters  []clusterSummary `json:"clusters"`
	GroupID   string           `json:"groupId"`
	GroupName string           `json:"groupName"`
	OrgID     string           `json:"orgId"`
	OrgName   string           `json:"orgName"`
	PlanType  string           `json:"planType"`
	Tags      []string         `json:"tags"`
}

type clusterSummary struct {
	AlertCount    int      `json:"alertCount"`
	AuthEnabled   bool     `json:"authEnabled"`
	Availability  string   `json:"availability"`
	BackupEnabled bool     `json:"backupEnabled"`
	ClusterID     string   `json:"clusterId"`
	DataSizeBytes int64    `json:"dataSizeBytes"`
	Name          string   `json:"name"`
	NodeCount     int      `json:"nodeCount"`
	SSLEnabled    bool     `json:"sslEnabled"`
	Type          string   `json:"type"`
	Versions      []string `json:"versions"`
}

// listClusters shows a sharded cluster, each of its shards and its config servers as entries of their own.
func (s *Server) listClusters(x *exchange) (any, *apiError) {
	p, err := s.project(x)
	if err != nil {
		return nil, err
	}
	var out []Cluster
	for _, c := range s.world.Clusters {
		if c.GroupID == p.ID {
			out = append(out, c)
		}
	}
	return fakeapi.Page(x.req, out, maxItems, func(c Cluster) any { return s.clusterDoc(x, c) })
}

func (s *Server) getCluster(x *exchange) (any, *apiError) {
	c, err := s.cluster(x)
	if err != nil {
		return nil, err
	}
	return s.clusterDoc(x, c), nil
}

func (s *Server) clusterDoc(x *exchange, c Cluster) clusterDoc {
	return clusterDoc{
		ClusterName:    c.Name,
		GroupID:        c.GroupID,
		ID:             c.ID,
		LastHeartbeat:  x.now.UTC().Format(apiTime),
		Links:          x.self("groups", c.GroupID, "clusters", c.ID),
		ReplicaSetName: c.ReplicaSetName,
		ShardName:      c.ShardName,
		TypeName:       c.Type,
	}
}

func (s *Server) listAllClusters(x *exchange) (any, *apiError) {
	return fakeapi.Page(x.req, s.visible(x), maxItems, func(p Project) any {
		doc := allClustersDoc{
			Clusters:  []clusterSummary{},
			GroupID:   p.ID,
			GroupName: p.Name,
			OrgID:     p.OrgID,
			OrgName:   p.OrgName,
			PlanType:  "Ops Manager",
			Tags:      []string{},
		}
		if s.opts.CloudManager {
			doc.PlanType = "Cloud Manager"
		}
		for _, c := range s.world.Clusters {
			if c.GroupID == p.ID && c.ParentID == "" {
				doc.Clusters = append(doc.Clusters, summary(c))
			}
		}
		return doc
	})
}

func summary(c Cluster) clusterSummary {
	kind := "replica set"
	if c.Type == TypeSharded {
		kind = "sharded cluster"
	}
	return clusterSummary{
		AuthEnabled:   true,
		Availability:  "available",
		BackupEnabled: c.BackupEnabled,
		ClusterID:     c.ID,
		DataSizeBytes: c.DataSize,
		Name:          c.Name,
		NodeCount:     c.Nodes,
		SSLEnabled:    true,
		Type:          kind,
		Versions:      append([]string{}, c.Versions...),
	}
}
