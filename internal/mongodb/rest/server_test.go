package rest_test

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"snapback/internal/mongodb/rest"
	"snapback/internal/sandbox/pipenet"
)

const realm = "MMS Public API"

// server challenges every request, knows a few private keys, and answers {} or what then says.
type server struct {
	t    *testing.T
	url  string
	dial rest.Dial

	mu    sync.Mutex
	then  http.HandlerFunc
	first func(http.ResponseWriter) // before a challenge is written
	keys  []string
	used  string
	seen  []*http.Request
}

func start(t *testing.T, keys ...string) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, keys: keys, url: "http://" + l.Addr().String()}
	s.serve(l)
	return s
}

// startPiped is for synctest bubbles.
func startPiped(t *testing.T, keys ...string) *server {
	t.Helper()
	l := pipenet.Listen()
	s := &server{t: t, keys: keys, url: "http://om.test", dial: l.DialContext}
	s.serve(l)
	return s
}

func (s *server) serve(l net.Listener) {
	hs := &http.Server{Handler: s, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	done := make(chan struct{})
	go func() { defer close(done); _ = hs.Serve(l) }()
	s.t.Cleanup(func() { hs.Close(); <-done })
}

func (s *server) client(cred *rest.Credential) *rest.Client {
	s.t.Helper()
	return s.with(rest.Options{Credential: cred})
}

// with returns a client with options on top of the usual ones.
func (s *server) with(o rest.Options) *rest.Client {
	s.t.Helper()
	if o.Credential == nil {
		o.Credential = credential(s.t, s.keys[0])
	}
	o.Name, o.BasePath, o.Logger = "om", "/api/public/v1.0", slog.New(slog.DiscardHandler)
	if o.URL == "" {
		o.URL = s.url
	}
	if s.dial != nil {
		o.Dial, o.InsecureHTTP = s.dial, true
	}
	c, err := rest.New(o)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(c.Close)
	return c
}

func credential(t *testing.T, private string) *rest.Credential {
	t.Helper()
	cred, err := rest.NewCredential(rest.Fixed("public"), rest.Fixed(private), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return cred
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.seen = append(s.seen, r.Clone(context.Background()))
	key, ok := s.proves(r)
	if ok {
		s.used = key
	}
	then, first := s.then, s.first
	s.mu.Unlock()
	switch {
	case !ok:
		if first != nil {
			first(w)
		}
		w.Header().Set("WWW-Authenticate", `Digest realm="`+realm+`", domain="", nonce="n1", algorithm=MD5, qop="auth", stale=false`)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":401,"reason":"Unauthorized","detail":"You are not authorized for this resource."}`)
	case then != nil:
		then(w, r)
	default:
		_, _ = io.WriteString(w, "{}")
	}
}

// answer sets what authorized requests get; nil is {}.
func (s *server) answer(then http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.then = then
}

// challenge has something done before each challenge.
func (s *server) challenge(first func(http.ResponseWriter)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.first = first
}

// proves returns the key with which the digest was made.
func (s *server) proves(r *http.Request) (string, bool) {
	params := make(map[string]string)
	fields, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Digest ")
	for field := range strings.SplitSeq(fields, ", ") {
		name, value, _ := strings.Cut(field, "=")
		params[name] = strings.Trim(value, `"`)
	}
	i := slices.IndexFunc(s.keys, func(key string) bool {
		ha1 := sum(params["username"], realm, key)
		ha2 := sum(r.Method, r.RequestURI)
		return params["uri"] == r.RequestURI &&
			params["response"] == sum(ha1, params["nonce"], params["nc"], params["cnonce"], "auth", ha2)
	})
	if i < 0 {
		return "", false
	}
	return s.keys[i], true
}

func sum(parts ...string) string {
	h := md5.Sum([]byte(strings.Join(parts, ":")))
	return hex.EncodeToString(h[:])
}

func (s *server) lastKey() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}

func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.seen)
}

func (s *server) requests() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}
