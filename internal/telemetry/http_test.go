package telemetry

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

type answer struct {
	status int
	body   string
	header http.Header
}

func do(t *testing.T, method, url string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
	if err != nil {
		t.Fatalf("make request: %v", err)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("read answer: %v", err)
	}
	return answer{resp.StatusCode, string(body), resp.Header}
}

func serve(t *testing.T, metrics prometheus.Gatherer, health *Health) string {
	t.Helper()
	srv := httptest.NewServer(Handler(metrics, health, slog.New(slog.DiscardHandler)))
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestReady(t *testing.T) {
	tests := map[string]struct {
		do     func(h *Health)
		status int
		body   string
	}{
		"nothing wrong": {
			do:     func(*Health) {},
			status: 200,
			body:   `{"status":"ready","reasons":[]}`,
		},
		"degraded still serves": {
			do:     func(h *Health) { h.Set("channel", Degraded, "Not a member of C0RESTORES.") },
			status: 200,
			body:   `{"status":"degraded","reasons":["Not a member of C0RESTORES."]}`,
		},
		"down": {
			do:     func(h *Health) { h.Set("slack", Down, "Not connected to Slack.") },
			status: 503,
			body:   `{"status":"down","reasons":["Not connected to Slack."]}`,
		},
		"the worst counts and comes first, then by name": {
			do: func(h *Health) {
				h.Set("b", Degraded, "B.")
				h.Set("a", Degraded, "A.")
				h.Set("z", Down, "Z.")
			},
			status: 503,
			body:   `{"status":"down","reasons":["Z.","A.","B."]}`,
		},
		"a name has one reason, the newest": {
			do: func(h *Health) {
				h.Set("store", Down, "The last commit failed.")
				h.Set("store", Degraded, "Little space left.")
			},
			status: 200,
			body:   `{"status":"degraded","reasons":["Little space left."]}`,
		},
		"cleared": {
			do: func(h *Health) {
				h.Clear("never set")
				h.Set("slack", Down, "Not connected to Slack.")
				h.Set("channel", Degraded, "Channel archived.")
				h.Clear("slack")
			},
			status: 200,
			body:   `{"status":"degraded","reasons":["Channel archived."]}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var h Health
			tt.do(&h)
			got := do(t, http.MethodGet, serve(t, prometheus.NewRegistry(), &h)+"/readyz")
			if got.status != tt.status || strings.TrimSpace(got.body) != tt.body {
				t.Errorf("got %d %s\nwant %d %s", got.status, got.body, tt.status, tt.body)
			}
			if ct := got.header.Get("Content-Type"); ct != "application/json" {
				t.Errorf("content type %q", ct)
			}
		})
	}
}

func TestHealthConcurrently(t *testing.T) {
	var h Health
	url := serve(t, prometheus.NewRegistry(), &h)
	var wg sync.WaitGroup
	for _, name := range []string{"a", "b", "c", "d"} {
		wg.Go(func() {
			for range 50 {
				h.Set(name, Down, "Trouble.")
				h.Clear(name)
			}
			h.Set(name, Degraded, name)
		})
	}
	for range 10 {
		do(t, http.MethodGet, url+"/readyz")
	}
	wg.Wait()
	want := `{"status":"degraded","reasons":["a","b","c","d"]}`
	if got := do(t, http.MethodGet, url+"/readyz"); strings.TrimSpace(got.body) != want {
		t.Errorf("got %s want %s", got.body, want)
	}
}

func TestPages(t *testing.T) {
	m, reg := newMetrics(t, func() map[string]int { return map[string]int{"pending": 4} })
	m.Decision("deny")
	var h Health
	h.Set("slack", Down, "Not connected to Slack.")
	url := serve(t, reg, &h)
	tests := map[string]struct {
		method, path string
		status       int
		contains     string
	}{
		"alive even when down":  {http.MethodGet, "/healthz", 200, "ok"},
		"metrics":               {http.MethodGet, "/metrics", 200, `snapback_decisions_total{decision="deny"} 1`},
		"metrics of the store":  {http.MethodGet, "/metrics", 200, `snapback_requests{state="pending"} 4`},
		"probes by HEAD":        {http.MethodHead, "/readyz", 503, ""},
		"nothing to write":      {http.MethodPost, "/readyz", 405, ""},
		"nothing at the top":    {http.MethodGet, "/", 404, ""},
		"nothing below a page":  {http.MethodGet, "/metrics/x", 404, ""},
		"no profile is exposed": {http.MethodGet, "/debug/pprof/", 404, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := do(t, tt.method, url+tt.path)
			if got.status != tt.status || !strings.Contains(got.body, tt.contains) {
				t.Errorf("got %d %q, want %d and %q in it", got.status, got.body, tt.status, tt.contains)
			}
		})
	}
	if got := do(t, http.MethodGet, url+"/healthz").body; got != "ok" {
		t.Errorf("/healthz says %q", got)
	}
}

func TestTroubleInGatheringIsLogged(t *testing.T) {
	broken := prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) { return nil, errors.New("counter on fire") })
	var out strings.Builder
	srv := httptest.NewServer(Handler(broken, new(Health), slog.New(slog.NewTextHandler(&out, nil))))
	got := do(t, http.MethodGet, srv.URL+"/metrics")
	if got.status != http.StatusInternalServerError {
		t.Errorf("status %d, want 500", got.status)
	}
	srv.Close() // the handler is done with the log
	if !strings.Contains(out.String(), "counter on fire") {
		t.Errorf("log says %q", out.String())
	}
}
