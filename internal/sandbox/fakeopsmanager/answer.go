package fakeopsmanager

import (
	"net/http"
	"strings"

	"snapback/internal/sandbox/fakeapi"
)

// honest carries the request out. The caller holds the lock.
func (s *Server) honest(x *exchange) *fakeapi.Answer {
	if s.opts.CloudManager && strings.HasPrefix(x.req.URL.Path, fakeapi.OAuthPath) {
		return s.oauth(x)
	}
	if err := s.authenticate(x); err != nil {
		return s.refusal(x, err, true)
	}
	doc, err := s.route(x)
	if err != nil {
		return s.refusal(x, err, false)
	}
	ans := fakeapi.JSON(x.req, http.StatusOK, doc)
	ans.Header.Set("X-Mongodb-Service-Version", "gitHash=0000000000000000000000000000000000000000; versionString="+s.opts.Version)
	return ans
}

// refusal prints an error, with a digest challenge if the client should try again with credentials.
func (s *Server) refusal(x *exchange, err *apiError, challenge bool) *fakeapi.Answer {
	ans := fakeapi.JSON(x.req, err.Status, err.Doc())
	switch {
	case challenge && strings.HasPrefix(x.req.Header.Get("Authorization"), "Bearer "):
		ans.Header.Set("Www-Authenticate", `Bearer error="invalid_token"`)
	case challenge:
		ans.Header.Set("Content-Type", "application/json;charset=ISO-8859-1")
		ans.Header.Set("Www-Authenticate", s.nonces.Challenge(x.now))
	}
	return ans
}
