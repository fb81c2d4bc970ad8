package fakeapi

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// OAuthPath is what the paths about tokens begin with, in Cloud Manager and Atlas.
	OAuthPath = "/api/oauth/"
	// TokenPath is where service accounts get their tokens.
	TokenPath  = OAuthPath + "token"
	revokePath = OAuthPath + "revoke"
	// TokenLife is how long the tokens of Cloud Manager and Atlas work.
	TokenLife = time.Hour
	// tokensPerMinute is how many each client gets.
	tokensPerMinute = 10
)

// Tokens are those that were given to service accounts. Not safe for concurrent use.
type Tokens struct {
	life    time.Duration
	secrets map[string]string // by client
	given   map[string]token
	asked   map[string][]time.Time // by client
}

type token struct {
	client string
	until  time.Time
}

// NewTokens returns no tokens yet. Each that is given works for so long; secrets holds those of the clients, by their ids.
func NewTokens(life time.Duration, secrets map[string]string) *Tokens {
	return &Tokens{life: life, secrets: secrets, given: make(map[string]token), asked: make(map[string][]time.Time)}
}

// Holder returns whose token it is, if it still works.
func (t *Tokens) Holder(text string, now time.Time) (client string, ok bool) {
	held, ok := t.given[text]
	return held.client, ok && now.Before(held.until)
}

// Revoke makes all tokens that were given out worthless.
func (t *Tokens) Revoke() { clear(t.given) }

// admit counts a request of a client; it answers false if that is one too many.
func (t *Tokens) admit(client string, now time.Time) bool {
	var recent []time.Time
	for _, at := range t.asked[client] {
		if now.Sub(at) < time.Minute {
			recent = append(recent, at)
		}
	}
	t.asked[client] = recent
	if len(recent) >= tokensPerMinute {
		return false
	}
	t.asked[client] = append(recent, now)
	return true
}

// Issued is what came of a request about tokens: an answer of OAuth's form, or a refusal of the API's.
type Issued struct {
	Answer  *Answer
	Refusal *Refusal
	Client  string // that proved its secret
	Token   string // that was given
}

// Answer carries out a request about tokens. Its errors have a form of their own, but for the rate limit's: that is the API's.
func (t *Tokens) Answer(r *http.Request, body []byte, now time.Time) Issued {
	client, secret, basic := r.BasicAuth()
	form, err := url.ParseQuery(string(body))
	known := t.secrets[client]
	switch {
	case r.URL.Path != TokenPath && r.URL.Path != revokePath:
		return Issued{Refusal: NoResource(r.URL.Path)}
	case r.Method != http.MethodPost:
		return Issued{Refusal: NoMethod(r.Method)}
	case !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") || err != nil:
		return oauthError(http.StatusBadRequest, "invalid_request", "The body is no form.")
	case basic && !t.admit(client, now):
		const detail = "This resource is limited to 10 requests every 1 minutes."
		return Issued{Refusal: Refuse(http.StatusTooManyRequests, "RATE_LIMITED", detail, TokenPath, "10", "1")}
	case !basic || known == "" || known != secret:
		return oauthError(http.StatusUnauthorized, "invalid_client", "The client "+client+" with the secret "+secret+" is not known.")
	}
	if r.URL.Path == revokePath {
		delete(t.given, form.Get("token"))
		return Issued{Client: client, Answer: oauthAnswer(http.StatusOK, map[string]any{})}
	}
	if form.Get("grant_type") != "client_credentials" {
		out := oauthError(http.StatusBadRequest, "unsupported_grant_type", "Only client_credentials are supported.")
		out.Client = client
		return out
	}
	text := rand.Text()
	t.given[text] = token{client: client, until: now.Add(t.life)}
	return Issued{Client: client, Token: text, Answer: oauthAnswer(http.StatusOK, map[string]any{
		"access_token": text, "expires_in": int(t.life / time.Second), "token_type": "Bearer",
	})}
}

func oauthError(status int, code, description string) Issued {
	return Issued{Answer: oauthAnswer(status, map[string]any{"error": code, "error_description": description})}
}

func oauthAnswer(status int, doc map[string]any) *Answer {
	body, err := json.Marshal(doc)
	if err != nil {
		panic("encode answer: " + err.Error())
	}
	return &Answer{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
}
