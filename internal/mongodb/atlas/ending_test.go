package atlas_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"snapback/internal/mongodb/atlas"
	"snapback/internal/restore"
)

// TestVersionsThatEnd has versions of the documents come to their end: the log says so once for each resource, however many
// projects, clusters and calls there are, and whichever of the two headers tells it.
func TestVersionsThatEnd(t *testing.T) {
	for name, tt := range map[string]struct{ deprecation, sunset string }{
		"both":        {"Wed, 01 Jul 2026 00:00:00 GMT", "Thu, 01 Jul 2027 00:00:00 GMT"},
		"sunset":      {"", "Thu, 01 Jul 2027 00:00:00 GMT"},
		"deprecation": {"@1782864000", ""},
		"neither":     {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var log strings.Builder
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if tt.deprecation != "" {
					w.Header().Set("Deprecation", tt.deprecation)
				}
				if tt.sunset != "" {
					w.Header().Set("Sunset", tt.sunset)
				}
				_, _ = io.WriteString(w, `{"results":[],"totalCount":0}`)
			}))
			defer s.Close()
			b := backend(t, atlas.Options{URL: s.URL, Credential: credential(t, "public", "private"), Logger: slog.New(slog.NewTextHandler(&log, nil))})
			var running sync.WaitGroup
			for _, of := range []string{"orders", "ledger", "orders2"} {
				for _, project := range []string{"g1", "g2"} {
					c := orders(b)
					c.Name, c.ProjectID = of, project
					running.Go(func() {
						_, _ = b.Recent(t.Context(), restore.SubmissionRestore, c)
						_, _ = b.Snapshots(t.Context(), c)
					})
				}
			}
			running.Wait()
			text := log.String()
			want := []string{"resource=/groups/{}/clusters/{}/backup/restoreJobs ", "resource=/groups/{}/clusters/{}/backup/snapshots "}
			if name == "neither" {
				want = nil
			}
			for _, part := range want {
				if strings.Count(text, part) != 1 {
					t.Errorf("%d times %q in %s", strings.Count(text, part), part, text)
				}
			}
			if n := strings.Count(text, "\n"); n != len(want) || strings.Count(text, v2023) != n ||
				(tt.sunset != "" && strings.Count(text, tt.sunset) != n) || (tt.deprecation != "" && strings.Count(text, tt.deprecation) != n) {
				t.Errorf("the log says %s", text)
			}
		})
	}
}
