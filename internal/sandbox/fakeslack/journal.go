package fakeslack

import (
	"slices"
	"time"
)

// Call is one request to the Web API or to a response URL, as the journal keeps it.
// Tokens and texts are raw, so that a search for something secret can find it.
type Call struct {
	At     time.Time
	Method string // "response_url" for posts to response URLs
	Token  string
	Args   map[string]string

	Status   int    // HTTP
	Error    string // Slack's word; empty if the call succeeded
	Dropped  bool   // the connection was cut instead of an answer
	Received []byte
	Sent     []byte
}

// Calls returns the recorded calls of the methods, oldest first; without a method all.
func (s *Server) Calls(methods ...string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Call
	for _, c := range s.calls {
		if len(methods) == 0 || slices.Contains(methods, c.Method) {
			out = append(out, c)
		}
	}
	return out
}

// Traffic returns everything that was received and sent, requests, answers and
// WebSocket frames, oldest first. The bytes must not be changed.
func (s *Server) Traffic() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.traffic)
}

func (s *Server) record(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, c)
	s.traffic = append(s.traffic, c.Received)
	if len(c.Sent) > 0 {
		s.traffic = append(s.traffic, c.Sent)
	}
}
