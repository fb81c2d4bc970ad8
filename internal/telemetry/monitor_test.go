package telemetry_test

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"snapback/internal/telemetry"
)

func TestMonitorKeepsReadinessInStep(t *testing.T) {
	registry := prometheus.NewRegistry()
	metrics, err := telemetry.NewMetrics(registry, func() map[string]int { return nil })
	if err != nil {
		t.Fatal(err)
	}
	var heard []string
	m := &telemetry.Monitor{Metrics: metrics, Health: &telemetry.Health{}, Clock: func(source string, _, _ time.Time) {
		heard = append(heard, source)
	}}
	log := slog.New(slog.DiscardHandler)
	ready := func() string {
		w := httptest.NewRecorder()
		telemetry.Handler(registry, m.Health, log).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/readyz", nil))
		return w.Body.String()
	}
	for _, step := range []struct {
		name string
		do   func()
		want string
	}{
		{"nothing known", func() {}, `"status":"ready"`},
		{"Slack down", func() { m.SlackUp(false) }, `"status":"down"`},
		{"Slack up", func() { m.SlackUp(true) }, `"status":"ready"`},
		{"clock off", func() { m.ClockTrusted("om", 90*time.Second, false) }, `om by 1m30s`},
		{"clock right", func() { m.ClockTrusted("om", 0, true) }, `"status":"ready"`},
		{"foreign connection", func() { m.ForeignConnections(1) }, `"status":"degraded"`},
		{"no foreign connection", func() { m.ForeignConnections(0) }, `"status":"ready"`},
		{"channel gone", func() { m.ChannelTrouble("C0RESTORES", "is_archived") }, `C0RESTORES cannot be posted to: is_archived`},
		{"channel back", func() { m.ChannelTrouble("C0RESTORES", "") }, `"status":"ready"`},
	} {
		step.do()
		if got := ready(); !strings.Contains(got, step.want) {
			t.Errorf("%s: %s, want %s in it", step.name, got, step.want)
		}
	}
	now := time.Now()
	m.SlackDate(now.Add(2*time.Second), now)
	if len(heard) != 1 || heard[0] != "slack" {
		t.Errorf("clock of %v, want slack", heard)
	}
}
