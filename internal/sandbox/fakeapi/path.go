package fakeapi

import (
	"net/url"
	"strings"
)

// Pattern is the path of an endpoint, in segments. Those in braces are parameters.
type Pattern []string

// NewPattern returns a pattern such as groups/{P}/clusters.
func NewPattern(text string) Pattern { return strings.Split(text, "/") }

// Split returns the unescaped segments of an escaped path below a base.
func Split(path, base string) ([]string, bool) {
	rest, ok := strings.CutPrefix(path, base+"/")
	if !ok {
		return nil, false
	}
	segments := strings.Split(rest, "/")
	for i, segment := range segments {
		plain, err := url.PathUnescape(segment)
		if err != nil || plain == "" {
			return nil, false
		}
		segments[i] = plain
	}
	return segments, true
}

// Match returns the parameters of a path that fits.
func (p Pattern) Match(segments []string) (map[string]string, bool) {
	if len(segments) != len(p) {
		return nil, false
	}
	params := make(map[string]string)
	for i, want := range p {
		if name, ok := strings.CutPrefix(want, "{"); ok {
			params[strings.TrimSuffix(name, "}")] = segments[i]
		} else if want != segments[i] {
			return nil, false
		}
	}
	return params, true
}
