package atlas_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"snapback/internal/mongodb/atlas"
	"snapback/internal/restore"
)

// listing answers with a list for each path below the base, and with an empty one for all others.
func listing(t *testing.T, lists map[string]string, opts atlas.Options) *atlas.Backend {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"results":[`+lists[strings.TrimPrefix(r.URL.Path, "/api/atlas/v2")]+`]}`)
	}))
	t.Cleanup(s.Close)
	opts.URL, opts.Credential = s.URL, credential(t, "public", "private")
	return backend(t, opts)
}

// TestClusterTypes offers what can be restored as a whole, and nothing that is not known.
func TestClusterTypes(t *testing.T) {
	shards := `"replicationSpecs":[{"id":"s1"},{"id":"s2"}]`
	b := listing(t, map[string]string{
		"/groups": `{"id":"g1","name":"Payments"}`,
		"/groups/g1/clusters": `{"id":"c1","name":"rs","clusterType":"REPLICASET","mongoDBVersion":"8.0.1","replicationSpecs":[{"id":"s0"}]},
			{"id":"c2","name":"sharded","clusterType":"SHARDED","configServerType":"DEDICATED",` + shards + `},
			{"id":"c3","name":"global","clusterType":"GEOSHARDED","paused":"true",` + shards + `},
			{"id":"c4","name":"embedded","clusterType":"SHARDED","configServerType":"EMBEDDED",` + shards + `},
			{"id":"c5","name":"novel","clusterType":"HOLOGRAM"},{"id":"c6","clusterType":"REPLICASET"},{"name":"x","clusterType":"REPLICASET"}`,
		"/groups/g1/flexClusters": `{"id":"f1","name":"tiny","mongoDBVersion":"8.0.2"}`,
	}, atlas.Options{})
	got, err := b.Clusters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]restore.Cluster{
		"rs":       {ID: "c1", Type: restore.ReplicaSet, Versions: []string{"8.0.1"}},
		"sharded":  {ID: "c2", Type: restore.Sharded, Shards: []string{"s1", "s2", "config servers of c2"}},
		"global":   {ID: "c3", Type: restore.Sharded, Shards: []string{"s1", "s2", "config servers of c3"}, Paused: true},
		"embedded": {ID: "c4", Type: restore.Sharded, Shards: []string{"s1", "s2"}},
		"tiny":     {ID: "f1", Type: restore.Flex, Versions: []string{"8.0.2"}},
	}
	for _, c := range got {
		w, ok := want[c.Name]
		if !ok || c.ID != w.ID || c.Type != w.Type || c.Paused != w.Paused || !slices.Equal(c.Shards, w.Shards) || !slices.Equal(c.Versions, w.Versions) ||
			c.Path() != "atlas/Payments/"+c.Name || c.Kind != restore.Atlas {
			t.Errorf("got %+v, want %+v", c, w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d clusters", len(got))
	}
}

// TestConfiguredProjects shows those projects alone, by id or name, and tells of one that is not visible.
func TestConfiguredProjects(t *testing.T) {
	var log strings.Builder
	b := listing(t, map[string]string{
		"/groups":             `{"id":"g1","name":"Payments"},{"id":"g2","name":"Analytics"},{"id":"g3","name":"Other"}`,
		"/groups/g1/clusters": `{"id":"c1","name":"a","clusterType":"REPLICASET"}`, "/groups/g2/clusters": `{"id":"c2","name":"b","clusterType":"REPLICASET"}`,
		"/groups/g3/clusters": `{"id":"c3","name":"c","clusterType":"REPLICASET"}`,
	}, atlas.Options{Projects: []string{"g1", "Analytics", "Elsewhere"}, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	got, err := b.Clusters(t.Context())
	if err != nil || len(got) != 2 || got[0].ID != "c1" || got[1].ID != "c2" {
		t.Errorf("got %+v, %v", got, err)
	}
	if text := log.String(); strings.Count(text, "not visible") != 1 || !strings.Contains(text, "Elsewhere") {
		t.Errorf("the log says %q", text)
	}
}

// TestNoRangesWithoutContinuousBackup tells points in time of clusters that have none from those whose times are not told.
func TestNoRangesWithoutContinuousBackup(t *testing.T) {
	for doc, told := range map[string]bool{
		`{"id":"c1","pitEnabled":false}`: true, `{"id":"c1","pitEnabled":"false"}`: true, `{"id":"c1","pitEnabled":true}`: false, `{"id":"c1"}`: false, `{"id":"c9","pitEnabled":false}`: false,
	} {
		b := saying(t, doc)
		if got, err := b.Ranges(t.Context(), orders(b)); len(got) != 0 || (err == nil) != told {
			t.Errorf("%s: %v, %v", doc, got, err)
		}
	}
}
