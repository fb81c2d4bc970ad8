package fakeopsmanager

import (
	"fmt"
	"net/http"
	"slices"

	"snapback/internal/sandbox/fakeapi"
)

type projectDoc struct {
	ActiveAgentCount int            `json:"activeAgentCount"`
	HostCounts       map[string]int `json:"hostCounts"`
	ID               string         `json:"id"`
	LastActiveAgent  string         `json:"lastActiveAgent"`
	Links            []fakeapi.Link `json:"links"`
	Name             string         `json:"name"`
	OrgID            string         `json:"orgId"`
	PublicAPIEnabled bool           `json:"publicApiEnabled"`
	ReplicaSetCount  int            `json:"replicaSetCount"`
	ShardCount       int            `json:"shardCount"`
	Tags             []string       `json:"tags"`
}

func (s *Server) listProjects(x *exchange) (any, *apiError) {
	return fakeapi.Page(x.req, s.visible(x), maxItems, func(p Project) any { return s.projectDoc(x, p) })
}

func (s *Server) getProject(x *exchange) (any, *apiError) {
	p, err := s.project(x)
	if err != nil {
		return nil, err
	}
	return s.projectDoc(x, p), nil
}

func (s *Server) projectByName(x *exchange) (any, *apiError) {
	name := x.params["name"]
	for _, p := range s.visible(x) {
		if p.Name == name {
			return s.projectDoc(x, p), nil
		}
	}
	return nil, fakeapi.Refuse(http.StatusNotFound, "GROUP_NAME_NOT_FOUND", fmt.Sprintf("No group with name %q exists.", name), name)
}

// visible returns the projects that the key sees.
func (s *Server) visible(x *exchange) []Project {
	return slices.DeleteFunc(slices.Clone(s.world.Projects), func(p Project) bool { return !x.key.sees(p.ID) })
}

func (s *Server) projectDoc(x *exchange, p Project) projectDoc {
	doc := projectDoc{
		HostCounts:       map[string]int{"arbiter": 0, "config": 0, "master": 0, "mongos": 0, "primary": 0, "secondary": 0, "slave": 0},
		ID:               p.ID,
		LastActiveAgent:  x.now.UTC().Format(apiTime),
		Links:            x.self("groups", p.ID),
		Name:             p.Name,
		OrgID:            p.OrgID,
		PublicAPIEnabled: true,
		Tags:             []string{},
	}
	for _, c := range s.world.Clusters {
		if c.GroupID != p.ID || c.Type == TypeSharded {
			continue
		}
		doc.ActiveAgentCount += c.Nodes
		switch {
		case c.Type == TypeConfigServer:
			doc.HostCounts["config"] += c.Nodes
			continue
		case c.ParentID != "":
			doc.ShardCount++
		}
		doc.ReplicaSetCount++
		doc.HostCounts["primary"]++
		doc.HostCounts["secondary"] += max(c.Nodes-1, 0)
	}
	return doc
}
