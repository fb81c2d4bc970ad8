package opsmanager_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// tried is one POST against the fake with something going wrong, judged as a request judges it.
type tried struct {
	s      *fake.Server
	b      *opsmanager.Backend
	source restore.Cluster
	r      restore.Request
	o      restore.Outcome
}

// try lists the source's jobs, arms the faults, and submits the restore of the source's newest snapshot, once.
func try(t *testing.T, opts fake.Options, source, target string, faults func(restore.Plan) []fake.Fault) *tried {
	t.Helper()
	opts.JobDuration = time.Hour
	s, b, named := startFake(t, opts)
	made := onto(t, b, named[source], named[target])
	before, err := b.Jobs(t.Context(), restore.SubmissionRestore, named[source])
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, j := range before.Jobs {
		seen = append(seen, j.ID)
	}
	for _, f := range faults(made) {
		if err := s.Inject(f); err != nil {
			t.Fatal(err)
		}
	}
	o := b.Submit(t.Context(), made).Judge(seen, nobody)
	sent := restore.Submission{Attempt: 1, Sent: time.Now(), ServerDate: before.Date, Seen: seen, Outcome: o}
	return &tried{
		s: s, b: b, source: named[source], o: o,
		r: restore.Request{Plan: &made, Seen: seen, Attempts: []restore.Submission{sent}},
	}
}

func nobody(string) bool { return false }

// look lists the jobs once and says what follows from them.
func (x *tried) look(t *testing.T, settled bool) (restore.Sighting, restore.Resolution) {
	t.Helper()
	list, err := x.b.Jobs(t.Context(), restore.SubmissionRestore, x.source)
	if err != nil {
		t.Fatal(err)
	}
	sight := x.r.Sight(list.Jobs, nobody)
	return sight, x.r.Resolve(x.o.Kind, sight, settled)
}

// posted makes a fault one of the POST, listed one of every list after it.
func posted(f fake.Fault) fake.Fault { f.Match = fake.Creations(); return f }
func listed(f fake.Fault) fake.Fault { f.Match, f.Times = fake.Listings(), fake.Always; return f }

// TestWhatHurts sends one POST into each thing that goes wrong on the way, and says what the list shows then and what
// follows from it once it has settled.
func TestWhatHurts(t *testing.T) {
	foreign := func(p restore.Plan, snapshot string) *fake.Job {
		to := p.Spec.Delivery.Target
		return &fake.Job{ClusterID: p.Spec.Source.ID, SnapshotID: snapshot, TargetGroupID: to.ProjectID, TargetClusterID: to.ID}
	}
	only := func(fs ...fake.Fault) func(restore.Plan) []fake.Fault {
		return func(restore.Plan) []fake.Fault { return fs }
	}
	drop := func(after bool, more ...fake.Fault) func(restore.Plan) []fake.Fault {
		return only(append(more, posted(fake.Fault{Kind: fake.Drop, After: after}))...)
	}
	leave := func(fields ...string) fake.Fault { return listed(fake.Fault{Kind: fake.LeaveOut, Fields: fields}) }
	kind := func(k fake.Kind, after bool) func(restore.Plan) []fake.Fault {
		return only(posted(fake.Fault{Kind: k, After: after}))
	}
	const adopt, ask, none = restore.Adopt, restore.AskPeople, restore.NotStarted
	for name, tt := range map[string]struct {
		faults      func(restore.Plan) []fake.Fault
		want        restore.OutcomeKind
		alike, near int
		then        restore.Resolution // for busy and unknown
	}{
		"drop before commit":           {drop(false), restore.Unknown, 0, 0, ask},
		"drop after commit":            {drop(true), restore.Unknown, 1, 0, adopt},
		"302":                          {only(posted(fake.Fault{Kind: fake.Redirect, Location: "https://om.example.net/"})), restore.Fixable, 0, 0, 0},
		"old jobs before commit":       {kind(fake.OldJobs, false), restore.Unknown, 0, 0, ask},
		"old jobs after commit":        {kind(fake.OldJobs, true), restore.Unknown, 1, 0, adopt},
		"empty 200 before commit":      {kind(fake.Empty, false), restore.Unknown, 0, 0, ask},
		"empty 200 after commit":       {kind(fake.Empty, true), restore.Unknown, 1, 0, adopt},
		"garbled 200 before commit":    {kind(fake.Garbled, false), restore.Unknown, 0, 0, ask},
		"garbled 200 after commit":     {kind(fake.Garbled, true), restore.Unknown, 1, 0, adopt},
		"403 html before commit":       {kind(fake.HTML, false), restore.Unknown, 0, 0, ask},
		"403 html after commit":        {kind(fake.HTML, true), restore.Unknown, 1, 0, adopt},
		"500 before commit":            {kind(fake.Failure, false), restore.Unknown, 0, 0, ask},
		"500 after commit":             {kind(fake.Failure, true), restore.Unknown, 1, 0, adopt},
		"401 of the second leg":        {kind(fake.Unauthorized, false), restore.Fixable, 0, 0, 0},
		"403 of the access list":       {kind(fake.AccessList, false), restore.Fixable, 0, 0, 0},
		"429":                          {kind(fake.RateLimit, false), restore.Fixable, 0, 0, 0},
		"409, nothing started":         {kind(fake.Conflict, false), restore.Busy, 0, 0, none},
		"409 that names our own job":   {kind(fake.Conflict, true), restore.Busy, 1, 0, adopt},
		"order random":                 {drop(true, listed(fake.Fault{Kind: fake.Shuffle})), restore.Unknown, 1, 0, adopt},
		"no created":                   {drop(true, leave("created")), restore.Unknown, 1, 0, adopt},
		"no created, nothing started":  {drop(false, leave("created")), restore.Unknown, 0, 0, ask},
		"no target":                    {drop(true, leave("targetGroupId", "targetClusterId")), restore.Unknown, 0, 1, ask},
		"no target cluster":            {drop(true, leave("targetClusterId")), restore.Unknown, 0, 1, ask},
		"no snapshot":                  {drop(true, leave("snapshotId")), restore.Unknown, 0, 1, ask},
		"no fields that have no say":   {drop(true, leave("clusterId", "pointInTime", "timestamp")), restore.Unknown, 1, 0, adopt},
		"date ahead in later lists":    {drop(true, listed(fake.Fault{Kind: fake.DateSkew, Skew: 3 * time.Hour})), restore.Unknown, 1, 0, adopt},
		"date behind in later lists":   {drop(true, listed(fake.Fault{Kind: fake.DateSkew, Skew: -3 * time.Hour})), restore.Unknown, 1, 0, adopt},
		"foreign twin, ours too":       {drop(true, posted(fake.Fault{Kind: fake.ForeignJob})), restore.Unknown, 2, 0, ask},
		"foreign twin, ours never was": {drop(false, posted(fake.Fault{Kind: fake.ForeignJob})), restore.Unknown, 1, 0, adopt},
		"foreign near one, ours too": {func(p restore.Plan) []fake.Fault {
			return []fake.Fault{
				posted(fake.Fault{Kind: fake.ForeignJob, Foreign: foreign(p, "5f0000000000000000000000")}),
				posted(fake.Fault{Kind: fake.Drop, After: true}),
			}
		}, restore.Unknown, 1, 1, ask},
		"foreign one of a later point, ours too": {func(p restore.Plan) []fake.Fault {
			j := foreign(p, p.Spec.Point.SnapshotID)
			j.PointInTime = new(true)
			return []fake.Fault{posted(fake.Fault{Kind: fake.ForeignJob, Foreign: j}), posted(fake.Fault{Kind: fake.Drop, After: true})}
		}, restore.Unknown, 1, 1, ask},
		"foreign download, ours too": {func(p restore.Plan) []fake.Fault {
			j := &fake.Job{ClusterID: p.Spec.Source.ID, SnapshotID: p.Spec.Point.SnapshotID, MaxDownloads: 1, ExpirationHours: 4}
			return []fake.Fault{posted(fake.Fault{Kind: fake.ForeignJob, Foreign: j}), posted(fake.Fault{Kind: fake.Drop, After: true})}
		}, restore.Unknown, 1, 0, adopt},
	} {
		t.Run(name, func(t *testing.T) {
			x := try(t, fake.Options{}, "orders-prod", "orders-staging", tt.faults)
			if x.o.Kind != tt.want {
				t.Fatalf("got %+v; want %s", x.o, tt.want)
			}
			sight, then := x.look(t, true)
			if len(sight.Alike) != tt.alike || len(sight.Near) != tt.near {
				t.Errorf("alike %+v, near %+v; want %d, %d", sight.Alike, sight.Near, tt.alike, tt.near)
			}
			if x.o.Kind != restore.Fixable && then != tt.then {
				t.Errorf("then %d, want %d", then, tt.then)
			}
			if n := len(x.s.Posts()); n != 1 {
				t.Errorf("%d POSTs", n)
			}
		})
	}
}

// TestListLags has the list show a lost answer's job only after some looks, each of which reads it twice.
func TestListLags(t *testing.T) {
	x := try(t, fake.Options{}, "orders-prod", "orders-staging", func(restore.Plan) []fake.Fault {
		return []fake.Fault{posted(fake.Fault{Kind: fake.Drop, After: true}), posted(fake.Fault{Kind: fake.ListLag, Lists: 6})}
	})
	for i, want := range []restore.Resolution{restore.LookAgain, restore.LookAgain, restore.LookAgain, restore.Adopt} {
		if _, got := x.look(t, false); got != want {
			t.Errorf("look %d: %d, want %d", i, got, want)
		}
	}
}

// TestBatchInPart has an answer and a list that show a part of a batch, under the ids of clusters or of shards.
func TestBatchInPart(t *testing.T) {
	for _, shards := range []bool{false, true} {
		x := try(t, fake.Options{ShardIDs: shards}, "events-prod", "events-prod", func(restore.Plan) []fake.Fault {
			return []fake.Fault{posted(fake.Fault{Kind: fake.PartialBatch, Keep: 1})}
		})
		if x.o.Kind != restore.Accepted || len(x.o.Jobs) != 1 || len(x.s.Posts()[0].Created) != 3 {
			t.Errorf("shards %v: got %+v", shards, x.o)
		}
		x = try(t, fake.Options{ShardIDs: shards}, "events-prod", "events-prod", func(restore.Plan) []fake.Fault {
			return []fake.Fault{posted(fake.Fault{Kind: fake.Drop, After: true}), posted(fake.Fault{Kind: fake.ListLag, Keep: 1, Lists: 2})}
		})
		for _, want := range []int{1, 3} {
			sight, then := x.look(t, false)
			if then != restore.Adopt || len(sight.Alike) != 1 || len(sight.Jobs()) != want {
				t.Errorf("shards %v: then %d with %+v; want one group of %d", shards, then, sight, want)
			}
		}
	}
}

// TestWhatHappensToRunningJobs has a job canceled in the user interface, and one whose record is gone for a while.
func TestWhatHappensToRunningJobs(t *testing.T) {
	x := try(t, fake.Options{}, "orders-prod", "orders-staging", func(restore.Plan) []fake.Fault { return nil })
	id := x.o.Jobs[0].ID
	gone := fake.Fault{Kind: fake.RecordGone, JobID: id, Times: fake.Always, Match: fake.Match{Authorized: true}}
	if err := x.s.Inject(gone); err != nil {
		t.Fatal(err)
	}
	if _, err := x.b.Job(t.Context(), restore.SubmissionRestore, x.source, id); !errors.Is(err, restore.ErrNotFound) {
		t.Errorf("a record that is gone: %v", err)
	}
	list, err := x.b.Jobs(t.Context(), restore.SubmissionRestore, x.source)
	if err != nil || slices.ContainsFunc(list.Jobs, func(j restore.Job) bool { return j.ID == id }) {
		t.Errorf("listed although it is gone, %v", err)
	}
	x.s.ClearFaults()
	if err := x.s.Kill(id); err != nil {
		t.Fatal(err)
	}
	if j, err := x.b.Job(t.Context(), restore.SubmissionRestore, x.source, id); err != nil || j.Phase != restore.JobKilled || j.Status != "KILLED" {
		t.Errorf("canceled in the user interface: %+v, %v", j, err)
	}
}

// TestDateSkewIsTold has the Date of a list lie.
func TestDateSkewIsTold(t *testing.T) {
	s, b, named := startFake(t, fake.Options{})
	for _, skew := range []time.Duration{-3 * time.Hour, 3 * time.Hour} {
		if err := s.Inject(fake.Fault{Kind: fake.DateSkew, Skew: skew, Times: 2, Match: fake.Listings()}); err != nil {
			t.Fatal(err)
		}
		list, err := b.Jobs(t.Context(), restore.SubmissionRestore, named["orders-prod"])
		if err != nil {
			t.Fatal(err)
		}
		if off := time.Until(list.Date) - skew; off.Abs() > time.Hour {
			t.Errorf("skewed by %s, the list is of %s", skew, list.Date)
		}
	}
}
