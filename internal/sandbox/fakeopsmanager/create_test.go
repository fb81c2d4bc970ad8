package fakeopsmanager_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	fake "snapback/internal/sandbox/fakeopsmanager"
)

func TestCreateFlavors(t *testing.T) {
	now := time.Now()
	sharded := strings.NewReplacer(staging, eventsNew)
	for _, tc := range []struct {
		name, cluster, body string
		jobs                int
		want                map[string]any
		absent              []string
	}{
		{
			"download, numbers quoted", orders,
			`{"delivery":{"methodName":"HTTP","expirationHours":"4","maxDownloads":"2"},` + bySnapshot + `}`, 1,
			map[string]any{
				"delivery.methodName": "HTTP", "delivery.statusName": "NOT_STARTED", "delivery.expirationHours": 4.0,
				"delivery.maxDownloads": 2.0, "delivery.authHeader": "Authorization", "delivery.authBearer": "Bearer",
				"snapshotId": fresh, "pointInTime": false, "statusName": "IN_PROGRESS", "encryptionEnabled": false,
				"timestamp.increment": 3.0, "clusterId": orders, "groupId": payments,
			},
			[]string{"batchId", "delivery.url", "delivery.urlV2", "delivery.authValue", "delivery.targetClusterId", "masterKeyUUID"},
		},
		{
			"download until an instant", orders,
			`{"delivery":{"methodName":"HTTP","expires":"` + now.Add(time.Hour).UTC().Format(time.RFC3339) + `","maxDownloads":1},` + bySnapshot + `}`, 1,
			map[string]any{"delivery.expires": now.Add(time.Hour).UTC().Format(time.RFC3339), "delivery.maxDownloads": 1.0},
			[]string{"delivery.expirationHours"},
		},
		{
			"snapshot", orders, automated(bySnapshot), 1,
			map[string]any{
				"delivery.methodName": "HTTP", "delivery.targetGroupId": payments, "delivery.targetClusterId": staging,
				"snapshotId": fresh, "pointInTime": false,
			},
			[]string{"batchId", "delivery.url", "delivery.authHeader", "delivery.maxDownloads"},
		},
		{
			"oplog, strings", orders, automated(fmt.Sprintf(`"oplogTs":"%d","oplogInc":"7"`, now.Add(-4*time.Hour).Unix())), 1,
			map[string]any{"snapshotId": older, "delivery.targetClusterId": staging},
			[]string{"pointInTime", "batchId"},
		},
		{
			"oplog, numbers", orders, automated(fmt.Sprintf(`"oplogTs":%d,"oplogInc":7`, now.Add(-time.Hour).Unix())), 1,
			map[string]any{"snapshotId": fresh},
			[]string{"pointInTime"},
		},
		{
			"point in time", orders, automated(fmt.Sprintf(`"pointInTimeUTCMillis":%d`, now.Add(-4*time.Hour).UnixMilli())), 1,
			map[string]any{"snapshotId": older},
			[]string{"pointInTime"},
		},
		{
			"encrypted", reports,
			strings.NewReplacer(payments, analytics, staging, bare, fresh, encrypted).Replace(automated(bySnapshot)), 1,
			map[string]any{"encryptionEnabled": true, "masterKeyUUID": "key-7"},
			nil,
		},
		{
			"sharded snapshot", events, sharded.Replace(automated(`"snapshotId":"` + whole + `"`)), 3,
			map[string]any{"snapshotId": whole, "clusterId": events, "delivery.targetClusterId": eventsNew},
			nil,
		},
		{
			"sharded point in time", events, sharded.Replace(automated(fmt.Sprintf(`"pointInTimeUTCMillis":"%d"`, now.Add(-time.Minute).UnixMilli()))), 3,
			map[string]any{"snapshotId": whole},
			[]string{"pointInTime"},
		},
		{
			"sharded download", events, download(`"snapshotId":"` + whole + `"`), 3,
			map[string]any{"snapshotId": whole},
			[]string{"delivery.targetClusterId"},
		},
		{
			"checkpoint", ancient, strings.NewReplacer(staging, ancient).Replace(automated(`"checkpointId":"` + checkpoint + `"`)), 3,
			map[string]any{"checkpointId": checkpoint, "delivery.targetClusterId": ancient},
			[]string{"snapshotId", "pointInTime"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := start(t, fake.Options{})
			group := payments
			if tc.cluster == reports {
				group = analytics
			}
			res := r.post("/groups/"+group+"/clusters/"+tc.cluster+"/restoreJobs", tc.body)
			jobs := res.results()
			if len(jobs) != tc.jobs || res.ok()["totalCount"] != float64(tc.jobs) {
				t.Fatalf("%d jobs, want %d: %s", len(jobs), tc.jobs, res.body)
			}
			for i, job := range jobs {
				for path, want := range tc.want {
					if got := at(job, steps(path)...); got != want {
						t.Errorf("job %d: %s is %v, want %v", i, path, got, want)
					}
				}
				for _, path := range tc.absent {
					if got := at(job, steps(path)...); got != nil {
						t.Errorf("job %d: %s is %v, want none", i, path, got)
					}
				}
				if job["batchId"] != jobs[0]["batchId"] || (job["batchId"] == nil) != (tc.jobs == 1) {
					t.Errorf("job %d: batchId %v", i, job["batchId"])
				}
				checkID(t, job, now)
			}
			created := r.Posts()[0].Created
			if len(r.Posts()) != 1 || len(created) != tc.jobs || created[0] != jobs[0]["id"] {
				t.Errorf("journal: %+v", r.Posts())
			}
		})
	}
}

func steps(path string) []any {
	var out []any
	for step := range strings.SplitSeq(path, ".") {
		out = append(out, step)
	}
	return out
}

// checkID holds the first four bytes of an id against the job's creation.
func checkID(t *testing.T, job map[string]any, start time.Time) {
	t.Helper()
	id, _ := job["id"].(string)
	text, _ := job["created"].(string)
	created, err := time.Parse(time.RFC3339, text)
	if err != nil || len(id) != 24 || created.Before(start.Truncate(time.Second)) {
		t.Fatalf("id %q, created %q", id, text)
	}
	if seconds, err := strconv.ParseInt(id[:8], 16, 64); err != nil || seconds != created.Unix() {
		t.Errorf("id %q says %d, created %d", id, seconds, created.Unix())
	}
}

func TestShardIDs(t *testing.T) {
	r := start(t, fake.Options{ShardIDs: true})
	path := "/groups/" + payments + "/clusters/" + events + "/restoreJobs"
	jobs := r.post(path, strings.ReplaceAll(automated(`"snapshotId":"`+whole+`"`), staging, eventsNew)).results()
	for i, job := range jobs {
		source, target := fmt.Sprintf("%s%d", events[:23], i+1), fmt.Sprintf("%s%d", eventsNew[:23], i+1)
		if job["clusterId"] != source || at(job, "delivery", "targetClusterId") != target {
			t.Errorf("job %d: from %v onto %v, want %s onto %s", i, job["clusterId"], at(job, "delivery", "targetClusterId"), source, target)
		}
	}
	batch, _ := jobs[0]["batchId"].(string)
	for _, query := range []string{"", "?batchId=" + batch} {
		if n := len(r.get(path + query).results()); n != 3 {
			t.Errorf("list%s: %d jobs", query, n)
		}
	}
	if n := len(r.get(path + "?batchId=" + unknown).results()); n != 0 {
		t.Errorf("other batch: %d jobs", n)
	}
	for i, job := range r.post(path, download(`"snapshotId":"`+whole+`"`)).results() {
		if source := fmt.Sprintf("%s%d", events[:23], i+1); job["clusterId"] != source || at(job, "delivery", "targetClusterId") != nil {
			t.Errorf("download %d: from %v onto %v", i, job["clusterId"], at(job, "delivery", "targetClusterId"))
		}
	}
}

func TestDownloadSecrets(t *testing.T) {
	for _, cloud := range []bool{false, true} {
		t.Run(fmt.Sprintf("cloud manager %v", cloud), func(t *testing.T) {
			r := start(t, fake.Options{CloudManager: cloud, RecordTraffic: true})
			id, _ := r.post(restores, download(bySnapshot)).results()[0]["id"].(string)
			if err := r.Finish(id); err != nil {
				t.Fatal(err)
			}
			delivery, _ := r.get(restores + "/" + id).ok()["delivery"].(map[string]any)
			url, _ := delivery["url"].(string)
			known := r.Secrets()
			if !slices.ContainsFunc(known, func(s string) bool { return strings.Contains(url, "/"+s+"/") }) {
				t.Errorf("url %q holds none of %q", url, known)
			}
			if token, _ := delivery["authValue"].(string); (delivery["urlV2"] == nil) != cloud || slices.Contains(known, token) == cloud {
				t.Errorf("urlV2 %v, authValue %q", delivery["urlV2"], token)
			}
			if delivery["statusName"] != "READY" || delivery["expires"] == nil {
				t.Errorf("delivery %v", delivery)
			}
			traffic := r.Traffic()
			if !strings.Contains(string(traffic.Sent), url) || strings.Contains(string(traffic.Received), "owner-secret") ||
				!strings.Contains(string(traffic.Received), bySnapshot) {
				t.Error("traffic is not what went over the wire")
			}
			if !slices.Contains(known, "owner-secret") {
				t.Error("private keys are secrets, too")
			}
		})
	}
}

func TestConcurrentRestores(t *testing.T) {
	r := start(t, fake.Options{RefuseConcurrent: true})
	id, _ := r.post(restores, automated(bySnapshot)).results()[0]["id"].(string)
	res := r.post(restores, automated(bySnapshot))
	res.refused(409, "CONCURRENT_RESTORES_JOB_IDS")
	if !strings.Contains(string(res.body), id) {
		t.Errorf("body %s does not name %s", res.body, id)
	}
	r.post(restores, download(bySnapshot)).ok()
	if err := r.Finish(id); err != nil {
		t.Fatal(err)
	}
	r.post(restores, automated(bySnapshot)).ok()
}
