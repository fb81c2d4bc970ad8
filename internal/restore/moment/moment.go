// Package moment reads the times that people type, and says which instant each of them is. It is pure: the time at which
// a line was read and the caller's zone are passed in. A local time that a change of the clocks skips, or has twice, is
// never guessed at.
package moment

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // machines without a time zone database read the same times
)

// Typed is a time as somebody typed it: what it says is clear, but not yet which instant that is.
type Typed struct {
	form  form
	at    time.Time      // instant
	day   time.Time      // dated: midnight of the day, in UTC
	clock time.Duration  // since midnight, as the clocks show it
	ago   time.Duration  // relative
	zone  *time.Location // as written; nil: the caller's
}

type form int

const (
	instant   form = iota // 2026-11-20T14:05:00Z
	dated                 // 2026-11-20 14:05 [ZONE]
	today                 // 14:05 [ZONE]
	yesterday             // yesterday 14:05 [ZONE]
	relative              // 1d2h30m ago
)

const (
	dayLayout = "2006-01-02"
	wordAgo   = "ago"
	wordDay   = "yesterday"
	secondDay = 24 * time.Hour
)

// Parse reads the words of a time, all of them. It fails with an [*Error] of the codes [Form], [Fraction] and [Zone].
func Parse(words []string) (Typed, error) {
	if len(words) == 0 {
		return Typed{}, &Error{Code: Form}
	}
	first, last := words[0], words[len(words)-1]
	switch {
	case strings.EqualFold(last, wordAgo):
		return parseRelative(words)
	case strings.EqualFold(first, wordDay):
		return parseClock(Typed{form: yesterday}, words, words[1:])
	case strings.ContainsAny(first, "Tt"):
		return parseInstant(words)
	case strings.Contains(first, "-"):
		day, err := time.Parse(dayLayout, first)
		if err != nil {
			return Typed{}, &Error{Code: Form, Word: first}
		}
		return parseClock(Typed{form: dated, day: day}, words, words[1:])
	}
	return parseClock(Typed{form: today}, words, words)
}

func parseInstant(words []string) (Typed, error) {
	at, err := time.Parse(time.RFC3339, strings.ToUpper(words[0]))
	switch {
	case err != nil || len(words) > 1:
		return Typed{}, &Error{Code: Form, Word: strings.Join(words, " ")}
	case at.Nanosecond() != 0:
		return Typed{}, &Error{Code: Fraction, Word: words[0]}
	}
	return Typed{form: instant, at: at.UTC()}, nil
}

// parseClock reads a time of day, and a zone if one follows, into t.
func parseClock(t Typed, all, rest []string) (Typed, error) {
	if len(rest) == 0 || len(rest) > 2 {
		return Typed{}, &Error{Code: Form, Word: strings.Join(all, " ")}
	}
	clock, ok := parseTimeOfDay(rest[0])
	if !ok {
		return Typed{}, &Error{Code: Form, Word: rest[0]}
	}
	t.clock = clock
	if len(rest) == 1 {
		return t, nil
	}
	zone, err := Load(rest[1])
	if err != nil {
		return Typed{}, err
	}
	t.zone = zone
	return t, nil
}

func parseTimeOfDay(word string) (time.Duration, bool) {
	for _, layout := range []string{"15:04", "15:04:05"} {
		// A fraction is read although the layout has none; seconds are whole here.
		if at, err := time.Parse(layout, word); err == nil && !strings.ContainsAny(word, ".,") {
			h, m, s := at.Clock()
			return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second, true
		}
	}
	return 0, false
}

// parseRelative reads days, hours and minutes, the larger before the smaller.
func parseRelative(words []string) (Typed, error) {
	span := regexp.MustCompile(`^(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,7})m)?$`)
	text := strings.ToLower(strings.Join(words[:len(words)-1], ""))
	parts := span.FindStringSubmatch(text)
	if parts == nil || text == "" {
		return Typed{}, &Error{Code: Form, Word: strings.Join(words, " ")}
	}
	t := Typed{form: relative}
	for i, unit := range []time.Duration{secondDay, time.Hour, time.Minute} {
		n, _ := strconv.Atoi("0" + parts[i+1]) // nothing but digits, few enough
		t.ago += time.Duration(n) * unit
	}
	return t, nil
}

// Load returns a time zone by its IANA name, as "Europe/Berlin". It fails with an [*Error] of the code [Zone].
func Load(name string) (*time.Location, error) {
	if strings.EqualFold(name, "utc") || strings.EqualFold(name, "z") {
		return time.UTC, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" { // these two are not names, but this machine's zones
		return nil, &Error{Code: Zone, Word: name}
	}
	return zone, nil
}

// String returns the words that [Parse] reads as the same time.
func (t Typed) String() string {
	switch t.form {
	case instant:
		return UTC(t.at)
	case relative:
		return span(t.ago) + " " + wordAgo
	case dated:
		return t.day.Format(dayLayout) + " " + t.wall()
	case yesterday:
		return wordDay + " " + t.wall()
	case today:
	}
	return t.wall()
}

// wall returns the time of day, and the zone where one was written.
func (t Typed) wall() string {
	layout := "15:04"
	if t.clock%time.Minute != 0 {
		layout = "15:04:05"
	}
	out := time.Time{}.Add(t.clock).Format(layout)
	if t.zone != nil {
		out += " " + t.zone.String()
	}
	return out
}

func span(d time.Duration) string {
	var out strings.Builder
	for _, u := range []struct {
		name string
		unit time.Duration
	}{{"d", secondDay}, {"h", time.Hour}, {"m", time.Minute}} {
		if n := d / u.unit; n > 0 {
			fmt.Fprint(&out, int64(n), u.name)
		}
		d %= u.unit
	}
	if out.Len() == 0 {
		return "0m"
	}
	return out.String()
}

// UTC returns an instant as [Parse] reads it, to the second.
func UTC(at time.Time) string { return at.UTC().Format(time.RFC3339) }
