package fakeatlas_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	fake "snapback/internal/sandbox/fakeatlas"
)

func TestOrders(t *testing.T) {
	r := start(t, fake.Options{})
	now := time.Now().Unix()
	pit := func(at int64) string { return `"pointInTimeUTCSeconds":` + strconv.FormatInt(at, 10) }
	oplog := fmt.Sprintf(`"oplogTs":%d,"oplogInc":3`, now-3600)
	shard := r.world.Newest(r.world.Named("events-prod")).Members[0].ID
	half := r.AddSnapshot(fake.Snapshot{ClusterID: r.world.Named("reports-prod").ID, Status: "inProgress"})
	for _, tt := range []struct {
		source, body string
		status       int
		code         string
	}{
		{"orders-prod", r.automated("orders-prod", "orders-staging"), 200, ""},
		{"orders-prod", r.automated("orders-prod", "orders-staging"), 409, "ATLAS_CLUSTER_RESTORE_IN_PROGRESS"},
		{"orders-prod", r.automated("orders-prod", "idle"), 400, "CLUSTER_PAUSED_CANNOT_RESTORE"},
		{"orders-prod", r.automated("orders-prod", "ledger-prod"), 400, "INVALID_SNAPSHOT_RESTORE_ENCRYPTION"},
		{"orders-prod", r.automated("orders-prod", "events-prod"), 403, "CANNOT_RESTORE_TO_TARGET"},
		{"orders-prod", strings.Replace(r.automated("orders-prod", "orders-prod"), `"orders-prod"`, `"nowhere"`, 1), 404, "CLUSTER_NOT_FOUND"},
		{"orders-prod", r.automated("reports-prod", "orders-prod"), 404, "SNAPSHOT_NOT_FOUND"},
		{"orders-prod", strings.Replace(r.automated("orders-prod", "orders-prod"), "{", `{"delivery":1,`, 1), 400, "INVALID_ATTRIBUTE"},
		{"orders-prod", `{"deliveryType":"automatic"}`, 400, "INVALID_ENUM_VALUE"},
		{"orders-prod", `{`, 400, "INVALID_JSON"},
		{"events-prod", r.automated("events-prod", "events-new"), 200, ""},
		{"events-prod", `{"deliveryType":"download","snapshotId":"` + shard + `"}`, 400, "AUTOMATED_RESTORE_OF_SHARD_NOT_ALLOWED"},
		{"orders-prod", r.pit("orders-prod", pit(now-3600)), 200, ""},
		{"reports-prod", r.pit("reports-prod", oplog), 200, ""},
		{"orders-prod", r.pit("orders-prod", pit(now+60)), 400, "INVALID_PIT_RESTORE_TIME"},
		{"orders-prod", r.pit("orders-prod", pit((now-3600)*1000)), 400, "INVALID_PIT_RESTORE_TIME"}, // milliseconds
		{"orders-prod", r.pit("orders-prod", pit(now-86400*30)), 404, "UNABLE_T0_FIND_SNAPSHOT_PRIOR_TO_PIT_RESTORE_OPTIME"},
		{"orders-prod", r.pit("orders-prod", oplog+","+pit(now-60)), 400, "MISSING_ONE_OF_ATTRIBUTES"},
		{"orders-prod", r.download("orders-prod"), 200, ""},
		{"orders-prod", r.download("orders-prod"), 400, "CANNOT_DOWNLOAD_SNAPSHOT_CONCURRENTLY"},
		{"ledger-prod", r.download("ledger-prod"), 400, "CANNOT_DOWNLOAD_SNAPSHOT_WITH_ENCRYPTION"},
		{"reports-prod", `{"deliveryType":"download","snapshotId":"` + half + `"}`, 409, "CANNOT_DOWNLOAD_INCOMPLETE_SNAPSHOT"},
	} {
		res := r.do(http.MethodPost, r.under(tt.source, "/backup/restoreJobs"), v2023, tt.body)
		if tt.code != "" {
			res.refused(tt.status, tt.code)
			continue
		}
		if doc := res.is(tt.status); doc["id"] == nil || doc["results"] != nil || doc["createdAt"] != nil {
			t.Errorf("%s: %v", tt.body, doc)
		}
	}
	res, err := r.try(r.as(r.world.Keys[1]), http.MethodPost, r.under("ledger-prod", "/backup/restoreJobs"), v2023, r.automated("ledger-prod", "ledger-prod"))
	if err != nil {
		t.Fatal(err)
	}
	res.refused(401, "USER_UNAUTHORIZED")
}

func TestDownloads(t *testing.T) {
	for _, bare := range []bool{false, true} {
		r := start(t, fake.Options{BareURL: bare})
		jobs := r.under("orders-prod", "/backup/restoreJobs")
		made := r.do(http.MethodPost, jobs, v2023, r.download("orders-prod")).is(200)
		id, _ := made["id"].(string)
		if _, ok := made["deliveryUrl"].([]any); !ok || len(list(made, "deliveryUrl")) != 0 || made["finishedAt"] != nil {
			t.Errorf("a job that runs offers %v", made)
		}
		if err := r.End(id, fake.Finished); err != nil {
			t.Fatal(err)
		}
		done := r.get(jobs+"/"+id, v2023).is(200)
		_, isText := done["deliveryUrl"].(string)
		if isText != bare || done["finishedAt"] == nil {
			t.Errorf("a job that ended offers %v", done)
		}
		r.do(http.MethodDelete, jobs+"/"+id, v2023, "").is(204)
		if gone := r.get(jobs+"/"+id, v2023).is(200); gone[canceled] != true || len(list(gone, "deliveryUrl")) != 0 {
			t.Errorf("a canceled job offers %v", gone)
		}

		sharded := r.under("events-prod", "/backup/restoreJobs")
		id, _ = r.do(http.MethodPost, sharded, v2023, r.download("events-prod")).is(200)["id"].(string)
		r.do(http.MethodDelete, sharded+"/"+id, v2023, "").is(204)
		if gone := r.get(sharded+"/"+id, v2023).is(200); gone[canceled] != true {
			t.Errorf("canceled as a whole: %v", gone)
		}
		id, _ = r.do(http.MethodPost, sharded, v2023, r.download("events-prod")).is(200)["id"].(string)
		parts := list(r.get(sharded+"/"+id, v2023).is(200), "components")
		if len(parts) != 3 || parts[0]["downloadUrl"] != nil {
			t.Errorf("components %v", parts)
		}
		if err := r.End(id, fake.Finished); err != nil {
			t.Fatal(err)
		}
		parts = list(r.get(sharded+"/"+id, v2023).is(200), "components")
		if parts[0]["downloadUrl"] == nil {
			t.Errorf("components %v", parts)
		}
	}
}

func TestJobsAreListedUnderTheirSource(t *testing.T) {
	r := start(t, fake.Options{TextNumbers: true, CreatedAt: true})
	point := time.Now().Unix() - 3600
	body := r.pit("orders-staging", `"pointInTimeUTCSeconds":`+strconv.FormatInt(point, 10))
	id, _ := r.do(http.MethodPost, r.under("orders-prod", "/backup/restoreJobs"), v2023, body).is(200)["id"].(string)
	got := r.get(r.under("orders-prod", "/backup/restoreJobs"), v2023).results()
	if len(got) != 1 || got[0]["pointInTimeUTCSeconds"] != strconv.FormatInt(point, 10) || got[0]["createdAt"] == nil {
		t.Errorf("list %v", got)
	}
	if got := r.get(r.under("orders-staging", "/backup/restoreJobs"), v2023).results(); len(got) != 0 {
		t.Errorf("list of the target %v", got)
	}
	r.do(http.MethodDelete, r.under("orders-prod", "/backup/restoreJobs/"+id), v2023, "").refused(400, "CANNOT_CANCEL_AUTOMATED_RESTORE")
	for end, flag := range map[fake.End]string{fake.Failed: "failed", fake.Canceled: canceled} {
		j := r.AddJob(fake.Job{ClusterID: r.world.Named("idle").ID, DeliveryType: fake.Automated, End: end})
		if doc := r.get(r.under("idle", "/backup/restoreJobs/"+j.ID), v2023).is(200); doc[flag] != true || doc["finishedAt"] != nil {
			t.Errorf("%s: %v", end, doc)
		}
	}
	for range 600 {
		r.AddJob(fake.Job{ClusterID: r.world.Named("ledger-prod").ID, DeliveryType: fake.Automated})
	}
	doc := r.get(r.under("ledger-prod", "/backup/restoreJobs?itemsPerPage=9999"), v2023).is(200)
	if len(list(doc, "results")) != 500 || doc["totalCount"] != 600.0 {
		t.Errorf("%d of %v on a page", len(list(doc, "results")), doc["totalCount"])
	}
	if doc := r.get(r.under("ledger-prod", "/backup/restoreJobs?includeCount=false"), v2023).is(200); len(list(doc, "results")) != 100 || doc["totalCount"] != nil {
		t.Errorf("%d of %v on a page", len(list(doc, "results")), doc["totalCount"])
	}
}

func TestCollectionsAndFlex(t *testing.T) {
	r := start(t, fake.Options{JobDuration: time.Nanosecond})
	path := r.under("orders-prod", "/collectionRestoreJobs")
	body := strings.Replace(r.automated("orders-prod", "orders-staging"), `"deliveryType":"automated"`,
		`"writeStrategy":"CREATE_NEW","indexStrategy":"ALL","collections":[{"sourceNamespace":"shop.orders"}]`, 1)
	made := r.do(http.MethodPost, path, v2025, body).is(201)
	if doc := r.get(path+"/"+id(made), v2025).is(200); doc["state"] != "SUCCESSFUL" || doc["restoredDocuments"] != doc["totalDocuments"] {
		t.Errorf("got %v", doc)
	}
	if got := r.get(path, v2025).results(); len(got) != 1 {
		t.Errorf("list %v", got)
	}
	r.do(http.MethodPost, path, v2025, strings.Replace(body, "CREATE_NEW", "MERGE", 1)).refused(400, "INVALID_ENUM_VALUE")
	made = r.do(http.MethodPost, path, v2025, strings.Replace(body, "shop.orders", "shop.gone", 1)).is(201)
	if doc := r.get(path+"/"+id(made), v2025).is(200); doc["state"] != "FAILED" || doc["errorMessage"] == nil {
		t.Errorf("got %v", doc)
	}
	held := r.under("orders-prod", "/backup/snapshots/"+r.world.Newest(r.world.Named("orders-prod")).ID+"/databases")
	for path, want := range map[string]int{held: 2, held + "/shop/collections": 3, held + "/crm/collections": 2, held + "/none/collections": 0} {
		if got := r.get(path, v2025).results(); len(got) != want {
			t.Errorf("%s: %v", path, got)
		}
	}
	r.get(held, v2023).refused(406, "INVALID_VERSION_DATE")

	snap := r.world.Newest(r.world.Named("tiny")).ID
	jobs := r.under("tiny", "/backup/restoreJobs")
	made = r.do(http.MethodPost, jobs, vFlex, `{"snapshotId":"`+snap+`","targetDeploymentItemName":"tiny"}`).is(200)
	if made["deliveryType"] != "RESTORE" || made["targetDeploymentItemName"] != "tiny" {
		t.Errorf("got %v", made)
	}
	made = r.do(http.MethodPost, r.under("tiny", "/backup/download"), vFlex, `{"snapshotId":"`+snap+`"}`).is(200)
	if doc := r.get(jobs+"/"+id(made), vFlex).is(200); doc["status"] != "COMPLETED" || doc["snapshotUrl"] == nil {
		t.Errorf("got %v", doc)
	}
	if got := r.get(jobs, vFlex).results(); len(got) != 2 {
		t.Errorf("list %v", got)
	}
}
