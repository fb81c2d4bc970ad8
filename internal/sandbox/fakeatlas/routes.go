package fakeatlas

import (
	"net/http"
	"strconv"

	"snapback/internal/sandbox/fakeapi"
)

// handler answers one endpoint with a document. It runs under the lock.
type handler func(*exchange) (any, *fakeapi.Refusal)

// route is an endpoint.
type route struct {
	method   string
	path     string
	pattern  fakeapi.Pattern
	versions []version
	handle   handler
	status   int
}

// table lists the endpoints below Base.
func (s *Server) table() []route {
	get, post := http.MethodGet, http.MethodPost
	r := func(method, pattern string, versions []version, status int, h handler) route {
		return route{method: method, path: pattern, pattern: fakeapi.NewPattern(pattern), versions: versions, handle: h, status: status}
	}
	const cluster, flex = "groups/{P}/clusters/{C}", "groups/{P}/flexClusters/{C}"
	return []route{
		r(get, "groups", since2023(), http.StatusOK, s.listProjects),
		r(get, "groups/{P}", since2023(), http.StatusOK, s.getProject),
		r(get, "groups/{P}/clusters", ofClusters(), http.StatusOK, s.listClusters),
		r(get, cluster, ofClusters(), http.StatusOK, s.getCluster),
		r(get, cluster+"/backup/snapshots", since2023(), http.StatusOK, s.listSnapshots),
		r(get, cluster+"/backup/snapshots/shardedClusters", since2023(), http.StatusOK, s.listSharded),
		r(get, cluster+"/backup/snapshots/shardedCluster/{S}", since2023(), http.StatusOK, s.getSharded),
		r(get, cluster+"/backup/snapshots/{S}", since2023(), http.StatusOK, s.getSnapshot),
		r(get, cluster+"/backup/snapshots/{S}/databases", sinceCollections(), http.StatusOK, s.listDatabases),
		r(get, cluster+"/backup/snapshots/{S}/databases/{D}/collections", sinceCollections(), http.StatusOK, s.listCollections),
		r(get, cluster+"/backup/restoreJobs", since2023(), http.StatusOK, s.listJobs),
		r(post, cluster+"/backup/restoreJobs", since2023(), http.StatusOK, s.createJob),
		r(get, cluster+"/backup/restoreJobs/{J}", since2023(), http.StatusOK, s.getJob),
		r(http.MethodDelete, cluster+"/backup/restoreJobs/{J}", since2023(), http.StatusNoContent, s.cancelJob),
		r(get, cluster+"/collectionRestoreJobs", sinceCollections(), http.StatusOK, s.listCollectionJobs),
		r(post, cluster+"/collectionRestoreJobs", sinceCollections(), http.StatusCreated, s.createCollectionJob),
		r(get, cluster+"/collectionRestoreJobs/{J}", sinceCollections(), http.StatusOK, s.getCollectionJob),
		r(get, "groups/{P}/flexClusters", sinceFlex(), http.StatusOK, s.listFlex),
		r(get, flex, sinceFlex(), http.StatusOK, s.getFlex),
		r(get, flex+"/backup/snapshots", sinceFlex(), http.StatusOK, s.listFlexSnapshots),
		r(get, flex+"/backup/restoreJobs", sinceFlex(), http.StatusOK, s.listFlexJobs),
		r(post, flex+"/backup/restoreJobs", sinceFlex(), http.StatusOK, s.createFlexJob),
		r(get, flex+"/backup/restoreJobs/{J}", sinceFlex(), http.StatusOK, s.getFlexJob),
		r(post, flex+"/backup/download", sinceFlex(), http.StatusOK, s.createFlexDownload),
	}
}

// route finds the endpoint, settles its version, checks the query parameters that all share, and carries the request out.
func (s *Server) route(x *exchange) (doc any, status int, err *fakeapi.Refusal) {
	r, err := s.find(x)
	if err != nil {
		return nil, 0, err
	}
	if err := x.negotiate(r.versions); err != nil {
		return nil, 0, err
	}
	for _, name := range []string{"pretty", "envelope", "includeCount"} {
		if v := x.req.URL.Query().Get(name); v != "" && v != "true" && v != "false" {
			return nil, 0, fakeapi.BadQuery(name)
		}
	}
	a := s.allowance(x, r.path)
	if wait := s.draw(x, a); wait > 0 {
		return nil, 0, errBucket(x.req.URL.Path, wait, a)
	}
	doc, err = r.handle(x)
	return doc, r.status, err
}

// find returns the endpoint of a request and keeps the parameters of its path.
func (s *Server) find(x *exchange) (route, *fakeapi.Refusal) {
	path := x.req.URL.EscapedPath()
	segments, ok := fakeapi.Split(path, Base)
	known := false
	for _, r := range s.routes {
		params, match := r.pattern.Match(segments)
		if !ok || !match {
			continue
		}
		known = true
		if r.method == x.req.Method {
			x.params = params
			return r, nil
		}
	}
	if known {
		return route{}, fakeapi.NoMethod(x.req.Method)
	}
	return route{}, fakeapi.NoResource(path)
}

// project is the one of the path, if the credential sees it.
func (s *Server) project(x *exchange) (Project, *fakeapi.Refusal) {
	id := x.params["P"]
	if !fakeapi.IsObjectID(id) {
		return Project{}, fakeapi.Refuse(http.StatusNotFound, "INVALID_GROUP_ID", "An invalid group ID "+id+" was specified.", id)
	}
	p, ok := s.world.project(id)
	switch {
	case !ok:
		return Project{}, errNotFound("GROUP_NOT_FOUND", "group", id)
	case !x.who.sees(id):
		return Project{}, errNotInGroup(id)
	case p.CloudManager:
		return Project{}, errNotFound("NOT_ATLAS_GROUP", "Atlas group", id)
	}
	return p, nil
}

// cluster is the one of the path, which names it. Ids do not work, and Flex clusters have paths of their own.
func (s *Server) cluster(x *exchange) (Cluster, *fakeapi.Refusal) {
	c, err := s.named(x)
	if err == nil && c.Type == TypeFlex {
		return c, errBad("CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API", "The cluster "+c.Name+" is a Flex cluster.", c.Name)
	}
	return c, err
}

func (s *Server) flex(x *exchange) (Cluster, *fakeapi.Refusal) {
	c, err := s.named(x)
	if err == nil && c.Type != TypeFlex {
		return c, errBad("CANNOT_USE_NON_FLEX_CLUSTER_IN_FLEX_API", "The cluster "+c.Name+" is no Flex cluster.", c.Name)
	}
	return c, err
}

func (s *Server) named(x *exchange) (Cluster, *fakeapi.Refusal) {
	p, err := s.project(x)
	if err != nil {
		return Cluster{}, err
	}
	c, ok := s.world.named(p.ID, x.params["C"])
	if !ok {
		name := x.params["C"]
		return Cluster{}, fakeapi.Refuse(http.StatusNotFound, "CLUSTER_NOT_FOUND", "No cluster named "+name+" exists in group "+p.ID+".", name, p.ID)
	}
	return c, nil
}

// count leaves the total out of a list where the request says so.
func count(x *exchange, doc any, err *fakeapi.Refusal) (any, *fakeapi.Refusal) {
	list, ok := doc.(fakeapi.List)
	if !ok || err != nil || x.req.URL.Query().Get("includeCount") != "false" {
		return doc, err
	}
	return struct {
		Links   []fakeapi.Link `json:"links"`
		Results []any          `json:"results"`
	}{list.Links, list.Results}, nil
}

// number prints n, as a string where the options want that.
func (s *Server) number(n int64) any {
	if s.opts.TextNumbers {
		return strconv.FormatInt(n, 10)
	}
	return n
}
