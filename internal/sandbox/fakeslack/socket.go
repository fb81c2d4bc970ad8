package fakeslack

import (
	"crypto/rand"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/websocket"
)

// How Socket Mode behaves. Slack publishes neither how often it pings (every few
// seconds was seen) nor how many calls of apps.connections.open it bears at once.
const (
	connectionLife = 18060 * time.Second // after that the connection is recycled
	maxConnections = 10
	pingEvery      = 5 * time.Second
	pongWithin     = 30 * time.Second // a client that is silent for so long is dropped
	writeWithin    = 5 * time.Second
	retireAfter    = 10 * time.Second // from a disconnect frame to the end
	openEvery      = 3 * time.Second
	openBurst      = 20
)

// Reasons of disconnect frames.
const (
	reasonRefresh  = "refresh_requested"
	reasonDisabled = "link_disabled"
	reasonTooMany  = "too_many_websockets"
)

func (s *Server) connectionsOpen(req *request) (object, error) {
	if req.verb != http.MethodPost {
		return nil, fail("insecure_request")
	}
	if r := s.opens.Reserve(); r.Delay() > 0 {
		wait := r.Delay()
		r.Cancel()
		return nil, &apiError{word: "ratelimited", retryAfter: wait}
	}
	ticket := rand.Text()
	s.tickets[ticket] = true
	s.host, s.scheme = req.host, "http"
	scheme := "ws"
	if req.tls {
		s.scheme, scheme = "https", "wss"
	}
	return object{"url": scheme + "://" + req.host + "/link/?ticket=" + ticket + "&app_id=" + s.ws.AppID}, nil
}

// useTicket reports whether the ticket is good, which it is once.
func (s *Server) useTicket(ticket string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	good := s.tickets[ticket]
	delete(s.tickets, ticket)
	return good
}

// serveLink is one Socket Mode connection, from the upgrade to its end.
func (s *Server) serveLink(w http.ResponseWriter, r *http.Request) {
	if !s.useTicket(r.URL.Query().Get("ticket")) {
		http.Error(w, "invalid ticket", http.StatusForbidden)
		return
	}
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	c := &conn{srv: s, ws: ws, gone: make(chan struct{})}
	defer c.cut()
	count, reason := s.join(c)
	if reason != "" {
		c.disconnect(reason)
		return
	}
	defer s.leave(c)
	c.hello(count)
	s.start(c.keepAlive)
	defer close(c.gone)
	c.read()
}

// join adds the connection unless there is a reason to turn it away.
func (s *Server) join(c *conn) (count int, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed || !s.socketOK:
		return 0, reasonDisabled
	case len(s.conns) >= maxConnections:
		return 0, reasonTooMany
	}
	s.conns = append(s.conns, c)
	s.emit(Event{Kind: SocketOpened})
	return len(s.conns), ""
}

func (s *Server) leave(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns = slices.DeleteFunc(s.conns, func(other *conn) bool { return other == c })
	s.emit(Event{Kind: SocketClosed})
}

// next picks the connection whose turn it is; nil if none is open. Connections that
// were told to go get nothing new.
func (s *Server) next() *conn {
	ready := slices.DeleteFunc(slices.Clone(s.conns), func(c *conn) bool { return c.retired })
	if len(ready) == 0 {
		return nil
	}
	s.turn++
	return ready[s.turn%len(ready)]
}

// Connections returns how many sockets are open.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// DropSockets cuts all open connections without a word.
func (s *Server) DropSockets() {
	for _, c := range s.openConns() {
		c.cut()
	}
}

// Disconnect sends every connection a disconnect frame with the reason: "warning" is
// only a notice; "refresh_requested" ends the connection ten seconds later.
func (s *Server) Disconnect(reason string) {
	for _, c := range s.openConns() {
		if reason == "warning" {
			c.disconnect(reason)
			continue
		}
		s.retire(c, reason)
	}
}

// SetSocketMode switches Socket Mode off or on in the app's settings. Off, it ends all
// connections with link_disabled, and new ones as soon as they are made.
func (s *Server) SetSocketMode(on bool) {
	s.mu.Lock()
	s.socketOK = on
	s.mu.Unlock()
	if on {
		return
	}
	for _, c := range s.openConns() {
		c.disconnect(reasonDisabled)
		c.cut()
	}
}

// retire tells a connection to go, and ends it a little later if it has not gone.
func (s *Server) retire(c *conn, reason string) {
	s.mu.Lock()
	c.retired = true
	s.mu.Unlock()
	c.disconnect(reason)
	s.start(func() {
		t := time.NewTimer(retireAfter)
		defer t.Stop()
		select {
		case <-t.C:
			c.cut()
		case <-c.gone:
		}
	})
}

func (s *Server) openConns() []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.conns)
}
