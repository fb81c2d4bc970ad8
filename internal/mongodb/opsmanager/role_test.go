package opsmanager_test

import (
	"errors"
	"net/http"
	"testing"

	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// TestRolesAreNamed refuses one list after the other to a key that sees the project.
func TestRolesAreNamed(t *testing.T) {
	t.Parallel()
	const list, where = "/groups/*/clusters/*/", "om/Payments/events-prod"
	for path, want := range map[string]restore.RoleError{
		"/groups/*/clusters": {List: restore.ListClusters, Where: "om", Role: "Project Read Only"},
		list + "snapshots":   {List: restore.ListSnapshots, Where: where, Role: "Project Backup Admin"},
		list + "checkpoints": {List: restore.ListCheckpoints, Where: where, Role: "Project Backup Admin"},
		list + "restoreJobs": {List: restore.ListJobs, Where: where, Role: "Project Backup Admin"},
	} {
		s, b, named := startFake(t, fake.Options{})
		f := fake.Fault{Kind: fake.Failure, Status: http.StatusForbidden, Code: "USER_UNAUTHORIZED", Times: fake.Always}
		f.Match = fake.Match{Path: path, Authorized: true}
		if err := s.Inject(f); err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, err := range read(t, b, named["events-prod"]) {
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

// read reads every list that a plan is made from, and returns what became of it.
func read(t *testing.T, b restore.Backend, c restore.Cluster) []error {
	t.Helper()
	_, clusters := b.Clusters(t.Context())
	_, snapshots := b.Snapshots(t.Context(), c)
	_, checkpoints := b.Checkpoints(t.Context(), c)
	_, jobs := b.Jobs(t.Context(), restore.SubmissionRestore, c)
	return []error{clusters, snapshots, checkpoints, jobs}
}
