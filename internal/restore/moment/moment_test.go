package moment_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/internal/restore/moment"
)

// read is when the lines of the tests were read: a Friday afternoon.
func read() time.Time { return time.Date(2026, 11, 20, 15, 30, 12, 345678, time.UTC) }

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	if name == "" {
		return nil
	}
	z, err := moment.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestResolve(t *testing.T) {
	tests := map[string]struct {
		typed, zone, want string
		written           string // the zone that goes onto the card
	}{
		"instant":                      {"2026-11-20T14:05:00Z", "Europe/Berlin", "2026-11-20T14:05:00Z", ""},
		"instant in small letters":     {"2026-11-20t14:05:00z", "", "2026-11-20T14:05:00Z", ""},
		"instant with an offset":       {"2026-11-20T14:05:00+05:45", "", "2026-11-20T08:20:00Z", ""},
		"instant with empty fraction":  {"2026-11-20T14:05:00.000Z", "", "2026-11-20T14:05:00Z", ""},
		"date in the caller's zone":    {"2026-11-20 14:05", "Europe/Berlin", "2026-11-20T13:05:00Z", "Europe/Berlin"},
		"date with seconds":            {"2026-11-20 14:05:59", "Europe/Berlin", "2026-11-20T13:05:59Z", "Europe/Berlin"},
		"date in a written zone":       {"2026-11-19 14:05 America/New_York", "Europe/Berlin", "2026-11-19T19:05:00Z", "America/New_York"},
		"date in utc":                  {"2026-11-20 14:05 utc", "Europe/Berlin", "2026-11-20T14:05:00Z", "UTC"},
		"a quarter-hour zone":          {"2026-11-20 14:05", "Asia/Kathmandu", "2026-11-20T08:20:00Z", "Asia/Kathmandu"},
		"time of day":                  {"14:05", "Europe/Berlin", "2026-11-20T13:05:00Z", "Europe/Berlin"},
		"time of day, one digit":       {"9:05", "Europe/Berlin", "2026-11-20T08:05:00Z", "Europe/Berlin"},
		"today elsewhere is tomorrow":  {"00:10", "Asia/Tokyo", "2026-11-20T15:10:00Z", "Asia/Tokyo"},
		"today elsewhere is yesterday": {"00:10", "Pacific/Honolulu", "2026-11-20T10:10:00Z", "Pacific/Honolulu"},
		"yesterday":                    {"yesterday 14:05", "Europe/Berlin", "2026-11-19T13:05:00Z", "Europe/Berlin"},
		"yesterday in any case":        {"YESTERDAY 14:05 UTC", "", "2026-11-19T14:05:00Z", "UTC"},
		"yesterday where it is later":  {"yesterday 14:05", "Asia/Tokyo", "2026-11-20T05:05:00Z", "Asia/Tokyo"},
		"ago":                          {"2h ago", "", "2026-11-20T13:30:12Z", ""},
		"ago, combined":                {"1d2h30m ago", "Europe/Berlin", "2026-11-19T13:00:12Z", ""},
		"ago, in several words":        {"1d 2h 30m AGO", "", "2026-11-19T13:00:12Z", ""},
		"now":                          {"0m ago", "", "2026-11-20T15:30:12Z", ""},
		"the second that was read in":  {"15:30:12 UTC", "", "2026-11-20T15:30:12Z", "UTC"},
	}
	for title, tt := range tests {
		t.Run(title, func(t *testing.T) {
			typed, err := moment.Parse(strings.Fields(tt.typed))
			if err != nil {
				t.Fatal(err)
			}
			at, in, err := typed.Resolve(read(), zone(t, tt.zone))
			if err != nil {
				t.Fatal(err)
			}
			if got := moment.UTC(at); got != tt.want || name(in) != tt.written {
				t.Errorf("%q is %s of %q, want %s of %q", tt.typed, got, name(in), tt.want, tt.written)
			}
		})
	}
}

// TestChangesOfTheClocks has both days of 2026 on which the clocks of Europe change, and what other zones do.
func TestChangesOfTheClocks(t *testing.T) {
	tests := map[string]struct {
		typed, zone string
		want        []string // one instant, none, or two
	}{
		"before the gap":                {"2026-03-29 01:59:59", "Europe/Berlin", []string{"2026-03-29T00:59:59Z"}},
		"first of the gap":              {"2026-03-29 02:00", "Europe/Berlin", nil},
		"in the gap":                    {"2026-03-29 02:30", "Europe/Berlin", nil},
		"last of the gap":               {"2026-03-29 02:59:59", "Europe/Berlin", nil},
		"after the gap":                 {"2026-03-29 03:00", "Europe/Berlin", []string{"2026-03-29T01:00:00Z"}},
		"before the overlap":            {"2026-10-25 01:59:59", "Europe/Berlin", []string{"2026-10-24T23:59:59Z"}},
		"first of the overlap":          {"2026-10-25 02:00", "Europe/Berlin", []string{"2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"}},
		"in the overlap":                {"2026-10-25 02:30", "Europe/Berlin", []string{"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"}},
		"last of the overlap":           {"2026-10-25 02:59:59", "Europe/Berlin", []string{"2026-10-25T00:59:59Z", "2026-10-25T01:59:59Z"}},
		"after the overlap":             {"2026-10-25 03:00", "Europe/Berlin", []string{"2026-10-25T02:00:00Z"}},
		"half an hour skipped":          {"2026-10-04 02:15", "Australia/Lord_Howe", nil},
		"half an hour twice":            {"2026-04-05 01:45", "Australia/Lord_Howe", []string{"2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"}},
		"the other hour of those days":  {"2026-10-25 02:30", "America/New_York", []string{"2026-10-25T06:30:00Z"}},
		"a whole day that never was":    {"2011-12-30 12:00", "Pacific/Apia", nil},
		"far behind, in the overlap":    {"2026-11-01 01:30", "America/Los_Angeles", []string{"2026-11-01T08:30:00Z", "2026-11-01T09:30:00Z"}},
		"far ahead, in the overlap":     {"2026-04-05 02:45", "Pacific/Auckland", []string{"2026-04-04T13:45:00Z", "2026-04-04T14:45:00Z"}},
		"the day itself, in the gap":    {"02:30", "Europe/Berlin", nil},
		"the day after, in the gap":     {"yesterday 02:30", "Europe/Berlin", nil},
		"a day of 25 hours ago":         {"1d ago", "Europe/Berlin", []string{"2026-03-28T12:00:00Z"}},
		"midnight of a short day":       {"00:00", "Europe/Berlin", []string{"2026-03-28T23:00:00Z"}},
		"written zone beats the caller": {"2026-03-29 02:30 UTC", "Europe/Berlin", []string{"2026-03-29T02:30:00Z"}},
	}
	reads := map[string]time.Time{
		"the day itself, in the gap": time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC),
		"the day after, in the gap":  time.Date(2026, 3, 30, 12, 0, 0, 0, time.UTC),
		"a day of 25 hours ago":      time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC),
		"midnight of a short day":    time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC),
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			at := read()
			if other, ok := reads[name]; ok {
				at = other
			}
			typed, err := moment.Parse(strings.Fields(tt.typed))
			if err != nil {
				t.Fatal(err)
			}
			got, _, err := typed.Resolve(at, zone(t, tt.zone))
			e, wrong := errors.AsType[*moment.Error](err)
			switch len(tt.want) {
			case 0:
				if !wrong || e.Code != moment.Skipped || !strings.HasSuffix(e.Word, " Europe/Berlin") && !strings.HasSuffix(e.Word, tt.zone) {
					t.Errorf("is %s, %v, want that it does not exist", got, err)
				}
			case 1:
				if err != nil || moment.UTC(got) != tt.want[0] {
					t.Errorf("is %s, %v, want %s", got, err, tt.want[0])
				}
			default:
				if !wrong || e.Code != moment.Twice || !slices.Equal(e.Near, tt.want) {
					t.Fatalf("is %s, %v, want both %v", got, err, tt.want)
				}
				for _, copied := range e.Near {
					again, err := moment.Parse([]string{copied})
					if err != nil {
						t.Fatal(err)
					}
					if one, _, err := again.Resolve(at, nil); err != nil || moment.UTC(one) != copied {
						t.Errorf("%s is read back as %s, %v", copied, one, err)
					}
				}
			}
		})
	}
}

func TestRefused(t *testing.T) {
	tests := map[string]struct {
		typed, zone string
		want        moment.Code
		word        string
		near        []string
	}{
		"nothing":                    {"", "UTC", moment.Form, "", nil},
		"no time":                    {"noon", "UTC", moment.Form, "noon", nil},
		"an hour too many":           {"24:00", "UTC", moment.Form, "24:00", nil},
		"a minute too many":          {"14:60", "UTC", moment.Form, "14:60", nil},
		"a leap second":              {"23:59:60", "UTC", moment.Form, "23:59:60", nil},
		"no minutes":                 {"14", "UTC", moment.Form, "14", nil},
		"fraction of a second":       {"14:05:00.5", "UTC", moment.Form, "14:05:00.5", nil},
		"fraction behind a comma":    {"14:05:00,5", "UTC", moment.Form, "14:05:00,5", nil},
		"instant with a fraction":    {"2026-11-20T14:05:00.5Z", "UTC", moment.Fraction, "2026-11-20T14:05:00.5Z", nil},
		"instant without an offset":  {"2026-11-20T14:05:00", "UTC", moment.Form, "2026-11-20T14:05:00", nil},
		"instant and a zone":         {"2026-11-20T14:05:00Z Europe/Berlin", "UTC", moment.Form, "2026-11-20T14:05:00Z Europe/Berlin", nil},
		"a day that is none":         {"2026-02-30 14:05", "UTC", moment.Form, "2026-02-30", nil},
		"a day alone":                {"2026-11-20", "UTC", moment.Form, "2026-11-20", nil},
		"yesterday alone":            {"yesterday", "UTC", moment.Form, "yesterday", nil},
		"another order":              {"20-11-2026 14:05", "UTC", moment.Form, "20-11-2026", nil},
		"a zone that is none":        {"14:05 Europe/Berlyn", "UTC", moment.Zone, "Europe/Berlyn", nil},
		"this machine's zone":        {"14:05 Local", "UTC", moment.Zone, "Local", nil},
		"a file":                     {"14:05 ../../etc/passwd", "UTC", moment.Zone, "../../etc/passwd", nil},
		"a word too many":            {"14:05 Europe/Berlin please", "UTC", moment.Form, "14:05 Europe/Berlin please", nil},
		"no zone at all":             {"14:05", "", moment.Zone, "", nil},
		"ago without a span":         {"ago", "UTC", moment.Form, "ago", nil},
		"ago without a unit":         {"2 ago", "UTC", moment.Form, "2 ago", nil},
		"ago in words":               {"2 hours ago", "UTC", moment.Form, "2 hours ago", nil},
		"ago the wrong way around":   {"30m2h ago", "UTC", moment.Form, "30m2h ago", nil},
		"ago with a sign":            {"-2h ago", "UTC", moment.Form, "-2h ago", nil},
		"ago beyond all reason":      {"99999999999h ago", "UTC", moment.Form, "99999999999h ago", nil},
		"time of day to come":        {"16:05", "UTC", moment.Future, "16:05 UTC", []string{"yesterday 16:05"}},
		"the next second":            {"15:30:13", "UTC", moment.Future, "15:30:13 UTC", []string{"yesterday 15:30:13"}},
		"to come in a written zone":  {"14:05 America/New_York", "UTC", moment.Future, "14:05 America/New_York", []string{"yesterday 14:05 America/New_York"}},
		"date to come":               {"2026-11-21 14:05", "UTC", moment.Future, "2026-11-21 14:05 UTC", nil},
		"date to come, written zone": {"2026-11-20 14:05 America/New_York", "UTC", moment.Future, "2026-11-20 14:05 America/New_York", nil},
		"instant to come":            {"2026-11-20T15:30:13Z", "", moment.Future, "2026-11-20T15:30:13Z", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			typed, err := moment.Parse(strings.Fields(tt.typed))
			if err == nil {
				_, _, err = typed.Resolve(read(), zone(t, tt.zone))
			}
			e, ok := errors.AsType[*moment.Error](err)
			if !ok || e.Code != tt.want || e.Word != tt.word || !slices.Equal(e.Near, tt.near) {
				t.Fatalf("%q: %+v, want %s of %q, near %q", tt.typed, err, tt.want, tt.word, tt.near)
			}
			for _, n := range e.Near {
				again, err := moment.Parse(strings.Fields(n))
				if err != nil {
					t.Fatal(err)
				}
				if _, _, err := again.Resolve(read(), zone(t, tt.zone)); err != nil {
					t.Errorf("what is suggested, %q, is refused: %v", n, err)
				}
			}
		})
	}
}

// FuzzParse reads anything: whatever is accepted is a whole second that is not to come, reads back from its own words,
// and is shown by the clocks of its zone as it was typed.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"2026-11-20T14:05:00Z", "2026-11-20 14:05 Europe/Berlin", "14:05", "yesterday 14:05", "1d2h ago", "2026-03-29 02:30",
		"2026-10-25 02:30", "9999-12-31 23:59:59", "0001-01-01 00:00", "0m ago", "2h", "14:05 Local", "ago",
	} {
		f.Add(s, int64(1795447812), uint8(1))
	}
	names := []string{"", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC"}
	f.Fuzz(func(t *testing.T, text string, seconds int64, pick uint8) {
		read := time.Unix(seconds%(1<<34), 0)
		typed, err := moment.Parse(strings.Fields(text))
		if err != nil {
			if _, ok := errors.AsType[*moment.Error](err); !ok {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		callers := zone(t, names[int(pick)%len(names)])
		at, in, err := typed.Resolve(read, callers)
		again, problem := moment.Parse(strings.Fields(typed.String()))
		if problem != nil {
			t.Fatalf("%q is written %q: %v", text, typed, problem)
		}
		at2, in2, err2 := again.Resolve(read, callers)
		if (err == nil) != (err2 == nil) || !at.Equal(at2) || name(in) != name(in2) {
			t.Fatalf("%q is %v, %v, and %q is %v, %v", text, at, err, typed, at2, err2)
		}
		switch {
		case err != nil:
			if _, ok := errors.AsType[*moment.Error](err); !ok {
				t.Fatalf("%q: %v", text, err)
			}
		case at.Nanosecond() != 0 || at.After(read):
			t.Errorf("%q is %v, read at %v", text, at, read)
		case in != nil && !strings.Contains(text, at.In(in).Format("4")):
			t.Errorf("%q is %v, which clocks in %v do not show", text, at.In(in), in)
		}
	})
}

func name(z *time.Location) string {
	if z == nil {
		return ""
	}
	return z.String()
}
