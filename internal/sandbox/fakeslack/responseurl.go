package fakeslack

import (
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"time"
)

// A response URL takes five posts within thirty minutes.
const (
	responsePath = "/actions/"
	responseUses = 5
	responseLife = 30 * time.Minute
)

// response is the conversation end of a response URL, guarded by Server.mu.
type response struct {
	url     string
	user    string
	channel *channel
	source  string // ts of the message whose control was used; empty for commands
	at      time.Time
	uses    int
}

// newResponse makes a response URL; m is the message that was acted on, or nil.
func (s *Server) newResponse(user string, c *channel, m *Message) string {
	token := rand.Text()
	r := &response{url: s.scheme + "://" + s.host + responsePath + token, user: user, channel: c, at: time.Now()}
	if m != nil {
		r.source = m.TS
	}
	s.responses[token] = r
	return r.url
}

// serveResponse answers "ok" as text, or an error as JSON.
func (s *Server) serveResponse(w http.ResponseWriter, r *http.Request, token string) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "request_too_large", http.StatusRequestEntityTooLarge)
		return
	}
	call := Call{At: time.Now(), Method: "response_url", Received: rawRequest(r, body)}
	fault := s.takeFault(call.Method)
	s.before(r.Context(), fault, &call)
	a, err := jsonArgs(body)
	call.Args = a
	switch {
	case fault.Status != 0 || fault.Error != "":
		err = fault.refusal()
	case err != nil:
		err = &apiError{word: "invalid_payload", status: http.StatusBadRequest}
	default:
		err = s.respond(token, a)
	}
	s.after(r.Context(), fault, &call)
	if err != nil {
		if refused, ok := errors.AsType[*apiError](err); ok && refused.status == 0 && refused.retryAfter == 0 {
			refused.status = http.StatusBadRequest
		}
		s.answer(w, &call, nil, err)
		return
	}
	call.Status, call.Sent = http.StatusOK, []byte("ok")
	s.record(call)
	w.Header().Set("Content-Type", "text/html")
	_, _ = w.Write(call.Sent) // the journal holds it even if the client is gone
}

// respond posts, replaces or deletes over a response URL.
func (s *Server) respond(token string, a args) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.responses[token]
	switch {
	case !ok:
		return &apiError{word: "invalid_url", status: http.StatusNotFound}
	case time.Since(r.at) > responseLife:
		return &apiError{word: "expired_url", status: http.StatusNotFound}
	case r.uses >= responseUses:
		return &apiError{word: "used_url", status: http.StatusNotFound}
	}
	source := r.channel.find(r.source)
	if a.bool("delete_original") {
		if source == nil {
			return &apiError{word: "message_not_found", status: http.StatusNotFound}
		}
		if a["text"] == "" && a.raw("blocks") == "" {
			r.uses++
			s.remove(r.channel, source)
			return nil
		}
	}
	said, err := s.content(a)
	if err != nil {
		return err
	}
	r.uses++
	switch {
	case a.bool("delete_original"): // and say something new
		s.remove(r.channel, source)
	case a.bool("replace_original") && source != nil:
		s.replaceSource(r, source, said)
		return nil
	}
	m := &Message{User: s.ws.BotUserID, ByApp: true, Text: said.text, Blocks: said.rawBlocks(), Metadata: said.metadata}
	if a["response_type"] == "in_channel" {
		m.ThreadTS = r.channel.thread(a["thread_ts"])
	} else {
		m.EphemeralTo = r.user
	}
	s.post(r.channel, m, r.url)
	return nil
}

// replaceSource changes the message that was acted on. Who sees it cannot change.
func (s *Server) replaceSource(r *response, source *Message, said content) {
	source.revise(said, time.Now())
	e := Event{Kind: MessageUpdated, Person: source.User, Channel: source.Channel, Message: s.copyOf(source), ResponseURL: r.url}
	if source.EphemeralTo != "" {
		e.Kind, e.Person = EphemeralUpdated, source.EphemeralTo
	}
	s.emit(e)
}
