package fakeopsmanager

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// maxBody is the longest request body that is read.
const maxBody = 1 << 20

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

// origin is the scheme and host that the client used.
func (x *exchange) origin() string {
	scheme := "http"
	if c, ok := x.req.Context().Value(connKey{}).(net.Conn); (ok && isTLS(c)) || x.req.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + x.req.Host
}

// self is the links array of a resource below Base.
func (x *exchange) self(segments ...string) []link {
	return []link{{Href: x.origin() + Base + "/" + strings.Join(segments, "/"), Rel: "self"}}
}

// ServeHTTP answers one request. Each one that arrives whole is in the journal before its answer is written.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		http.Error(w, "server is closed", http.StatusServiceUnavailable)
		return
	}
	defer s.wg.Done()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "request body unreadable", http.StatusBadRequest)
		return
	}
	x := &exchange{req: r, body: body, arrived: time.Now()}
	x.now = x.arrived
	x.faults = s.take(r)
	call := s.journal.arrive(Call{
		Time:          x.arrived,
		Method:        r.Method,
		Target:        r.RequestURI,
		RequestBody:   body,
		Authorization: r.Header.Get("Authorization") != "",
		Faults:        x.faults.kinds(),
	})
	ans := s.answer(r.Context(), x)
	call.Key, call.Created, call.Done = x.key.Public, x.created, true
	if ans == nil {
		s.journal.finish(call)
		drop(w)
		return
	}
	call.Status, call.ResponseBody = ans.status, ans.body
	s.journal.finish(call)
	s.write(w, x, ans)
}

// answer carries the request out and applies its faults; nil means that the connection is to be dropped.
func (s *Server) answer(ctx context.Context, x *exchange) *answer {
	delay := x.faults.get(Delay)
	if delay != nil && !delay.After {
		if !pause(ctx, delay.Delay) {
			return nil
		}
		x.now = time.Now()
	}
	f := x.faults.answering()
	ans := s.respond(x, f)
	if delay != nil && delay.After && !pause(ctx, delay.Delay) {
		return nil
	}
	if f != nil && f.Kind == Hang {
		<-ctx.Done()
	}
	return ans
}

// respond makes the answer: the true one, or that of f, a fault that replaces it.
func (s *Server) respond(x *exchange, f *Fault) *answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sideEffects(x)
	if f == nil {
		ans := s.honest(x)
		if x.faults.get(Texts) != nil {
			ans.body = texts(ans.body)
		}
		return ans
	}
	var honest *answer
	if f.After {
		honest = s.honest(x)
	}
	return s.faulty(x, f, honest)
}

// pause waits for d, or less when the client hangs up: then it answers false.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// drop ends the connection without an answer; over TCP with a reset, as a crashed server or a balancer would.
func drop(w http.ResponseWriter) {
	h, ok := w.(http.Hijacker)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	conn, _, err := h.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	reset(conn)
}
