package fakeatlas

import (
	"net/http"
	"regexp"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

// version is a date at which the documents of a resource changed.
type version struct {
	date       string
	deprecated string // the Deprecation header; empty: it is current
	sunset     string // the Sunset header
}

func (v version) media() string { return "application/vnd.atlas." + v.date + "+json" }

// The versions of the served resources.
func since2023() []version { return []version{{date: "2023-01-01"}} }

func sinceFlex() []version { return []version{{date: "2024-11-13"}} }

func sinceCollections() []version { return []version{{date: "2025-03-12"}} }

// ofClusters has two that are to go.
func ofClusters() []version {
	const deprecated, sunset = "Mon, 05 Aug 2024 00:00:00 GMT", "Thu, 01 Jul 2027 00:00:00 GMT"
	return []version{
		{date: "2023-01-01", deprecated: deprecated, sunset: sunset},
		{date: "2023-02-01", deprecated: deprecated, sunset: sunset},
		{date: "2024-08-05"},
	}
}

var mediaType = regexp.MustCompile(`^application/vnd\.atlas\.([^+]*)\+json$`)

// negotiate finds the newest version that is not later than the one that the client accepts.
func (x *exchange) negotiate(versions []version) *fakeapi.Refusal {
	m := mediaType.FindStringSubmatch(x.req.Header.Get("Accept"))
	if m == nil {
		return errVersion(http.StatusNotAcceptable, x.req.Header.Get("Accept"))
	}
	if _, err := time.Parse(time.DateOnly, m[1]); err != nil {
		return errVersion(http.StatusBadRequest, m[1])
	}
	found := false
	for _, v := range versions {
		if v.date <= m[1] {
			x.version, found = v, true
		}
	}
	if !found {
		return errVersion(http.StatusNotAcceptable, m[1])
	}
	if sent := x.req.Header.Get("Content-Type"); len(x.body) > 0 && sent != m[0] {
		return fakeapi.Refuse(http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "The media type of the body is not that of a version.", sent)
	}
	return nil
}
