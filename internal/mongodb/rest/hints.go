package rest

import (
	"encoding/json"
	"net/url"
	"strings"

	"snapback/internal/restore"
	"snapback/internal/secret"
)

// Hint is a field that only helps to tell things apart. One that cannot be read counts as not told: it must not make a
// whole list unreadable.
type Hint[T any] struct{ Value T }

// UnmarshalJSON implements json.Unmarshaler. It never fails.
func (h *Hint[T]) UnmarshalJSON(b []byte) error {
	var value T
	if json.Unmarshal(b, &value) == nil {
		h.Value = value
	}
	return nil
}

// YesNo decodes from a boolean and, as leniently as numbers, from a string that holds one.
type YesNo restore.Told

// UnmarshalJSON implements json.Unmarshaler. It never fails: what is neither yes nor no is not told.
func (y *YesNo) UnmarshalJSON(b []byte) error {
	switch strings.Trim(string(b), `"`) {
	case "true":
		*y = YesNo(restore.Yes)
	case "false":
		*y = YesNo(restore.No)
	}
	return nil
}

// Hidden decodes a string that must not be seen.
type Hidden struct{ secret.Secret }

// UnmarshalText implements encoding.TextUnmarshaler, so that no error repeats the value.
func (h *Hidden) UnmarshalText(b []byte) error {
	h.Secret = secret.New(string(b))
	return nil
}

// Address reports whether the text is the address of a file.
func (h *Hidden) Address() bool {
	u, err := url.Parse(h.Reveal())
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}
