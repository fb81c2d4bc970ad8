package opsmanager_test

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/restore"
)

const strange = `{"id":"j1","batchId":"b1","clusterId":"c9","created":"2018-09-20T15:00:00.123Z","groupId":"p1","hostId":"h1",
"delivery":{"methodName":"CLIENT_PIT_HTTP","statusName":"MAX_DOWNLOADS_EXCEEDED","expirationHours":"1","maxDownloads":2147483647,
 "url":"https://om/backup/restore/v2/pull/SECRET/x.tar.gz","urlV2":"https://om/SECRET","authHeader":"Authorization","authBearer":"Bearer","authValue":"SECRET",
 "targetGroupId":"p2","targetClusterId":"c2"},
"url":"https://om/SECRET","urlV2":"https://om/SECRET","links":[{"rel":"self","href":"https://om/SECRET"}],"hashes":[{"fileName":"SECRET"}],
"snapshotId":"s1","checkpointId":"k1","pointInTime":"false","statusName":%q,"timestamp":{"date":"2018-09-15T15:53:00Z","increment":"1"},"masterKeyUUID":"SECRET","novelty":{"a":[1]}}`

func TestJobsAreNormalized(t *testing.T) {
	for status, phase := range map[string]restore.JobPhase{
		"IN_PROGRESS": restore.JobRunning, "FINISHED": restore.JobFinished, "BROKEN": restore.JobBroken,
		"KILLED": restore.JobKilled, "PAUSED": restore.JobRunning, "": restore.JobRunning, "finished": restore.JobRunning,
	} {
		doc := fmt.Sprintf(strange, status)
		want := restore.Job{
			ID: "j1", Group: "b1", Phase: phase, Status: status, ClusterID: "c9", TargetProject: "p2", TargetCluster: "c2",
			SnapshotID: "s1", CheckpointID: "k1", PointInTime: restore.No, Timestamp: time.Date(2018, 9, 15, 15, 53, 0, 0, time.UTC),
			MaxDownloads: 2147483647, ExpirationHours: 1, Created: time.Date(2018, 9, 20, 15, 0, 0, 123e6, time.UTC),
		}
		p := newPeer(t)
		p.get = func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/j1") {
				answer(http.StatusOK, doc)(w, r)
				return
			}
			answer(http.StatusOK, `{"results":[`+doc+`],"totalCount":"1"}`)(w, r)
		}
		p.post = answer(http.StatusOK, `{"results":[`+doc+`],"totalCount":1,"url":"https://om/SECRET"}`)
		b := p.start().backend(opsmanager.Options{})
		list, err := b.Jobs(t.Context(), restore.SubmissionRestore, cluster(b, "c1"))
		if err != nil {
			t.Fatal(err)
		}
		one, err := b.Job(t.Context(), restore.SubmissionRestore, cluster(b, "c1"), "j1")
		if err != nil {
			t.Fatal(err)
		}
		accepted := b.Submit(t.Context(), plan(b))
		for _, got := range []restore.Job{list.Jobs[0], one, accepted.Jobs[0]} {
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v; want %+v", status, got, want)
			}
		}
		if text := fmt.Sprintf("%+v %+v %+v", list, one, accepted); strings.Contains(text, "SECRET") {
			t.Errorf("%s: a secret survives in %s", status, text)
		}
	}
}

func TestJobNotFound(t *testing.T) {
	for name, tt := range map[string]struct {
		get     http.HandlerFunc
		id      string
		missing bool
	}{
		"of the API":   {answer(http.StatusNotFound, refusal(http.StatusNotFound, "RESTORE_JOB_NOT_FOUND")), "j1", true},
		"of a gateway": {answer(http.StatusNotFound, "<html>"), "j1", false},
		"another":      {answer(http.StatusOK, `{"id":"j2"}`), "j1", false},
		"no document":  {answer(http.StatusOK, `{}`), "j1", false},
		"no id":        {answer(http.StatusOK, `{"id":"j1"}`), "", true},
	} {
		p := newPeer(t)
		p.get = tt.get
		b := p.start().backend(opsmanager.Options{})
		if j, err := b.Job(t.Context(), restore.SubmissionRestore, cluster(b, "c1"), tt.id); err == nil || errors.Is(err, restore.ErrNotFound) != tt.missing {
			t.Errorf("%s: %+v, %v", name, j, err)
		}
	}
}

// TestJobDocuments reads jobs in the forms that the pages' tables and example answers show, and in forms that only
// resemble them.
func TestJobDocuments(t *testing.T) {
	taken := time.Date(2018, 9, 15, 15, 53, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		doc  string
		want restore.Job
	}{
		"download": {
			`"delivery":{"expirationHours":1,"maxDownloads":1,"methodName":"HTTP","statusName":"READY"},"pointInTime":false,
			 "timestamp":{"date":"2018-09-15T15:53:00Z","increment":1}`,
			restore.Job{MaxDownloads: 1, ExpirationHours: 1, PointInTime: restore.No, Timestamp: taken},
		},
		"download, numbers as texts": {
			`"delivery":{"expirationHours":"72","maxDownloads":"5","methodName":"HTTP"},"timestamp":{"date":"2018-09-15T15:53:00Z","increment":"1"}`,
			restore.Job{MaxDownloads: 5, ExpirationHours: 72, Timestamp: taken},
		},
		"download until an instant": {
			`"delivery":{"expires":"2020-04-21T04:49:57Z","maxDownloads":1,"methodName":"HTTP"}`, restore.Job{MaxDownloads: 1},
		},
		"automated": {
			`"delivery":{"methodName":"HTTP","targetGroupId":"p2","targetClusterId":"c2"},"pointInTime":false,"snapshotId":"s1"`,
			restore.Job{TargetProject: "p2", TargetCluster: "c2", PointInTime: restore.No, SnapshotID: "s1"},
		},
		"automated, target left out": {
			`"delivery":{"methodName":"HTTP","statusName":"READY"},"snapshotId":"s1"`, restore.Job{SnapshotID: "s1"},
		},
		"of a point in time": {
			`"delivery":{"targetGroupId":"p2","targetClusterId":"c2"},"pointInTime":true,"timestamp":"2018-09-15T15:53:00Z"`,
			restore.Job{TargetProject: "p2", TargetCluster: "c2", PointInTime: restore.Yes, Timestamp: taken},
		},
		"of a checkpoint": {
			`"delivery":{"targetGroupId":"p2","targetClusterId":"c2"},"checkpointId":"k1"`,
			restore.Job{TargetProject: "p2", TargetCluster: "c2", CheckpointID: "k1"},
		},
		"of a batch, of a shard": {`"batchId":"b1","clusterId":"c1-sh0"`, restore.Job{Group: "b1", ClusterID: "c1-sh0"}},
		"nulls": {
			`"batchId":null,"created":null,"delivery":null,"pointInTime":null,"timestamp":null,"snapshotId":null,"checkpointId":null`, restore.Job{},
		},
		"hints that cannot be read": {
			`"created":"soon","pointInTime":"maybe","timestamp":7,"delivery":{"maxDownloads":"many","expirationHours":{}}`, restore.Job{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPeer(t)
			p.get = answer(http.StatusOK, `{"results":[{"id":"j1","statusName":"IN_PROGRESS",`+tt.doc+`}],"totalCount":1}`)
			b := p.start().backend(opsmanager.Options{})
			list, err := b.Jobs(t.Context(), restore.SubmissionRestore, cluster(b, "c1"))
			if err != nil {
				t.Fatal(err)
			}
			tt.want.ID, tt.want.Phase, tt.want.Status = "j1", restore.JobRunning, "IN_PROGRESS"
			if !reflect.DeepEqual(list.Jobs[0], tt.want) {
				t.Errorf("got %+v; want %+v", list.Jobs[0], tt.want)
			}
		})
	}
}
