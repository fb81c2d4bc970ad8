package atlas_test

import (
	"net/http"
	"testing"
	"time"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeatlas"
)

// TestEvidence goes through the table of evidence with an Atlas that fails in all ways, once before and once after it has
// made the job.
func TestEvidence(t *testing.T) {
	for name, tt := range map[string]struct {
		fault fake.Fault
		want  restore.OutcomeKind
		code  string
	}{
		"dropped":         {fake.Fault{Kind: fake.Drop}, restore.Unknown, ""},
		"redirect":        {fake.Fault{Kind: fake.Redirect, Location: "https://elsewhere.example.net/"}, restore.Fixable, ""},
		"empty":           {fake.Fault{Kind: fake.Empty}, restore.Unknown, ""},
		"garbled":         {fake.Fault{Kind: fake.Garbled}, restore.Unknown, ""},
		"an old job":      {fake.Fault{Kind: fake.OldJob}, restore.Unknown, ""},
		"a gateway":       {fake.Fault{Kind: fake.HTML}, restore.Unknown, ""},
		"a gateway's 404": {fake.Fault{Kind: fake.HTML, Status: 404}, restore.Unknown, ""},
		"500":             {fake.Fault{Kind: fake.Failure}, restore.Unknown, "UNEXPECTED_ERROR"},
		"503":             {fake.Fault{Kind: fake.Failure, Status: 503}, restore.Unknown, "UNEXPECTED_ERROR"},
		"upgrade":         {fake.Fault{Kind: fake.Failure, Status: 405, Code: "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES"}, restore.Fixable, "WRITES_NOT_ALLOWED_DURING_APP_UPGRADES"},
		"405":             {fake.Fault{Kind: fake.Failure, Status: 405, Code: "METHOD_NOT_ALLOWED"}, restore.Unknown, "METHOD_NOT_ALLOWED"},
		"access list":     {fake.Fault{Kind: fake.AccessList}, restore.Fixable, "IP_ADDRESS_NOT_ON_ACCESS_LIST"},
		"too many":        {fake.Fault{Kind: fake.RateLimit, RetryAfter: time.Second}, restore.Fixable, "RATE_LIMITED_TOKEN_BUCKET"},
		"busy":            {fake.Fault{Kind: fake.Conflict}, restore.Busy, "ATLAS_CLUSTER_RESTORE_IN_PROGRESS"},
		"paused":          {fake.Fault{Kind: fake.Failure, Status: 400, Code: "CLUSTER_PAUSED_CANNOT_RESTORE"}, restore.Permanent, "CLUSTER_PAUSED_CANNOT_RESTORE"},
		"version":         {fake.Fault{Kind: fake.Failure, Status: 406, Code: "INVALID_VERSION_DATE"}, restore.Permanent, "INVALID_VERSION_DATE"},
		"gone version":    {fake.Fault{Kind: fake.Failure, Status: 410, Code: "VERSION_GONE"}, restore.Permanent, "VERSION_GONE"},
		"other conflict":  {fake.Fault{Kind: fake.Failure, Status: 409, Code: "CANNOT_UPDATE_PAUSED_CLUSTER"}, restore.Permanent, "CANNOT_UPDATE_PAUSED_CLUSTER"},
	} {
		for _, after := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				r := start(t, fake.Options{})
				old := r.AddJob(fake.Job{ClusterID: r.world.Named("orders-prod").ID, DeliveryType: fake.Automated, End: fake.Finished}).ID
				tt.fault.Match, tt.fault.After = fake.Creations(), after
				r.inject(tt.fault)
				o := r.Submit(t.Context(), r.plan("orders-prod", "orders-staging", r.newest("orders-prod"))).Judge([]string{old}, func(string) bool { return false })
				if o.Kind != tt.want || o.Code != tt.code || len(r.Posts()) != 1 {
					t.Errorf("after %v: %+v, %d posts", after, o, len(r.Posts()))
				}
			})
		}
	}
}

func TestRefusedCredentials(t *testing.T) {
	r := start(t, fake.Options{})
	r.inject(fake.Fault{Kind: fake.Unauthorized, Match: fake.Creations(), Times: fake.Always})
	o := r.Submit(t.Context(), r.plan("orders-prod", "orders-staging", r.newest("orders-prod")))
	if o.Kind != restore.Fixable || o.Status != http.StatusUnauthorized || len(r.Posts()) != 1 {
		t.Errorf("got %+v after %d posts", o, len(r.Posts()))
	}
}

// TestBeforeThePost has what is read just before the POST go wrong: nothing is sent.
func TestBeforeThePost(t *testing.T) {
	look := fake.Match{Method: http.MethodGet, Path: "/groups/*/clusters/*", Authorized: true}
	for name, tt := range map[string]struct {
		fault fake.Fault
		want  restore.OutcomeKind
		wait  bool
	}{
		"dropped":     {fake.Fault{Kind: fake.Drop, Times: fake.Always}, restore.Unsent, false},
		"access list": {fake.Fault{Kind: fake.AccessList}, restore.Fixable, false},
		"500":         {fake.Fault{Kind: fake.Failure}, restore.Unsent, false},
		"too many":    {fake.Fault{Kind: fake.RateLimit, RetryAfter: time.Hour}, restore.Unsent, true},
		"garbled":     {fake.Fault{Kind: fake.Garbled}, restore.Unsent, false},
	} {
		r := start(t, fake.Options{})
		tt.fault.Match = look
		r.inject(tt.fault)
		o := r.Submit(t.Context(), r.plan("orders-prod", "orders-staging", r.newest("orders-prod")))
		if o.Kind != tt.want || (o.Wait > 0) != tt.wait || len(r.Posts()) != 0 {
			t.Errorf("%s: %+v after %d posts", name, o, len(r.Posts()))
		}
	}
}

// TestSomebodyElsesJob has somebody start the same at the same moment: both are found, and neither is taken by itself.
func TestSomebodyElsesJob(t *testing.T) {
	r := start(t, fake.Options{})
	p := r.plan("orders-prod", "orders-staging", r.newest("orders-prod"))
	r.inject(fake.Fault{Kind: fake.ForeignJob, Match: fake.Creations()})
	if o := r.Submit(t.Context(), p); o.Kind != restore.Busy {
		t.Errorf("got %+v", o)
	}
	found := r.jobs("orders-prod").Jobs
	if len(found) != 1 || p.Compare(found[0]) != restore.Alike {
		t.Errorf("found %+v", found)
	}
	r.inject(fake.Fault{Kind: fake.LeaveOut, Match: fake.Listings(), Times: fake.Always, Fields: []string{"targetClusterName", "snapshotId"}})
	for _, j := range r.jobs("orders-prod").Jobs {
		if p.Compare(j) != restore.Near {
			t.Errorf("%+v is %v", j, p.Compare(j))
		}
	}
}
