package atlas_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"snapback/internal/mongodb/atlas"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeatlas"
)

// TestEaseBySet has little left of one set of endpoints: looks at others are as frequent as ever.
func TestEaseBySet(t *testing.T) {
	r := start(t, fake.Options{})
	ease := func(name string) int {
		t.Helper()
		list, err := r.Recent(t.Context(), restore.SubmissionRestore, r.named[name])
		if err != nil {
			t.Fatal(err)
		}
		return list.Ease
	}
	for _, name := range []string{"orders-prod", "tiny", "reports-prod"} {
		if got := ease(name); got != 1 {
			t.Errorf("%s: %d times", name, got)
		}
	}
	r.Spend(r.world.Projects[0].ID, 100)
	for name, want := range map[string]int{"orders-prod": 4, "events-prod": 4, "tiny": 1, "reports-prod": 1} {
		if got := ease(name); got != want {
			t.Errorf("%s: %d times, want %d", name, got, want)
		}
	}
	if _, err := r.Snapshots(t.Context(), r.named["ledger-prod"]); err != nil {
		t.Fatal(err)
	}
	list, err := r.Backend.Jobs(t.Context(), restore.SubmissionRestore, r.named["ledger-prod"])
	if err != nil || list.Ease != 4 {
		t.Errorf("all jobs: %d times, %v", list.Ease, err)
	}
	if o := r.Submit(t.Context(), r.plan("orders-prod", "orders-staging", r.newest("orders-prod"))); o.Kind != restore.Accepted {
		t.Errorf("a restore waits: %+v", o)
	}
}

// TestEaseWithoutHeaders has only some answers tell what is left: that counts for the set and the project that they were about.
func TestEaseWithoutHeaders(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/g1/clusters/orders/backup/snapshots") {
			w.Header().Set("RateLimit-Limit", "1200")
			w.Header().Set("RateLimit-Remaining", "7")
		}
		_, _ = io.WriteString(w, `{"results":[],"totalCount":0}`)
	}))
	defer s.Close()
	b := backend(t, atlas.Options{URL: s.URL, Credential: credential(t, "public", "private")})
	if _, err := b.Snapshots(t.Context(), orders(b)); err != nil {
		t.Fatal(err)
	}
	other, elsewhere := orders(b), orders(b)
	other.Name, elsewhere.ProjectID = "ledger", "g2"
	for _, tt := range []struct {
		cluster restore.Cluster
		want    int
	}{{orders(b), 8}, {other, 8}, {elsewhere, 1}, {flex(b), 1}} {
		list, err := b.Recent(t.Context(), restore.SubmissionRestore, tt.cluster)
		if err != nil || list.Ease != tt.want {
			t.Errorf("%s of %s: %d times, %v; want %d", tt.cluster.Name, tt.cluster.ProjectID, list.Ease, err, tt.want)
		}
	}
}
