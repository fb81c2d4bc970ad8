package fakeopsmanager

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// attrs is a JSON object of a request. Its names are reported with the prefix.
type attrs struct {
	prefix string
	raw    map[string]json.RawMessage
}

// parseBody reads the body of a creation. Attributes that the API does not know are refused, not ignored.
func parseBody(body []byte) (top, delivery attrs, err *apiError) {
	if json.Unmarshal(body, &top.raw) != nil || top.raw == nil {
		return top, delivery, refuse(http.StatusBadRequest, "INVALID_JSON", "Received JSON is malformed.")
	}
	if err := top.only("delivery", "snapshotId", "checkpointId", "oplogTs", "oplogInc", "pointInTimeUTCMillis"); err != nil {
		return top, delivery, err
	}
	if !top.has("delivery") {
		return top, delivery, errMissing("delivery")
	}
	delivery.prefix = "delivery."
	if json.Unmarshal(top.raw["delivery"], &delivery.raw) != nil {
		return top, delivery, errBadType("delivery")
	}
	err = delivery.only("methodName", "targetGroupId", "targetClusterId", "expirationHours", "expires", "maxDownloads")
	return top, delivery, err
}

// only refuses all attributes but the named ones.
func (a attrs) only(names ...string) *apiError {
	for _, name := range slices.Sorted(maps.Keys(a.raw)) {
		if !slices.Contains(names, name) {
			return errInvalid(a.prefix + name)
		}
	}
	return nil
}

// none refuses the named attributes.
func (a attrs) none(names ...string) *apiError {
	for _, name := range names {
		if a.has(name) {
			return errInvalid(a.prefix + name)
		}
	}
	return nil
}

// has reports whether the attribute is there; null counts as absent.
func (a attrs) has(name string) bool {
	raw, ok := a.raw[name]
	return ok && string(raw) != "null"
}

// text returns a required string.
func (a attrs) text(name string) (string, *apiError) {
	if !a.has(name) {
		return "", errMissing(a.prefix + name)
	}
	var s string
	if json.Unmarshal(a.raw[name], &s) != nil {
		return "", errBadType(a.prefix + name)
	}
	if s == "" {
		return "", errMissing(a.prefix + name)
	}
	return s, nil
}

// number returns a required whole number. The pages' examples quote numbers that their tables call numbers,
// so both forms are taken.
func (a attrs) number(name string) (int64, *apiError) {
	if !a.has(name) {
		return 0, errMissing(a.prefix + name)
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
		return 0, refuse(http.StatusBadRequest, "FRACTIONAL_TIMESTAMP", "Timestamps must be whole numbers.", a.prefix+name)
	}
	return 0, errBadType(a.prefix + name)
}

// positive returns a required number above zero.
func (a attrs) positive(name string) (int, *apiError) {
	n, err := a.number(name)
	if err != nil {
		return 0, err
	}
	if n < 1 {
		return 0, refuse(http.StatusBadRequest, "ATTRIBUTE_NEGATIVE_OR_ZERO", "The attribute "+a.prefix+name+" must be greater than zero.", a.prefix+name)
	}
	return int(n), nil
}
