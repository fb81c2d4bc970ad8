package fakeapi

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Attrs is a JSON object of a request. Its names are reported with the prefix.
type Attrs struct {
	Prefix string
	raw    map[string]json.RawMessage
}

// Parse reads a body.
func Parse(body []byte) (Attrs, *Refusal) {
	var a Attrs
	if json.Unmarshal(body, &a.raw) != nil || a.raw == nil {
		return a, Refuse(http.StatusBadRequest, "INVALID_JSON", "Received JSON is malformed.")
	}
	return a, nil
}

// Object returns a required attribute that is an object.
func (a Attrs) Object(name string) (Attrs, *Refusal) {
	out := Attrs{Prefix: a.Prefix + name + "."}
	if !a.Has(name) {
		return out, Missing(a.Prefix + name)
	}
	if json.Unmarshal(a.raw[name], &out.raw) != nil {
		return out, BadType(a.Prefix + name)
	}
	return out, nil
}

// Only refuses all attributes but the named ones.
func (a Attrs) Only(names ...string) *Refusal {
	for _, name := range slices.Sorted(maps.Keys(a.raw)) {
		if !slices.Contains(names, name) {
			return Invalid(a.Prefix + name)
		}
	}
	return nil
}

// None refuses the named attributes.
func (a Attrs) None(names ...string) *Refusal {
	for _, name := range names {
		if a.Has(name) {
			return Invalid(a.Prefix + name)
		}
	}
	return nil
}

// Has reports whether the attribute is there; null counts as absent.
func (a Attrs) Has(name string) bool {
	raw, ok := a.raw[name]
	return ok && string(raw) != "null"
}

// Text returns a required string.
func (a Attrs) Text(name string) (string, *Refusal) {
	if !a.Has(name) {
		return "", Missing(a.Prefix + name)
	}
	var s string
	if json.Unmarshal(a.raw[name], &s) != nil {
		return "", BadType(a.Prefix + name)
	}
	if s == "" {
		return "", Missing(a.Prefix + name)
	}
	return s, nil
}

// Number returns a required whole number. The pages' examples quote numbers that their tables call numbers,
// so both forms are taken.
func (a Attrs) Number(name string) (int64, *Refusal) {
	if !a.Has(name) {
		return 0, Missing(a.Prefix + name)
	}
	text := string(a.raw[name])
	var quoted string
	if json.Unmarshal(a.raw[name], &quoted) == nil {
		text = quoted
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err == nil {
		return n, nil
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil && strings.Contains(text, ".") {
		return 0, Refuse(http.StatusBadRequest, "FRACTIONAL_TIMESTAMP", "Timestamps must be whole numbers.", a.Prefix+name)
	}
	return 0, BadType(a.Prefix + name)
}

// Positive returns a required number above zero.
func (a Attrs) Positive(name string) (int, *Refusal) {
	n, err := a.Number(name)
	if err != nil {
		return 0, err
	}
	if n < 1 {
		return 0, Refuse(http.StatusBadRequest, "ATTRIBUTE_NEGATIVE_OR_ZERO", "The attribute "+a.Prefix+name+" must be greater than zero.", a.Prefix+name)
	}
	return int(n), nil
}
