package telemetry

import (
	"fmt"
	"time"
)

// Monitor is what the parts of a running bot report to: it counts, and keeps readiness in step. Safe for concurrent
// use.
type Monitor struct {
	*Metrics
	*Health

	// Clock hears the clock of each server that is talked to, and the local one at the same moment.
	Clock func(source string, server, local time.Time)
}

// ServerDate hears the Date header of an answer from source.
func (m *Monitor) ServerDate(source string, server, local time.Time) {
	m.Clock(source, server, local)
	m.ClockSkew(source, server.Sub(local))
}

// SlackDate hears the Date header of an answer from Slack.
func (m *Monitor) SlackDate(server, local time.Time) { m.ServerDate("slack", server, local) }

// SlackUp hears whether people can reach the bot.
func (m *Monitor) SlackUp(up bool) {
	if up {
		m.Clear("slack")
		return
	}
	m.Set("slack", Down, "Slack is not connected.")
}

// ClockTrusted hears whether the clocks agree well enough to act, and if not, which source disagrees and by how much.
func (m *Monitor) ClockTrusted(source string, offset time.Duration, ok bool) {
	if ok {
		m.Clear("clock")
		return
	}
	m.Set("clock", Degraded, fmt.Sprintf(
		"Clocks disagree (%s by %s): nothing is submitted or expires.", source, offset.Round(time.Second)))
}

// StoreBroken hears that a commit failed.
func (m *Monitor) StoreBroken() {
	m.Set("store", Down, "The store cannot be written: a commit failed. Nothing is submitted, and the process ends.")
}

// Ending hears that the process was asked to end.
func (m *Monitor) Ending() {
	m.Set("end", Down, "The process ends; what is under way is seen through.")
}

// StoreRoom hears how many bytes are free where the store is, how many it takes to submit, or that nobody can tell.
func (m *Monitor) StoreRoom(free, least uint64, err error) {
	switch {
	case err != nil:
		m.Set("disk", Degraded, "How much disk space is free where the store is cannot be told: nothing is submitted.")
	case free < least:
		m.Set("disk", Degraded, fmt.Sprintf("Only %d MiB of disk space are free where the store is: nothing is submitted below %d.",
			free>>20, least>>20))
	default:
		m.Clear("disk")
	}
}

// Recovery hears whether the store is known to be an old copy, and with old by what.
func (m *Monitor) Recovery(old bool, cause string) {
	if !old {
		m.Clear("recovery")
		return
	}
	m.Set("recovery", Down, fmt.Sprintf(
		"The store looks like an older copy (%s): nothing is submitted until it is started with serve --recovered.", cause))
}

// ForeignConnections hears how many Socket Mode connections of the app belong to other processes.
func (m *Monitor) ForeignConnections(n int) {
	m.foreign.Set(float64(n))
	if n == 0 {
		m.Clear("foreign connections")
		return
	}
	m.Set("foreign connections", Degraded, fmt.Sprintf(
		"%d Socket Mode connections of this app belong to another process, which gets some of what people do.", n))
}

// ChannelTrouble hears why a channel cannot be posted to, in Slack's word, or with "" that it can again.
func (m *Monitor) ChannelTrouble(channel, code string) {
	if code == "" {
		m.Clear("channel " + channel)
		return
	}
	m.Set("channel "+channel, Degraded, fmt.Sprintf("Channel %s cannot be posted to: %s.", channel, code))
}

// ChoreEnded hears how a chore ended, backup, witness or retention, with the error that keeps it from being done.
func (m *Monitor) ChoreEnded(chore string, err error) {
	if err == nil {
		m.Clear("chore " + chore)
		return
	}
	m.Set("chore "+chore, Degraded, fmt.Sprintf("The last %s failed; the log of the process says why.", chore))
}
