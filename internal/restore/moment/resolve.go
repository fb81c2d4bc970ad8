package moment

import (
	"slices"
	"time"
)

// Code says what is wrong with a time.
type Code string

// The codes of an [Error].
const (
	Form     Code = "form"     // Word is no time
	Fraction Code = "fraction" // Word has fractions of a second
	Zone     Code = "zone"     // Word is no time zone; empty: the caller's is not known, and none is written
	Skipped  Code = "skipped"  // Word does not exist: the clocks went over it
	Twice    Code = "twice"    // Word exists twice; Near has both instants, the earlier one first
	Future   Code = "future"   // Word is still to come; Near may have what was meant
)

// Error says why a time is no instant.
type Error struct {
	Code Code
	Word string
	Near []string // what to write instead, as [Parse] reads it
}

// Error implements error.
func (e *Error) Error() string { return "time " + string(e.Code) + ": " + e.Word }

// Local reports whether the time is one of the clocks of the caller's zone.
func (t Typed) Local() bool { return t.form != instant && t.form != relative && t.zone == nil }

// Resolve returns the instant that was meant, in whole seconds, and the zone in which it was written, nil for what is
// the same everywhere. Read is when the words were read: what is relative counts from there, and nothing after it is
// accepted. Zone is the caller's, nil if it is not known. It fails with an [*Error] of the codes [Zone], [Skipped],
// [Twice] and [Future].
func (t Typed) Resolve(read time.Time, zone *time.Location) (time.Time, *time.Location, error) {
	read = read.Truncate(time.Second)
	if t.zone != nil {
		zone = t.zone
	}
	at := t.at
	switch t.form {
	case instant:
		zone = nil
	case relative:
		at, zone = read.Add(-t.ago), nil
	case dated, today, yesterday:
		if zone == nil {
			return time.Time{}, nil, &Error{Code: Zone}
		}
		var err error
		if at, err = t.local(read, zone); err != nil {
			return time.Time{}, nil, err
		}
	}
	if at.After(read) {
		return time.Time{}, nil, t.future(zone)
	}
	return at.UTC(), zone, nil
}

// local finds the instant at which the clocks of a zone show the time. Those that they may show it at are made with the
// offset of the day before and with that of the day after; those that print back as the time are it.
func (t Typed) local(read time.Time, zone *time.Location) (time.Time, error) {
	day := t.day
	if t.form != dated {
		y, m, d := read.In(zone).Date()
		if t.form == yesterday {
			d--
		}
		day = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	wall := day.Add(t.clock)
	var fit []time.Time
	for _, around := range []time.Duration{-secondDay, secondDay} {
		_, offset := wall.Add(around).In(zone).Zone()
		at := wall.Add(-time.Duration(offset) * time.Second)
		if shows(at, zone, wall) && !slices.ContainsFunc(fit, at.Equal) {
			fit = append(fit, at)
		}
	}
	named := wall.Format("2006-01-02 15:04:05") + " " + zone.String()
	switch len(fit) {
	case 0:
		return time.Time{}, &Error{Code: Skipped, Word: named}
	case 1:
		return fit[0], nil
	}
	slices.SortFunc(fit, time.Time.Compare)
	return time.Time{}, &Error{Code: Twice, Word: named, Near: []string{UTC(fit[0]), UTC(fit[1])}}
}

// shows reports whether the clocks of a zone show wall at an instant.
func shows(at time.Time, zone *time.Location, wall time.Time) bool {
	const digits = "2006-01-02 15:04:05"
	return at.In(zone).Format(digits) == wall.Format(digits)
}

// future says that the time is still to come. Who writes only a time of day may mean that of the day before.
func (t Typed) future(zone *time.Location) error {
	e := &Error{Code: Future, Word: t.String()}
	if t.form == today {
		before := t
		before.form = yesterday
		e.Near = []string{before.String()}
	}
	if t.Local() && zone != nil {
		e.Word += " " + zone.String()
	}
	return e
}
