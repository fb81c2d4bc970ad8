package opsmanager_test

import (
	"slices"
	"testing"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// TestPointsOnTheWire has jobs of each kind of point started as if by people, and compares them with plans of each:
// those that tell their point are told apart, and points in time are never proven.
func TestPointsOnTheWire(t *testing.T) {
	s, b, named := startFake(t, fake.Options{})
	source, target := named["orders-prod"], named["orders-staging"]
	snap := onto(t, b, source, target)
	at := time.Now().Add(-time.Minute).Truncate(time.Second)
	of := func(p restore.Point) restore.Plan { out := snap; out.Spec.Point = p; return out }
	plans := map[string]restore.Plan{
		"snapshot":      snap,
		"point in time": of(restore.Point{Kind: restore.PointInTime, Millis: at.UnixMilli()}),
		"oplog":         of(restore.Point{Kind: restore.Oplog, Seconds: at.Unix(), Increment: 1}),
		"checkpoint":    of(restore.Point{Kind: restore.Checkpoint, CheckpointID: "5f00000000000000000000aa"}),
		"download":      snap,
	}
	fetch := snap
	fetch.Spec.Delivery = restore.Delivery{Kind: restore.Download, Hours: 4, MaxDownloads: 1}
	plans["download"] = fetch
	base := fake.Job{ClusterID: source.ID, TargetGroupID: target.ProjectID, TargetClusterID: target.ID, SnapshotID: snap.Spec.Point.SnapshotID}
	base.Timestamp = fake.Timestamp{Time: at.Add(-time.Hour), Increment: 1}
	for name, tt := range map[string]struct {
		change      func(*fake.Job)
		alike, told []string
	}{
		"exactly a snapshot": {func(j *fake.Job) { j.PointInTime = new(false) }, []string{"checkpoint", "snapshot"}, []string{"download", "snapshot"}},
		"of a point in time": {
			func(j *fake.Job) { j.PointInTime = new(true) }, []string{"checkpoint", "oplog", "point in time"}, []string{"download", "snapshot"},
		},
		"from a snapshot after the point": {
			func(j *fake.Job) { j.SnapshotID, j.Timestamp.Time = "5f00000000000000000000bb", at.Add(time.Minute) }, []string{"checkpoint"}, nil,
		},
		"of the checkpoint": {
			func(j *fake.Job) { j.SnapshotID, j.CheckpointID = "", "5f00000000000000000000aa" },
			[]string{"checkpoint", "oplog", "point in time"},
			[]string{"checkpoint"},
		},
		"a download": {
			func(j *fake.Job) {
				j.TargetGroupID, j.TargetClusterID, j.PointInTime, j.MaxDownloads, j.ExpirationHours = "", "", new(false), 1, 4
			},
			[]string{"download"},
			[]string{"download", "snapshot"},
		},
	} {
		seed := base
		tt.change(&seed)
		job, err := b.Job(t.Context(), restore.SubmissionRestore, source, s.AddJob(seed).ID)
		if err != nil {
			t.Fatal(err)
		}
		var alike, told []string
		for kind, p := range plans {
			if p.Compare(job) == restore.Alike {
				alike = append(alike, kind)
			}
			if p.PointTold(job) {
				told = append(told, kind)
			}
		}
		slices.Sort(alike)
		slices.Sort(told)
		if !slices.Equal(alike, tt.alike) || !slices.Equal(told, tt.told) {
			t.Errorf("%s: alike to %q, tells its point to %q; want %q, %q", name, alike, told, tt.alike, tt.told)
		}
	}
}
