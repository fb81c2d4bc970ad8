package atlas_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"snapback/internal/mongodb/atlas"
	"snapback/internal/restore"
)

// answering is the backend of a server that answers each request with what the function says, and asks for no credentials.
func answering(t *testing.T, answer func(*http.Request) string) *atlas.Backend {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, answer(r))
	}))
	t.Cleanup(s.Close)
	return backend(t, atlas.Options{URL: s.URL, Credential: credential(t, "public", "private")})
}

// saying is the backend of a server that gives the same answer to all.
func saying(t *testing.T, body string) *atlas.Backend {
	t.Helper()
	return answering(t, func(*http.Request) string { return body })
}

func orders(b *atlas.Backend) restore.Cluster {
	return restore.Cluster{
		Backend: "atlas", Kind: restore.Atlas, Origin: b.Origin(), ProjectID: "g1", ProjectName: "Payments", ID: "c1", Name: "orders", Type: restore.ReplicaSet,
	}
}

func flex(b *atlas.Backend) restore.Cluster {
	c := orders(b)
	c.Type = restore.Flex
	return c
}
