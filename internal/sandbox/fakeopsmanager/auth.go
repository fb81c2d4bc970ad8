package fakeopsmanager

import (
	"slices"
	"strings"

	"snapback/internal/sandbox/fakeapi"
)

// authenticate finds the key or the service account that the request proves to be. The caller holds the lock.
func (s *Server) authenticate(x *exchange) *apiError {
	header := x.req.Header.Get("Authorization")
	if token, ok := strings.CutPrefix(header, "Bearer "); ok {
		client, ok := s.tokens.Holder(token, x.now)
		i := slices.IndexFunc(s.world.Accounts, func(a ServiceAccount) bool { return a.ID == client })
		if !ok || i < 0 {
			return errUnauthorized()
		}
		a := s.world.Accounts[i]
		x.key = APIKey{Public: a.ID, Projects: a.Projects, Roles: a.Roles}
		return nil
	}
	creds := fakeapi.ParseCredentials(header)
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

// oauth answers the endpoints of tokens, which Cloud Manager has beside its API.
func (s *Server) oauth(x *exchange) *fakeapi.Answer {
	issued := s.tokens.Answer(x.req, x.body, x.now)
	if issued.Refusal != nil {
		return s.refusal(x, issued.Refusal, false)
	}
	x.key.Public = issued.Client
	if issued.Token != "" {
		s.secrets = append(s.secrets, issued.Token)
	}
	return issued.Answer
}
