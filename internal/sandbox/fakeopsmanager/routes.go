package fakeopsmanager

import (
	"net/http"

	"snapback/internal/sandbox/fakeapi"
)

// handler answers one endpoint with a document: a fakeapi.List or anything else that encodes to JSON. It runs
// under the lock.
type handler func(*exchange) (any, *apiError)

// route is an endpoint. Segments in braces are parameters.
type route struct {
	method  string
	pattern fakeapi.Pattern
	handle  handler
}

// table lists the endpoints below Base.
func (s *Server) table() []route {
	get, post := http.MethodGet, http.MethodPost
	r := func(method, pattern string, h handler) route {
		return route{method: method, pattern: fakeapi.NewPattern(pattern), handle: h}
	}
	return []route{
		r(get, "groups", s.listProjects),
		r(get, "groups/byName/{name}", s.projectByName),
		r(get, "groups/{P}", s.getProject),
		r(get, "clusters", s.listAllClusters),
		r(get, "groups/{P}/clusters", s.listClusters),
		r(get, "groups/{P}/clusters/{C}", s.getCluster),
		r(get, "groups/{P}/backupConfigs", s.listBackupConfigs),
		r(get, "groups/{P}/backupConfigs/{C}", s.getBackupConfig),
		r(get, "groups/{P}/hosts", s.listHosts),
		r(get, "groups/{P}/automationStatus", s.automationStatus),
		r(get, "groups/{P}/clusters/{C}/snapshots", s.listSnapshots),
		r(get, "groups/{P}/clusters/{C}/snapshots/{S}", s.getSnapshot),
		r(get, "groups/{P}/clusters/{C}/checkpoints", s.listCheckpoints),
		r(get, "groups/{P}/clusters/{C}/checkpoints/{K}", s.getCheckpoint),
		r(get, "groups/{P}/clusters/{C}/restoreJobs", s.listJobs),
		r(post, "groups/{P}/clusters/{C}/restoreJobs", s.createJob),
		r(post, "groups/{P}/clusters/{C}/restoreJobs/restorableTimeRanges", s.restorableRanges),
		r(get, "groups/{P}/clusters/{C}/restoreJobs/{J}", s.getJob),
	}
}

// route finds the endpoint, checks the query parameters that all share, and carries the request out.
func (s *Server) route(x *exchange) (any, *apiError) {
	path := x.req.URL.EscapedPath()
	segments, ok := fakeapi.Split(path, Base)
	if !ok {
		return nil, fakeapi.NoResource(path)
	}
	for _, name := range []string{"pretty", "envelope"} {
		if v := x.req.URL.Query().Get(name); v != "" && v != "true" && v != "false" {
			return nil, fakeapi.BadQuery(name)
		}
	}
	known := false
	for _, r := range s.routes {
		params, ok := r.pattern.Match(segments)
		if !ok {
			continue
		}
		known = true
		if r.method == x.req.Method {
			x.params = params
			return r.handle(x)
		}
	}
	if known {
		return nil, fakeapi.NoMethod(x.req.Method)
	}
	return nil, fakeapi.NoResource(path)
}

// project is the one of the path, if the key sees it.
func (s *Server) project(x *exchange) (Project, *apiError) {
	id := x.params["P"]
	if !fakeapi.IsObjectID(id) {
		return Project{}, errInvalidID("INVALID_GROUP_ID", "group", id)
	}
	p, ok := s.world.project(id)
	if !ok {
		return Project{}, errNotFound("GROUP_NOT_FOUND", "group", id)
	}
	if !x.key.sees(id) {
		return Project{}, errNotInGroup(id)
	}
	return p, nil
}

// cluster is the one of the path. Names do not work, though some links of the real API contain them.
func (s *Server) cluster(x *exchange) (Cluster, *apiError) {
	p, err := s.project(x)
	if err != nil {
		return Cluster{}, err
	}
	id := x.params["C"]
	if !fakeapi.IsObjectID(id) {
		return Cluster{}, errInvalidID("INVALID_CLUSTER_ID", "cluster", id)
	}
	c, ok := s.world.cluster(id)
	if !ok || c.GroupID != p.ID {
		return Cluster{}, errNotFound("CLUSTER_NOT_FOUND", "cluster", id)
	}
	return c, nil
}

// check asks for a role of the key.
func (s *Server) check(x *exchange, role Role) *apiError {
	if !x.key.has(role) {
		return errRole()
	}
	return nil
}
