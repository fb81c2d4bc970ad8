package opsmanager_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/restore"
)

// pages serves lists by path, 100 items a page whatever was asked for, and counts the calls.
type pages struct {
	lists map[string][]string
	calls int
	turn  func(call int, items []string) []string // changes a list before a call
	total func(n int) string                      // totalCount; nil: a number
}

func (l *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.calls++
	items, ok := l.lists[r.URL.Path]
	if !ok {
		answer(http.StatusNotFound, refusal(http.StatusNotFound, "RESOURCE_NOT_FOUND"))(w, r)
		return
	}
	if l.turn != nil {
		items = l.turn(l.calls, items)
	}
	n, _ := strconv.Atoi(r.URL.Query().Get("pageNum"))
	if r.URL.Query().Get("itemsPerPage") != "100" || n < 1 {
		answer(http.StatusBadRequest, refusal(http.StatusBadRequest, "INVALID_QUERY_PARAMETER"))(w, r)
		return
	}
	part := items[min((n-1)*100, len(items)):min(n*100, len(items))]
	total := strconv.Itoa(len(items))
	if l.total != nil {
		total = l.total(len(items))
	}
	answer(http.StatusOK, `{"results":[`+strings.Join(part, ",")+`],"links":[{"rel":"next","href":"http://elsewhere.invalid/"}],"totalCount":`+total+`}`,
		"Date", "Fri, 20 Nov 2026 14:05:00 GMT")(w, r)
}

func jobs(from, to int) []string {
	var out []string
	for i := from; i < to; i++ {
		out = append(out, fmt.Sprintf(`{"id":"j%03d","statusName":"FINISHED"}`, i))
	}
	return out
}

func lister(t *testing.T, l *pages) *opsmanager.Backend {
	t.Helper()
	p := newPeer(t)
	p.get = l.ServeHTTP
	return p.start().backend(opsmanager.Options{})
}

func TestJobsReadEveryPage(t *testing.T) {
	for _, tt := range []struct {
		name     string
		n, calls int
		total    func(int) string
	}{
		{"none", 0, 2, nil},
		{"one page", 7, 2, nil},
		{"a full page", 100, 2, nil},
		{"three pages", 237, 4, nil},
		{"total as text", 237, 4, func(n int) string { return strconv.Quote(strconv.Itoa(n)) }},
		{"without a total", 237, 4, func(int) string { return "null" }},
		{"full pages without a total", 200, 4, func(int) string { return "null" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := &pages{lists: map[string][]string{jobsPath: jobs(0, tt.n)}, total: tt.total}
			b := lister(t, l)
			list, err := b.Jobs(t.Context(), restore.SubmissionRestore, cluster(b, "c1"))
			if err != nil {
				t.Fatal(err)
			}
			if !list.Complete || list.Total != tt.n || len(list.Jobs) != tt.n || l.calls != tt.calls {
				t.Errorf("complete %v, total %d, %d jobs, %d calls", list.Complete, list.Total, len(list.Jobs), l.calls)
			}
			if want := time.Date(2026, 11, 20, 14, 5, 0, 0, time.UTC); !list.Date.Equal(want) {
				t.Errorf("date %v", list.Date)
			}
			l.calls = 0
			recent, err := b.Recent(t.Context(), restore.SubmissionRestore, cluster(b, "c1"))
			if err != nil {
				t.Fatal(err)
			}
			if recent.Complete || len(recent.Jobs) != min(tt.n, 100) || l.calls != 1 || tt.total == nil && recent.Total != tt.n {
				t.Errorf("recent: complete %v, total %d, %d jobs, %d calls", recent.Complete, recent.Total, len(recent.Jobs), l.calls)
			}
		})
	}
}

func TestJobsMustStandStill(t *testing.T) {
	grow := func(items []string, n int) []string { return append(jobs(900, 900+n), items...) }
	for _, tt := range []struct {
		name  string
		n     int
		turn  func(call int, items []string) []string
		calls int
		jobs  int // 0: unstable
	}{
		{"a job appears between the pages, once", 150, func(call int, items []string) []string { return grow(items, min(call-1, 1)) }, 6, 151},
		{"a job appears before the second look, once", 50, func(call int, items []string) []string { return grow(items, min(call-1, 1)) }, 4, 51},
		{"one goes, one comes", 50, func(call int, items []string) []string {
			if call == 1 {
				return items
			}
			return append(jobs(900, 901), items[1:]...)
		}, 4, 50},
		{"only the order changes", 50, func(call int, items []string) []string {
			items = slices.Clone(items)
			if call == 2 {
				slices.Reverse(items)
			}
			return items
		}, 2, 50},
		{"a job appears with each call", 150, func(call int, items []string) []string { return grow(items, call) }, 9, 0},
		{"the same page over and over", 250, func(_ int, items []string) []string {
			return append(append(slices.Clone(items[:100]), items[:100]...), items[:50]...)
		}, 12, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := &pages{lists: map[string][]string{jobsPath: jobs(0, tt.n)}, turn: tt.turn}
			b := lister(t, l)
			list, err := b.Jobs(t.Context(), restore.SubmissionRestore, cluster(b, "c1"))
			if errors.Is(err, restore.ErrUnstable) != (tt.jobs == 0) || len(list.Jobs) != tt.jobs {
				t.Errorf("%d jobs, error %v; want %d", len(list.Jobs), err, tt.jobs)
			}
			if l.calls != tt.calls {
				t.Errorf("%d calls, want %d", l.calls, tt.calls)
			}
		})
	}
}

// TestOtherDocumentsAreNoEmptyLists guards the baseline of a POST.
func TestOtherDocumentsAreNoEmptyLists(t *testing.T) {
	for _, body := range []string{`{}`, `{"totalCount":0}`, `{"results":null}`, `{"status":"ok"}`, `[]`, `null`, `"x"`, `{"results":[{"statusName":"FINISHED"}],"totalCount":1}`} {
		p := newPeer(t)
		p.get = answer(http.StatusOK, body)
		b := p.start().backend(opsmanager.Options{})
		if _, err := b.Jobs(t.Context(), restore.SubmissionRestore, cluster(b, "c1")); err == nil {
			t.Errorf("%s was taken for a list", body)
		}
		if _, err := b.Recent(t.Context(), restore.SubmissionRestore, cluster(b, "c1")); err == nil {
			t.Errorf("%s was taken for a page", body)
		}
	}
}

func TestSnapshots(t *testing.T) {
	l := &pages{lists: map[string][]string{base + "/groups/p1/clusters/c1/snapshots": {
		`{"id":"s1","clusterId":"c1","created":{"date":"2026-11-20T06:00:00Z","increment":3},"expires":"2026-11-22T06:00:00Z","complete":true,
		  "isPossiblyInconsistent":true,"missingShards":[{"shardName":"a"},"b"],"namespaceFilterList":null,"links":[],"parts":[
		   {"typeName":"REPLICA_SET","fcv":"6.0","mongodVersion":"7.0.9","dataSizeBytes":"10","encryptionEnabled":false},
		   {"typeName":"REPLICA_SET","fcv":"7.0","mongodVersion":"7.0.12","dataSizeBytes":5.0,"encryptionEnabled":true},
		   {"typeName":"CONFIG_SERVER_REPLICA_SET","fcv":"7.0","mongodVersion":"7.0.9","dataSizeBytes":1}]}`,
		`{"id":"s2","complete":false}`,
		`{"id":"s3","created":{"date":"2026-11-20T06:00:00Z","increment":"1"},"expires":"2026-11-22T06:00:00Z","doNotDelete":true,"complete":true}`,
	}}}
	var query string
	p := newPeer(t)
	p.get = func(w http.ResponseWriter, r *http.Request) { query = r.URL.RawQuery; l.ServeHTTP(w, r) }
	b := p.start().backend(opsmanager.Options{})
	got, err := b.Snapshots(t.Context(), cluster(b, "c1"))
	if err != nil {
		t.Fatal(err)
	}
	six := time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC)
	want := []restore.Snapshot{
		{
			ID: "s1", ClusterID: "c1", Created: six, Expires: six.Add(48 * time.Hour), Complete: true, Inconsistent: true,
			MissingShards: 2, Parts: 3, FCV: "7.0", Version: "7.0.12", Encrypted: true, Bytes: 16,
		},
		{ID: "s2", ClusterID: "c1"},
		{ID: "s3", ClusterID: "c1", Created: six, Complete: true},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if query != "completed=all&itemsPerPage=100&pageNum=1" {
		t.Errorf("query %s", query)
	}
}

func world() *pages {
	return &pages{lists: map[string][]string{
		base + "/groups": {`{"id":"p1","name":"Payments"}`, `{"id":"p2","name":"Data"}`},
		base + "/groups/p1/clusters": {
			`{"id":"c1","clusterName":"orders","typeName":"REPLICA_SET","replicaSetName":"rs0"}`,
			`{"id":"c2","clusterName":"events","typeName":"SHARDED_REPLICA_SET"}`,
			`{"id":"c3","clusterName":"events","typeName":"REPLICA_SET","shardName":"sh0","replicaSetName":"sh0"}`,
			`{"id":"c4","clusterName":"events","typeName":"CONFIG_SERVER_REPLICA_SET"}`,
			`{"id":"c5","clusterName":"lost","typeName":"REPLICA_SET","shardName":"sh9"}`,
			`{"id":"c6","typeName":"REPLICA_SET","replicaSetName":"bare"}`,
			`{"id":"c7","clusterName":"old","typeName":"MASTER_SLAVE"}`,
			`{"id":"c8","clusterName":"legacy","typeName":"SHARDED"}`,
			`{"id":"c9","clusterName":"legacy","typeName":"CONFIG_SHARD_REPLICA_SET","shardName":"config"}`,
			`{"id":"c1","clusterName":"orders","typeName":"REPLICA_SET","replicaSetName":"rs0"}`,
		},
		base + "/groups/p2/clusters": {`{"id":"d1","clusterName":"events","typeName":"REPLICA_SET"}`},
		base + "/clusters": {
			`{"groupId":"p1","groupName":"Payments","clusters":[{"clusterId":"c1","versions":["8.0.13","7.0.9"],"backupEnabled":true,"dataSizeBytes":"412"},` +
				`{"clusterId":"c2","versions":["7.0.9"],"backupEnabled":false,"dataSizeBytes":0},{"clusterId":"c6","dataSizeBytes":"much"}]}`,
			`{"groupId":"p2","clusters":[]}`,
		},
	}}
}

func TestClusters(t *testing.T) {
	l := world()
	b := lister(t, l)
	got, err := b.Clusters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := func(project, id, name string, kind restore.ClusterType) restore.Cluster {
		c := restore.Cluster{Backend: "om", Origin: b.Origin(), ProjectID: "p1", ProjectName: "Payments", ID: id, Name: name, Type: kind}
		if project == "p2" {
			c.ProjectID, c.ProjectName = "p2", "Data"
		}
		return c
	}
	want := []restore.Cluster{
		at("p1", "c1", "orders", restore.ReplicaSet), at("p1", "c2", "events", restore.Sharded),
		at("p1", "c6", "bare", restore.ReplicaSet), at("p1", "c8", "legacy", restore.Sharded),
		at("p2", "d1", "events", restore.ReplicaSet),
	}
	want[0].Versions, want[1].Versions = []string{"8.0.13", "7.0.9"}, []string{"7.0.9"}
	want[0].Backup, want[0].PIT, want[0].Filled, want[0].Bytes = restore.Yes, restore.Yes, restore.Yes, 412
	want[1].Backup, want[1].PIT, want[1].Filled = restore.No, restore.No, restore.No
	want[1].Shards, want[3].Shards = []string{"c3", "c4"}, []string{"c9"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestClustersOfChosenProjects(t *testing.T) {
	for _, tt := range []struct {
		projects []string
		want     int
		warned   string
	}{
		{nil, 5, ""},
		{[]string{"p2"}, 1, ""},
		{[]string{"Data"}, 1, ""},
		{[]string{"Data", "p2"}, 1, ""},
		{[]string{"data", "Payments"}, 4, "project=data"},
	} {
		p := newPeer(t)
		p.get = world().ServeHTTP
		var log strings.Builder
		b := p.start().backend(opsmanager.Options{Projects: tt.projects, Logger: textLogger(&log)})
		got, err := b.Clusters(t.Context())
		if err != nil || len(got) != tt.want {
			t.Errorf("%v: %d clusters, %v", tt.projects, len(got), err)
		}
		if !strings.Contains(log.String(), tt.warned) || (tt.warned == "" && log.Len() > 0) {
			t.Errorf("%v: logged %q", tt.projects, log.String())
		}
	}
}

// TestClustersWithoutVersions tells an old server, which has no versions to tell, from one in trouble: there, plans
// would seem to have changed.
func TestClustersWithoutVersions(t *testing.T) {
	for status, ok := range map[int]bool{404: true, 405: true, 403: false, 500: false, 503: false} {
		l := world()
		p := newPeer(t)
		p.get = func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == base+"/clusters" {
				answer(status, refusal(status, "X"))(w, r)
				return
			}
			l.ServeHTTP(w, r)
		}
		b := p.start().backend(opsmanager.Options{})
		if got, err := b.Clusters(t.Context()); (err == nil) != ok || ok && (len(got) != 5 || got[0].Versions != nil) {
			t.Errorf("%d: %v, %v", status, got, err)
		}
	}
}

// FuzzAnswers reads hostile lists. Links must be nowhere in what is read, wherever the answer has them.
func FuzzAnswers(f *testing.F) {
	f.Add(fmt.Appendf(nil, strange, "FINISHED"), "FINISHED")
	f.Add([]byte(`{"id":1}`), "x")
	f.Add([]byte(`{"results":[{"id":"a"}],"totalCount":"1"}`), "\xff")
	f.Add([]byte(`{"id":"s1","created":{"date":"2026-11-20T06:00:00Z"},"parts":[{"fcv":"4.x","dataSizeBytes":"7"}],"missingShards":[1]}`), "4.2")
	f.Fuzz(func(t *testing.T, item []byte, word string) {
		const mark = "MARKED-LINK"
		text, err := json.Marshal(word)
		if err != nil {
			return
		}
		for _, body := range []string{
			string(item),
			`{"results":[` + string(item) + `],"totalCount":1}`,
			`{"results":[{"id":` + string(text) + `,"statusName":` + string(text) + `,"delivery":{"url":"` + mark + `","urlV2":"` + mark +
				`","authValue":"` + mark + `","methodName":` + string(text) + `},"links":[{"href":"` + mark + `"}],"url":"` + mark + `"}],"totalCount":1}`,
		} {
			got := opsmanager.Read(t, body)
			if strings.Contains(got, mark) && !strings.Contains(string(item)+word, mark) {
				t.Errorf("a link survives in %s", got)
			}
		}
	})
}

func TestNewRefusesUnusableURLs(t *testing.T) {
	for _, url := range []string{"", "om.example.net", "http://om.example.net"} {
		if _, err := opsmanager.New(opsmanager.Options{Name: "om", URL: url, Credential: credential(t, "a", "b")}); err == nil {
			t.Errorf("%q was accepted", url)
		}
	}
	b := backend(t, opsmanager.Options{URL: "https://OM.example.net:443/api/public/v1.0/"})
	if b.Origin() != "https://om.example.net" || b.Name() != "om" || b.Kind() != restore.OpsManager {
		t.Errorf("origin %s, name %s, kind %s", b.Origin(), b.Name(), b.Kind())
	}
}

// TestCloudManager has a project of Atlas among those that the key sees: it is left out, as it has an API of its own.
func TestCloudManager(t *testing.T) {
	const project = `{"id":"p%d","name":"Project %d"}`
	lists := &pages{lists: map[string][]string{
		base + "/groups":             {fmt.Sprintf(project, 1, 1), fmt.Sprintf(project, 2, 2)},
		base + "/clusters":           {},
		base + "/groups/p2/clusters": {`{"id":"c1","clusterName":"orders","typeName":"REPLICA_SET"}`},
	}}
	p := newPeer(t)
	code := "ATLAS_GROUP"
	p.get = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == base+"/groups/p1/clusters" {
			answer(http.StatusNotFound, refusal(http.StatusNotFound, code))(w, r)
			return
		}
		lists.ServeHTTP(w, r)
	}
	b := p.start().backend(opsmanager.Options{Kind: restore.CloudManager})
	got, err := b.Clusters(t.Context())
	if err != nil || len(got) != 1 || got[0].Path() != "om/Project 2/orders" || b.Kind() != restore.CloudManager {
		t.Errorf("%s: %+v, %v", b.Kind(), got, err)
	}
	code = "GROUP_NOT_FOUND"
	if got, err := b.Clusters(t.Context()); err == nil {
		t.Errorf("a project that is gone is left out: %+v", got)
	}
}

var _ restore.Backend = (*opsmanager.Backend)(nil)
