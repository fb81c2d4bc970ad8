package doctor_test

import (
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"snapback/internal/sandbox/fakeatlas"
	"snapback/internal/sandbox/fakeopsmanager"
)

func TestDoctorKnowsOpsManager(t *testing.T) {
	t.Parallel()
	om := func(kind fakeopsmanager.Fault, path string) func(*testing.T, *clinic) {
		return func(_ *testing.T, c *clinic) { c.faulty(kind, path) }
	}
	diagnose(t, map[string]ailment{
		"401": {want: []string{"backend om: ", "401", "Check public_key and private_key"}, spoil: func(_ *testing.T, c *clinic) {
			c.edit("demoownr", "demonone")
		}},
		"access list": {
			want:  []string{"backend om: ", "there known as 127.0.0.1,", "403 IP_ADDRESS_NOT_ON_ACCESS_LIST", "Put it on the access list"},
			spoil: om(fakeopsmanager.Fault{Kind: fakeopsmanager.AccessList}, ""),
		},
		"role": {
			want:  []string{"backend om: ", "The snapshots of om/Analytics/", "403 USER_UNAUTHORIZED", "Project Backup Admin"},
			spoil: om(fakeopsmanager.Fault{Kind: fakeopsmanager.Failure, Status: 403, Code: "USER_UNAUTHORIZED"}, "/groups/*/clusters/*/snapshots"),
		},
		"role for jobs": {
			want:  []string{"backend om: ", "The restore jobs of om/Payments/", "403 USER_UNAUTHORIZED", "Project Backup Admin"},
			spoil: om(fakeopsmanager.Fault{Kind: fakeopsmanager.Failure, Status: 403, Code: "USER_UNAUTHORIZED"}, "/groups/*/clusters/*/restoreJobs"),
		},
		"gateway":    {want: []string{"backend om: ", "Something else than the API answers (403)", "Check url"}, spoil: om(fakeopsmanager.Fault{Kind: fakeopsmanager.HTML}, "")},
		"redirect":   {want: []string{"backend om: ", "redirects to om.example.net", "not followed"}, spoil: om(fakeopsmanager.Fault{Kind: fakeopsmanager.Redirect, Location: "https://om.example.net/"}, "")},
		"trouble":    {want: []string{"backend om: ", "500 UNEXPECTED_ERROR", "Try again later"}, spoil: om(fakeopsmanager.Fault{Kind: fakeopsmanager.Failure}, "")},
		"rate limit": {want: []string{"backend om: ", "429 RATE_LIMITED", "Try again later"}, spoil: om(fakeopsmanager.Fault{Kind: fakeopsmanager.RateLimit, RetryAfter: time.Hour}, "")},
		"refused":    {want: []string{"backend om: ", "Nothing takes connections there", "connection refused", "host and port of url"}, spoil: func(_ *testing.T, c *clinic) { c.edit(c.at[1], "http://127.0.0.1:1") }},
		"certificate": {want: []string{"backend om: ", "certificate that it shows is not trusted", "ca_file"}, spoil: func(t *testing.T, c *clinic) {
			t.Helper()
			s := httptest.NewUnstartedServer(c.manager)
			s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
			s.StartTLS()
			t.Cleanup(s.Close)
			c.edit(c.at[1], s.URL)
		}},
		"clock": {want: []string{"clock: ", "That of om is ", " behind the one here", "nothing would be submitted", "Set the clock"}, spoil: om(
			fakeopsmanager.Fault{Kind: fakeopsmanager.DateSkew, Skew: -10 * time.Minute}, "")},
		"old server": {fine: true, want: []string{"backend om: ", "In project Payments it does not tell which times can be restored", "role that reads them"}, spoil: om(
			fakeopsmanager.Fault{Kind: fakeopsmanager.Failure, Status: 404, Code: "RESOURCE_NOT_FOUND"}, "/groups/*/clusters/*/restoreJobs/restorableTimeRanges")},
		"no automation": {fine: true, want: []string{"backend om: ", "does not tell how far the agents are", "role"}, spoil: om(
			fakeopsmanager.Fault{Kind: fakeopsmanager.Failure, Status: 403, Code: "USER_UNAUTHORIZED"}, "/groups/*/automationStatus")},
		"no project": {want: []string{"backend om: ", "no cluster in the project Paymets", "Check the name"}, spoil: func(_ *testing.T, c *clinic) {
			c.edit("public_key: demoownr", "public_key: demoownr, projects: [Payments, Paymets]")
		}},
	})
}

func TestDoctorKnowsAtlas(t *testing.T) {
	t.Parallel()
	fault := func(f fakeatlas.Fault) func(*testing.T, *clinic) {
		return func(t *testing.T, c *clinic) {
			t.Helper()
			f.Times = fakeatlas.Always
			if err := c.atlas.Inject(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	diagnose(t, map[string]ailment{
		"account": {want: []string{"backend atlas: ", "gets no token (no token: 401", "client_secret"}, spoil: func(_ *testing.T, c *clinic) {
			c.edit("client_secret: mdb_sa_sk_", "client_secret: canary_")
		}},
		"401": {want: []string{"backend atlas: ", "401", "client_id and client_secret"}, spoil: fault(fakeatlas.Fault{
			Kind: fakeatlas.Unauthorized, Match: fakeatlas.Match{Path: "/groups"},
		})},
		"access list": {want: []string{"backend atlas: ", "403 IP_ADDRESS_NOT_ON_ACCESS_LIST", "Put it on the access list"}, spoil: fault(fakeatlas.Fault{
			Kind: fakeatlas.AccessList, Match: fakeatlas.Match{Path: "/groups"},
		})},
		"role": {want: []string{"backend atlas: ", "The restore jobs of atlas/Analytics/reports-prod cannot be read.", "403", "Project Backup Manager"}, spoil: fault(fakeatlas.Fault{
			Kind: fakeatlas.Failure, Status: 403, Code: "USER_UNAUTHORIZED", Match: fakeatlas.Listings(),
		})},
		"clock": {want: []string{"clock: ", "That of atlas is ", " ahead of", "Set the clock"}, spoil: fault(fakeatlas.Fault{
			Kind: fakeatlas.DateSkew, Skew: 10 * time.Minute,
		})},
	})
}
