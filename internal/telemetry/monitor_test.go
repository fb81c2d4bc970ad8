package telemetry_test

import (
	"errors"
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
	metrics, err := telemetry.NewMetrics(registry, &telemetry.Health{}, func() map[string]int { return nil })
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
		{"disk nearly full", func() { m.StoreRoom(64<<20-1, 64<<20, nil) }, `Only 63 MiB of disk space are free`},
		{"disk nearly full is degraded", func() {}, `"status":"degraded"`},
		{"disk with just enough", func() { m.StoreRoom(64<<20, 64<<20, nil) }, `"status":"ready"`},
		{"disk gone", func() { m.StoreRoom(0, 64<<20, errors.New("no such file")) }, `"status":"degraded"`},
		{"disk back", func() { m.StoreRoom(1<<40, 64<<20, nil) }, `"status":"ready"`},
		{"old store", func() { m.Recovery(true, "behind") }, `"status":"down"`},
		{"no old store", func() { m.Recovery(false, "") }, `"status":"ready"`},
		{"foreign connection", func() { m.ForeignConnections(1) }, `"status":"degraded"`},
		{"foreign connection again", func() { m.ForeignConnections(2) }, `2 Socket Mode connections`},
		{"no foreign connection", func() { m.ForeignConnections(0) }, `"status":"ready"`},
		{"channel gone", func() { m.ChannelTrouble("C0RESTORES", "is_archived") }, `C0RESTORES cannot be posted to: is_archived`},
		{"channel back", func() { m.ChannelTrouble("C0RESTORES", "") }, `"status":"ready"`},
		{"commit failed", func() { m.StoreBroken() }, `a commit failed`},
		{"a commit that failed is for good", func() { m.StoreRoom(1<<40, 64<<20, nil) }, `"status":"down"`},
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
