package telemetry

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are the numbers Snapback exports. Its methods are safe for concurrent use and never block.
type Metrics struct {
	decisions    *prometheus.CounterVec
	submissions  *prometheus.CounterVec
	apiRequests  *prometheus.CounterVec
	slackCalls   *prometheus.CounterVec
	slackLimited *prometheus.CounterVec
	ack          prometheus.Histogram
	outboxLag    prometheus.Gauge
	clockSkew    *prometheus.GaugeVec
	foreign      prometheus.Gauge
}

// NewMetrics registers the metrics with reg, which the caller owns. At every scrape it looks at health, and calls
// requests, which returns how many requests are in each state and must be safe for concurrent use. It fails if reg has
// one of the names already.
func NewMetrics(reg prometheus.Registerer, health *Health, requests func() map[string]int) (*Metrics, error) {
	m := &Metrics{
		decisions:    counter("snapback_decisions_total", "Decisions recorded, by kind.", "decision"),
		submissions:  counter("snapback_submissions_total", "Restore jobs submitted, by what became of the POST.", "backend", "outcome"),
		apiRequests:  counter("snapback_api_requests_total", "Calls of MongoDB management APIs, by HTTP status; none if no answer came.", "backend", "code"),
		slackCalls:   counter("snapback_slack_requests_total", "Calls of Slack's Web API, by method and result: ok, or Slack's error.", "method", "result"),
		slackLimited: counter("snapback_slack_ratelimited_total", "Calls that Slack answered with 429, by method.", "method"),
		ack: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "snapback_ack_seconds",
			Help: "Time from reading an envelope to its acknowledgment; Slack gives up after 3 s.",
			// The bounds in between are the budgets that Snapback sets itself.
			Buckets: []float64{0.01, 0.05, 0.1, 0.3, 0.5, 0.8, 1.5, 2, 2.5, 3},
		}),
		outboxLag: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "snapback_outbox_lag_seconds",
			Help: "Age of the oldest event that Slack does not show yet.",
		}),
		clockSkew: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "snapback_clock_skew_seconds",
			Help: "How far the clock of a source is ahead of ours; negative if it is behind.",
		}, []string{"source"}),
		foreign: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "snapback_foreign_connections",
			Help: "Socket Mode connections of this app that belong to another process.",
		}),
	}
	for _, c := range []prometheus.Collector{
		&requestsCollector{count: requests}, &healthCollector{health: health}, m.decisions, m.submissions, m.apiRequests,
		m.slackCalls, m.slackLimited, m.ack, m.outboxLag, m.clockSkew, m.foreign,
	} {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

// Decision counts one recorded decision, such as "approve" or "deny".
func (m *Metrics) Decision(decision string) {
	m.decisions.WithLabelValues(decision).Inc()
}

// Submission counts one POST of a restore job to the backend of that name, by its outcome, such as "accepted" or
// "unknown".
func (m *Metrics) Submission(backend, outcome string) {
	m.submissions.WithLabelValues(backend, outcome).Inc()
}

// APIRequest counts one call to the backend of that name by its HTTP status; 0 says that no answer came.
func (m *Metrics) APIRequest(backend string, code int) {
	label := "none"
	if code != 0 {
		label = strconv.Itoa(code)
	}
	m.apiRequests.WithLabelValues(backend, label).Inc()
}

// SlackRequest counts one call of a Web API method, such as "chat.update"; result is "ok" or Slack's error string.
func (m *Metrics) SlackRequest(method, result string) {
	// The result comes from the wire, and a label that is not UTF-8 panics.
	m.slackCalls.WithLabelValues(method, strings.ToValidUTF8(result, "?")).Inc()
}

// SlackRateLimited counts one call of a Web API method that was answered with 429.
func (m *Metrics) SlackRateLimited(method string) {
	m.slackLimited.WithLabelValues(method).Inc()
}

// Ack records how long an envelope waited for its acknowledgment, from the moment its frame was read.
func (m *Metrics) Ack(d time.Duration) {
	m.ack.Observe(d.Seconds())
}

// OutboxLag sets the age of the oldest event that Slack does not show yet; 0 if there is none.
func (m *Metrics) OutboxLag(d time.Duration) {
	m.outboxLag.Set(d.Seconds())
}

// ClockSkew sets how far the clock of source (a backend's name, or "slack") is ahead of ours; negative if behind.
func (m *Metrics) ClockSkew(source string, ahead time.Duration) {
	m.clockSkew.WithLabelValues(source).Set(ahead.Seconds())
}
