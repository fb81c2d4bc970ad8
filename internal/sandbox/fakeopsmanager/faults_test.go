package fakeopsmanager_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	fake "snapback/internal/sandbox/fakeopsmanager"
)

// TestFaultsThatReplaceTheAnswer sends one creation into each fault, before and after it is carried out.
func TestFaultsThatReplaceTheAnswer(t *testing.T) {
	code := func(status int, code string) func(result) {
		return func(res result) { res.t.Helper(); res.refused(status, code) }
	}
	notJSON := func(status int) func(result) {
		return func(res result) {
			res.t.Helper()
			if res.status != status || json.Valid(res.body) {
				res.t.Errorf("status %d, body %q; want %d and no JSON", res.status, res.body, status)
			}
		}
	}
	for _, tc := range []struct {
		name  string
		fault fake.Fault
		check func(result)
	}{
		{"redirect", fake.Fault{Kind: fake.Redirect, Location: "https://elsewhere.example/"}, func(res result) {
			if res.status != 302 || res.header.Get("Location") != "https://elsewhere.example/" {
				res.t.Errorf("status %d, Location %q", res.status, res.header.Get("Location"))
			}
		}},
		{"redirect 308", fake.Fault{Kind: fake.Redirect, Location: "/x", Status: 308}, func(res result) {
			if res.status != 308 {
				res.t.Errorf("status %d", res.status)
			}
		}},
		{"empty", fake.Fault{Kind: fake.Empty}, func(res result) {
			if res.status != 200 || len(res.body) != 0 {
				res.t.Errorf("status %d, body %q", res.status, res.body)
			}
		}},
		{"garbled", fake.Fault{Kind: fake.Garbled}, notJSON(200)},
		{"html", fake.Fault{Kind: fake.HTML}, notJSON(403)},
		{"html of a balancer", fake.Fault{Kind: fake.HTML, Status: 502}, notJSON(502)},
		{"error", fake.Fault{Kind: fake.Failure}, code(500, "UNEXPECTED_ERROR")},
		{"maintenance", fake.Fault{Kind: fake.Failure, Status: 503, Code: "MAINTENANCE"}, code(503, "MAINTENANCE")},
		{"second leg unauthorized", fake.Fault{Kind: fake.Unauthorized}, func(res result) { res.refused(401, ""); res.nonce() }},
		{"access list", fake.Fault{Kind: fake.AccessList}, func(res result) {
			res.refused(403, "IP_ADDRESS_NOT_ON_ACCESS_LIST")
			if !strings.Contains(string(res.body), "127.0.0.1") {
				res.t.Errorf("body %s", res.body)
			}
		}},
		{"rate limit", fake.Fault{Kind: fake.RateLimit}, func(res result) {
			res.refused(429, "RATE_LIMITED")
			if got, ok := res.header["Retry-After"]; ok {
				res.t.Errorf("Retry-After %q", got)
			}
		}},
		{"rate limit with a time", fake.Fault{Kind: fake.RateLimit, RetryAfter: 1500 * time.Millisecond}, func(res result) {
			res.refused(429, "RATE_LIMITED")
			if got := res.header.Get("Retry-After"); got != "2" {
				res.t.Errorf("Retry-After %q", got)
			}
		}},
		{"conflict with a job", fake.Fault{Kind: fake.Conflict, JobID: unknown}, func(res result) {
			res.refused(409, "CONCURRENT_RESTORES_JOB_IDS")
			if !strings.Contains(string(res.body), unknown) {
				res.t.Errorf("body %s", res.body)
			}
		}},
	} {
		for _, after := range []bool{false, true} {
			name := tc.name
			if after {
				name += ", after commit"
			}
			t.Run(name, func(t *testing.T) {
				r := start(t, fake.Options{})
				f := tc.fault
				f.Match, f.After = fake.Creations(), after
				r.inject(f)
				tc.check(r.post(restores, automated(bySnapshot)))
				r.committed(after)
				r.get(restores).ok()
				r.post(restores, automated(bySnapshot)).ok()
			})
		}
	}
}

// committed checks whether the one creation so far made a job, and that the journal knows.
func (r *rig) committed(want bool) {
	r.t.Helper()
	posts := r.Posts()
	if len(posts) != 1 || !posts[0].Done || len(posts[0].Faults) == 0 || (len(posts[0].Created) == 1) != want {
		r.t.Errorf("journal: %+v", posts)
	}
	if n := len(r.Jobs(orders)); (n == 1) != want {
		r.t.Errorf("%d jobs, want one: %v", n, want)
	}
}

func TestConflictNamesOurOwnJob(t *testing.T) {
	r := start(t, fake.Options{})
	r.inject(fake.Fault{Kind: fake.Conflict, Match: fake.Creations()})
	r.post(restores, automated(bySnapshot)).refused(409, "CONCURRENT_RESTORES")
	r.inject(fake.Fault{Kind: fake.Conflict, Match: fake.Creations(), After: true})
	res := r.post(restores, automated(bySnapshot))
	res.refused(409, "CONCURRENT_RESTORES_JOB_IDS")
	if own := r.Jobs(orders)[0].ID; !strings.Contains(string(res.body), own) {
		t.Errorf("body %s does not name %s", res.body, own)
	}
}

func TestDrop(t *testing.T) {
	for _, after := range []bool{false, true} {
		r := start(t, fake.Options{})
		r.inject(fake.Fault{Kind: fake.Drop, Match: fake.Creations(), After: after})
		if _, err := r.try(r.client, http.MethodPost, restores, automated(bySnapshot)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("after %v: %v, want a reset connection", after, err)
		}
		r.committed(after)
		if got := r.Posts()[0].Status; got != 0 {
			t.Errorf("after %v: status %d in the journal", after, got)
		}
		r.post(restores, automated(bySnapshot)).ok()
	}
}

func TestHang(t *testing.T) {
	for _, after := range []bool{false, true} {
		r := start(t, fake.Options{})
		r.inject(fake.Fault{Kind: fake.Hang, Match: fake.Creations(), After: after})
		ctx, hangUp := context.WithCancel(t.Context())
		go func() {
			_, _ = r.Await(t.Context(), fake.Call.Posted)
			hangUp()
		}()
		if _, err := r.tryUntil(ctx, r.client, http.MethodPost, restores, automated(bySnapshot)); !errors.Is(err, context.Canceled) {
			t.Fatalf("after %v: %v", after, err)
		}
		if _, err := r.Await(t.Context(), func(c fake.Call) bool { return c.Posted() && c.Done && c.Status == 0 }); err != nil {
			t.Fatal(err)
		}
		r.committed(after)
	}
}

func TestOldJobs(t *testing.T) {
	for _, after := range []bool{false, true} {
		r := start(t, fake.Options{})
		old := r.AddJob(fake.Job{ClusterID: orders, SnapshotID: fresh, TargetGroupID: payments, TargetClusterID: staging})
		r.inject(fake.Fault{Kind: fake.OldJobs, Match: fake.Creations(), After: after})
		jobs := r.post(restores, automated(bySnapshot)).results()
		if len(jobs) != 1 || jobs[0]["id"] != old.ID {
			t.Errorf("after %v: %v", after, jobs)
		}
		if n := len(r.Jobs(orders)); (n == 2) != after {
			t.Errorf("after %v: %d jobs", after, n)
		}
	}
}

func TestForeignJobAtTheSameSecond(t *testing.T) {
	r := start(t, fake.Options{})
	r.inject(fake.Fault{Kind: fake.ForeignJob, Match: fake.Creations()})
	ours, _ := r.post(restores, automated(bySnapshot)).results()[0]["id"].(string)
	jobs := r.Jobs(orders)
	if len(jobs) != 2 || jobs[1].ID != ours {
		t.Fatalf("jobs %+v", jobs)
	}
	twin := jobs[0]
	if !twin.Created.Equal(jobs[1].Created) || twin.SnapshotID != fresh || twin.TargetClusterID != staging || twin.ID == ours {
		t.Errorf("foreign job %+v", twin)
	}
	if posts := r.Posts(); !slices.Equal(posts[0].Created, []string{ours}) {
		t.Errorf("the journal takes the foreign job for ours: %v", posts[0].Created)
	}

	r.inject(fake.Fault{Kind: fake.ForeignJob, Match: fake.Creations(), Foreign: &fake.Job{ClusterID: orders, SnapshotID: older, MethodName: "QUERY"}})
	r.inject(fake.Fault{Kind: fake.Drop, Match: fake.Creations()})
	if _, err := r.try(r.client, http.MethodPost, restores, automated(bySnapshot)); err == nil {
		t.Error("the connection was not dropped")
	}
	list := r.get(restores).results()
	if len(list) != 3 || at(list[0], "delivery", "methodName") != "QUERY" {
		t.Errorf("list %v", list)
	}
}

func TestBatchSeenInPart(t *testing.T) {
	r := start(t, fake.Options{})
	path := "/groups/" + payments + "/clusters/" + events + "/restoreJobs"
	r.inject(fake.Fault{Kind: fake.PartialBatch, Match: fake.Creations(), Keep: 1})
	r.inject(fake.Fault{Kind: fake.ListLag, Match: fake.Creations(), Keep: 2, Lists: 2})
	if n := len(r.post(path, strings.ReplaceAll(automated(`"snapshotId":"`+whole+`"`), staging, eventsNew)).results()); n != 1 {
		t.Errorf("the answer shows %d jobs, want 1", n)
	}
	if n := len(r.Jobs(events)); n != 3 {
		t.Errorf("%d jobs were made, want 3", n)
	}
	for i, want := range []int{2, 2, 3, 3} {
		if n := len(r.get(path).results()); n != want {
			t.Errorf("list %d shows %d jobs, want %d", i, n, want)
		}
	}
}

func TestShuffle(t *testing.T) {
	r := start(t, fake.Options{Seed: 3})
	for range 205 {
		r.AddJob(fake.Job{ClusterID: orders})
	}
	sorted, _ := r.walk(restores)
	r.inject(fake.Fault{Kind: fake.Shuffle, Match: fake.Listings(), Times: fake.Always})
	shuffled, _ := r.walk(restores)
	if slices.Equal(sorted, shuffled) {
		t.Error("the order is the same")
	}
	slices.Sort(sorted)
	slices.Sort(shuffled)
	if !slices.Equal(sorted, shuffled) {
		t.Error("pages overlap or miss jobs")
	}
}

func TestDateSkew(t *testing.T) {
	r := start(t, fake.Options{})
	date := func() time.Time {
		at, err := http.ParseTime(r.get("/groups").header.Get("Date"))
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	before := date()
	r.inject(fake.Fault{Kind: fake.DateSkew, Skew: -3 * time.Hour, Match: fake.Match{Authorized: true}})
	if skewed := date(); before.Sub(skewed) < 2*time.Hour {
		t.Errorf("date %v, before %v", skewed, before)
	}
	if after := date(); after.Before(before) {
		t.Errorf("date %v, before %v", after, before)
	}
}

func TestRecordGone(t *testing.T) {
	r := start(t, fake.Options{})
	one := r.AddJob(fake.Job{ClusterID: orders})
	two := r.AddJob(fake.Job{ClusterID: orders})
	r.inject(fake.Fault{Kind: fake.RecordGone, JobID: one.ID, Times: 2, Match: fake.Match{Authorized: true}})
	r.get(restores+"/"+one.ID).refused(404, "RESTORE_JOB_NOT_FOUND")
	if jobs := r.get(restores).results(); len(jobs) != 1 || jobs[0]["id"] != two.ID {
		t.Errorf("jobs %v", jobs)
	}
	r.get(restores + "/" + one.ID).ok()
	if err := r.RemoveJob(one.ID); err != nil {
		t.Fatal(err)
	}
	r.get(restores+"/"+one.ID).refused(404, "RESTORE_JOB_NOT_FOUND")
	if err := r.RemoveJob(one.ID); err == nil {
		t.Error("removed twice")
	}
}

func TestLeaveOut(t *testing.T) {
	r := start(t, fake.Options{})
	r.post(restores, download(bySnapshot)).ok()
	r.post(restores, automated(bySnapshot)).ok()
	whole := r.get(restores).results()
	tells := func(job map[string]any, name string) bool {
		return at(job, name) != nil || at(job, "delivery", name) != nil
	}
	for _, name := range []string{
		"clusterId", "created", "pointInTime", "snapshotId", "timestamp", "targetClusterId", "targetGroupId", "expirationHours",
		"maxDownloads",
	} {
		r.inject(fake.Fault{Kind: fake.LeaveOut, Match: fake.Listings(), Fields: []string{name}})
		shown := 0
		for i, job := range r.get(restores).results() {
			if tells(whole[i], name) {
				shown++
			}
			if tells(job, name) || job["id"] != whole[i]["id"] || job["statusName"] == nil {
				t.Errorf("job %d without %s: %v", i, name, job)
			}
		}
		if shown == 0 {
			t.Errorf("no job tells %s anyway", name)
		}
	}
	r.inject(fake.Fault{Kind: fake.LeaveOut, Match: fake.Creations(), Fields: []string{"created"}})
	if made := r.post(restores, automated(bySnapshot)).results()[0]; made["created"] != nil {
		t.Errorf("made %v", made)
	}
}

func TestFaultsMatchAndWearOut(t *testing.T) {
	r := start(t, fake.Options{})
	r.inject(fake.Fault{Kind: fake.Failure, Match: fake.Match{Path: "/groups/*"}, Times: 2})
	r.inject(fake.Fault{Kind: fake.HTML, Match: fake.Match{Method: "GET", Path: "/groups/*", Authorized: true}})
	r.get("/groups").ok()                           // the pattern wants one segment more
	r.get(project).refused(500, "UNEXPECTED_ERROR") // both legs match: the first one fails
	if left := r.Faults(); len(left) != 2 || left[0].Times != 1 || left[1].Times != 1 {
		t.Errorf("faults %+v", left)
	}
	r.get(project).refused(500, "UNEXPECTED_ERROR")
	if res := r.get(project); res.status != 403 {
		t.Errorf("status %d, want the second fault", res.status)
	}
	r.get(project).ok()
	if left := r.Faults(); len(left) != 0 {
		t.Errorf("faults %+v", left)
	}
	r.inject(fake.Fault{Kind: fake.HTML, Match: fake.Match{Authorized: true}})
	r.inject(fake.Fault{Kind: fake.RateLimit, Match: fake.Match{Authorized: true}})
	if res := r.get(project); res.status != 403 {
		t.Errorf("status %d, want the first fault", res.status)
	}
	r.get(project).refused(429, "RATE_LIMITED") // one answer uses up one fault
	r.inject(fake.Fault{Kind: fake.AccessList, Times: fake.Always, Match: fake.Match{Authorized: true}})
	for range 3 {
		r.get(project).refused(403, "IP_ADDRESS_NOT_ON_ACCESS_LIST")
	}
	r.ClearFaults()
	r.get(project).ok()
}

func TestInjectRefuses(t *testing.T) {
	s := fake.New(fake.World{}, fake.Options{})
	defer s.Close()
	for name, f := range map[string]fake.Fault{
		"unknown kind":               {Kind: "gremlin"},
		"malformed path":             {Kind: fake.Drop, Match: fake.Match{Path: "/groups/["}},
		"redirect without location":  {Kind: fake.Redirect},
		"a field that must be there": {Kind: fake.LeaveOut, Fields: []string{"created", "id"}},
	} {
		if err := s.Inject(f); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if left := s.Faults(); len(left) != 0 {
		t.Errorf("faults %+v", left)
	}
}
