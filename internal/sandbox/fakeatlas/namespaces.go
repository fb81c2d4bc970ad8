package fakeatlas

import (
	"slices"
	"strings"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

type nameDoc struct {
	Name string `json:"name"`
}

// listDatabases shows the databases in a snapshot.
func (s *Server) listDatabases(x *exchange) (any, *fakeapi.Refusal) {
	return s.listNames(x, func(database, _ string) string { return database })
}

// listCollections shows the collections of a database in a snapshot.
func (s *Server) listCollections(x *exchange) (any, *fakeapi.Refusal) {
	return s.listNames(x, func(database, collection string) string {
		if database != x.params["D"] {
			return ""
		}
		return collection
	})
}

// listNames shows what of each namespace is told, once. There is nothing where there is no such database.
func (s *Server) listNames(x *exchange, of func(database, collection string) string) (any, *fakeapi.Refusal) {
	c, err := s.cluster(x)
	if err == nil && !x.who.has(RoleBackupManager) {
		err = errRole()
	}
	if err != nil {
		return nil, err
	}
	if _, err := s.snapshot(c, x.params["S"], x.now); err != nil {
		return nil, err
	}
	var names []string
	for _, ns := range c.Namespaces {
		database, collection, _ := strings.Cut(ns, ".")
		if name := of(database, collection); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	doc, err := fakeapi.Page(x.req, names, maxItems, func(name string) any { return nameDoc{name} })
	return count(x, doc, err)
}

// lacking says what a restore of collections fails for, or "": all of it fails where one collection is missing.
func lacking(source Cluster, pairs []pair) string {
	for _, p := range pairs {
		if !slices.Contains(source.Namespaces, p.Source) {
			return "The collection " + p.Source + " is not in the backup."
		}
	}
	return ""
}

// AddCollectionJob makes a restore of collections of a cluster's newest snapshot appear as if somebody had started it in the
// UI, and returns its id. The collections keep their names, and what is there stays.
func (s *Server) AddCollectionJob(source, target Cluster, namespaces ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	j := &collectionJob{
		id: s.ids.ObjectID(now), source: source.ID, created: now, duration: s.opts.CollectionDuration,
		write: "CREATE_NEW", index: "ALL_EXCEPT_TTL",
		seed: Job{SnapshotID: s.world.Newest(source).ID, TargetGroupID: target.GroupID, TargetClusterName: target.Name},
	}
	for _, ns := range namespaces {
		j.pairs = append(j.pairs, pair{Source: ns, Target: ns})
	}
	s.selected = append(s.selected, j)
	return j.id
}
