package telemetry

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestHealthIsCountedAtEachScrape(t *testing.T) {
	reg, health := prometheus.NewPedanticRegistry(), &Health{}
	if _, err := NewMetrics(reg, health, none); err != nil {
		t.Fatal(err)
	}
	compare := func(degraded, down string) {
		t.Helper()
		want := `
# HELP snapback_health_reasons Reasons why Snapback is not well, by level: degraded, or down. The sentences are on /readyz.
# TYPE snapback_health_reasons gauge
snapback_health_reasons{level="degraded"} ` + degraded + `
snapback_health_reasons{level="down"} ` + down + "\n"
		if err := testutil.GatherAndCompare(reg, strings.NewReader(want), "snapback_health_reasons"); err != nil {
			t.Error(err)
		}
	}
	compare("0", "0")
	health.Set("disk", Degraded, "Little space.")
	health.Set("channel C1", Degraded, "Not in it.")
	health.Set("slack", Down, "Not connected.")
	compare("2", "1")
	health.Clear("disk")
	health.Clear("slack")
	compare("1", "0")
}
