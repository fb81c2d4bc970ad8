package fakeatlas_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	fake "snapback/internal/sandbox/fakeatlas"
)

func TestAnsweringFaults(t *testing.T) {
	for _, tt := range []struct {
		fault  fake.Fault
		status int // 0: the connection is dropped
		code   string
	}{
		{fake.Fault{Kind: fake.Drop}, 0, ""},
		{fake.Fault{Kind: fake.Redirect, Location: "https://elsewhere.example.net/"}, 302, ""},
		{fake.Fault{Kind: fake.Empty}, 200, ""},
		{fake.Fault{Kind: fake.Garbled}, 200, ""},
		{fake.Fault{Kind: fake.OldJob}, 200, ""},
		{fake.Fault{Kind: fake.HTML}, 403, ""},
		{fake.Fault{Kind: fake.Failure}, 500, "UNEXPECTED_ERROR"},
		{fake.Fault{Kind: fake.Failure, Status: 405, Code: "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES"}, 405, "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES"},
		{fake.Fault{Kind: fake.AccessList}, 403, "IP_ADDRESS_NOT_ON_ACCESS_LIST"},
		{fake.Fault{Kind: fake.RateLimit, RetryAfter: 7 * time.Second}, 429, "RATE_LIMITED_TOKEN_BUCKET"},
		{fake.Fault{Kind: fake.Conflict}, 409, "ATLAS_CLUSTER_RESTORE_IN_PROGRESS"},
	} {
		for _, after := range []bool{false, true} {
			r := start(t, fake.Options{})
			orders := r.world.Named("orders-prod")
			old := r.AddJob(fake.Job{ClusterID: orders.ID, DeliveryType: fake.Automated, End: fake.Finished})
			tt.fault.Match, tt.fault.After = fake.Creations(), after
			r.inject(tt.fault)
			res, err := r.try(r.client, http.MethodPost, r.under("orders-prod", "/backup/restoreJobs"), v2023, r.automated("orders-prod", "orders-staging"))
			switch {
			case tt.status == 0 && err == nil, tt.status != 0 && err != nil, res.status != tt.status:
				t.Errorf("%s: status %d, %v", tt.fault.Kind, res.status, err)
			case tt.code != "":
				res.refused(tt.status, tt.code)
			case tt.fault.Kind == fake.OldJob && res.is(200)["id"] != old.ID:
				t.Errorf("old job: %s", res.body)
			}
			if made := len(r.Jobs(orders.ID)) - 1; (made == 1) != after || len(r.Posts()) != 1 || len(r.Posts()[0].Created) != made {
				t.Errorf("%s, after %v: %d jobs made, journal %+v", tt.fault.Kind, after, made, r.Posts())
			}
		}
	}
}

func TestChangingFaults(t *testing.T) {
	r := start(t, fake.Options{})
	orders := r.world.Named("orders-prod")
	jobs := r.under("orders-prod", "/backup/restoreJobs")
	r.inject(fake.Fault{Kind: fake.ListLag, Match: fake.Creations(), Lists: 2})
	r.inject(fake.Fault{Kind: fake.LeaveOut, Match: fake.Listings(), Times: fake.Always, Fields: []string{"targetClusterName", "snapshotId"}})
	r.do(http.MethodPost, jobs, v2023, r.automated("orders-prod", "orders-staging")).is(200)
	for _, want := range []int{0, 0, 1} {
		if got := r.get(jobs, v2023).results(); len(got) != want || (want == 1 && (got[0]["targetClusterName"] != nil || got[0]["deliveryType"] == nil)) {
			t.Errorf("list %v; want %d", got, want)
		}
	}
	r.ClearFaults()
	r.inject(fake.Fault{Kind: fake.ForeignJob, Match: fake.Creations()})
	r.do(http.MethodPost, jobs, v2023, r.automated("orders-prod", "orders-prod")).refused(409, "ATLAS_CLUSTER_RESTORE_IN_PROGRESS")
	if got := r.Jobs(orders.ID); len(got) != 2 || len(r.Posts()[1].Created) != 0 {
		t.Errorf("jobs %v", got)
	}
	r.inject(fake.Fault{Kind: fake.RecordGone, Match: fake.Listings(), Times: 2})
	r.inject(fake.Fault{Kind: fake.DateSkew, Match: fake.Listings(), Skew: time.Hour})
	res := r.get(jobs, v2023)
	if at, err := http.ParseTime(res.header.Get("Date")); err != nil || len(res.results()) != 0 || time.Until(at) < 50*time.Minute {
		t.Errorf("%v, %s", res.header, res.body)
	}
	r.ClearFaults()
	for range 20 {
		r.AddJob(fake.Job{ClusterID: orders.ID, DeliveryType: fake.Automated, End: fake.Finished})
	}
	order := func() (ids []string) {
		for _, j := range r.get(jobs, v2023).results() {
			id, _ := j["id"].(string)
			ids = append(ids, id)
		}
		return ids
	}
	plain := order()
	r.inject(fake.Fault{Kind: fake.Shuffle, Times: fake.Always})
	if once, twice := order(), order(); slices.Equal(once, plain) || !slices.Equal(once, twice) {
		t.Errorf("orders %v, %v, %v", plain, once, twice)
	}
	for _, bad := range []fake.Fault{{Kind: "novel"}, {Kind: fake.Redirect}, {Kind: fake.Drop, Match: fake.Match{Path: "["}}, {Kind: fake.LeaveOut, Fields: []string{"id"}}} {
		if r.Inject(bad) == nil {
			t.Errorf("%+v is armed", bad)
		}
	}
	id := r.Jobs(orders.ID)[0].ID
	if err := r.RemoveJob(id); err != nil || r.RemoveJob(id) == nil || r.End(id, fake.Failed) == nil {
		t.Error("a record that is gone is still there")
	}
}
