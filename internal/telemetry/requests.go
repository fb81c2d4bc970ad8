package telemetry

import "github.com/prometheus/client_golang/prometheus"

// requestsCollector counts at scrape time. A gauge kept in step by events would be wrong after the first forgotten one.
type requestsCollector struct {
	count func() map[string]int
}

func requestsDesc() *prometheus.Desc {
	return prometheus.NewDesc("snapback_requests", "Requests in each state.", []string{"state"}, nil)
}

// Describe implements [prometheus.Collector].
func (c *requestsCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- requestsDesc()
}

// Collect implements [prometheus.Collector].
func (c *requestsCollector) Collect(ch chan<- prometheus.Metric) {
	desc := requestsDesc()
	for state, n := range c.count() {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(n), state)
	}
}
