package cron_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/internal/cron"
)

// TestNext follows expressions over the days of 2026 on which clocks change in Europe, and over others.
func TestNext(t *testing.T) {
	t.Parallel()
	const berlin = "Europe/Berlin"
	tests := map[string]struct {
		expression, zone, after string
		want                    []string // UTC
	}{
		"utc":                        {"30 2 * * *", "UTC", "2026-03-28T02:30:00Z", []string{"2026-03-29T02:30:00Z", "2026-03-30T02:30:00Z"}},
		"winter":                     {"0 3 * * *", berlin, "2026-01-10T00:00:00Z", []string{"2026-01-10T02:00:00Z", "2026-01-11T02:00:00Z"}},
		"summer":                     {"0 3 * * *", berlin, "2026-07-10T00:00:00Z", []string{"2026-07-10T01:00:00Z", "2026-07-11T01:00:00Z"}},
		"in the gap":                 {"30 2 * * *", berlin, "2026-03-28T01:30:00Z", []string{"2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"}},
		"from just before the gap":   {"30 2 * * *", berlin, "2026-03-29T00:59:59Z", []string{"2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"}},
		"from the end of the gap":    {"30 2 * * *", berlin, "2026-03-29T01:00:00Z", []string{"2026-03-30T00:30:00Z"}},
		"several in one gap":         {"*/20 2 * * *", berlin, "2026-03-29T00:00:00Z", []string{"2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"}},
		"gap and right after it":     {"0 2,3 * * *", berlin, "2026-03-29T00:00:00Z", []string{"2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"}},
		"every hour over the gap":    {"30 * * * *", berlin, "2026-03-29T00:00:00Z", []string{"2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"}},
		"around the gap":             {"30 1,3 * * *", berlin, "2026-03-29T00:00:00Z", []string{"2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T23:30:00Z"}},
		"twice, fixed hour":          {"30 2 * * *", berlin, "2026-10-24T01:00:00Z", []string{"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
		"fixed, from between both":   {"30 2 * * *", berlin, "2026-10-25T00:45:00Z", []string{"2026-10-26T01:30:00Z"}},
		"fixed, from in the second":  {"30 2 * * *", berlin, "2026-10-25T01:15:00Z", []string{"2026-10-26T01:30:00Z"}},
		"every 20 of a fixed hour":   {"*/20 2 * * *", berlin, "2026-10-25T00:10:00Z", []string{"2026-10-25T00:20:00Z", "2026-10-25T00:40:00Z", "2026-10-26T01:00:00Z"}},
		"twice, every hour":          {"30 * * * *", berlin, "2026-10-24T23:45:00Z", []string{"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"}},
		"twice, every second hour":   {"15 */2 * * *", berlin, "2026-10-24T22:30:00Z", []string{"2026-10-25T00:15:00Z", "2026-10-25T01:15:00Z", "2026-10-25T03:15:00Z"}},
		"a list with a free start":   {"30 */12,2 * * *", berlin, "2026-10-25T00:00:00Z", []string{"2026-10-25T00:30:00Z", "2026-10-25T11:30:00Z"}},
		"only on sundays":            {"30 2 * * 0", berlin, "2026-03-23T00:00:00Z", []string{"2026-03-29T01:00:00Z", "2026-04-05T00:30:00Z"}},
		"the gap's day of the month": {"30 2 29 3 *", berlin, "2026-01-01T00:00:00Z", []string{"2026-03-29T01:00:00Z", "2027-03-29T00:30:00Z"}},
		"half an hour, in the gap":   {"15 2 * * *", "Australia/Lord_Howe", "2026-10-03T14:00:00Z", []string{"2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"}},
		"half an hour, twice":        {"45 1 * * *", "Australia/Lord_Howe", "2026-04-04T13:00:00Z", []string{"2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"}},
		"midnight in the gap":        {"0 0 * * *", "America/Asuncion", "2024-10-05T12:00:00Z", []string{"2024-10-06T04:00:00Z", "2024-10-07T03:00:00Z"}},
		"a day that was left out":    {"0 12 * * *", "Pacific/Apia", "2011-12-29T12:00:00Z", []string{"2011-12-29T22:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T22:00:00Z"}},
		"leap days":                  {"0 0 29 2 *", berlin, "2026-01-01T00:00:00Z", []string{"2028-02-28T23:00:00Z", "2032-02-28T23:00:00Z"}},
		"by name":                    {"5 4 * jan mon", "UTC", "2026-01-01T00:00:00Z", []string{"2026-01-05T04:05:00Z"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := cron.Parse(tt.expression, tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse(time.RFC3339, tt.after)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for range tt.want {
				at = c.Next(at)
				got = append(got, at.Format(time.RFC3339))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("due %v\nwant %v", got, tt.want)
			}
		})
	}
}

// TestNextIsDense looks at every minute of the nights of both changes: the next instant is the same from wherever one
// looks, and always later.
func TestNextIsDense(t *testing.T) {
	t.Parallel()
	for _, expression := range []string{"30 2 * * *", "*/7 * * * *", "0 */3 * * *", "15,45 1-3 * * *"} {
		c, err := cron.Parse(expression, "Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		for _, evening := range []string{"2026-03-28T21:00:00Z", "2026-10-24T21:00:00Z"} {
			at, err := time.Parse(time.RFC3339, evening)
			if err != nil {
				t.Fatal(err)
			}
			next := c.Next(at)
			for range 8 * 60 {
				at = at.Add(time.Minute)
				if !at.Before(next) {
					next = c.Next(next)
				}
				if got := c.Next(at); !got.Equal(next) || !got.After(at) {
					t.Fatalf("%q: after %s comes %s, before it was %s", expression, at, got, next)
				}
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ expression, zone string }{
		{"", "UTC"},
		{"* * * *", "UTC"},
		{"* * * * * *", "UTC"},
		{"60 * * * *", "UTC"},
		{"*/0 * * * *", "UTC"},
		{"TZ=0", "UTC"},
		{"CRON_TZ=", "UTC"},
		{"TZ=", "UTC"},
		{"TZ=UTC 0 3 * * *", "UTC"},
		{"CRON_TZ=Europe/Berlin 0 3 * * *", "UTC"},
		{"@every 1h", "UTC"},
		{"@every 0s", "UTC"},
		{"@reboot", "UTC"},
		{"@daily", "UTC"},
		{"@ * * * *", "UTC"},
		{"0 0 30 2 *", "UTC"},
		{"0 0 31 4,6 *", "UTC"},
		{"5-1 * * * *", "UTC"},
		{"a b c d e", "UTC"},
		{"0 3 * * 9", "UTC"},
		{"0 3 * * *", ""},
		{"0 3 * * *", "Local"},
		{"0 3 * * *", "Berlin"},
		{"0 3 * * *", "../etc/passwd"},
	} {
		if c, err := cron.Parse(tt.expression, tt.zone); !errors.Is(err, cron.ErrExpression) {
			t.Errorf("%q in %q: due %s, %v", tt.expression, tt.zone, c.Next(time.Unix(0, 0)), err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"0 3 * * *", "TZ=0", "CRON_TZ=", "@every -1h", "*/0 * * * *", "1-2-3 * * * *", "* * ? * L", "-1 * * * *"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		c, err := cron.Parse(expression, "Europe/Berlin")
		if err != nil {
			return
		}
		at := time.Date(2026, time.March, 29, 0, 30, 0, 0, time.UTC)
		if next := c.Next(at); !next.After(at) {
			t.Errorf("%q: after %s comes %s", expression, at, next)
		}
	})
}

// TestParseSaysWhy tells people what to write instead, before the library sees what it cannot bear.
func TestParseSaysWhy(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		"TZ=0": "the time zone is a key of its own", "CRON_TZ=": "the time zone is a key of its own",
		"CRON_TZ=UTC 3 * * *": "the time zone is a key of its own", "@every 0s": "words with @ are not supported",
		"@reboot": "words with @ are not supported", "0 3 * *": "found 4", "0 0 30 2 *": "is never due",
	} {
		if _, err := cron.Parse(expression, "UTC"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", expression, err)
		}
	}
}
