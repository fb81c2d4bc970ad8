package fakeslack

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Options are the settings a Server starts with; SetRateLimit and SetDateSkew change
// them later.
type Options struct {
	DateSkew  time.Duration // added to the Date header of every answer
	RateLimit bool          // limit chat.postMessage to one per second and channel, the other methods by their tiers
}

// Server is a fake Slack workspace. All methods are safe for concurrent use. Whoever
// calls New calls Close, which waits until every goroutine of the server has ended.
type Server struct {
	http    *http.Server
	kit     kit
	methods map[string]method
	done    chan struct{}
	running sync.WaitGroup // goroutines and requests, started under mu while not closed

	mu     sync.Mutex
	closed bool
	ws     Workspace
	opt    Options
	host   string // as the app wrote it in its last apps.connections.open
	scheme string // http or https, likewise
	open   map[net.Conn]bool
	idle   *sync.Cond // on mu; signaled when open shrinks

	users        map[string]User
	userOrder    []string
	groups       map[string]Usergroup
	groupOrder   []string
	channels     map[string]*channel
	channelOrder []string
	names        map[string]string // id → @name or #name

	views     map[string]*view
	stacks    map[string][]*view // by user, the top last
	homes     map[string]*view
	triggers  map[string]*trigger
	responses map[string]*response

	tickets    map[string]bool
	noMessages bool              // the app's home has no tab for messages
	revoked    map[string]string // the word of a token that no longer works
	socketOK   bool              // Socket Mode is switched on
	conns      []*conn
	turn       int // of the round robin
	pending    map[string]*pendingAck
	dropAcks   int

	opens   *rate.Limiter
	paces   map[string]*rate.Limiter
	faults  []*Fault
	calls   []Call
	traffic [][]byte
	events  []Event
	changed chan struct{} // closed and replaced with each event
}

// New returns a server for the workspace. Serve, or ServeHTTP, makes it reachable.
func New(w Workspace, opt Options) *Server {
	w.Scopes, w.Events, w.Commands = slices.Clone(w.Scopes), slices.Clone(w.Events), slices.Clone(w.Commands)
	if w.AppScopes == nil {
		w.AppScopes = []string{"connections:write"}
	}
	s := &Server{
		kit: newKit(), done: make(chan struct{}), ws: w, opt: opt, scheme: "http",
		open: map[net.Conn]bool{}, users: map[string]User{}, groups: map[string]Usergroup{}, channels: map[string]*channel{},
		views: map[string]*view{}, stacks: map[string][]*view{}, homes: map[string]*view{},
		triggers: map[string]*trigger{}, responses: map[string]*response{},
		tickets: map[string]bool{}, revoked: map[string]string{}, socketOK: true, pending: map[string]*pendingAck{},
		opens: rate.NewLimiter(rate.Every(openEvery), openBurst), paces: map[string]*rate.Limiter{},
		changed: make(chan struct{}),
	}
	s.idle = sync.NewCond(&s.mu)
	s.methods = newMethods()
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: time.Minute, ConnState: s.track}
	for _, u := range w.Users {
		s.putUser(u)
	}
	if _, ok := s.users[w.BotUserID]; !ok {
		s.putUser(User{ID: w.BotUserID, Name: strings.ToLower(w.BotUserID), RealName: "App", IsBot: true})
	}
	for _, g := range w.Usergroups {
		s.putUsergroup(g)
	}
	for _, c := range w.Channels {
		s.putChannel(c)
	}
	return s
}

// Serve answers on the listener until Close, and then returns nil. The listener may be
// of any kind; Close closes it.
func (s *Server) Serve(ln net.Listener) error {
	if !s.begin() {
		return ln.Close()
	}
	defer s.running.Done()
	if err := s.http.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Close ends all connections and waits for everything the server started. Actions of
// people that are under way end with the failure that a dead app would cause.
func (s *Server) Close() {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	conns := slices.Clone(s.conns)
	s.mu.Unlock()
	if first {
		close(s.done)
	}
	for _, c := range conns {
		c.cut()
	}
	_ = s.http.Close() // a listener that is closed already is no trouble
	s.running.Wait()
	s.mu.Lock()
	for len(s.open) > 0 {
		s.idle.Wait()
	}
	s.mu.Unlock()
}

// track follows connections until their goroutine has ended, so that Close can wait.
func (s *Server) track(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch state {
	case http.StateNew:
		s.open[c] = true
		if s.closed { // accepted too late for http.Server.Close to see it
			_ = c.Close()
		}
	case http.StateClosed, http.StateHijacked:
		delete(s.open, c)
		s.idle.Broadcast()
	case http.StateActive, http.StateIdle:
	}
}

// begin registers a piece of work that Close has to wait for.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.running.Add(1)
	return true
}

// start runs f in a goroutine that Close waits for; not at all once closed.
func (s *Server) start(f func()) {
	if s.begin() {
		go func() {
			defer s.running.Done()
			f()
		}()
	}
}

// pause waits, or returns false because the server closes or ctx ends.
func (s *Server) pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-s.done:
	case <-ctx.Done():
	}
	return false
}

// ServeHTTP implements http.Handler: /api/METHOD, the WebSocket and response URLs.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.begin() {
		http.Error(w, "closed", http.StatusServiceUnavailable)
		return
	}
	defer s.running.Done()
	s.mu.Lock()
	skew := s.opt.DateSkew
	s.mu.Unlock()
	w.Header().Set("Date", time.Now().Add(skew).UTC().Format(http.TimeFormat))
	switch path := r.URL.Path; {
	case strings.HasPrefix(path, "/api/"):
		s.serveAPI(w, r, strings.TrimPrefix(path, "/api/"))
	case path == "/link/":
		s.serveLink(w, r)
	case strings.HasPrefix(path, responsePath):
		s.serveResponse(w, r, strings.TrimPrefix(path, responsePath))
	default:
		http.NotFound(w, r)
	}
}

// SetDateSkew makes the Date header lie by d.
func (s *Server) SetDateSkew(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.DateSkew = d
}

// SetRateLimit switches the limits of the Web API on or off.
func (s *Server) SetRateLimit(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.RateLimit = on
}
