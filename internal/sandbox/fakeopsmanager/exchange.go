package fakeopsmanager

import (
	"context"
	"net/http"
	"strings"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

// exchange is one request on its way through the server.
type exchange struct {
	req  *http.Request
	body []byte
	// arrived is when the request came, now when it is carried out.
	arrived time.Time
	now     time.Time
	key     APIKey
	params  map[string]string
	faults  faultSet
	// created holds the ids of the jobs that the request made, older those that stood before it.
	created []string
	older   []string
}

// self is the links array of a resource below Base.
func (x *exchange) self(segments ...string) []fakeapi.Link {
	return []fakeapi.Link{{Href: fakeapi.Origin(x.req) + Base + "/" + strings.Join(segments, "/"), Rel: "self"}}
}

// ServeHTTP answers one request. Each one that arrives whole is in the journal before its answer is written.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{req: r}
	meet := func() []Kind {
		x.faults = s.take(r)
		return x.faults.Kinds()
	}
	s.Handle(w, r, meet, func(call *Call) *fakeapi.Answer {
		x.body, x.arrived, x.now = call.RequestBody, call.Time, call.Time
		ans := s.answer(r.Context(), x)
		if f := x.faults.Get(DateSkew); f != nil && ans != nil {
			ans.Skew = f.Skew
		}
		call.Key, call.Created = x.key.Public, x.created
		return ans
	})
}

// answer carries the request out and applies its faults; nil means that the connection is to be dropped.
func (s *Server) answer(ctx context.Context, x *exchange) *fakeapi.Answer {
	delay := x.faults.Get(Delay)
	if delay != nil && !delay.After {
		if !fakeapi.Pause(ctx, delay.Delay) {
			return nil
		}
		x.now = time.Now()
	}
	f := x.faults.Answering()
	ans := s.respond(x, f)
	if delay != nil && delay.After && !fakeapi.Pause(ctx, delay.Delay) {
		return nil
	}
	if f != nil && f.Kind == Hang {
		<-ctx.Done()
	}
	return ans
}

// respond makes the answer: the true one, or that of f, a fault that replaces it.
func (s *Server) respond(x *exchange, f *Fault) *fakeapi.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sideEffects(x)
	if f == nil {
		ans := s.honest(x)
		if x.faults.Get(Texts) != nil {
			ans.Body = texts(ans.Body)
		}
		return ans
	}
	var honest *fakeapi.Answer
	if f.After {
		honest = s.honest(x)
	}
	return s.faulty(x, f, honest)
}
