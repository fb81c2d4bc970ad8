package fakeopsmanager_test

import (
	"net/http"
	"strings"
	"testing"

	fake "snapback/internal/sandbox/fakeopsmanager"
)

const project = "/groups/" + payments

func TestReads(t *testing.T) {
	r := start(t, fake.Options{Version: "7.0.19"})
	for _, tc := range []struct {
		name, path string
		at         []any
		want       any
	}{
		{"projects", "/groups", []any{"totalCount"}, 2.0},
		{"project", project, []any{"name"}, "Payments"},
		{"shards of a project", project, []any{"shardCount"}, 6.0},
		{"project by name", "/groups/byName/Payments", []any{"id"}, payments},
		{"escaped name", "/groups/byName/Big%20&%20Small%2F1", []any{"id"}, analytics},
		{"clusters, members included", project + "/clusters", []any{"totalCount"}, 15.0},
		{"cluster", project + "/clusters/" + events, []any{"typeName"}, "SHARDED_REPLICA_SET"},
		{"shard", project + "/clusters/64b000000000000000000011", []any{"shardName"}, "events-prod-0"},
		{"all clusters, members left out", "/clusters", []any{"results", 0, "clusters", 2, "type"}, "sharded cluster"},
		{"all clusters, backup", "/clusters", []any{"results", 1, "clusters", 1, "backupEnabled"}, false},
		{"backup on", project + "/backupConfigs/" + orders, []any{"statusName"}, "STARTED"},
		{"backup off", "/groups/" + analytics + "/backupConfigs/" + bare, []any{"statusName"}, "INACTIVE"},
		{"backups", project + "/backupConfigs", []any{"totalCount"}, 6.0},
		{"snapshots, newest first", project + "/clusters/" + orders + "/snapshots", []any{"results", 0, "id"}, fresh},
		{"complete and kept snapshots", project + "/clusters/" + orders + "/snapshots", []any{"totalCount"}, 2.0},
		{"incomplete snapshots", project + "/clusters/" + orders + "/snapshots?completed=false", []any{"results", 0, "id"}, underWay},
		{"all snapshots", project + "/clusters/" + orders + "/snapshots?completed=all", []any{"totalCount"}, 3.0},
		{"no snapshots without backup", "/groups/" + analytics + "/clusters/" + bare + "/snapshots", []any{"totalCount"}, 0.0},
		{"snapshot", project + "/clusters/" + orders + "/snapshots/" + fresh, []any{"parts", 0, "mongodVersion"}, "8.0.13"},
		{"increment", project + "/clusters/" + orders + "/snapshots/" + fresh, []any{"created", "increment"}, 3.0},
		{"missing shard", project + "/clusters/" + events + "/snapshots/" + missing, []any{"missingShards", 0, "shardName"}, "events-prod-1"},
		{"inconsistent", project + "/clusters/" + events + "/snapshots/" + missing, []any{"isPossiblyInconsistent"}, true},
		{"checkpoints", project + "/clusters/" + ancient + "/checkpoints", []any{"results", 0, "parts", 2, "typeName"}, "CONFIG_SERVER_REPLICA_SET"},
		{"checkpoint", project + "/clusters/" + ancient + "/checkpoints/" + checkpoint, []any{"restorable"}, true},
		{"agents", project + "/automationStatus", []any{"goalVersion"}, 1.0},
		{"agents at goal", project + "/automationStatus", []any{"processes", 0, "lastGoalVersionAchieved"}, 1.0},
		{"hosts", project + "/hosts", []any{"results", 0, "clusterId"}, orders},
		{"a shard's host", project + "/hosts", []any{"results", 9, "clusterId"}, events},
		{"envelope of one", project + "?envelope=true", []any{"content", "id"}, payments},
		{"envelope of a list", "/groups?envelope=true", []any{"status"}, 200.0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := r.get(tc.path)
			if got := at(res.ok(), tc.at...); got != tc.want {
				t.Errorf("%v is %v, want %v; body %s", tc.at, got, tc.want, res.body)
			}
			if got := res.header.Get("X-MongoDB-Service-Version"); !strings.HasSuffix(got, "; versionString=7.0.19") {
				t.Errorf("X-MongoDB-Service-Version %q", got)
			}
		})
	}
}

func TestReadsRefused(t *testing.T) {
	r := start(t, fake.Options{})
	for _, tc := range []struct {
		path   string
		status int
		code   string
	}{
		{"/groups/nonsense", 404, "INVALID_GROUP_ID"},
		{"/groups/" + unknown, 404, "GROUP_NOT_FOUND"},
		{"/groups/byName/Nobody", 404, "GROUP_NAME_NOT_FOUND"},
		{project + "/clusters/orders-prod", 404, "INVALID_CLUSTER_ID"},
		{project + "/clusters/" + unknown, 404, "CLUSTER_NOT_FOUND"},
		{project + "/clusters/" + reports, 404, "CLUSTER_NOT_FOUND"},
		{project + "/backupConfigs/64b000000000000000000011", 404, "BACKUP_CONFIG_NOT_FOUND"},
		{project + "/clusters/" + orders + "/snapshots/latest", 404, "INVALID_SNAPSHOT_ID"},
		{project + "/clusters/" + orders + "/snapshots/" + unknown, 404, "SNAPSHOT_NOT_FOUND"},
		{project + "/clusters/" + orders + "/snapshots/" + deleted, 404, "SNAPSHOT_NOT_FOUND"},
		{project + "/clusters/" + orders + "/snapshots?completed=maybe", 400, "INVALID_QUERY_PARAMETER"},
		{project + "/clusters/" + ancient + "/checkpoints/" + unknown, 404, "CHECKPOINT_NOT_FOUND"},
		{project + "/clusters/" + ancient + "/checkpoints/last", 404, "INVALID_CHECKPOINT_ID"},
		{restores + "/last", 404, "INVALID_JOB_ID"},
		{restores + "/" + unknown, 404, "RESTORE_JOB_NOT_FOUND"},
		{restores + "?pageNum=0", 400, "INVALID_QUERY_PARAMETER"},
		{restores + "?itemsPerPage=many", 400, "INVALID_QUERY_PARAMETER"},
		{"/groups?pretty=yes", 400, "INVALID_QUERY_PARAMETER"},
		{"/nothing", 404, "RESOURCE_NOT_FOUND"},
		{"/groups/", 404, "RESOURCE_NOT_FOUND"},
	} {
		t.Run(tc.path, func(t *testing.T) {
			r.t = t
			r.get(tc.path).refused(tc.status, tc.code)
		})
	}
	r.t = t
	r.post(project+"/clusters", "").refused(405, "METHOD_NOT_ALLOWED")
}

func TestKeysSeeAndDoWhatTheyMay(t *testing.T) {
	r := start(t, fake.Options{})
	job := r.AddJob(fake.Job{ClusterID: reports, TargetClusterID: bare, TargetGroupID: analytics})
	for _, tc := range []struct {
		name, key, method, path, body string
		status                        int
		code                          string
	}{
		{"hidden project", "payer", "GET", "/groups/" + analytics, "", 401, "NOT_IN_GROUP"},
		{"hidden name", "payer", "GET", "/groups/byName/Big%20&%20Small%2F1", "", 404, "GROUP_NAME_NOT_FOUND"},
		{"hidden target", "payer", "POST", restores, strings.NewReplacer(payments, analytics, staging, bare).Replace(automated(bySnapshot)), 403, "CANNOT_RESTORE_TO_TARGET"},
		{"reader restores", "reader", "POST", restores, automated(bySnapshot), 401, "USER_UNAUTHORIZED"},
		{"reader asks for ranges", "reader", "POST", restores + "/restorableTimeRanges", "", 401, "USER_UNAUTHORIZED"},
		{"reader asks for agents", "reader", "GET", project + "/automationStatus", "", 401, "USER_UNAUTHORIZED"},
		{"job of another project", "owner", "GET", restores + "/" + job.ID, "", 404, "RESTORE_JOB_NOT_FOUND_IN_GROUP"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r.t = t
			res, err := r.try(r.as(tc.key, tc.key+"-secret"), tc.method, tc.path, tc.body)
			if err != nil {
				t.Fatal(err)
			}
			res.refused(tc.status, tc.code)
			if tc.status == 401 && res.header.Get("WWW-Authenticate") != "" {
				t.Error("a known key is challenged again")
			}
		})
	}
	r.t = t
	res, err := r.try(r.as("payer", "payer-secret"), http.MethodGet, "/groups", "")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(res.results()); n != 1 {
		t.Errorf("payer sees %d projects, want 1", n)
	}
}

func TestRestorableRanges(t *testing.T) {
	r := start(t, fake.Options{})
	body := string(r.post(restores+"/restorableTimeRanges", "").body)
	if !strings.HasPrefix(body, "[{") || strings.Count(body, "snapshotId") != 2 || strings.Contains(body, "shardCount") {
		t.Errorf("replica set: %s", body)
	}
	body = string(r.post(project+"/clusters/"+events+"/restoreJobs/restorableTimeRanges", "").body)
	if !strings.Contains(body, `"shardCount":2`) || !strings.Contains(body, `"configServerType":"DEDICATED"`) {
		t.Errorf("sharded cluster: %s", body)
	}
	body = string(r.post("/groups/"+analytics+"/clusters/"+bare+"/restoreJobs/restorableTimeRanges", "").body)
	if body != "[]\n" {
		t.Errorf("no backup: %s", body)
	}
}

func TestPrettyPrint(t *testing.T) {
	r := start(t, fake.Options{})
	plain, pretty := r.get("/groups").body, r.get("/groups?pretty=true").body
	if strings.Count(string(plain), "\n") != 1 || strings.Count(string(pretty), "\n") < 10 {
		t.Errorf("plain %q, pretty %q", plain, pretty)
	}
}
