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
func tokenOf(r *http.Request, a args) string {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return token
	}
	return a["token"]
}

// authorize checks the token and its scope. Server.mu is held.
func (s *Server) authorize(m method, req *request) error {
	switch {
	case m.token == noToken:
		return nil
	case req.token == "":
		return fail("not_authed")
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
	if m.scope != "" && req.kind == botToken {
		return s.need(m.scope)
	}
	return nil
}

// need refuses a call for which the bot token lacks the scope.
func (s *Server) need(scope string) error {
	if slices.Contains(s.ws.Scopes, scope) {
		return nil
	}
	return &apiError{word: "missing_scope", extra: object{"needed": scope, "provided": strings.Join(s.ws.Scopes, ",")}}
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
