package atlas_test

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"testing"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeatlas"
)

// some is a plan that restores collections of orders-prod onto orders-staging.
func (r *rig) some(a restore.Asked, p restore.Point) restore.Plan {
	plan := r.plan("orders-prod", "orders-staging", p)
	plan.Spec.Scope = restore.ScopeOf(a)
	return plan
}

// TestBodiesOfCollections compares each body with the request of Create One Collection Restore Job.
func TestBodiesOfCollections(t *testing.T) {
	past := time.Now().Add(-time.Hour).Unix()
	of := func(names ...string) restore.Asked { return restore.Asked{Collections: names} }
	odd := of(`shop.my "odd", orders.2024`)
	for name, tt := range map[string]struct {
		asked restore.Asked
		point func(r *rig) restore.Point
		body  string // %s: the target, the snapshot
	}{
		"as usual": {
			of("shop.orders", "shop.carts"), func(r *rig) restore.Point { return r.newest("orders-prod") },
			`{%s,"writeStrategy":"CREATE_NEW","indexStrategy":"ALL_EXCEPT_TTL","collections":[{"sourceNamespace":"shop.carts","targetNamespace":"shop.carts"},{"sourceNamespace":"shop.orders","targetNamespace":"shop.orders"}],"snapshotId":%q}`,
		},
		"renamed, point in time": {
			restore.Asked{Collections: []string{"shop.orders"}, As: "*_r17", Indexes: restore.IndexesNone},
			func(*rig) restore.Point { return restore.Point{Kind: restore.PointInTime, Millis: past * 1000} },
			`{%s,"writeStrategy":"CREATE_NEW","indexStrategy":"NONE","collections":[{"sourceNamespace":"shop.orders","targetNamespace":"shop.orders_r17"}],"pointInTimeUtcSeconds":` + fmt.Sprint(past) + `}%.0s`,
		},
		"overwriting, oplog": {
			restore.Asked{Collections: []string{"shop.orders"}, Overwrite: true, Indexes: restore.IndexesAll},
			func(*rig) restore.Point { return restore.Point{Kind: restore.Oplog, Seconds: past, Increment: 7} },
			`{%s,"writeStrategy":"OVERWRITE_EXISTING","indexStrategy":"ALL","collections":[{"sourceNamespace":"shop.orders","targetNamespace":"shop.orders"}],"oplogTs":` + fmt.Sprint(past) + `,"oplogInc":7}%.0s`,
		},
		"an odd name": {
			odd, func(r *rig) restore.Point { return r.newest("orders-prod") },
			`{%s,"writeStrategy":"CREATE_NEW","indexStrategy":"ALL_EXCEPT_TTL","collections":[{"sourceNamespace":"shop.my \"odd\", orders.2024","targetNamespace":"shop.my \"odd\", orders.2024"}],"snapshotId":%q}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, fake.Options{JobDuration: time.Nanosecond})
			from, point := len(r.Calls()), tt.point(r)
			plan := r.some(tt.asked, point)
			o := r.Submit(t.Context(), plan)
			if o.Kind != restore.Accepted || o.Status != http.StatusCreated || len(o.Jobs) != 1 || plan.Compare(o.Jobs[0]) != restore.Alike || !plan.PointTold(o.Jobs[0]) {
				t.Fatalf("got %+v", o)
			}
			calls := r.sent(from)
			c := calls[len(calls)-1]
			group := r.world.Projects[0].ID
			target := fmt.Sprintf(`"targetGroupId":%q,"targetClusterName":"orders-staging"`, group)
			if want := fmt.Sprintf(tt.body, target, point.SnapshotID); string(c.RequestBody) != want {
				t.Errorf("sent %s\nwant %s", c.RequestBody, want)
			}
			if c.Method != http.MethodPost || c.Target != "/api/atlas/v2/groups/"+group+"/clusters/orders-prod/collectionRestoreJobs" {
				t.Errorf("%s %s", c.Method, c.Target)
			}
			if c.Header.Get("Accept") != vPart || c.Header.Get("Content-Type") != vPart {
				t.Errorf("header %v", c.Header)
			}
			if posts := r.Posts(); len(posts) != 1 {
				t.Errorf("%d posts", len(posts))
			}
		})
	}
}

// TestStatesOfCollections reads the states of the document, and what is left out or printed otherwise.
func TestStatesOfCollections(t *testing.T) {
	point := restore.Point{Kind: restore.PointInTime, Millis: 1596319541000}
	for doc, want := range map[string]restore.Job{
		`"state":"INITIALIZING","restoredDocuments":0,"totalDocuments":0`:     {Status: "INITIALIZING"},
		`"state":"IN_PROGRESS","restoredDocuments":250,"totalDocuments":1000`: {Status: "IN_PROGRESS", Progress: restore.Progress{Done: 250, Total: 1000}},
		`"state":"IN_PROGRESS","restoredDocuments":"7","totalDocuments":"9"`:  {Status: "IN_PROGRESS", Progress: restore.Progress{Done: 7, Total: 9}},
		`"state":"FINALIZING","totalDocuments":null`:                          {Status: "FINALIZING"},
		`"state":"SUCCESSFUL","finishedAt":"2026-08-01T22:05:41Z"`:            {Phase: restore.JobFinished, Status: "SUCCESSFUL"},
		`"state":"FAILED","errorMessage":"disk"`:                              {Phase: restore.JobBroken, Status: "FAILED", Why: "disk"},
		`"state":"FAILED","errorMessage":"see https://x/y?token=1\n now"`:     {Phase: restore.JobBroken, Status: "FAILED", Why: "see https://x/… now"},
		`"state":"FAILED","errorMessage":{"a":1}`:                             {Phase: restore.JobBroken, Status: "FAILED"},
		`"state":"CANCELED"`:              {Phase: restore.JobKilled, Status: "CANCELED"},
		`"state":"PAUSED"`:                {Status: "PAUSED"},
		`"databases":[],"collections":[]`: {Status: "IN_PROGRESS"},
		`"state":"X","createdAt":"2026-08-01T22:05:41Z","indexStrategy":"NONE"`: {Status: "X", Created: time.Date(2026, 8, 1, 22, 5, 41, 0, time.UTC)},
		`"state":"X","writeStrategy":"OVERWRITE_EXISTING","pointInTimeUtcSeconds":"1596319541"`: {
			Status: "X", Write: restore.Overwrite, Point: point,
		},
		`"state":"X","writeStrategy":"MERGE","oplogTs":7,"oplogInc":2`: {
			Status: "X", Write: "MERGE", Point: restore.Point{Kind: restore.Oplog, Seconds: 7, Increment: 2},
		},
		`"state":"X","targetGroupId":"g2","targetClusterName":"t","snapshotId":"s1","writeStrategy":"CREATE_NEW","collections":[{"sourceNamespace":"b.x","targetNamespace":"b.y"},{"sourceNamespace":"a.x"}]`: {
			Status: "X", TargetProject: "g2", TargetName: "t", SnapshotID: "s1", Write: restore.CreateNew,
			Namespaces: []restore.Namespace{{Source: "a.x", Target: "a.x"}, {Source: "b.x", Target: "b.y"}},
		},
		`"state":"X","collections":[{"sourceNamespace":"a.x"}],"databases":[{"sourceNamespace":"b"}]`: {
			Status: "X", Namespaces: []restore.Namespace{{}, {Source: "a.x", Target: "a.x"}},
		},
		`"state":"X","collections":[{"sourceNamespace":"a.x"}],"collectionSuffix":"_old"`: {
			Status: "X", Namespaces: []restore.Namespace{{}, {Source: "a.x", Target: "a.x"}},
		},
	} {
		b := saying(t, `{"id":"j1",`+doc+`}`)
		want.ID, want.Delivery = "j1", restore.Automated
		if want.Phase == "" {
			want.Phase = restore.JobRunning
		}
		got, err := b.Job(t.Context(), restore.SubmissionCollections, orders(b), "j1")
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", doc, got, err)
		}
	}
}

// TestCollectionsFromEndToEnd restores collections: listed apart from what restores whole clusters, with progress.
func TestCollectionsFromEndToEnd(t *testing.T) {
	r := start(t, fake.Options{CollectionDuration: time.Hour})
	source := r.named["orders-prod"]
	names, err := r.Databases(t.Context(), source, r.newest("orders-prod").SnapshotID)
	if err != nil || !slices.Equal(names, []string{"crm", "shop"}) {
		t.Fatalf("databases %v, %v", names, err)
	}
	names, err = r.Collections(t.Context(), source, r.newest("orders-prod").SnapshotID, "shop")
	if err != nil || !slices.Equal(names, []string{"carts", "order_lines", "orders"}) {
		t.Fatalf("collections %v, %v", names, err)
	}
	if _, err := r.Databases(t.Context(), source, "6740000000000000000000aa"); !errors.Is(err, restore.ErrNotFound) {
		t.Errorf("of no snapshot: %v", err)
	}
	plan := r.some(restore.Asked{Collections: []string{"shop.orders"}}, r.newest("orders-prod"))
	o := r.Submit(t.Context(), plan)
	if o.Kind != restore.Accepted {
		t.Fatalf("got %+v", o)
	}
	for kind, want := range map[restore.SubmissionKind]int{restore.SubmissionCollections: 1, restore.SubmissionRestore: 0} {
		all, err := r.Backend.Jobs(t.Context(), kind, source)
		if err != nil || len(all.Jobs) != want || !all.Complete {
			t.Errorf("%s: %+v, %v", kind, all, err)
		}
		recent, err := r.Recent(t.Context(), kind, source)
		if err != nil || len(recent.Jobs) != want || recent.Total != want {
			t.Errorf("%s: %+v, %v", kind, recent, err)
		}
		_, err = r.Job(t.Context(), kind, source, o.Jobs[0].ID)
		if (err == nil) != (want == 1) || err != nil && !errors.Is(err, restore.ErrNotFound) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if o := r.Submit(t.Context(), plan); o.Kind != restore.Busy {
		t.Errorf("a second one onto the same cluster: %+v", o)
	}
}
