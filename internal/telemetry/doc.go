// Package telemetry tells machines how Snapback fares: Prometheus [Metrics], the [Health] behind readiness probes, and
// the [Handler] that serves both.
//
// It measures nothing by itself and knows no other package of Snapback: the parts of the program report to it through
// interfaces of their own, with plain strings, numbers and durations. Nothing it serves is secret, and no cluster,
// person or request is ever a label.
package telemetry
