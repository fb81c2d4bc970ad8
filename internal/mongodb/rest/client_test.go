package rest_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

func TestURLs(t *testing.T) {
	cred := credential(t, "x")
	for _, tt := range []struct {
		url, origin, problem string
		insecure             bool
	}{
		{url: "https://OM.Example.net:443/", origin: "https://om.example.net"},
		{url: "https://om.example.net:08443/api/public/v1.0/", origin: "https://om.example.net:8443"},
		{url: " https://om.example.net.:8443 ", origin: "https://om.example.net:8443"},
		{url: "https://[2001:DB8::1]:443", origin: "https://[2001:db8::1]"},
		{url: "https://[2001:db8::1]:8443", origin: "https://[2001:db8::1]:8443"},
		{url: "http://127.0.0.1:8080", origin: "http://127.0.0.1:8080"},
		{url: "http://Localhost:80", origin: "http://localhost"},
		{url: "http://[::1]", origin: "http://[::1]"},
		{url: "http://om.example.net:80", insecure: true, origin: "http://om.example.net"},
		{url: "http://om.example.net", problem: "insecure_http"},
		{url: "http://127.0.0.1.example.net", problem: "insecure_http"},
		{url: "https://user:" + hushed + "@om.example.net", problem: "credentials"},
		{url: "https://user:" + hushed + "@om.example.net:port", problem: "is not one"},
		{url: "ftp://om.example.net", problem: "https://"},
		{url: "om.example.net", problem: "https://"},
		{url: "https://", problem: "host"},
		{url: "https://om.example.net?x=1", problem: "end with its path"},
		{url: "https://om.example.net/#x", problem: "end with its path"},
	} {
		c, err := rest.New(rest.Options{URL: tt.url, Credential: cred, InsecureHTTP: tt.insecure})
		if tt.problem == "" {
			if err != nil || c.Origin() != tt.origin {
				t.Errorf("%s: error %v, want origin %s", tt.url, err, tt.origin)
			}
			continue
		}
		e, ok := errors.AsType[*rest.URLError](err)
		if !ok || !strings.Contains(e.Problem, tt.problem) || strings.Contains(err.Error(), hushed) {
			t.Errorf("%s: error %v, want one about %q", tt.url, err, tt.problem)
		}
	}
}

func TestBasePath(t *testing.T) {
	s := start(t, "k")
	for suffix, want := range map[string]string{
		"":                     "/api/public/v1.0/x%2Fy?a=b",
		"/":                    "/api/public/v1.0/x%2Fy?a=b",
		"/api/public/v1.0/":    "/api/public/v1.0/x%2Fy?a=b",
		"/om":                  "/om/api/public/v1.0/x%2Fy?a=b",
		"/om/api/public/v1.0/": "/om/api/public/v1.0/x%2Fy?a=b",
	} {
		c := s.with(rest.Options{URL: s.url + suffix})
		if _, err := c.Get(t.Context(), "/x%2Fy", url.Values{"a": {"b"}}, new(any)); err != nil {
			t.Fatal(err)
		}
		last := s.requests()[s.count()-1]
		if last.RequestURI != want {
			t.Errorf("%q: asked for %s, want %s", suffix, last.RequestURI, want)
		}
		if last.Header.Get("Accept") != "application/json" || last.Header.Get("Authorization") == "" {
			t.Errorf("header %v", last.Header)
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := start(t, "k")
	s := start(t, "k")
	for _, tt := range []struct{ location, want string }{
		{elsewhere.url + "/secret-path?q=secret-query", "url redirects to " + strings.TrimPrefix(elsewhere.url, "http://")},
		{"https://user:" + hushed + "@om.example.net/x", "url redirects to om.example.net"},
		{strings.Replace(s.url, "http:", "https:", 1), "url redirects to " + strings.TrimPrefix(s.url, "http://") + " over https"},
		{"/elsewhere", "url redirects to " + strings.TrimPrefix(s.url, "http://")},
		{"http://user:" + hushed + "@[broken", "url is answered with redirect 302"},
		{"", "url is answered with redirect 302"},
	} {
		s.answer(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", tt.location)
			w.WriteHeader(http.StatusFound)
		})
		_, err := s.with(rest.Options{}).Get(t.Context(), "/x", nil, new(any))
		if e, ok := errors.AsType[*rest.RedirectError](err); !ok || e.Error() != tt.want {
			t.Errorf("to %q: %v, want %q", tt.location, err, tt.want)
		}
	}
	if elsewhere.count() != 0 {
		t.Errorf("the new host received %d requests", elsewhere.count())
	}
}

func TestRefusals(t *testing.T) {
	s := start(t, "k")
	const tail = `,"detail":"see https://user:` + hushed + `@om/x","parameters":["P",60,{"a":1}]}`
	for _, tt := range []struct {
		name, body, retry, code string
		status                  int
		wait                    time.Duration
		denied, missing, shaped bool
	}{
		{"new shape", `{"errorCode":"RATE_LIMITED"` + tail, "30", "RATE_LIMITED", 429, 30 * time.Second, false, false, true},
		{"old shape", `{"error":401,"reason":"Unauthorized"` + tail, "", "", 401, 0, true, false, true},
		{"error as text", `{"error":"402","reason":"Payment Required"` + tail, "", "", 402, 0, true, false, true},
		{"denied", `{"error":403,"reason":"Forbidden","errorCode":"X"` + tail, "", "X", 403, 0, true, false, true},
		{"missing", `{"error":404,"reason":"Not Found","errorCode":"Y"` + tail, "", "Y", 404, 0, false, true, true},
		{"404 of a gateway", `<html>not found</html>`, "", "", 404, 0, false, false, false},
		{"403 of a gateway", `{"error":"forbidden","reason":"waf"}`, "", "", 403, 0, false, false, false},
		{"no reason", `{"error":500}`, "", "", 500, 0, false, false, false},
		{"list", `[1]`, "", "", 500, 0, false, false, false},
		{"503 html with seconds", "<html>", " 7 ", "", 503, 7 * time.Second, false, false, false},
		{"503 with date", "", "Fri, 20 Nov 2026 14:05:30 GMT", "", 503, 30 * time.Second, false, false, false},
		{"503 with past date", "", "Fri, 20 Nov 2026 14:04:30 GMT", "", 503, 0, false, false, false},
		{"503 with nonsense", "", "soon", "", 503, 0, false, false, false},
		{"503 for ever", "", "99999999999", "", 503, 24 * time.Hour, false, false, false},
		{"503 negative", "", "-1", "", 503, 0, false, false, false},
	} {
		s.answer(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", "Fri, 20 Nov 2026 14:05:00 GMT")
			if tt.retry != "" {
				w.Header().Set("Retry-After", tt.retry)
			}
			w.WriteHeader(tt.status)
			_, _ = io.WriteString(w, tt.body)
		})
		date, err := s.with(rest.Options{}).Get(t.Context(), "/x", nil, new(any))
		e, ok := errors.AsType[*rest.APIError](err)
		if !ok {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if e.Status != tt.status || e.Code != tt.code || e.RetryAfter != tt.wait || e.Wait() != tt.wait {
			t.Errorf("%s: %+v", tt.name, e)
		}
		if want := time.Date(2026, 11, 20, 14, 5, 0, 0, time.UTC); !date.Equal(want) || !e.ServerDate.Equal(want) {
			t.Errorf("%s: dates %v, %v", tt.name, date, e.ServerDate)
		}
		if errors.Is(err, restore.ErrDenied) != tt.denied || errors.Is(err, restore.ErrNotFound) != tt.missing {
			t.Errorf("%s: denied %v, missing %v", tt.name, !tt.denied, !tt.missing)
		}
		if tt.shaped != (len(e.Parameters) == 3) || tt.shaped && (e.Parameters[1] != "60" || e.Detail != "see https://…") {
			t.Errorf("%s: %+v", tt.name, e)
		}
		if strings.Contains(err.Error(), hushed) || strings.Contains(err.Error(), "html>") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestWaitNeedsNoImport shows how a caller finds the wait without knowing this package.
func TestWaitNeedsNoImport(t *testing.T) {
	var err error = &rest.APIError{Status: 503, RetryAfter: time.Minute}
	e, ok := errors.AsType[interface {
		error
		Wait() time.Duration
	}](err)
	if !ok || e.Wait() != time.Minute {
		t.Errorf("found %v", e)
	}
}

func TestAnswersAreBoundedAndWhole(t *testing.T) {
	s := start(t, "k")
	for name, then := range map[string]http.HandlerFunc{
		"longer than": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `"`)
			_, _ = io.Copy(w, io.LimitReader(zeros{}, 17<<20))
		},
		"unexpected EOF": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{}`)
		},
		"answer is empty": func(http.ResponseWriter, *http.Request) {},
		"decode answer":   func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"a":`) },
	} {
		s.answer(then)
		if _, err := s.with(rest.Options{}).Get(t.Context(), "/x", nil, new(any)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '0'
	}
	return len(b), nil
}

// TestBadChallenges sends what makes the digest package fail, or panic.
func TestBadChallenges(t *testing.T) {
	for _, challenge := range []string{"", "Digest ", "Digest realm", "Digest realm=\"x\", nonce", "Digest qop, realm=\"x\"", "Basic realm=\"x\"", "Digest realm=\"x\", op=\"auth\"", "Digest algorithm=SHA-1"} {
		ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", challenge)
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"error":401,"reason":"Unauthorized","detail":"no key"}`)
		}))
		s := &server{t: t, url: ts.URL, keys: []string{"k"}}
		_, err := s.with(rest.Options{}).Get(t.Context(), "/x", nil, new(any))
		switch e, ok := errors.AsType[*rest.APIError](err); {
		case err == nil:
			t.Errorf("%q: no error", challenge)
		case challenge == "" && (!ok || e.Detail != "no key"):
			t.Errorf("without a challenge: %v; want the API's words", err)
		}
		ts.Close()
	}
}

func TestTimeoutAndLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startPiped(t, "k")
		c := s.with(rest.Options{Timeout: 5 * time.Second})
		s.answer(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		began := time.Now()
		if _, err := c.Get(t.Context(), "/x", nil, new(any)); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 5*time.Second {
			t.Errorf("error %v after %s", err, time.Since(began))
		}
		s.answer(nil)
		began = time.Now()
		for range 200 {
			if _, err := c.Get(t.Context(), "/x", nil, new(any)); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took < 15*time.Second || took > 30*time.Second {
			t.Errorf("200 reads took %s; want about 8 a second after the first 40", took)
		}
	})
}

func TestSharedCredentialSharesThePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cred := credential(t, "k")
		s := startPiped(t, "k")
		one, two := s.client(cred), s.client(cred)
		began := time.Now()
		for range 60 {
			for _, c := range []*rest.Client{one, two} {
				if _, err := c.Get(t.Context(), "/x", nil, new(any)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if took := time.Since(began); took < 8*time.Second {
			t.Errorf("120 reads by two clients took %s", took)
		}
	})
}

func TestObservers(t *testing.T) {
	type skew struct {
		source string
		ahead  time.Duration
	}
	var skews []skew
	var codes []int
	s := start(t, "k")
	c := s.with(rest.Options{Observers: rest.Observers{
		Clock: func(source string, server, local time.Time) {
			skews = append(skews, skew{source, server.Sub(local).Round(time.Minute)})
		},
		Call: func(backend string, code int) {
			if backend != "om" {
				t.Errorf("backend %q", backend)
			}
			codes = append(codes, code)
		},
	}})
	for _, then := range []http.HandlerFunc{
		func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
			_, _ = io.WriteString(w, "{}")
		},
		func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", "yesterday")
			w.WriteHeader(http.StatusTeapot)
		},
		func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		s.answer(then)
		_, _ = c.Get(t.Context(), "/x", nil, new(any))
	}
	if len(skews) != 1 || skews[0] != (skew{"om", time.Hour}) {
		t.Errorf("clock was told %v", skews)
	}
	if len(codes) != 3 || codes[0] != 200 || codes[1] != 418 || codes[2] != 0 {
		t.Errorf("calls were %v", codes)
	}
}

func TestPrivateCA(t *testing.T) {
	cert, ca := privateCA(t)
	ts := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }))
	ts.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	ts.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	ts.StartTLS()
	defer ts.Close()
	s := &server{t: t, url: ts.URL, keys: []string{"k"}}
	if _, err := s.with(rest.Options{CAFile: ca}).Get(t.Context(), "/x", nil, new(any)); err != nil {
		t.Errorf("with its CA: %v", err)
	}
	_, err := s.with(rest.Options{}).Get(t.Context(), "/x", nil, new(any))
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); !ok {
		t.Errorf("without its CA: %v", err)
	}
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{empty, empty + ".none"} {
		if _, err := rest.New(rest.Options{URL: ts.URL, CAFile: file, Credential: credential(t, "k")}); err == nil {
			t.Errorf("%s was accepted", file)
		}
	}
}

// privateCA returns a certificate for 127.0.0.1 and the PEM file of the CA that signed it.
func privateCA(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	sign := func(template, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) []byte {
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	caKey, leafKey := newKey(t), newKey(t)
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Example CA"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "om"},
		NotBefore: ca.NotBefore, NotAfter: ca.NotAfter, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	path := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: sign(ca, ca, caKey, caKey)})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{sign(leaf, ca, leafKey, caKey)}, PrivateKey: leafKey}, path
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
