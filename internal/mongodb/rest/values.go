package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

var (
	errNotInt  = errors.New("not a whole number")
	errNotDate = errors.New("not a date")
)

// Int is a whole number that decodes from a JSON number as well as from a string that holds one: the documentation
// of Ops Manager shows both for the same fields. Null leaves it alone.
type Int int64

// UnmarshalJSON implements json.Unmarshaler. Its error does not repeat the value.
func (i *Int) UnmarshalJSON(b []byte) error {
	text := string(b)
	if text == "null" {
		return nil
	}
	if b[0] == '"' {
		if err := json.Unmarshal(b, &text); err != nil {
			return errNotInt
		}
		text = strings.TrimSpace(text)
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		*i = Int(n)
		return nil
	}
	const exact = 1 << 53 // beyond it not every whole number is a float64
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > exact {
		return errNotInt
	}
	*i = Int(f)
	return nil
}

// Time is an instant that decodes from an ISO 8601 date, with or without fractions of a second, and from a BSON
// timestamp as the API renders it, {"date": …, "increment": …}. Null and "" leave it alone.
type Time struct{ time.Time }

// UnmarshalJSON implements json.Unmarshaler. Its error does not repeat the value.
func (t *Time) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(b, []byte("{")) {
		var stamp struct {
			Date string `json:"date"`
		}
		if err := json.Unmarshal(b, &stamp); err != nil {
			return errNotDate
		}
		return t.parse(stamp.Date)
	}
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return errNotDate
	}
	return t.parse(text)
}

func (t *Time) parse(text string) error {
	if text == "" {
		return nil
	}
	// Parsing accepts a fraction after the seconds although the layouts have none.
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05"} {
		if at, err := time.Parse(layout, text); err == nil {
			t.Time = at.UTC()
			return nil
		}
	}
	return errNotDate
}
