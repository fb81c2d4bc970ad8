package atlas_test

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeatlas"
)

// TestStates derives what a job does from its flags, in the order of the official tools: failed, canceled, expired, finished,
// ready, running.
func TestStates(t *testing.T) {
	const url = `"deliveryUrl":["https://restore.example.com:27017/restore-1.tar.gz"]`
	const parts = `"components":[{"replicaSetName":"s0","downloadUrl":"https://x/a"},{"replicaSetName":"s1","downloadUrl":%s}]`
	for doc, want := range map[string]struct {
		phase  restore.JobPhase
		status string
	}{
		`"deliveryType":"automated"`:                                                                    {restore.JobRunning, "IN_PROGRESS"},
		`"deliveryType":"automated","finishedAt":null,"failed":false`:                                   {restore.JobRunning, "IN_PROGRESS"},
		`"deliveryType":"automated","finishedAt":""`:                                                    {restore.JobRunning, "IN_PROGRESS"},
		`"deliveryType":"automated","finishedAt":"2020-08-01T22:05:41Z"`:                                {restore.JobFinished, "FINISHED"},
		`"deliveryType":"automated","finishedAt":1596319541`:                                            {restore.JobFinished, "FINISHED"}, // the page's table says integer
		`"deliveryType":"automated","finishedAt":"2020-08-01T22:05:41Z","expired":true`:                 {restore.JobFinished, "FINISHED"},
		`"deliveryType":"automated","expired":true`:                                                     {restore.JobRunning, "EXPIRED"},
		`"deliveryType":"automated","failed":true,"cancelled":true,"finishedAt":"2020-08-01T22:05:41Z"`: {restore.JobBroken, "FAILED"}, //nolint:misspell // the API's word
		`"deliveryType":"automated","failed":"true"`:                                                    {restore.JobBroken, "FAILED"},
		`"deliveryType":"pointInTime","cancelled":true,"finishedAt":"2020-08-01T22:05:41Z"`:             {restore.JobKilled, "CANCELED"}, //nolint:misspell // the API's word
		`"deliveryType":"download","deliveryUrl":[]`:                                                    {restore.JobRunning, "IN_PROGRESS"},
		`"deliveryType":"download","deliveryUrl":""`:                                                    {restore.JobRunning, "IN_PROGRESS"},
		`"deliveryType":"download","deliveryUrl":[""]`:                                                  {restore.JobRunning, "IN_PROGRESS"},
		`"deliveryType":"download","deliveryUrl":null`:                                                  {restore.JobRunning, "IN_PROGRESS"},
		`"deliveryType":"download",` + url:                                                              {restore.JobFinished, "READY"},
		`"deliveryType":"download","deliveryUrl":"https://x/a.tar.gz"`:                                  {restore.JobFinished, "READY"},
		`"deliveryType":"download",` + url + `,"expired":true`:                                          {restore.JobFinished, "EXPIRED"},
		`"deliveryType":"download",` + url + `,"failed":true`:                                           {restore.JobBroken, "FAILED"},
		`"deliveryType":"download",` + fmt.Sprintf(parts, `null`):                                       {restore.JobRunning, "IN_PROGRESS"},
		`"deliveryType":"download",` + fmt.Sprintf(parts, `"https://x/b"`):                              {restore.JobFinished, "READY"},
		`"deliveryType":"teleport"`:                                                                     {restore.JobRunning, "IN_PROGRESS"},
		`"deliveryType":"teleport","finishedAt":"2020-08-01T22:05:41Z","status":"NEW"`:                  {restore.JobFinished, "FINISHED"},
		`"failed":"perhaps"`: {restore.JobRunning, "IN_PROGRESS"},
	} {
		b := saying(t, `{"id":"j1",`+doc+`}`)
		got, err := b.Job(t.Context(), restore.SubmissionRestore, orders(b), "j1")
		if err != nil || got.Phase != want.phase || got.Status != want.status {
			t.Errorf("%s: %s %s, %v; want %s %s", doc, got.Phase, got.Status, err, want.phase, want.status)
		}
	}
}

func TestFlexStates(t *testing.T) {
	for status, want := range map[string]restore.JobPhase{
		"PENDING": restore.JobRunning, "QUEUED": restore.JobRunning, "RUNNING": restore.JobRunning, "FAILED": restore.JobBroken,
		"COMPLETED": restore.JobFinished, "": restore.JobRunning, "SOMETHING_NEW": restore.JobRunning,
	} {
		b := saying(t, `{"id":"j1","deliveryType":"RESTORE","status":"`+status+`","targetProjectId":"g2","targetDeploymentItemName":"tiny","snapshotId":"s1"}`)
		got, err := b.Job(t.Context(), restore.SubmissionRestore, flex(b), "j1")
		if err != nil || got.Phase != want || got.Status != status || got.TargetName != "tiny" || got.TargetProject != "g2" || got.Delivery != restore.Automated {
			t.Errorf("%s: %+v, %v", status, got, err)
		}
	}
}

// TestSeedsAreRead decodes both jobs of the example of Get All Cloud Backup Restore Jobs, with a string where the table says
// array, and what other versions tell.
func TestSeedsAreRead(t *testing.T) {
	at := func(text string) time.Time {
		out, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	const secret = "https://restore.example.com:27017/restore-j2.tar.gz"
	docs := []string{
		`{"cancelled":false,"deliveryType":"automated","expired":false,"expiresAt":"2020-08-02T02:08:48Z","id":"j1","links":[],"snapshotId":"s1","targetClusterName":"MyOtherCluster","targetGroupId":"g1","timestamp":"2020-08-01T20:02:07Z"}`,        //nolint:misspell // the API's word
		`{"cancelled":false,"createdAt":"2020-08-01T22:05:41Z","deliveryType":"download","deliveryUrl":"` + secret + `","expired":false,"expiresAt":"2020-08-02T02:03:33Z","id":"j2","links":[],"snapshotId":"s1","timestamp":"2020-08-01T20:02:07Z"}`, //nolint:misspell // the API's word
		`{"id":"j3","deliveryType":"pointInTime","pointInTimeUTCSeconds":"1596319541","oplogTs":0,"oplogInc":null,"expiresAt":1596319541,"timestamp":12,"targetClusterName":"c","novel":{"a":[1]}}`,
		`{"id":"j4","deliveryType":"pointInTime","oplogTs":1596319541.0,"oplogInc":"3","desiredTimestamp":{"date":"2020-08-01T22:05:41Z","increment":3}}`,
		`{"id":"j5","deliveryType":"pointInTime","desiredTimestamp":{"date":"2020-08-01T22:05:41Z","increment":"0"}}`,
		`{"id":"j6","deliveryType":"pointInTime","desiredTimestamp":{"date":"2020-08-01T22:05:41Z","increment":2},"oplogTs":{"a":1}}`,
		`{"id":"j7"}`,
	}
	taken := at("2020-08-01T20:02:07Z")
	want := []restore.Job{
		{ID: "j1", Phase: restore.JobRunning, Status: "IN_PROGRESS", Delivery: restore.Automated, TargetProject: "g1", TargetName: "MyOtherCluster", SnapshotID: "s1", PointInTime: restore.No, Timestamp: taken},
		{ID: "j2", Phase: restore.JobFinished, Status: "READY", Delivery: restore.Download, SnapshotID: "s1", PointInTime: restore.No, Timestamp: taken, Created: at("2020-08-01T22:05:41Z"), Expires: at("2020-08-02T02:03:33Z")},
		{ID: "j3", Phase: restore.JobRunning, Status: "IN_PROGRESS", Delivery: restore.Automated, TargetName: "c", PointInTime: restore.Yes, Point: restore.Point{Kind: restore.PointInTime, Millis: 1596319541000}},
		{ID: "j4", Phase: restore.JobRunning, Status: "IN_PROGRESS", Delivery: restore.Automated, PointInTime: restore.Yes, Point: restore.Point{Kind: restore.Oplog, Seconds: 1596319541, Increment: 3}},
		{ID: "j5", Phase: restore.JobRunning, Status: "IN_PROGRESS", Delivery: restore.Automated, PointInTime: restore.Yes, Point: restore.Point{Kind: restore.PointInTime, Millis: 1596319541000}},
		{ID: "j6", Phase: restore.JobRunning, Status: "IN_PROGRESS", Delivery: restore.Automated, PointInTime: restore.Yes, Point: restore.Point{Kind: restore.Oplog, Seconds: 1596319541, Increment: 2}},
		{ID: "j7", Phase: restore.JobRunning, Status: "IN_PROGRESS"},
	}
	b := saying(t, `{"links":[],"results":[`+strings.Join(docs, ",")+`],"totalCount":"7"}`)
	list, err := b.Jobs(t.Context(), restore.SubmissionRestore, orders(b))
	if err != nil || !list.Complete || list.Total != len(want) {
		t.Fatalf("list %+v, %v", list, err)
	}
	for i, j := range list.Jobs {
		if !reflect.DeepEqual(j, want[i]) {
			t.Errorf("got %+v, want %+v", j, want[i])
		}
	}
	if text := fmt.Sprintf("%+v", list); strings.Contains(text, "restore-j2") {
		t.Errorf("a link survives in %s", text)
	}
}

func TestThreePages(t *testing.T) {
	r := start(t, fake.Options{})
	c := r.world.Named("orders-prod")
	for range 1001 {
		r.AddJob(fake.Job{ClusterID: c.ID, DeliveryType: fake.Automated, End: fake.Finished})
	}
	r.inject(fake.Fault{Kind: fake.Shuffle, Match: fake.Listings(), Times: fake.Always})
	from := len(r.Calls())
	list := r.jobs("orders-prod")
	ids := make(map[string]bool)
	for _, j := range list.Jobs {
		ids[j.ID] = true
	}
	if len(ids) != 1001 || list.Total != 1001 || len(r.sent(from)) != 4 { // and the first page again
		t.Errorf("%d jobs, %d in all, %d calls", len(ids), list.Total, len(r.sent(from)))
	}
	recent, err := r.Recent(t.Context(), restore.SubmissionRestore, r.named["orders-prod"])
	if err != nil || len(recent.Jobs) != 500 || recent.Total != 1001 || recent.Complete {
		t.Errorf("%d of %d jobs, %v", len(recent.Jobs), recent.Total, err)
	}
}

func TestListsThatAreNone(t *testing.T) {
	n := 0
	growing := func(*http.Request) string {
		n++
		return fmt.Sprintf(`{"results":[{"id":"j%d"}],"totalCount":1}`, n)
	}
	b := answering(t, growing)
	if _, err := b.Jobs(t.Context(), restore.SubmissionRestore, orders(b)); !errors.Is(err, restore.ErrUnstable) || n != 6 {
		t.Errorf("got %v after %d pages", err, n)
	}
	for body, want := range map[string]error{
		`{"results":[{"id":""}],"totalCount":1}`: rest.ErrNoID, `{"results":[{}]}`: rest.ErrNoID, `{"id":"j1"}`: nil, `[]`: nil, `{"results":`: nil, ``: nil,
	} {
		b := saying(t, body)
		for _, c := range []restore.Cluster{orders(b), flex(b)} {
			_, all := b.Jobs(t.Context(), restore.SubmissionRestore, c)
			_, some := b.Recent(t.Context(), restore.SubmissionRestore, c)
			if all == nil || some == nil || (want != nil && (!errors.Is(all, want) || !errors.Is(some, want))) {
				t.Errorf("%q: %v, %v", body, all, some)
			}
		}
	}
}

func TestOneJob(t *testing.T) {
	r := start(t, fake.Options{})
	c := r.named["orders-prod"]
	for _, id := range []string{"", "6740000000000000000000aa"} {
		_, one := r.Job(t.Context(), restore.SubmissionRestore, c, id)
		_, links := r.Link(t.Context(), c, id)
		if !errors.Is(one, restore.ErrNotFound) || !errors.Is(links, restore.ErrNotFound) {
			t.Errorf("%q: %v, %v", id, one, links)
		}
	}
	b := saying(t, `{"id":"j2"}`)
	_, one := b.Job(t.Context(), restore.SubmissionRestore, orders(b), "j1")
	_, links := b.Link(t.Context(), orders(b), "j1")
	if one == nil || links == nil {
		t.Error("the answer about another job is taken")
	}
}
