package atlas_test

import (
	"errors"
	"net/http"
	"testing"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeatlas"
)

// TestRolesAreNamed refuses one list after the other to a credential that sees the project.
func TestRolesAreNamed(t *testing.T) {
	t.Parallel()
	const list, where = "/groups/*/clusters/*/backup/", "atlas/Payments/orders-prod"
	for path, want := range map[string]restore.RoleError{
		"/groups/*/clusters":     {List: restore.ListClusters, Where: "atlas", Role: "Project Read Only"},
		"/groups/*/flexClusters": {List: restore.ListClusters, Where: "atlas", Role: "Project Read Only"},
		list + "snapshots":       {List: restore.ListSnapshots, Where: where, Role: "Project Read Only"},
		list + "restoreJobs":     {List: restore.ListJobs, Where: where, Role: "Project Backup Manager"},
	} {
		r := start(t, fake.Options{})
		r.inject(fake.Fault{
			Kind: fake.Failure, Status: http.StatusForbidden, Code: "USER_UNAUTHORIZED", Times: fake.Always, Match: fake.Match{Path: path},
		})
		c := r.named["orders-prod"]
		_, clusters := r.Clusters(t.Context())
		_, snapshots := r.Snapshots(t.Context(), c)
		_, jobs := r.Backend.Jobs(t.Context(), restore.SubmissionRestore, c)
		found := 0
		for _, err := range []error{clusters, snapshots, jobs} {
			got, ok := errors.AsType[*restore.RoleError](err)
			if !ok {
				continue
			}
			found++
			if got.List != want.List || got.Where != want.Where || got.Role != want.Role || !errors.Is(err, restore.ErrDenied) {
				t.Errorf("%s: %+v", path, got)
			}
		}
		if found != 1 {
			t.Errorf("%s: %d lists lack a role", path, found)
		}
	}
}
