package opsmanager_test

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// vendorJobs are restores as the vendor's own pages start them: with states that no page lists, methods that the pages
// have dropped or never named, links for millions of downloads, batches of replica sets.
func vendorJobs() []struct {
	seed  fake.Job
	phase restore.JobPhase
} {
	onto := func(method string, s fake.Status) fake.Job {
		return fake.Job{MethodName: method, Status: s, TargetClusterID: "target", SnapshotID: "5f00000000000000000000b1"}
	}
	fetch := func(method string, s fake.Status) fake.Job {
		return fake.Job{MethodName: method, Status: s, ExpirationHours: 24, MaxDownloads: 1<<31 - 1, PointInTime: new(false)}
	}
	batch := onto("HTTP", fake.StatusFinished)
	batch.BatchID = "5f00000000000000000000b2"
	checkpoint := onto("HTTP", fake.StatusFinished)
	checkpoint.SnapshotID, checkpoint.CheckpointID = "", "5f00000000000000000000b3"
	return []struct {
		seed  fake.Job
		phase restore.JobPhase
	}{
		{onto("HTTP", fake.StatusFinished), restore.JobFinished},
		{onto("AUTOMATED_RESTORE", fake.StatusKilled), restore.JobKilled},
		{onto("CLIENT_PIT_HTTP", fake.StatusBroken), restore.JobBroken},
		{onto("THIRD_PARTY_COPY", "PAUSED"), restore.JobRunning}, // not known to have ended: it must not free a target
		{fetch("HTTP", fake.StatusFinished), restore.JobFinished},
		{fetch("SCP", fake.StatusFinished), restore.JobFinished}, // gone since Ops Manager 4.0
		{fetch("CLIENT_PIT_SCP", fake.StatusBroken), restore.JobBroken},
		{fetch("QUERY", fake.StatusFinished), restore.JobFinished},
		{fetch("SOMETHING_NEW", "COMPLETED_WITH_WARNINGS"), restore.JobRunning},
		{batch, restore.JobFinished},
		{checkpoint, restore.JobFinished},
	}
}

// TestListsOfTheVendor reads three pages of such jobs, in any order and with numbers in any clothes, and after that
// tells the request's own from them.
func TestListsOfTheVendor(t *testing.T) {
	const n = 237
	for name, faults := range map[string][]fake.Kind{
		"as they are": nil, "numbers as texts": {fake.Texts}, "in any order": {fake.Shuffle}, "both": {fake.Texts, fake.Shuffle},
	} {
		t.Run(name, func(t *testing.T) {
			s, b, named := startFake(t, fake.Options{JobDuration: time.Hour})
			source, target := named["reports-prod"], named["scratch-1"]
			before, want := len(s.Jobs(source.ID)), make(map[string]restore.Job)
			kinds := vendorJobs()
			for i := range n - before {
				k := kinds[i%len(kinds)]
				seed := k.seed
				seed.ClusterID, seed.Created = source.ID, time.Now().Add(-time.Duration(i+1)*time.Hour).Truncate(time.Second).UTC()
				if seed.TargetClusterID != "" {
					seed.TargetGroupID, seed.TargetClusterID = target.ProjectID, target.ID
				}
				j := s.AddJob(seed)
				want[j.ID] = restore.Job{
					ID: j.ID, Group: j.BatchID, Phase: k.phase, Status: string(j.Status), ClusterID: source.ID, SnapshotID: j.SnapshotID,
					CheckpointID: j.CheckpointID, TargetProject: j.TargetGroupID, TargetCluster: j.TargetClusterID, Created: j.Created,
					ExpirationHours: j.ExpirationHours, MaxDownloads: j.MaxDownloads, PointInTime: told(j.PointInTime),
				}
			}
			for _, kind := range faults {
				if err := s.Inject(fake.Fault{Kind: kind, Times: fake.Always}); err != nil {
					t.Fatal(err)
				}
			}
			list, err := b.Jobs(t.Context(), restore.SubmissionRestore, source)
			if err != nil || !list.Complete || list.Total != n || len(list.Jobs) != n {
				t.Fatalf("%d of %d jobs, %v", len(list.Jobs), list.Total, err)
			}
			met := 0
			for _, j := range list.Jobs {
				if w, ok := want[j.ID]; ok {
					met++
					if !reflect.DeepEqual(j, w) {
						t.Errorf("got %+v; want %+v", j, w)
					}
				}
			}
			if met != len(want) {
				t.Errorf("%d of %d jobs are listed", met, len(want))
			}
			pages := slices.DeleteFunc(s.Calls(), func(c fake.Call) bool { return !strings.Contains(c.Target, "pageNum=3") })
			if !slices.ContainsFunc(pages, func(c fake.Call) bool { return strings.Contains(c.Target, "/restoreJobs") }) {
				t.Error("no third page was read")
			}
			made := onto(t, b, source, target)
			o := b.Submit(t.Context(), made)
			if o.Kind != restore.Accepted || len(o.Jobs) != 1 || made.Compare(o.Jobs[0]) != restore.Alike {
				t.Fatalf("got %+v", o)
			}
			if list, err = b.Jobs(t.Context(), restore.SubmissionRestore, source); err != nil || list.Total != n+1 {
				t.Fatalf("%d jobs, %v", list.Total, err)
			}
			var alike []string
			for _, j := range list.Jobs {
				if made.Compare(j) == restore.Alike {
					alike = append(alike, j.ID)
				}
			}
			if !slices.Equal(alike, []string{o.Jobs[0].ID}) {
				t.Errorf("alike are %q, made was %q", alike, o.Jobs[0].ID)
			}
		})
	}
}

func told(b *bool) restore.Told {
	switch {
	case b == nil:
		return restore.Untold
	case *b:
		return restore.Yes
	}
	return restore.No
}

// TestNumbersAsTexts has everything else that plans are made of told with numbers as texts: it is the same.
func TestNumbersAsTexts(t *testing.T) {
	s, b, named := startFake(t, fake.Options{})
	read := func() string {
		snapshots, err := b.Snapshots(t.Context(), named["events-prod"])
		if err != nil {
			t.Fatal(err)
		}
		ranges, err := b.Ranges(t.Context(), named["events-prod"])
		if err != nil {
			t.Fatal(err)
		}
		if len(ranges) != 1 || ranges[0].End.Seconds == 0 || len(snapshots) == 0 {
			t.Fatalf("%d snapshots, ranges %+v", len(snapshots), ranges)
		}
		ranges[0].End = restore.Stamp{} // moves with the clock
		return fmt.Sprintf("%+v %+v", snapshots, ranges)
	}
	plain := read()
	if err := s.Inject(fake.Fault{Kind: fake.Texts, Times: fake.Always}); err != nil {
		t.Fatal(err)
	}
	if got := read(); got != plain {
		t.Errorf("got %s; want %s", got, plain)
	}
	calls := s.Calls()
	if last := string(calls[len(calls)-1].ResponseBody); !strings.Contains(last, `"shardCount":`+strconv.Quote("2")) {
		t.Errorf("the fake tells numbers in %s", last)
	}
}
