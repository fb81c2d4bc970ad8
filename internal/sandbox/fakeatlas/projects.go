package fakeatlas

import (
	"slices"

	"snapback/internal/sandbox/fakeapi"
)

type projectDoc struct {
	ClusterCount int            `json:"clusterCount"`
	Created      string         `json:"created"`
	ID           string         `json:"id"`
	Links        []fakeapi.Link `json:"links"`
	Name         string         `json:"name"`
	OrgID        string         `json:"orgId"`
}

func (s *Server) listProjects(x *exchange) (any, *fakeapi.Refusal) {
	seen := slices.DeleteFunc(slices.Clone(s.world.Projects), func(p Project) bool { return !x.who.sees(p.ID) })
	doc, err := fakeapi.Page(x.req, seen, maxItems, func(p Project) any { return s.projectDoc(x, p) })
	return count(x, doc, err)
}

func (s *Server) getProject(x *exchange) (any, *fakeapi.Refusal) {
	p, err := s.project(x)
	if err != nil {
		return nil, err
	}
	return s.projectDoc(x, p), nil
}

func (s *Server) projectDoc(x *exchange, p Project) projectDoc {
	doc := projectDoc{Created: "2024-01-01T00:00:00Z", ID: p.ID, Links: x.self("groups", p.ID), Name: p.Name, OrgID: p.OrgID}
	for _, c := range s.world.Clusters {
		if c.GroupID == p.ID {
			doc.ClusterCount++
		}
	}
	return doc
}
