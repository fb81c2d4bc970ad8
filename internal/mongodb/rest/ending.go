package rest

import (
	"context"
	"net/http"
	"strings"
	"sync"
)

// endings tells of versions of documents that the API is going to drop, as answers say (Atlas, Versioned API: Deprecation and
// Sunset), once for each version of each resource. The zero value has told nothing. Safe for concurrent use.
type endings struct{ told sync.Map }

// heard tells of an answer's headers, unless that was told before.
func (e *endings) heard(ctx context.Context, o *Options, media, path string, header http.Header) {
	deprecated, sunset := header.Get("Deprecation"), header.Get("Sunset")
	if deprecated == "" && sunset == "" {
		return
	}
	resource := shape(path)
	if _, told := e.told.LoadOrStore(media+" "+resource, true); told {
		return
	}
	o.Logger.WarnContext(ctx, "the api will drop this version of its documents", "backend", o.Name, "media_type", media,
		"resource", resource, "deprecation", clean(deprecated), "sunset", clean(sunset))
}

// shape returns a path without the ids and names in it, of which there is no end.
func shape(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		named := i > 0 && (parts[i-1] == "clusters" || parts[i-1] == "flexClusters" || parts[i-1] == "databases")
		if named || isID(p) {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

// isID reports whether a part of a path is an id: it has a digit, as no word of the API's has.
func isID(part string) bool { return strings.ContainsAny(part, "0123456789") }
