// Package cron reads expressions of five fields, and says when they are due in a time zone, on the days on which its
// clocks change as on all others.
package cron

import (
	"errors"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // a bare container has no zones of its own

	robfig "github.com/robfig/cron/v3"
)

// ErrExpression says that a text is no expression that is ever due, or names no time zone.
var ErrExpression = errors.New("not a cron expression")

// Cron is when something is due.
type Cron struct {
	expression string
	every      bool // the hour is free: every hour that there is counts, also one that comes twice
	schedule   robfig.Schedule
	zone       *time.Location
}

// Parse reads an expression of the fields minute, hour, day of month, month and day of week, and an IANA name of a time
// zone. It fails with [ErrExpression].
func Parse(expression, zone string) (Cron, error) {
	location, err := time.LoadLocation(zone)
	if err != nil || zone == "" || zone == "Local" {
		return Cron{}, fmt.Errorf("zone %q is not an IANA name such as Europe/Berlin: %w", zone, ErrExpression)
	}
	schedule, err := parse(expression)
	if err != nil {
		return Cron{}, fmt.Errorf("%w: %w", ErrExpression, err)
	}
	hour := strings.Fields(expression)[1]
	c := Cron{
		expression: expression, schedule: schedule, zone: location,
		every: (strings.HasPrefix(hour, "*") || strings.HasPrefix(hour, "?")) && !strings.Contains(hour, ","),
	}
	if schedule.Next(time.Unix(0, 0).UTC()).IsZero() {
		return Cron{}, fmt.Errorf("%q is never due: %w", expression, ErrExpression)
	}
	return c, nil
}

// parse hands only what it can bear to the library: there are prefixes on which that panics, and words that are due at
// no certain time.
func parse(expression string) (_ robfig.Schedule, err error) {
	if strings.Contains(expression, "=") {
		return nil, errors.New("the time zone is a key of its own")
	}
	if strings.Contains(expression, "@") {
		return nil, errors.New("words with @ are not supported")
	}
	if n := len(strings.Fields(expression)); n != 5 {
		return nil, fmt.Errorf("want five fields, minute hour day month weekday, found %d", n)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("cannot be read: %v", p)
		}
	}()
	return robfig.NewParser(robfig.Minute | robfig.Hour | robfig.Dom | robfig.Month | robfig.Dow).Parse(expression)
}

// String returns the expression and its time zone.
func (c Cron) String() string { return c.expression + " " + c.zone.String() }

// Next returns the first instant after t at which the expression is due, in UTC; zero if there is none within five
// years. What is due at a local time that does not exist is due at the first instant after it, once. Of a local time that
// comes twice the first counts, and with a free hour (*, */n) both.
func (c Cron) Next(t time.Time) time.Time {
	// The expression is followed on a clock without changes that shows local time. Where the zone's clocks change, that
	// clock and real time run differently, so it is set back a day and followed a day longer.
	margin := time.Duration(0)
	if c.changes(t.Add(-day), t.Add(day)) {
		margin = day
	}
	var best time.Time
	for wall := c.schedule.Next(c.wall(t).Add(-margin)); !wall.IsZero(); wall = c.schedule.Next(wall) {
		if !best.IsZero() && wall.After(c.wall(best).Add(day)) {
			break
		}
		for _, at := range c.instants(wall) {
			if at.After(t) && (best.IsZero() || at.Before(best)) {
				best = at
			}
		}
		if !best.IsZero() && !c.changes(t.Add(-day), best.Add(day)) {
			break // nothing is out of order
		}
	}
	return best
}

const day = 24 * time.Hour

// changes reports whether the zone's clocks change between two instants.
func (c Cron) changes(from, to time.Time) bool {
	_, end := from.In(c.zone).ZoneBounds()
	return !end.IsZero() && !end.After(to)
}

// wall returns what the zone's clocks show at t, as if that were UTC.
func (c Cron) wall(t time.Time) time.Time {
	_, offset := t.In(c.zone).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// instants returns when something is due that is due at a local time.
func (c Cron) instants(wall time.Time) []time.Time {
	var out []time.Time
	for _, near := range []time.Time{wall.Add(-day), wall.Add(day)} { // by the offsets before and after a change
		_, offset := near.In(c.zone).Zone()
		at := wall.Add(-time.Duration(offset) * time.Second)
		if c.wall(at).Equal(wall) && (len(out) == 0 || c.every && !at.Equal(out[0])) {
			out = append(out, at)
		}
	}
	if len(out) > 0 {
		return out
	}
	// In a gap: the offset from before it leads behind the change.
	_, offset := wall.Add(-day).In(c.zone).Zone()
	start, _ := wall.Add(-time.Duration(offset) * time.Second).In(c.zone).ZoneBounds()
	return []time.Time{start.UTC()}
}
