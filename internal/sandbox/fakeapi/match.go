package fakeapi

import (
	"fmt"
	"net/http"
	"path"
)

// A Kind says what goes wrong.
type Kind string

// Match selects requests.
type Match struct {
	// Method matches all when empty.
	Method string
	// Path is a pattern of path.Match for the path below the base of the API, such as /groups/*/clusters; empty matches
	// all.
	Path string
	// Authorized leaves out requests without an Authorization header: the first leg of a digest request.
	Authorized bool
}

// Check fails if the pattern is malformed.
func (m Match) Check() error {
	if _, err := path.Match(m.Path, ""); err != nil {
		return fmt.Errorf("path %q: %w", m.Path, err)
	}
	return nil
}

// Selects reports whether a request, whose path below the base is given, is meant.
func (m Match) Selects(r *http.Request, below string) bool {
	if (m.Method != "" && m.Method != r.Method) || (m.Authorized && r.Header.Get("Authorization") == "") {
		return false
	}
	if m.Path == "" {
		return true
	}
	ok, err := path.Match(m.Path, below)
	return ok && err == nil
}
