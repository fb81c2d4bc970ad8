package atlas_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeatlas"
)

func TestRestoresFromBeginningToEnd(t *testing.T) {
	past := time.Now().Add(-time.Hour).Unix()
	for name, tt := range map[string]struct {
		source, target string
		point          restore.Point // zero: the newest snapshot
		opts           fake.Options
	}{
		"replica set":            {source: "orders-prod", target: "orders-staging"},
		"sharded":                {source: "events-prod", target: "events-new"},
		"flex":                   {source: "tiny", target: "tiny"},
		"encrypted":              {source: "ledger-prod", target: "ledger-prod"},
		"another project":        {source: "orders-prod", target: "reports-prod"},
		"download":               {source: "orders-prod"},
		"download, sharded":      {source: "events-prod"},
		"download, flex":         {source: "tiny"},
		"download, bare link":    {source: "orders-prod", opts: fake.Options{BareURL: true}},
		"point in time":          {source: "orders-prod", target: "orders-staging", point: restore.Point{Kind: restore.PointInTime, Millis: past * 1000}},
		"point, as told by v1.0": {source: "orders-prod", target: "orders-staging", point: restore.Point{Kind: restore.PointInTime, Millis: past * 1000}, opts: fake.Options{CreatedAt: true, TextNumbers: true}},
		"point, as desired":      {source: "orders-prod", target: "orders-staging", point: restore.Point{Kind: restore.PointInTime, Millis: past * 1000}, opts: fake.Options{Desired: true}},
		"oplog":                  {source: "events-prod", target: "events-new", point: restore.Point{Kind: restore.Oplog, Seconds: past, Increment: 3}},
		"oplog, as desired":      {source: "orders-prod", target: "orders-prod", point: restore.Point{Kind: restore.Oplog, Seconds: past, Increment: 3}, opts: fake.Options{Desired: true, TextNumbers: true}},
	} {
		t.Run(name, func(t *testing.T) {
			tt.opts.JobDuration = time.Hour
			r := start(t, tt.opts)
			if tt.point.Kind == "" {
				tt.point = r.newest(tt.source)
			}
			made := r.plan(tt.source, tt.target, tt.point)
			before := r.jobs(tt.source)
			if before.Date.IsZero() || !before.Complete {
				t.Errorf("list %+v", before)
			}
			o := r.Submit(t.Context(), made).Judge(nil, func(string) bool { return false })
			if o.Kind != restore.Accepted || len(o.Jobs) != 1 {
				t.Fatalf("got %+v", o)
			}
			list := r.jobs(tt.source)
			recent, err := r.Recent(t.Context(), restore.SubmissionRestore, made.Spec.Source)
			if err != nil || len(list.Jobs) != 1 || len(recent.Jobs) != 1 || recent.Complete {
				t.Fatalf("list %+v, recent %+v, %v", list, recent, err)
			}
			for _, j := range []restore.Job{o.Jobs[0], list.Jobs[0], recent.Jobs[0]} {
				if made.Compare(j) != restore.Alike || !made.PointTold(j) || j.Phase != restore.JobRunning || j.Group != "" {
					t.Errorf("job %+v is %v", j, made.Compare(j))
				}
			}
			if err := r.End(o.Jobs[0].ID, fake.Finished); err != nil {
				t.Fatal(err)
			}
			j, err := r.Job(t.Context(), restore.SubmissionRestore, made.Spec.Source, o.Jobs[0].ID)
			if err != nil || j.Phase != restore.JobFinished {
				t.Errorf("job %+v, %v", j, err)
			}
		})
	}
}

func TestBrokenAndCanceledJobs(t *testing.T) {
	r := start(t, fake.Options{})
	orders := r.world.Named("orders-prod")
	for end, want := range map[fake.End]restore.JobPhase{fake.Failed: restore.JobBroken, fake.Canceled: restore.JobKilled} {
		seed := r.AddJob(fake.Job{ClusterID: orders.ID, DeliveryType: fake.Automated, End: end})
		if j, err := r.Job(t.Context(), restore.SubmissionRestore, r.named["orders-prod"], seed.ID); err != nil || j.Phase != want {
			t.Errorf("%s: %+v, %v", end, j, err)
		}
	}
}

func TestNoSecretOfTheFakeSurvives(t *testing.T) {
	r := start(t, fake.Options{RecordTraffic: true})
	for _, name := range []string{"orders-prod", "events-prod", "tiny"} {
		c := r.world.Named(name)
		r.AddJob(fake.Job{ClusterID: c.ID, DeliveryType: fake.Download, SnapshotID: r.world.Newest(c).ID, End: fake.Finished, Ended: time.Now()})
	}
	var text strings.Builder
	for name, c := range r.named {
		list := r.jobs(name)
		fmt.Fprintf(&text, "%+v", list)
		for _, j := range list.Jobs {
			one, err := r.Job(t.Context(), restore.SubmissionRestore, c, j.ID)
			links, also := r.Link(t.Context(), c, j.ID)
			if err != nil || also != nil || one.Phase != restore.JobFinished {
				t.Fatal(one, err, also)
			}
			fmt.Fprintf(&text, "%+v %v %#v", one, links, links)
		}
	}
	sent := 0
	for _, secret := range r.Secrets() {
		if strings.Contains(string(r.Traffic().Sent), secret) {
			sent++
		}
		if strings.Contains(text.String(), secret) || strings.Contains(string(r.Traffic().Received), secret) {
			t.Errorf("secret %q is out", secret)
		}
	}
	if sent != 3 {
		t.Errorf("the fake sent %d secrets, so this proves nothing", sent)
	}
}

func TestClusters(t *testing.T) {
	r := start(t, fake.Options{})
	var names []string
	for name, c := range r.named {
		names = append(names, name)
		if c.Kind != restore.Atlas || c.ID != r.world.Named(name).ID || c.Versions[0] != "8.0.13" || c.Origin != r.Origin() || c.Backend != "atlas" {
			t.Errorf("%+v", c)
		}
	}
	for name, want := range map[string]restore.Cluster{
		"orders-prod": {Backup: restore.Yes, PIT: restore.Yes, Keys: restore.KeysNone},
		"ledger-prod": {Backup: restore.Yes, PIT: restore.Yes, Keys: restore.KeysAWS},
		"tiny":        {}, // of which nothing is told
	} {
		if c := r.named[name]; c.Backup != want.Backup || c.PIT != want.PIT || c.Keys != want.Keys || c.Filled != restore.Untold {
			t.Errorf("%+v", c)
		}
	}
	slices.Sort(names)
	want := []string{"events-new", "events-prod", "idle", "ledger-prod", "orders-prod", "orders-staging", "reports-prod", "tiny"}
	if !slices.Equal(names, want) || len(r.named["events-prod"].Shards) != 3 || !r.named["idle"].Paused || r.named["tiny"].Paused || r.named["tiny"].Type != restore.Flex {
		t.Errorf("clusters %v, %+v", names, r.named["events-prod"])
	}
}

func TestSnapshotsAndRanges(t *testing.T) {
	r := start(t, fake.Options{})
	half := r.AddSnapshot(fake.Snapshot{ClusterID: r.world.Named("orders-prod").ID, Status: "inProgress"})
	for name, parts := range map[string]int{"orders-prod": 0, "events-prod": 3, "tiny": 0, "ledger-prod": 0} {
		all, err := r.Snapshots(t.Context(), r.named[name])
		if err != nil || len(all) < 7 {
			t.Fatalf("%s: %v, %v", name, all, err)
		}
		for _, s := range all {
			if s.Complete == (s.ID == half) || s.Parts != parts || s.Created.IsZero() || s.ClusterID != r.named[name].ID || s.Encrypted != (name == "ledger-prod") {
				t.Errorf("%s: %+v", name, s)
			}
			if s.ID != half && (s.Expires.IsZero() || s.Version != "8.0.13") {
				t.Errorf("%s: %+v", name, s)
			}
		}
		ranges, err := r.Ranges(t.Context(), r.named[name])
		if untold := err != nil; len(ranges) != 0 || untold != (name != "tiny") {
			t.Errorf("%s: %v, %v", name, ranges, err)
		}
	}
}
