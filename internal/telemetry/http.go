package telemetry

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Handler serves three pages, to GET and HEAD alone:
//
//   - /metrics: what metrics gathers, in Prometheus' text format;
//   - /healthz: 200 as long as the process answers at all;
//   - /readyz: {"status":"ready"|"degraded"|"down","reasons":[…]} with one sentence a reason, 200 unless it is down,
//     then 503.
//
// Trouble in gathering goes to log.
func Handler(metrics prometheus.Gatherer, health *Health, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelError),
	}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "ok") // a probe that hung up needs no answer
	})
	mux.HandleFunc("GET /readyz", health.serveReady)
	return mux
}

func (h *Health) serveReady(w http.ResponseWriter, _ *http.Request) {
	level, reasons := h.status()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if level == Down {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	// A probe that hung up needs no answer.
	_ = json.NewEncoder(w).Encode(struct {
		Status  string   `json:"status"`
		Reasons []string `json:"reasons"`
	}{level.String(), reasons})
}
