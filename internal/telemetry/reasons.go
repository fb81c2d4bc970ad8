package telemetry

import "github.com/prometheus/client_golang/prometheus"

// healthCollector counts the reasons of a [Health] at scrape time, so that who watches the metrics needs no second probe.
type healthCollector struct{ health *Health }

func healthDesc() *prometheus.Desc {
	return prometheus.NewDesc("snapback_health_reasons",
		"Reasons why Snapback is not well, by level: degraded, or down. The sentences are on /readyz.", []string{"level"}, nil)
}

// Describe implements [prometheus.Collector].
func (c *healthCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- healthDesc()
}

// Collect implements [prometheus.Collector]. Both levels are always there: an alert on what is missing never fires.
func (c *healthCollector) Collect(ch chan<- prometheus.Metric) {
	desc, count := healthDesc(), c.health.count()
	for _, level := range []Level{Degraded, Down} {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(count[level]), level.String())
	}
}

// count returns how many reasons of each level there are.
func (h *Health) count() map[Level]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make(map[Level]int)
	for _, r := range h.reasons {
		out[r.level]++
	}
	return out
}
