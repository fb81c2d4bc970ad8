package rest

import (
	"net/url"
	"strings"
)

// Resource joins path segments, each escaped.
func Resource(segments ...string) string {
	var path strings.Builder
	for _, s := range segments {
		path.WriteByte('/')
		path.WriteString(url.PathEscape(s))
	}
	return path.String()
}
