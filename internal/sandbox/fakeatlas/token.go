package fakeatlas

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

const (
	oauthPath = "/api/oauth/"
	// TokenPath is where service accounts get their tokens.
	TokenPath  = oauthPath + "token"
	revokePath = oauthPath + "revoke"
	// tokensPerMinute is how many each client gets.
	tokensPerMinute = 10
)

// tokens are those that were given out.
type tokens struct {
	life  time.Duration
	given map[string]token
	asked map[string][]time.Time // by client
}

type token struct {
	account ServiceAccount
	until   time.Time
}

func newTokens(life time.Duration) tokens {
	return tokens{life: life, given: make(map[string]token), asked: make(map[string][]time.Time)}
}

// holder returns whose token it is, if it still works.
func (t *tokens) holder(text string, now time.Time) (ServiceAccount, bool) {
	held, ok := t.given[text]
	return held.account, ok && now.Before(held.until)
}

// admit counts a request of a client; it answers false if that is one too many.
func (t *tokens) admit(client string, now time.Time) bool {
	recent := slices.DeleteFunc(t.asked[client], func(at time.Time) bool { return now.Sub(at) >= time.Minute })
	t.asked[client] = recent
	if len(recent) >= tokensPerMinute {
		return false
	}
	t.asked[client] = append(recent, now)
	return true
}

// oauth answers the endpoints of tokens. Their errors have a form of their own, but for the rate limit's: that is the API's.
func (s *Server) oauth(x *exchange) *fakeapi.Answer {
	client, secret, basic := x.req.BasicAuth()
	i := slices.IndexFunc(s.world.Accounts, func(a ServiceAccount) bool { return a.ID == client && a.Secret == secret })
	form, err := url.ParseQuery(string(x.body))
	switch {
	case x.req.URL.Path != TokenPath && x.req.URL.Path != revokePath:
		return s.refusal(x, fakeapi.NoResource(x.req.URL.Path), false)
	case x.req.Method != http.MethodPost:
		return s.refusal(x, fakeapi.NoMethod(x.req.Method), false)
	case !strings.HasPrefix(x.req.Header.Get("Content-Type"), "application/x-www-form-urlencoded") || err != nil:
		return oauthError(http.StatusBadRequest, "invalid_request", "The body is no form.")
	case basic && !s.tokens.admit(client, x.now):
		err := fakeapi.Refuse(http.StatusTooManyRequests, "RATE_LIMITED", "This resource is limited to 10 requests every 1 minutes.", TokenPath, "10", "1")
		return s.refusal(x, err, false)
	case !basic || i < 0:
		return oauthError(http.StatusUnauthorized, "invalid_client", "The client "+client+" with the secret "+secret+" is not known.")
	}
	x.who.name = client
	if x.req.URL.Path == revokePath {
		delete(s.tokens.given, form.Get("token"))
		return oauthAnswer(http.StatusOK, map[string]any{})
	}
	if form.Get("grant_type") != "client_credentials" {
		return oauthError(http.StatusBadRequest, "unsupported_grant_type", "Only client_credentials are supported.")
	}
	text := rand.Text()
	s.tokens.given[text] = token{account: s.world.Accounts[i], until: x.now.Add(s.tokens.life)}
	s.secrets = append(s.secrets, text)
	return oauthAnswer(http.StatusOK, map[string]any{
		"access_token": text, "expires_in": int(s.tokens.life / time.Second), "token_type": "Bearer",
	})
}

func oauthError(status int, code, description string) *fakeapi.Answer {
	return oauthAnswer(status, map[string]any{"error": code, "error_description": description})
}

func oauthAnswer(status int, doc map[string]any) *fakeapi.Answer {
	body, err := json.Marshal(doc)
	if err != nil {
		panic("encode answer: " + err.Error())
	}
	return &fakeapi.Answer{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
}
