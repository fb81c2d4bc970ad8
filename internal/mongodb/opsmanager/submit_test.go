package opsmanager_test

import (
	"strings"
	"testing"
	"time"

	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/restore"
)

// documented are the bodies of the page Create One Restore Job for One Cluster, one of each kind: fields, names and
// nesting as in its example requests, types as in its tables, which call expirationHours and maxDownloads numbers,
// pointInTimeUTCMillis a long, and both parts of an oplog timestamp strings.
func documented() map[string]string {
	const automated = `"delivery":{"methodName":"AUTOMATED_RESTORE","targetGroupId":"{TARGET-PROJECT-ID}","targetClusterId":"{TARGET-CLUSTER-ID}"}`
	return map[string]string{
		"snapshot":   `{` + automated + `,"snapshotId":"{SNAPSHOT-ID}"}`,
		"oplog":      `{` + automated + `,"oplogTs":"1536610288","oplogInc":"1"}`,
		"time":       `{` + automated + `,"pointInTimeUTCMillis":1536610288000}`,
		"checkpoint": `{` + automated + `,"checkpointId":"{CHECKPOINT-ID}"}`,
		"download":   `{"delivery":{"methodName":"HTTP","expirationHours":1,"maxDownloads":1},"snapshotId":"{SNAPSHOT-ID}"}`,
	}
}

// TestPostOnTheWire sends each of them to an Ops Manager and to Cloud Manager, whose pages do not differ in this.
func TestPostOnTheWire(t *testing.T) {
	for name, want := range documented() {
		for _, kind := range []restore.BackendKind{restore.OpsManager, restore.CloudManager} {
			t.Run(name+" "+string(kind), func(t *testing.T) { postOnTheWire(t, kind, name, want) })
		}
	}
}

func postOnTheWire(t *testing.T, kind restore.BackendKind, name, want string) {
	t.Helper()
	p := newPeer(t)
	p.post = answer(200, created)
	b := p.start().backend(opsmanager.Options{Kind: kind})
	made := plan(b)
	made.Spec.Source.ProjectID, made.Spec.Source.ID = "{PROJECT-ID}", "a/b"
	made.Spec.Delivery.Target.ProjectID, made.Spec.Delivery.Target.ID = "{TARGET-PROJECT-ID}", "{TARGET-CLUSTER-ID}"
	at := time.Date(2018, 9, 10, 20, 11, 28, 0, time.UTC) // the examples' 1536610288
	switch name {
	case "snapshot":
		made.Spec.Point.SnapshotID = "{SNAPSHOT-ID}"
	case "oplog":
		made.Spec.Point = restore.Point{Kind: restore.Oplog, Seconds: at.Unix(), Increment: 1}
	case "time":
		made.Spec.Point = restore.Point{Kind: restore.PointInTime, Millis: at.UnixMilli(), Zone: "Europe/Berlin"}
	case "checkpoint":
		made.Spec.Point = restore.Point{Kind: restore.Checkpoint, CheckpointID: "{CHECKPOINT-ID}", Taken: at}
	case "download":
		made.Spec.Point.SnapshotID = "{SNAPSHOT-ID}"
		made.Spec.Delivery = restore.Delivery{Kind: restore.Download, Hours: 1, MaxDownloads: 1}
	}
	if o := b.Submit(t.Context(), made); o.Kind != restore.Accepted {
		t.Fatalf("got %+v", o)
	}
	sent := p.posts()[0]
	if sent.body != want {
		t.Errorf("body %s; want %s", sent.body, want)
	}
	if path := base + "/groups/%7BPROJECT-ID%7D/clusters/a%2Fb/restoreJobs"; sent.target != path {
		t.Errorf("posted to %s; want %s", sent.target, path)
	}
	if got := sent.header.Get("Content-Type"); got != "application/json" {
		t.Errorf("content type %q", got)
	}
	for name := range sent.header {
		if strings.Contains(strings.ToLower(name), "idempotency") {
			t.Errorf("header %s would make net/http repeat the POST", name)
		}
	}
}

// fetched is a spec for a download of a point.
func fetched(s restore.Spec, p restore.Point) restore.Spec {
	s.Point, s.Delivery = p, restore.Delivery{Kind: restore.Download, Hours: 4, MaxDownloads: 1}
	return s
}

func TestUnfitPlansAreRefusedWithoutACall(t *testing.T) {
	p := newPeer(t).start()
	b := p.backend(opsmanager.Options{})
	for name, spoil := range map[string]func(*restore.Spec){
		"how long, or how often: for ever":           func(s *restore.Spec) { s.Delivery = restore.Delivery{Kind: restore.Download, MaxDownloads: 1} },
		"how long, or how often: no count":           func(s *restore.Spec) { s.Delivery = restore.Delivery{Kind: restore.Download, Hours: 4} },
		"only snapshots: time":                       func(s *restore.Spec) { *s = fetched(*s, restore.Point{Kind: restore.PointInTime, Millis: 1000}) },
		"only snapshots: oplog":                      func(s *restore.Spec) { *s = fetched(*s, restore.Point{Kind: restore.Oplog, Seconds: 1}) },
		"only snapshots: checkpoint":                 func(s *restore.Spec) { *s = fetched(*s, restore.Point{Kind: restore.Checkpoint, CheckpointID: "k"}) },
		"no delivery: copy":                          func(s *restore.Spec) { s.Delivery.Kind = "copy" },
		"cannot be sent: latest":                     func(s *restore.Spec) { s.Point.Kind = restore.Latest },
		"cannot be sent: snapshot":                   func(s *restore.Spec) { s.Point.SnapshotID = "" },
		"cannot be sent: no time":                    func(s *restore.Spec) { s.Point = restore.Point{Kind: restore.PointInTime} },
		"cannot be sent: seconds":                    func(s *restore.Spec) { s.Point = restore.Point{Kind: restore.PointInTime, Millis: 1536610288} },
		"cannot be sent: oplog":                      func(s *restore.Spec) { s.Point = restore.Point{Kind: restore.Oplog} },
		"cannot be sent: checkpoint":                 func(s *restore.Spec) { s.Point = restore.Point{Kind: restore.Checkpoint} },
		"single collections cannot be restored here": func(s *restore.Spec) { s.Scope = restore.Scope{Kind: restore.Namespaces} },
		"lacks the id of its source":                 func(s *restore.Spec) { s.Source.ID = "" },
		"lacks the id of its target":                 func(s *restore.Spec) { s.Delivery.Target.ID = "" },
		"source is not in om":                        func(s *restore.Spec) { s.Source.Origin = "https://other" },
		"target is not in om":                        func(s *restore.Spec) { s.Delivery.Target.Origin = "https://other" },
	} {
		made := plan(b)
		spoil(&made.Spec)
		want, _, _ := strings.Cut(name, ":")
		if o := b.Submit(t.Context(), made); o.Kind != restore.Permanent || o.Status != 0 || !strings.Contains(o.Detail, want) {
			t.Errorf("%s: got %+v", name, o)
		}
	}
	if len(p.calls) != 0 {
		t.Errorf("called %v", p.calls)
	}
}
