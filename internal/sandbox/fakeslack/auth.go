package fakeslack

import (
	"net/http"
	"slices"
	"strings"
)

// tokenKind says which token a method takes.
type tokenKind int

const (
	noToken tokenKind = iota
	anyToken
	botToken
	appToken
)

// tokenOf finds the token in the header, or in the form, the JSON body or the query.
func tokenOf(r *http.Request, a args) (token string, inHeader bool) {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return token, true
	}
	return a["token"], false
}

// RevokeToken makes every call with the token fail with the word: "token_revoked" for one that was revoked,
// "token_expired", or "account_inactive" for that of an app that was removed.
func (s *Server) RevokeToken(token, word string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked[token] = word
}

// authorize checks the token and its scope. Server.mu is held.
func (s *Server) authorize(m method, req *request) error {
	if m.token == noToken {
		return nil
	}
	if m.token == appToken && !req.inHeader { // the one method that takes no token among its arguments
		return fail("not_authed")
	}
	switch word := s.revoked[req.token]; {
	case req.token == "":
		return fail("not_authed")
	case word != "":
		return fail(word)
	case req.token == s.ws.BotToken:
		req.kind = botToken
	case req.token == s.ws.AppToken:
		req.kind = appToken
	default:
		return fail("invalid_auth")
	}
	if m.token != anyToken && m.token != req.kind {
		return fail("not_allowed_token_type")
	}
	switch {
	case m.scope == "":
		return nil
	case req.kind == appToken:
		return needIn(s.ws.AppScopes, m.scope)
	default:
		return s.need(m.scope)
	}
}

// need refuses a call for which the bot token lacks the scope.
func (s *Server) need(scope string) error { return needIn(s.ws.Scopes, scope) }

func needIn(granted []string, scope string) error {
	if slices.Contains(granted, scope) {
		return nil
	}
	return &apiError{word: "missing_scope", extra: object{"needed": scope, "provided": strings.Join(granted, ",")}}
}

func (s *Server) apiTest(req *request) (object, error) {
	if word := req.args["error"]; word != "" {
		return nil, fail(word)
	}
	echo := object{}
	for name, value := range req.args {
		echo[name] = value
	}
	return object{"args": echo}, nil
}

// authTest answers app-level tokens too, but without a user: that is how a mixed-up
// pair of tokens can be told.
func (s *Server) authTest(req *request) (object, error) {
	if req.kind == appToken {
		return object{"app_name": s.users[s.ws.BotUserID].Name, "app_id": s.ws.AppID}, nil
	}
	return object{
		"url": "https://" + s.ws.Domain + ".slack.com/", "team": s.ws.Name, "user": s.users[s.ws.BotUserID].Name,
		"team_id": s.ws.TeamID, "user_id": s.ws.BotUserID, "bot_id": s.ws.BotID, "is_enterprise_install": false,
	}, nil
}
