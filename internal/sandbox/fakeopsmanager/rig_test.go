package fakeopsmanager_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mongodb-forks/digest"

	fake "snapback/internal/sandbox/fakeopsmanager"
)

// The ids of the test world.
const (
	payments  = "64a000000000000000000001"
	analytics = "64a000000000000000000002"
	orders    = "64b000000000000000000001"
	staging   = "64b000000000000000000002"
	events    = "64b000000000000000000010"
	eventsNew = "64b000000000000000000020"
	ancient   = "64b000000000000000000030"
	reports   = "64b000000000000000000040"
	shardless = "64b000000000000000000050"
	bare      = "64b000000000000000000041"

	fresh       = "64c000000000000000000001"
	older       = "64c000000000000000000002"
	underWay    = "64c000000000000000000003"
	deleted     = "64c000000000000000000004"
	encrypted   = "64c000000000000000000005"
	whole       = "64c000000000000000000010"
	missing     = "64c000000000000000000011"
	unreachable = "64c000000000000000000012"
	checkpoint  = "64d000000000000000000001"
	unknown     = "64e0000000000000000000ff"
)

const restores = "/groups/" + payments + "/clusters/" + orders + "/restoreJobs"

func snapshot(id, cluster string, at time.Time, parts ...fake.Part) fake.Snapshot {
	return fake.Snapshot{
		ID:        id,
		ClusterID: cluster,
		Created:   fake.Timestamp{Time: at, Increment: 3},
		Expires:   at.Add(10 * 24 * time.Hour),
		Complete:  true,
		Parts:     parts,
	}
}

// shardedCluster is a sharded cluster with two shards and config servers; their ids follow the cluster's.
func shardedCluster(id, name, fcv string) []fake.Cluster {
	member := func(n, kind, rs, shard string) fake.Cluster {
		return fake.Cluster{
			ID: id[:22] + n, GroupID: payments, Name: name, Type: kind, ReplicaSetName: rs, ShardName: shard,
			ParentID: id, FCV: fcv, BackupEnabled: true, Nodes: 3,
		}
	}
	return []fake.Cluster{
		{ID: id, GroupID: payments, Name: name, Type: fake.TypeSharded, FCV: fcv, BackupEnabled: true, Nodes: 9},
		member(id[22:23]+"1", fake.TypeReplicaSet, name+"-0", name+"-0"),
		member(id[22:23]+"2", fake.TypeReplicaSet, name+"-1", name+"-1"),
		member(id[22:23]+"3", fake.TypeConfigServer, name+"-config", ""),
	}
}

func replicaSet(id, project, name string) fake.Cluster {
	return fake.Cluster{
		ID: id, GroupID: project, Name: name, Type: fake.TypeReplicaSet, ReplicaSetName: name,
		Versions: []string{"8.0.13"}, FCV: "8.0", BackupEnabled: true, DataSize: 1 << 30, Nodes: 3,
	}
}

func testWorld(now time.Time) fake.World {
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	w := fake.World{
		Keys: []fake.APIKey{
			{Public: "owner", Private: "owner-secret"},
			{Public: "reader", Private: "reader-secret", Roles: []fake.Role{fake.RoleReadOnly}},
			{Public: "payer", Private: "payer-secret", Projects: []string{payments}},
		},
		Accounts: []fake.ServiceAccount{{ID: client, Secret: clientSecret, Projects: []string{payments}}},
		Projects: []fake.Project{
			{ID: payments, Name: "Payments", OrgID: "640000000000000000000001", OrgName: "Example"},
			{ID: analytics, Name: "Big & Small/1", OrgID: "640000000000000000000001", OrgName: "Example"},
		},
		Snapshots: []fake.Snapshot{
			snapshot(fresh, orders, ago(2*time.Hour), fake.Part{ClusterID: orders, ReplicaSetName: "orders-prod", Type: fake.TypeReplicaSet, MongodVersion: "8.0.13", FCV: "8.0", DataSize: 42}),
			snapshot(older, orders, ago(10*time.Hour)),
			snapshot(underWay, orders, ago(time.Minute)),
			snapshot(deleted, orders, ago(11*24*time.Hour)),
			snapshot(encrypted, reports, ago(time.Hour), fake.Part{ClusterID: reports, EncryptionEnabled: true, MasterKeyUUID: "key-7"}),
			snapshot(whole, events, ago(3*time.Hour)),
			snapshot(missing, events, ago(time.Hour)),
			snapshot(unreachable, bare, ago(time.Hour)),
		},
		Ranges: []fake.Range{
			{ClusterID: orders, SnapshotID: older, Start: fake.Timestamp{Time: ago(5 * time.Hour), Increment: 1}, Open: true},
			{ClusterID: orders, SnapshotID: older, Start: fake.Timestamp{Time: ago(9 * time.Hour), Increment: 1}, End: fake.Timestamp{Time: ago(8 * time.Hour), Increment: 9}},
			{ClusterID: events, SnapshotID: whole, Start: fake.Timestamp{Time: ago(3 * time.Hour), Increment: 1}, Open: true},
		},
		Checkpoints: []fake.Checkpoint{
			{ID: checkpoint, ClusterID: ancient, Started: ago(time.Hour), Completed: ago(time.Hour), Timestamp: ago(time.Hour), Restorable: true},
		},
	}
	w.Snapshots[2].Complete = false
	w.Snapshots[6].MissingShards = []string{"events-prod-1"}
	w.Snapshots[6].PossiblyInconsistent = true
	w.Clusters = []fake.Cluster{
		replicaSet(orders, payments, "orders-prod"), replicaSet(staging, payments, "orders-staging"),
		replicaSet(reports, analytics, "reports-prod"), replicaSet(bare, analytics, "bare"),
	}
	w.Clusters[3].BackupEnabled = false
	w.Clusters = append(w.Clusters, fake.Cluster{ID: shardless, GroupID: payments, Name: "shardless", Type: fake.TypeSharded, FCV: "7.0"})
	w.Clusters = append(w.Clusters, shardedCluster(events, "events-prod", "7.0")...)
	w.Clusters = append(w.Clusters, shardedCluster(eventsNew, "events-new", "7.0")...)
	w.Clusters = append(w.Clusters, shardedCluster(ancient, "ancient", "4.0")...)
	return w
}

// rig is a server on loopback TCP with a digest client.
type rig struct {
	*fake.Server
	t      *testing.T
	origin string
	plain  *http.Transport
	client *http.Client
}

func start(t *testing.T, opts fake.Options) *rig {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return startOn(t, l, testWorld(time.Now()), opts)
}

func startOn(t *testing.T, l net.Listener, w fake.World, opts fake.Options) *rig {
	t.Helper()
	r := &rig{Server: fake.New(w, opts), t: t, origin: "http://" + l.Addr().String(), plain: &http.Transport{}}
	served := make(chan error, 1)
	go func() { served <- r.Serve(l) }()
	t.Cleanup(func() {
		r.plain.CloseIdleConnections()
		if err := r.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	r.client = r.as("owner", "owner-secret")
	return r
}

// as returns a client with the credentials of a key. It follows no redirects.
func (r *rig) as(public, private string) *http.Client {
	return &http.Client{
		Transport:     digest.NewTransportWithHTTPTransport(public, private, r.plain),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// result is an answer, read to its end.
type result struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
}

func (r *rig) try(client *http.Client, method, path, body string) (result, error) {
	r.t.Helper()
	return r.tryUntil(r.t.Context(), client, method, path, body)
}

func (r *rig) tryUntil(ctx context.Context, client *http.Client, method, path, body string) (result, error) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, r.origin+fake.Base+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return result{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return result{t: r.t, status: resp.StatusCode, header: resp.Header, body: b}, err
}

func (r *rig) do(method, path, body string) result {
	r.t.Helper()
	res, err := r.try(r.client, method, path, body)
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, path, err)
	}
	return res
}

func (r *rig) get(path string) result { r.t.Helper(); return r.do(http.MethodGet, path, "") }

func (r *rig) post(path, body string) result { r.t.Helper(); return r.do(http.MethodPost, path, body) }

func (r *rig) inject(f fake.Fault) {
	r.t.Helper()
	if err := r.Inject(f); err != nil {
		r.t.Fatal(err)
	}
}

// ok returns the decoded body of a 200.
func (res result) ok() map[string]any {
	res.t.Helper()
	if res.status != http.StatusOK {
		res.t.Fatalf("status %d, body %s", res.status, res.body)
	}
	var out map[string]any
	if err := json.Unmarshal(res.body, &out); err != nil {
		res.t.Fatalf("body %s: %v", res.body, err)
	}
	return out
}

// results returns the results of a list.
func (res result) results() []map[string]any {
	res.t.Helper()
	list, ok := res.ok()["results"].([]any)
	if !ok {
		res.t.Fatalf("no results: %s", res.body)
	}
	out := make([]map[string]any, 0, len(list))
	for _, item := range list {
		doc, _ := item.(map[string]any)
		out = append(out, doc)
	}
	return out
}

// refused checks the status and the code of an error body.
func (res result) refused(status int, code string) {
	res.t.Helper()
	var doc struct {
		Error     int
		Reason    string
		Detail    string
		ErrorCode string
	}
	if err := json.Unmarshal(res.body, &doc); err != nil {
		res.t.Fatalf("status %d, body %s: %v", res.status, res.body, err)
	}
	if res.status != status || doc.Error != status || doc.ErrorCode != code || doc.Reason != http.StatusText(status) || doc.Detail == "" {
		res.t.Errorf("status %d, body %s; want %d %s", res.status, res.body, status, code)
	}
}

// at follows keys and indexes into a decoded body; nil if they lead nowhere.
func at(doc any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := doc.(map[string]any)
			doc = m[step]
		case int:
			s, _ := doc.([]any)
			if step >= len(s) {
				return nil
			}
			doc = s[step]
		}
	}
	return doc
}

func automated(selector string) string {
	return `{"delivery":{"methodName":"AUTOMATED_RESTORE","targetGroupId":"` + payments + `","targetClusterId":"` + staging + `"},` + selector + `}`
}

func download(selector string) string {
	return `{"delivery":{"methodName":"HTTP","expirationHours":4,"maxDownloads":1},` + selector + `}`
}

const bySnapshot = `"snapshotId":"` + fresh + `"`

func unixAgo(d time.Duration) string { return strconv.FormatInt(time.Now().Add(-d).Unix(), 10) }
