package opsmanager_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

const (
	base     = "/api/public/v1.0"
	jobsPath = base + "/groups/p1/clusters/c1/restoreJobs"
)

// refusals counts what reached the proxy that TestMain puts into the environment; net/http reads it only once.
var refusals atomic.Int64

func TestMain(m *testing.M) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		refusals.Add(1)
		http.Error(w, "not through here", http.StatusForbidden)
	}))
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "https_proxy", "NO_PROXY", "no_proxy"} {
		if err := os.Unsetenv(name); err != nil {
			panic(err)
		}
	}
	if err := os.Setenv("HTTPS_PROXY", proxy.URL); err != nil {
		panic(err)
	}
	m.Run() // and the process ends with its status
}

// peer is a server on loopback TCP that challenges what carries no Authorization and believes the rest.
type peer struct {
	*httptest.Server
	t     *testing.T
	get   http.HandlerFunc // authorized reads; nil: an empty list
	first http.HandlerFunc // POSTs without Authorization; nil: a challenge
	post  http.HandlerFunc // POSTs with it

	mu    sync.Mutex
	calls []call
}

type call struct {
	method, target, body string
	authorized           bool
	header               http.Header
}

func newPeer(t *testing.T) *peer {
	t.Helper()
	p := &peer{t: t}
	p.Server = httptest.NewUnstartedServer(p)
	p.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(p.Close)
	return p
}

func (p *peer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	authorized := r.Header.Get("Authorization") != ""
	c := call{method: r.Method, target: r.RequestURI, authorized: authorized, header: r.Header.Clone()}
	handle := p.choose(r.Method, authorized)
	p.mu.Lock()
	p.calls = append(p.calls, c)
	n := len(p.calls) - 1
	p.mu.Unlock()
	r.Body = tee{ReadCloser: r.Body, note: func(b []byte) { p.noteBody(n, b) }}
	handle(w, r)
}

func (p *peer) choose(method string, authorized bool) http.HandlerFunc {
	switch {
	case method == http.MethodPost && !authorized && p.first != nil:
		return p.first
	case !authorized:
		return challenge
	case method == http.MethodPost:
		return p.post
	case p.get != nil:
		return p.get
	default:
		return answer(http.StatusOK, `{"results":[],"links":[],"totalCount":0}`)
	}
}

// posts returns the POSTs with credentials.
func (p *peer) posts() []call { return p.legs(true) }

// legs returns the POSTs with credentials or those without.
func (p *peer) legs(authorized bool) []call {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []call
	for _, c := range p.calls {
		if c.method == http.MethodPost && c.authorized == authorized {
			out = append(out, c)
		}
	}
	return out
}

func (p *peer) noteBody(n int, b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls[n].body += string(b)
}

// tee tells what is read of a body.
type tee struct {
	io.ReadCloser
	note func([]byte)
}

func (t tee) Read(b []byte) (int, error) {
	n, err := t.ReadCloser.Read(b)
	t.note(b[:n])
	return n, err
}

func (p *peer) start() *peer { p.Start(); return p }

func (p *peer) startTLS(cert tls.Certificate) *peer {
	p.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	p.StartTLS()
	return p
}

// backend returns the backend for the peer, with what is set in opts.
func (p *peer) backend(opts opsmanager.Options) *opsmanager.Backend {
	p.t.Helper()
	if opts.URL == "" {
		opts.URL = p.URL
	}
	return backend(p.t, opts)
}

func backend(t *testing.T, opts opsmanager.Options) *opsmanager.Backend {
	t.Helper()
	opts.Name = "om"
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.Credential == nil {
		opts.Credential = credential(t, "public", "private")
	}
	if opts.PostTimeout == 0 {
		opts.PostTimeout = 20 * time.Second
	}
	b, err := opsmanager.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func credential(t *testing.T, public, private string) *rest.Credential {
	t.Helper()
	cred, err := rest.NewCredential(rest.Fixed(public), rest.Fixed(private), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return cred
}

// cluster is a cluster of the backend with an id of its own.
func cluster(b *opsmanager.Backend, id string) restore.Cluster {
	return restore.Cluster{
		Backend: "om", Origin: b.Origin(), ProjectID: "p1", ProjectName: "Payments", ID: id, Name: id, Type: restore.ReplicaSet,
	}
}

// plan restores snapshot s1 of c1 onto c2.
func plan(b *opsmanager.Backend) restore.Plan {
	return restore.Plan{Spec: restore.Spec{
		Source:   cluster(b, "c1"),
		Point:    restore.Point{Kind: restore.OfSnapshot, SnapshotID: "s1"},
		Scope:    restore.Scope{Kind: restore.Whole},
		Delivery: restore.Delivery{Kind: restore.Automated, Target: cluster(b, "c2")},
	}}
}

func challenge(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("WWW-Authenticate", `Digest realm="MMS Public API", domain="", nonce="n1", algorithm=MD5, qop="auth", stale=false`)
	answer(http.StatusUnauthorized, refusal(http.StatusUnauthorized, ""))(w, r)
}

// answer reads the request whole and answers it.
func answer(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// refusal is an error body of the API; older servers leave out the code.
func refusal(status int, code string) string {
	if code == "" {
		return fmt.Sprintf(`{"error":%d,"reason":%q,"detail":"The API says no."}`, status, http.StatusText(status))
	}
	return fmt.Sprintf(`{"error":%d,"reason":%q,"errorCode":%q,"detail":"The API says no.","parameters":["x"]}`, status, http.StatusText(status), code)
}
