package atlas_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeatlas"
)

const (
	v2023 = "application/vnd.atlas.2023-01-01+json"
	v2024 = "application/vnd.atlas.2024-08-05+json"
	vFlex = "application/vnd.atlas.2024-11-13+json"
	vPart = "application/vnd.atlas.2025-03-12+json"
)

// sent returns the calls with credentials since the last look at the journal.
func (r *rig) sent(from int) []fake.Call {
	var out []fake.Call
	for _, c := range r.Calls()[from:] {
		if c.Authorization {
			out = append(out, c)
		}
	}
	return out
}

// TestOnTheWire compares each call with the tables of Get All Cloud Backup Restore Jobs and of the reference of version 2: paths
// name clusters, pages have at most 500 items, and each resource has a version of its own.
func TestOnTheWire(t *testing.T) {
	r := start(t, fake.Options{})
	group, analytics := r.world.Projects[0].ID, r.world.Projects[1].ID
	legacy := r.world.Projects[2].ID
	orders, events, tiny := r.named["orders-prod"], r.named["events-prod"], r.named["tiny"]
	const page = "?itemsPerPage=500&pageNum=1"
	base := "GET /api/atlas/v2/groups/" + group
	job := r.AddJob(fake.Job{ClusterID: orders.ID, DeliveryType: fake.Automated}).ID
	snap := r.newest("orders-prod").SnapshotID
	ignore := func(err error) { _ = err }
	for name, tt := range map[string]struct {
		call func()
		want []string // method, target and Accept
	}{
		"clusters": {func() { _, err := r.Clusters(t.Context()); ignore(err) }, []string{
			"GET /api/atlas/v2/groups" + page + " " + v2023,
			base + "/clusters" + page + " " + v2024,
			base + "/flexClusters" + page + " " + vFlex,
			"GET /api/atlas/v2/groups/" + analytics + "/clusters" + page + " " + v2024,
			"GET /api/atlas/v2/groups/" + analytics + "/flexClusters" + page + " " + vFlex,
			"GET /api/atlas/v2/groups/" + legacy + "/clusters" + page + " " + v2024,
		}},
		"snapshots":          {func() { _, err := r.Snapshots(t.Context(), orders); ignore(err) }, []string{base + "/clusters/orders-prod/backup/snapshots" + page + " " + v2023}},
		"snapshots, sharded": {func() { _, err := r.Snapshots(t.Context(), events); ignore(err) }, []string{base + "/clusters/events-prod/backup/snapshots/shardedClusters" + page + " " + v2023}},
		"snapshots, flex":    {func() { _, err := r.Snapshots(t.Context(), tiny); ignore(err) }, []string{base + "/flexClusters/tiny/backup/snapshots" + page + " " + vFlex}},
		"ranges":             {func() { _, err := r.Ranges(t.Context(), orders); ignore(err) }, []string{base + "/clusters/orders-prod " + v2024}},
		"jobs": {func() { r.jobs("orders-prod") }, []string{
			base + "/clusters/orders-prod/backup/restoreJobs" + page + " " + v2023, base + "/clusters/orders-prod/backup/restoreJobs" + page + " " + v2023,
		}},
		"recent":       {func() { _, err := r.Recent(t.Context(), restore.SubmissionRestore, orders); ignore(err) }, []string{base + "/clusters/orders-prod/backup/restoreJobs" + page + " " + v2023}},
		"recent, flex": {func() { _, err := r.Recent(t.Context(), restore.SubmissionRestore, tiny); ignore(err) }, []string{base + "/flexClusters/tiny/backup/restoreJobs" + page + " " + vFlex}},
		"job":          {func() { _, err := r.Job(t.Context(), restore.SubmissionRestore, orders, job); ignore(err) }, []string{base + "/clusters/orders-prod/backup/restoreJobs/" + job + " " + v2023}},
		"link":         {func() { _, err := r.Link(t.Context(), orders, job); ignore(err) }, []string{base + "/clusters/orders-prod/backup/restoreJobs/" + job + " " + v2023}},
		"databases":    {func() { _, err := r.Databases(t.Context(), orders, snap); ignore(err) }, []string{base + "/clusters/orders-prod/backup/snapshots/" + snap + "/databases" + page + " " + vPart}},
		"collections":  {func() { _, err := r.Collections(t.Context(), orders, snap, "a b/c"); ignore(err) }, []string{base + "/clusters/orders-prod/backup/snapshots/" + snap + "/databases/a%20b%2Fc/collections" + page + " " + vPart}},
		"of collections": {func() { _, err := r.Backend.Jobs(t.Context(), restore.SubmissionCollections, orders); ignore(err) }, []string{
			base + "/clusters/orders-prod/collectionRestoreJobs" + page + " " + vPart, base + "/clusters/orders-prod/collectionRestoreJobs" + page + " " + vPart,
		}},
		"of collections, recent": {func() { _, err := r.Recent(t.Context(), restore.SubmissionCollections, orders); ignore(err) }, []string{base + "/clusters/orders-prod/collectionRestoreJobs" + page + " " + vPart}},
		"of collections, one":    {func() { _, err := r.Job(t.Context(), restore.SubmissionCollections, orders, job); ignore(err) }, []string{base + "/clusters/orders-prod/collectionRestoreJobs/" + job + " " + vPart}},
		"checkpoints":            {func() { _, err := r.Checkpoints(t.Context(), events); ignore(err) }, nil},
		"agents":                 {func() { _, err := r.Agents(t.Context(), group); ignore(err) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			from := len(r.Calls())
			tt.call()
			var got []string
			for _, c := range r.sent(from) {
				got = append(got, c.Method+" "+c.Target+" "+c.Header.Get("Accept"))
				if c.Header.Get("Content-Type") != "" || len(c.RequestBody) > 0 || c.Header.Get("Idempotency-Key") != "" {
					t.Errorf("header %v, body %s", c.Header, c.RequestBody)
				}
			}
			if text, want := strings.Join(got, "\n"), strings.Join(tt.want, "\n"); text != want {
				t.Errorf("sent\n%s\nwant\n%s", text, want)
			}
		})
	}
}

// TestBodies compares each body with the table of request parameters of Create One Restore Job of One Cluster: seconds, as
// numbers, and nothing that is not asked for.
func TestBodies(t *testing.T) {
	r := start(t, fake.Options{})
	past := time.Now().Add(-time.Hour).Unix()
	group := r.world.Projects[0].ID
	snap := func(name string) string { return r.newest(name).SnapshotID }
	for name, tt := range map[string]struct {
		plan         restore.Plan
		target, body string
		media        string
	}{
		"snapshot": {r.plan("orders-prod", "orders-staging", r.newest("orders-prod")), "/clusters/orders-prod/backup/restoreJobs", fmt.Sprintf(
			`{"deliveryType":"automated","snapshotId":%q,"targetGroupId":%q,"targetClusterName":"orders-staging"}`, snap("orders-prod"), group), v2023},
		"point in time": {r.plan("events-prod", "events-prod", restore.Point{Kind: restore.PointInTime, Millis: past * 1000}), "/clusters/events-prod/backup/restoreJobs", fmt.Sprintf(
			`{"deliveryType":"pointInTime","targetGroupId":%q,"targetClusterName":"events-prod","pointInTimeUTCSeconds":%d}`, group, past), v2023},
		"oplog": {r.plan("ledger-prod", "ledger-prod", restore.Point{Kind: restore.Oplog, Seconds: past, Increment: 7}), "/clusters/ledger-prod/backup/restoreJobs", fmt.Sprintf(
			`{"deliveryType":"pointInTime","targetGroupId":%q,"targetClusterName":"ledger-prod","oplogTs":%d,"oplogInc":7}`, group, past), v2023},
		"download": {r.plan("orders-prod", "", r.newest("orders-prod")), "/clusters/orders-prod/backup/restoreJobs", fmt.Sprintf(
			`{"deliveryType":"download","snapshotId":%q}`, snap("orders-prod")), v2023},
		"flex": {r.plan("tiny", "tiny", r.newest("tiny")), "/flexClusters/tiny/backup/restoreJobs", fmt.Sprintf(
			`{"snapshotId":%q,"targetDeploymentItemName":"tiny","targetProjectId":%q}`, snap("tiny"), group), vFlex},
		"download, flex": {r.plan("tiny", "", r.newest("tiny")), "/flexClusters/tiny/backup/download", fmt.Sprintf(
			`{"snapshotId":%q}`, snap("tiny")), vFlex},
	} {
		t.Run(name, func(t *testing.T) {
			from := len(r.Calls())
			if o := r.Submit(t.Context(), tt.plan); o.Kind != restore.Accepted {
				t.Fatalf("got %+v", o)
			}
			calls := r.sent(from)
			c := calls[len(calls)-1]
			if c.Method != http.MethodPost || c.Target != "/api/atlas/v2/groups/"+group+tt.target || string(c.RequestBody) != tt.body {
				t.Errorf("%s %s %s; want %s", c.Method, c.Target, c.RequestBody, tt.body)
			}
			if c.Header.Get("Accept") != tt.media || c.Header.Get("Content-Type") != tt.media || c.Header.Get("Idempotency-Key") != "" {
				t.Errorf("header %v", c.Header)
			}
			for _, c := range calls[:len(calls)-1] { // the clusters, once more
				if c.Method != http.MethodGet {
					t.Errorf("two POSTs: %v", c)
				}
			}
		})
	}
}

func TestUnfitPlansAreNotSent(t *testing.T) {
	r := start(t, fake.Options{})
	orders, past := r.newest("orders-prod"), time.Now().Add(-time.Hour).Unix()
	good := func() restore.Plan { return r.plan("orders-prod", "orders-staging", orders) }
	from := len(r.Calls())
	for name, change := range map[string]func(*restore.Spec){
		"no collections": func(s *restore.Spec) { s.Scope.Kind = restore.Namespaces },
		"no scope":       func(s *restore.Spec) { s.Scope.Kind = "" },
		"many collections": func(s *restore.Spec) {
			s.Scope.Kind, s.Scope.Namespaces = restore.Namespaces, make([]restore.Namespace, 101)
		},
		"collections as files": func(s *restore.Spec) {
			s.Scope = restore.ScopeOf(restore.Asked{Collections: []string{"a.b"}})
			s.Delivery.Kind = restore.Download
		},
		"collections of a flex": func(s *restore.Spec) {
			s.Scope = restore.ScopeOf(restore.Asked{Collections: []string{"a.b"}})
			s.Source, s.Delivery.Target = r.named["tiny"], r.named["tiny"]
		},
		"cloud manager":   func(s *restore.Spec) { s.Source.Kind = "" },
		"another source":  func(s *restore.Spec) { s.Source.Origin = "https://elsewhere.example.net" },
		"another target":  func(s *restore.Spec) { s.Delivery.Target.Origin = "https://elsewhere.example.net" },
		"target's kind":   func(s *restore.Spec) { s.Delivery.Target.Kind = "" },
		"no source id":    func(s *restore.Spec) { s.Source.ID = "" },
		"no source name":  func(s *restore.Spec) { s.Source.Name = "" },
		"no target name":  func(s *restore.Spec) { s.Delivery.Target.Name = "" },
		"no delivery":     func(s *restore.Spec) { s.Delivery.Kind = "" },
		"other type":      func(s *restore.Spec) { s.Delivery.Target = r.named["tiny"] },
		"latest":          func(s *restore.Spec) { s.Point = restore.Point{Kind: restore.Latest} },
		"no snapshot":     func(s *restore.Spec) { s.Point.SnapshotID = "" },
		"checkpoint":      func(s *restore.Spec) { s.Point = restore.Point{Kind: restore.Checkpoint, CheckpointID: "x"} },
		"half a second":   func(s *restore.Spec) { s.Point = restore.Point{Kind: restore.PointInTime, Millis: past*1000 + 500} },
		"beyond 32 bits":  func(s *restore.Spec) { s.Point = restore.Point{Kind: restore.PointInTime, Millis: 1 << 42 * 1000} },
		"before 2008":     func(s *restore.Spec) { s.Point = restore.Point{Kind: restore.PointInTime, Millis: 1e9 * 1000} },
		"no increment":    func(s *restore.Spec) { s.Point = restore.Point{Kind: restore.Oplog, Seconds: past} },
		"point as a file": func(s *restore.Spec) { s.Point.Kind, s.Delivery.Kind = restore.PointInTime, restore.Download },
		"point of a flex": func(s *restore.Spec) {
			s.Source = r.named["tiny"]
			s.Point = restore.Point{Kind: restore.PointInTime, Millis: past * 1000}
		},
		"oplog download": func(s *restore.Spec) {
			s.Point = restore.Point{Kind: restore.Oplog, Seconds: past, Increment: 1}
			s.Delivery.Kind = restore.Download
		},
	} {
		p := good()
		change(&p.Spec)
		if o := r.Submit(t.Context(), p); o.Kind != restore.Permanent || o.Detail == "" {
			t.Errorf("%s: %+v", name, o)
		}
	}
	if got := r.sent(from); len(got) != 0 {
		t.Errorf("sent %+v", got)
	}
}

// TestReplacedClusters has a name come to another cluster after the plan was made.
func TestReplacedClusters(t *testing.T) {
	for _, name := range []string{"orders-prod", "orders-staging"} {
		r := start(t, fake.Options{})
		p := r.plan("orders-prod", "orders-staging", r.newest("orders-prod"))
		r.Replace(r.world.Named(name).ID, "6740000000000000000000aa")
		if o := r.Submit(t.Context(), p); o.Kind != restore.Permanent || len(r.Posts()) != 0 {
			t.Errorf("%s: %+v after %d posts", name, o, len(r.Posts()))
		}
	}
}
