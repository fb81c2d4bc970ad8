package fakeatlas

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

// exchange is one request on its way through the server.
type exchange struct {
	req     *http.Request
	body    []byte
	arrived time.Time
	now     time.Time // when it is carried out
	who     identity
	params  map[string]string
	version version // of the document that is asked for
	faults  faultSet
	created []string // ids of the jobs that the request made
	older   []string // ids of those that stood before it
	budget  *bucket  // that it draws on
}

// self is the links array of a resource below Base.
func (x *exchange) self(segments ...string) []fakeapi.Link {
	return []fakeapi.Link{{Href: fakeapi.Origin(x.req) + Base + "/" + strings.Join(segments, "/"), Rel: "self"}}
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
	for _, j := range s.jobs {
		x.older = append(x.older, j.ID)
	}
	if foreign := x.faults.Get(ForeignJob); foreign != nil {
		s.startForeign(x, foreign)
	}
	if f == nil {
		return s.honest(x)
	}
	var honest *fakeapi.Answer
	if f.After {
		honest = s.honest(x)
	}
	return s.faulty(x, f, honest)
}

// honest carries the request out. The caller holds the lock.
func (s *Server) honest(x *exchange) *fakeapi.Answer {
	if strings.HasPrefix(x.req.URL.Path, fakeapi.OAuthPath) {
		return s.oauth(x)
	}
	if err := s.authenticate(x); err != nil {
		return s.refusal(x, err, true)
	}
	doc, status, err := s.route(x)
	if err != nil {
		return s.refusal(x, err, false)
	}
	ans := fakeapi.JSON(x.req, status, doc)
	if status == http.StatusNoContent {
		ans.Body, ans.Header = nil, http.Header{}
	} else {
		ans.Header.Set("Content-Type", x.version.media()+";charset=utf-8")
	}
	x.decorate(ans)
	return ans
}

// refusal prints an error, with a digest challenge if the client should try again with credentials.
func (s *Server) refusal(x *exchange, err *fakeapi.Refusal, challenge bool) *fakeapi.Answer {
	ans := fakeapi.JSON(x.req, err.Status, err.Doc())
	switch {
	case challenge && strings.HasPrefix(x.req.Header.Get("Authorization"), "Bearer "):
		ans.Header.Set("Www-Authenticate", `Bearer error="invalid_token"`)
	case challenge:
		ans.Header.Set("Www-Authenticate", s.nonces.Challenge(x.now))
	case err.Code == codeBucket && err.Params[1] != 0:
		ans.Header.Set("Retry-After", fmt.Sprint(err.Params[1]))
	}
	x.decorate(ans)
	return ans
}

// decorate adds what the answers of Atlas tell beside their bodies.
func (x *exchange) decorate(ans *fakeapi.Answer) {
	if x.version.sunset != "" {
		ans.Header.Set("Deprecation", x.version.deprecated)
		ans.Header.Set("Sunset", x.version.sunset)
	}
	if x.budget != nil {
		x.budget.tell(ans.Header)
	}
}
