package telemetry

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func newMetrics(t *testing.T, requests func() map[string]int) (*Metrics, *prometheus.Registry) {
	t.Helper()
	reg := prometheus.NewPedanticRegistry()
	m, err := NewMetrics(reg, &Health{}, requests)
	if err != nil {
		t.Fatalf("NewMetrics: %v", err)
	}
	return m, reg
}

func none() map[string]int { return nil }

// The names and labels are a contract with dashboards, so the whole text is compared.
func TestMetricsText(t *testing.T) {
	tests := map[string]struct {
		names []string
		do    func(m *Metrics)
		want  string
	}{
		"decisions": {
			names: []string{"snapback_decisions_total"},
			do: func(m *Metrics) {
				m.Decision("approve")
				m.Decision("approve")
				m.Decision("deny")
			},
			want: `
# HELP snapback_decisions_total Decisions recorded, by kind.
# TYPE snapback_decisions_total counter
snapback_decisions_total{decision="approve"} 2
snapback_decisions_total{decision="deny"} 1
`,
		},
		"submissions": {
			names: []string{"snapback_submissions_total"},
			do: func(m *Metrics) {
				m.Submission("om", "accepted")
				m.Submission("om", "unknown")
				m.Submission("om", "unknown")
			},
			want: `
# HELP snapback_submissions_total Restore jobs submitted, by what became of the POST.
# TYPE snapback_submissions_total counter
snapback_submissions_total{backend="om",outcome="accepted"} 1
snapback_submissions_total{backend="om",outcome="unknown"} 2
`,
		},
		"api requests": {
			names: []string{"snapback_api_requests_total"},
			do: func(m *Metrics) {
				m.APIRequest("om", 200)
				m.APIRequest("om", 401)
				m.APIRequest("om", 0)
			},
			want: `
# HELP snapback_api_requests_total Calls of MongoDB management APIs, by HTTP status; none if no answer came.
# TYPE snapback_api_requests_total counter
snapback_api_requests_total{backend="om",code="200"} 1
snapback_api_requests_total{backend="om",code="401"} 1
snapback_api_requests_total{backend="om",code="none"} 1
`,
		},
		"slack": {
			names: []string{"snapback_slack_requests_total", "snapback_slack_ratelimited_total"},
			do: func(m *Metrics) {
				m.SlackRequest("chat.update", "ok")
				m.SlackRequest("chat.update", "bad\xff")
				m.SlackRateLimited("chat.update")
			},
			want: `
# HELP snapback_slack_ratelimited_total Calls that Slack answered with 429, by method.
# TYPE snapback_slack_ratelimited_total counter
snapback_slack_ratelimited_total{method="chat.update"} 1
# HELP snapback_slack_requests_total Calls of Slack's Web API, by method and result: ok, or Slack's error.
# TYPE snapback_slack_requests_total counter
snapback_slack_requests_total{method="chat.update",result="bad?"} 1
snapback_slack_requests_total{method="chat.update",result="ok"} 1
`,
		},
		"ack": {
			names: []string{"snapback_ack_seconds"},
			do: func(m *Metrics) {
				m.Ack(40 * time.Millisecond)
				m.Ack(2400 * time.Millisecond)
			},
			want: `
# HELP snapback_ack_seconds Time from reading an envelope to its acknowledgment; Slack gives up after 3 s.
# TYPE snapback_ack_seconds histogram
snapback_ack_seconds_bucket{le="0.01"} 0
snapback_ack_seconds_bucket{le="0.05"} 1
snapback_ack_seconds_bucket{le="0.1"} 1
snapback_ack_seconds_bucket{le="0.3"} 1
snapback_ack_seconds_bucket{le="0.5"} 1
snapback_ack_seconds_bucket{le="0.8"} 1
snapback_ack_seconds_bucket{le="1.5"} 1
snapback_ack_seconds_bucket{le="2"} 1
snapback_ack_seconds_bucket{le="2.5"} 2
snapback_ack_seconds_bucket{le="3"} 2
snapback_ack_seconds_bucket{le="+Inf"} 2
snapback_ack_seconds_sum 2.44
snapback_ack_seconds_count 2
`,
		},
		"gauges keep the newest value": {
			names: []string{"snapback_outbox_lag_seconds", "snapback_clock_skew_seconds"},
			do: func(m *Metrics) {
				m.OutboxLag(time.Minute)
				m.OutboxLag(1500 * time.Millisecond)
				m.ClockSkew("om", -2*time.Second)
				m.ClockSkew("slack", 250*time.Millisecond)
			},
			want: `
# HELP snapback_clock_skew_seconds How far the clock of a source is ahead of ours; negative if it is behind.
# TYPE snapback_clock_skew_seconds gauge
snapback_clock_skew_seconds{source="om"} -2
snapback_clock_skew_seconds{source="slack"} 0.25
# HELP snapback_outbox_lag_seconds Age of the oldest event that Slack does not show yet.
# TYPE snapback_outbox_lag_seconds gauge
snapback_outbox_lag_seconds 1.5
`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, reg := newMetrics(t, none)
			tt.do(m)
			if err := testutil.GatherAndCompare(reg, strings.NewReader(tt.want), tt.names...); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRequestsAreCountedAtEachScrape(t *testing.T) {
	states := map[string]int{"pending": 2, "in_doubt": 1}
	_, reg := newMetrics(t, func() map[string]int { return states })
	const head = `
# HELP snapback_requests Requests in each state.
# TYPE snapback_requests gauge
`
	const before = head + "snapback_requests{state=\"in_doubt\"} 1\nsnapback_requests{state=\"pending\"} 2\n"
	if err := testutil.GatherAndCompare(reg, strings.NewReader(before), "snapback_requests"); err != nil {
		t.Error(err)
	}
	// A state that is gone is gone from the answer, too.
	states = map[string]int{"running": 3}
	const after = head + "snapback_requests{state=\"running\"} 3\n"
	if err := testutil.GatherAndCompare(reg, strings.NewReader(after), "snapback_requests"); err != nil {
		t.Error(err)
	}
}

func TestNewMetricsTwiceInOneRegistry(t *testing.T) {
	_, reg := newMetrics(t, none)
	if _, err := NewMetrics(reg, &Health{}, none); err == nil {
		t.Error("no error for names that are taken")
	}
}

func TestMetricsPassPrometheusLint(t *testing.T) {
	m, reg := newMetrics(t, func() map[string]int { return map[string]int{"pending": 1} })
	m.Decision("approve")
	m.Submission("om", "accepted")
	m.APIRequest("om", 200)
	m.SlackRequest("chat.update", "ok")
	m.SlackRateLimited("chat.update")
	m.Ack(time.Second)
	m.OutboxLag(time.Second)
	m.ClockSkew("om", time.Second)
	problems, err := testutil.GatherAndLint(reg)
	if err != nil {
		t.Fatalf("lint: %v", err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	if n, err := testutil.GatherAndCount(reg); err != nil || n != 12 {
		t.Errorf("%d series, %v; want 12, one for each name and level", n, err)
	}
}

func TestMetricsConcurrently(t *testing.T) {
	m, reg := newMetrics(t, none)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				m.Decision("approve")
				if _, err := reg.Gather(); err != nil {
					t.Errorf("gather: %v", err)
				}
			}
		})
	}
	wg.Wait()
	if got := testutil.ToFloat64(m.decisions.WithLabelValues("approve")); got != 800 {
		t.Errorf("counted %v decisions of 800", got)
	}
}
