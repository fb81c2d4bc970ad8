package fakeopsmanager

import (
	"slices"

	"snapback/internal/sandbox/fakeapi"
)

// authenticate finds the key that the request proves to hold. The caller holds the lock.
func (s *Server) authenticate(x *exchange) *apiError {
	creds := fakeapi.ParseCredentials(x.req.Header.Get("Authorization"))
	if creds == nil {
		return errUnauthorized()
	}
	i := slices.IndexFunc(s.world.Keys, func(k APIKey) bool { return k.Public == creds["username"] })
	if i < 0 || !s.nonces.Prove(creds, s.world.Keys[i].Private, x.req.Method, x.req.RequestURI, x.arrived) {
		return errUnauthorized()
	}
	x.key = s.world.Keys[i]
	return nil
}
