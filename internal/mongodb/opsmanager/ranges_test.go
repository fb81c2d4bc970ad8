package opsmanager_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

func TestRanges(t *testing.T) {
	at := func(s string) int64 {
		out, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return out.Unix()
	}
	stamp := func(s string, inc int64) restore.Stamp { return restore.Stamp{Seconds: at(s), Increment: inc} }
	one := restore.Range{Start: stamp("2026-11-18T10:00:00Z", 1), End: stamp("2026-11-19T10:00:00Z", 7)}
	two := restore.Range{Start: stamp("2026-11-19T12:00:00Z", 1), End: stamp("2026-11-20T10:00:00Z", 2)}
	of := func(r restore.Range, members int) restore.Range { r.Members = members; return r }
	const first = `"start":{"date":"2026-11-18T10:00:00Z","increment":1},"end":{"date":"2026-11-19T10:00:00Z","increment":7},"snapshotId":"s1"`
	const second = `"start":{"date":"2026-11-19T12:00:00Z","increment":"1"},"end":{"date":"2026-11-20T10:00:00Z","increment":"2"},"snapshotId":"s2"`
	tests := map[string]struct {
		status int
		body   string
		want   []restore.Range
		err    error // nil: any that is neither of the heart's
		fails  bool
	}{
		"none":                       {200, `[]`, []restore.Range{}, nil, false},
		"one":                        {200, `[{` + first + `}]`, []restore.Range{one}, nil, false},
		"two, the later one first":   {200, `[{` + second + `},{` + first + `}]`, []restore.Range{one, two}, nil, false},
		"of a sharded cluster":       {200, `[{` + first + `,"shardCount":2,"configServerType":"DEDICATED"}]`, []restore.Range{of(one, 3)}, nil, false},
		"numbers as strings":         {200, `[{` + first + `,"shardCount":"2","configServerType":"DEDICATED"}]`, []restore.Range{of(one, 3)}, nil, false},
		"config servers on a shard":  {200, `[{` + first + `,"shardCount":2,"configServerType":"EMBEDDED"}]`, []restore.Range{of(one, 2)}, nil, false},
		"config servers of old":      {200, `[{` + first + `,"shardCount":2}]`, []restore.Range{of(one, 3)}, nil, false},
		"an end is missing":          {200, `[{"start":{"date":"2026-11-18T10:00:00Z","increment":1}}]`, nil, nil, true},
		"a list document":            {200, `{"results":[],"totalCount":0}`, nil, nil, true},
		"a server that is too old":   {404, refusal(404, "RESOURCE_NOT_FOUND"), nil, restore.ErrNotFound, true},
		"one that says so otherwise": {405, refusal(405, ""), nil, restore.ErrNotFound, true},
		"one that says so in html":   {405, "<html>no</html>", nil, restore.ErrNotFound, true},
		"a key that may not":         {403, refusal(403, "USER_UNAUTHORIZED"), nil, restore.ErrDenied, true},
		"a gateway's no":             {403, "<html>no</html>", nil, nil, true},
		"a gateway's not found":      {404, "<html>no</html>", nil, nil, true},
		"an outage":                  {503, "", nil, nil, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := newPeer(t)
			p.post = answer(tt.status, tt.body)
			b := p.start().backend(opsmanager.Options{})
			got, err := b.Ranges(t.Context(), cluster(b, "c1"))
			if (err != nil) != tt.fails || !slices.Equal(got, tt.want) {
				t.Fatalf("got %+v, %v", got, err)
			}
			for _, e := range []error{restore.ErrNotFound, restore.ErrDenied} {
				if errors.Is(err, e) != errors.Is(tt.err, e) {
					t.Errorf("%v is %v: %v", err, e, errors.Is(err, e))
				}
			}
			sent := p.posts()
			if len(sent) != 1 || sent[0].method != http.MethodPost || sent[0].target != jobsPath+"/restorableTimeRanges" || sent[0].body != "" {
				t.Errorf("sent %+v", sent)
			}
		})
	}
}

// TestAskingChangesNothingAboutTheEvidence has a read by POST between the list of jobs and the submission: whether the
// API challenges is known from the list.
func TestAskingChangesNothingAboutTheEvidence(t *testing.T) {
	p := newPeer(t)
	p.first = answer(http.StatusBadGateway, "<html>bad gateway</html>")
	b := p.start().backend(opsmanager.Options{})
	made := plan(b)
	if _, err := b.Jobs(t.Context(), restore.SubmissionRestore, made.Spec.Source); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Ranges(t.Context(), made.Spec.Source); err == nil {
		t.Fatal("the gateway's answer was read")
	}
	if o := b.Submit(t.Context(), made); o.Kind != restore.Unsent {
		t.Errorf("got %+v, though nothing carried credentials", o)
	}
}

func TestRangesOfTheFake(t *testing.T) {
	s, b, named := startFake(t, fake.Options{})
	for name, want := range map[string]struct{ ranges, members int }{
		"orders-prod": {1, 0}, "ledger-prod": {2, 0}, "events-prod": {1, 3}, "scratch-2": {0, 0},
	} {
		got, err := b.Ranges(t.Context(), named[name])
		if err != nil || len(got) != want.ranges {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
		for i, r := range got {
			if r.Members != want.members || r.Start.Compare(r.End) >= 0 || (i > 0 && got[i-1].End.Compare(r.Start) >= 0) {
				t.Errorf("%s: range %+v of %+v", name, r, got)
			}
		}
	}
	if posts := s.Posts(); len(posts) != 0 {
		t.Errorf("asking for ranges counts as %+v", posts)
	}
}

func TestCheckpoints(t *testing.T) {
	const entry = `{"id":"k1","clusterId":"c1","groupId":"p1","started":"2026-11-20T09:59:50Z","completed":"2026-11-20T10:00:05Z",` +
		`"timestamp":"2026-11-20T10:00:00Z","restorable":true,"parts":[{"typeName":"REPLICA_SET"},{"typeName":"CONFIG_SERVER"}]}`
	p := newPeer(t)
	p.get = answer(200, `{"results":[`+strings.Join([]string{
		entry,
		strings.NewReplacer("k1", "k2", `"timestamp":"2026-11-20T10:00:00Z",`, "", `"restorable":true`, `"restorable":"false"`).Replace(entry),
		`{"id":"k3"}`,
	}, ",")+`],"totalCount":3}`)
	b := p.start().backend(opsmanager.Options{})
	at := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	want := []restore.StoredCheckpoint{
		{ID: "k1", Taken: at, Restorable: true, Members: 2}, {ID: "k2", Taken: at.Add(5 * time.Second), Members: 2}, {ID: "k3"},
	}
	got, err := b.Checkpoints(t.Context(), cluster(b, "c1"))
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}
