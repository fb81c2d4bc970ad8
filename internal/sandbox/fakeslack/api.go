package fakeslack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxBody is far above anything Slack accepts.
const maxBody = 4 << 20

// method is one method of the Web API. run is called with Server.mu held.
type method struct {
	token tokenKind
	tier  tier
	scope string // "": none, or run asks for one that depends on the channel
	run   func(*Server, *request) (object, error)
}

// request is one call of a method.
type request struct {
	args     args
	token    string
	inHeader bool // the token came in the header
	kind     tokenKind
	verb     string // of HTTP
	host     string
	tls      bool
}

// apiError is a refusal: an error word in a 200, or a rate limit.
type apiError struct {
	word       string
	extra      object
	retryAfter time.Duration // > 0: HTTP 429
	status     int           // 0: 200
}

// Error implements error.
func (e *apiError) Error() string { return e.word }

func fail(word string) *apiError { return &apiError{word: word} }

func newMethods() map[string]method {
	return map[string]method{
		"api.test":              {token: noToken, run: (*Server).apiTest},
		"auth.test":             {token: anyToken, tier: special, run: (*Server).authTest},
		"apps.connections.open": {token: appToken, scope: "connections:write", run: (*Server).connectionsOpen},
		"chat.postMessage":      {token: botToken, scope: "chat:write", run: (*Server).postMessage},
		"chat.update":           {token: botToken, tier: tier3, scope: "chat:write", run: (*Server).updateMessage},
		"chat.delete":           {token: botToken, tier: tier3, scope: "chat:write", run: (*Server).deleteMessage},
		"chat.postEphemeral":    {token: botToken, tier: tier4, scope: "chat:write", run: (*Server).postEphemeral},
		"chat.getPermalink":     {token: botToken, tier: special, run: (*Server).permalink},
		"conversations.open":    {token: botToken, tier: tier3, scope: "im:write", run: (*Server).conversationsOpen},
		"conversations.info":    {token: botToken, tier: tier3, run: (*Server).conversationsInfo},
		"conversations.members": {token: botToken, tier: tier4, run: (*Server).conversationsMembers},
		"conversations.history": {token: botToken, tier: tier3, run: (*Server).history},
		"conversations.replies": {token: botToken, tier: tier3, run: (*Server).replies},
		"users.info":            {token: botToken, tier: tier4, scope: "users:read", run: (*Server).usersInfo},
		"usergroups.list":       {token: botToken, tier: tier2, scope: "usergroups:read", run: (*Server).usergroupsList},
		"usergroups.users.list": {token: botToken, tier: tier2, scope: "usergroups:read", run: (*Server).usergroupMembers},
		"views.open":            {token: botToken, tier: tier4, run: (*Server).viewsOpen},
		"views.push":            {token: botToken, tier: tier4, run: (*Server).viewsPush},
		"views.update":          {token: botToken, tier: tier4, run: (*Server).viewsUpdate},
		"views.publish":         {token: botToken, tier: tier4, run: (*Server).viewsPublish},
	}
}

// serveAPI answers one call: what a fault says first, then the method, then what a
// fault does to the answer.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, name string) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	call := Call{At: time.Now(), Method: name, Received: rawRequest(r, body)}
	if err != nil {
		http.Error(w, "request_too_large", http.StatusRequestEntityTooLarge)
		return
	}
	req := &request{verb: r.Method, host: r.Host, tls: r.TLS != nil}
	parsed, err := parseArgs(r, body)
	if err == nil {
		req.args = parsed
		req.token, req.inHeader = tokenOf(r, parsed)
	}
	call.Token, call.Args = req.token, req.args

	fault := s.takeFault(name)
	s.before(r.Context(), fault, &call)
	var answer object
	switch {
	case err != nil:
	case fault.Status != 0 || fault.Error != "":
		err = fault.refusal()
	default:
		answer, err = s.call(name, req)
	}
	s.after(r.Context(), fault, &call)
	s.answer(w, &call, answer, err)
}

// before does what a fault says about the time before the call.
func (s *Server) before(ctx context.Context, f Fault, call *Call) {
	if f.DropBefore || f.Delay > 0 && !s.pause(ctx, f.Delay) {
		s.cutOff(call)
	}
}

// after does what a fault says about the answer.
func (s *Server) after(ctx context.Context, f Fault, call *Call) {
	if f.DelayAnswer > 0 && !s.pause(ctx, f.DelayAnswer) || f.DropAfter {
		s.cutOff(call)
	}
}

// cutOff records the call and closes the connection without an answer.
func (s *Server) cutOff(call *Call) {
	call.Dropped = true
	s.record(*call)
	panic(http.ErrAbortHandler)
}

// call runs the method; everything it changes becomes visible at once.
func (s *Server) call(name string, req *request) (object, error) {
	m, ok := s.methods[name]
	if !ok {
		return nil, &apiError{word: "unknown_method", extra: object{"req_method": name}}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.authorize(m, req); err != nil {
		return nil, err
	}
	if err := s.paceMethod(name, m.tier); err != nil {
		return nil, err
	}
	return m.run(s, req)
}

// answer writes what a method returned and records the call.
func (s *Server) answer(w http.ResponseWriter, call *Call, out object, err error) {
	call.Status = http.StatusOK
	if err != nil {
		refused, ok := errors.AsType[*apiError](err)
		if !ok {
			refused = fail("internal_error")
		}
		out = object{"ok": false, "error": refused.word}
		maps.Copy(out, refused.extra)
		call.Error = refused.word
		if refused.status != 0 {
			call.Status = refused.status
		}
		if refused.retryAfter > 0 {
			call.Status = http.StatusTooManyRequests
			w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(refused.retryAfter.Seconds()))))
		}
	} else {
		out["ok"] = true
	}
	s.mu.Lock()
	if call.Token != "" && call.Token == s.ws.BotToken {
		w.Header().Set("X-OAuth-Scopes", strings.Join(s.ws.Scopes, ","))
	}
	s.mu.Unlock()
	call.Sent = encode(out)
	if call.Status >= http.StatusInternalServerError {
		call.Sent = []byte("<html>" + http.StatusText(call.Status) + "</html>")
		w.Header().Set("Content-Type", "text/html")
	} else {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	s.record(*call)
	w.WriteHeader(call.Status)
	_, _ = w.Write(call.Sent) // the journal holds it even if the client is gone
}

// rawRequest is what the journal keeps of a request: line, token and body.
func rawRequest(r *http.Request, body []byte) []byte {
	return fmt.Appendf(nil, "%s %s\nAuthorization: %s\n\n%s", r.Method, r.RequestURI, r.Header.Get("Authorization"), body)
}
