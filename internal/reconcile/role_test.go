package reconcile_test

import (
	"net/http"
	"slices"
	"testing"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeatlas"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// TestRoleIsMissing has a credential see a project and read one list less than a plan needs: the request is refused at once,
// with the list and the role, and nothing is sent.
func TestRoleIsMissing(t *testing.T) {
	t.Parallel()
	const snapshots, jobs = "orders-prod latest to orders-staging", "orders-prod at 1h ago to orders-staging"
	for name, tt := range map[string]struct {
		backend, path, line string
		status              int
		list                restore.Listing
		role                string
	}{
		"om, clusters":     {"om", "/groups/*/clusters", snapshots, http.StatusForbidden, restore.ListClusters, "Project Read Only"},
		"om, snapshots":    {"om", "/groups/*/clusters/*/snapshots", snapshots, http.StatusForbidden, restore.ListSnapshots, "Project Backup Admin"},
		"om, jobs":         {"om", "/groups/*/clusters/*/restoreJobs", jobs, http.StatusForbidden, restore.ListJobs, "Project Backup Admin"},
		"om, jobs, 401":    {"om", "/groups/*/clusters/*/restoreJobs", snapshots, http.StatusUnauthorized, restore.ListJobs, "Project Backup Admin"},
		"atlas, clusters":  {"atlas", "/groups/*/clusters", snapshots, http.StatusForbidden, restore.ListClusters, "Project Read Only"},
		"atlas, flex":      {"atlas", "/groups/*/flexClusters", snapshots, http.StatusForbidden, restore.ListClusters, "Project Read Only"},
		"atlas, snapshots": {"atlas", "/groups/*/clusters/*/backup/snapshots", snapshots, http.StatusForbidden, restore.ListSnapshots, "Project Read Only"},
		"atlas, jobs":      {"atlas", "/groups/*/clusters/*/backup/restoreJobs", snapshots, http.StatusForbidden, restore.ListJobs, "Project Backup Manager"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set := func(s *settings) {
				s.atlas, s.policies = tt.backend == "atlas", []restore.Policy{policy("any", "", "leads")}
			}
			run(t, set, func(r *rig) {
				const code = "USER_UNAUTHORIZED"
				if tt.backend == "om" {
					r.inject(fake.Fault{
						Kind: fake.Failure, Status: tt.status, Code: code, Times: fake.Always,
						Match: fake.Match{Path: tt.path, Authorized: true},
					})
				} else if err := r.cloud.server.Inject(fakeatlas.Fault{
					Kind: fakeatlas.Failure, Status: tt.status, Code: code, Times: fakeatlas.Always, Match: fakeatlas.Match{Path: tt.path},
				}); err != nil {
					r.t.Fatal(err)
				}
				findings := r.checked(r.file(r.full(tt.backend, tt.line)), true)
				where := tt.backend + "/Payments/orders-prod"
				if tt.list == restore.ListClusters {
					where = tt.backend
				}
				if f := findings[0]; len(findings) != 1 || f.Code != restore.FindRole || f.Name != string(tt.list) ||
					f.Cluster != where || !slices.Equal(f.Near, []string{tt.role}) {
					r.t.Errorf("refused for %+v", findings)
				}
				r.posts(0, 0)
			})
		})
	}
}
