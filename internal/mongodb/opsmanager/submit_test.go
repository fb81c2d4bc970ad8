package opsmanager_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/restore"
)

// example is the body of the documentation's request for an automated restore from a snapshot.
const example = `{ "delivery" : { "methodName" : "AUTOMATED_RESTORE", "targetGroupId" : "{TARGET-PROJECT-ID}", "targetClusterId" : "{TARGET-CLUSTER-ID}" }, "snapshotId": "{SNAPSHOT-ID}" }`

func TestPostOnTheWire(t *testing.T) {
	var want bytes.Buffer
	if err := json.Compact(&want, []byte(example)); err != nil {
		t.Fatal(err)
	}
	p := newPeer(t)
	p.post = answer(200, created)
	b := p.start().backend(opsmanager.Options{})
	made := plan(b)
	made.Spec.Source.ProjectID, made.Spec.Source.ID = "{PROJECT-ID}", "a/b"
	made.Spec.Point.SnapshotID = "{SNAPSHOT-ID}"
	made.Spec.Delivery.Target.ProjectID, made.Spec.Delivery.Target.ID = "{TARGET-PROJECT-ID}", "{TARGET-CLUSTER-ID}"
	if o := b.Submit(t.Context(), made); o.Kind != restore.Accepted {
		t.Fatalf("got %+v", o)
	}
	sent := p.posts()[0]
	if sent.body != want.String() {
		t.Errorf("body %s; want %s", sent.body, &want)
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

func TestUnfitPlansAreRefusedWithoutACall(t *testing.T) {
	p := newPeer(t).start()
	b := p.backend(opsmanager.Options{})
	for name, spoil := range map[string]func(*restore.Spec){
		"not in this version: download":   func(s *restore.Spec) { s.Delivery = restore.Delivery{Kind: restore.Download, Hours: 4} },
		"not in this version: latest":     func(s *restore.Spec) { s.Point.Kind = restore.Latest },
		"not in this version: time":       func(s *restore.Spec) { s.Point = restore.Point{Kind: restore.PointInTime, Millis: 1} },
		"not in this version: oplog":      func(s *restore.Spec) { s.Point = restore.Point{Kind: restore.Oplog, Seconds: 1} },
		"not in this version: checkpoint": func(s *restore.Spec) { s.Point = restore.Point{Kind: restore.Checkpoint, CheckpointID: "k"} },
		"not in this version: namespaces": func(s *restore.Spec) { s.Scope = restore.Scope{Kind: restore.Namespaces} },
		"lacks an id: snapshot":           func(s *restore.Spec) { s.Point.SnapshotID = "" },
		"lacks an id: source":             func(s *restore.Spec) { s.Source.ID = "" },
		"lacks an id: target":             func(s *restore.Spec) { s.Delivery.Target.ID = "" },
		"not both in om: source":          func(s *restore.Spec) { s.Source.Origin = "https://other" },
		"not both in om: target":          func(s *restore.Spec) { s.Delivery.Target.Origin = "https://other" },
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
