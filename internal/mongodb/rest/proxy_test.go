package rest_test

import (
	"bytes"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeproxy"
)

// The place of the server, which only the proxy knows, and the password for the proxy.
const (
	hidden    = "manager.test"
	proxyPass = "canary-of-the-proxy"
)

// proxied is a server that can be reached by a proxy alone, and a client that goes there.
type proxied struct {
	*server

	proxy  *fakeproxy.Proxy
	client *rest.Client
	log    *bytes.Buffer
}

func startProxied(t *testing.T, password string) *proxied {
	t.Helper()
	cert, ca, err := fakeproxy.Certificate(hidden)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, ca, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxied{server: &server{t: t, keys: []string{"k"}}, log: new(bytes.Buffer)}
	p.serve(tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}}))
	p.proxy, err = fakeproxy.Listen(fakeproxy.Options{
		User: "snapback", Password: proxyPass, Routes: map[string]string{hidden + ":443": l.Addr().String()},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.proxy.Close)
	p.client, err = rest.New(rest.Options{
		Name: "om", URL: "https://" + hidden, CAFile: file, Credential: credential(t, "k"), PostTimeout: 20 * time.Second,
		Logger: slog.New(slog.NewTextHandler(p.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.client.Close)
	p.client.GoBy(&url.URL{Scheme: "http", Host: p.proxy.Addr(), User: url.UserPassword("snapback", password)})
	return p
}

// hushed checks that nobody was told the password for the proxy.
func (p *proxied) hushed(texts ...string) {
	p.t.Helper()
	if all := strings.Join(texts, "\n") + p.log.String(); strings.Contains(all, proxyPass) {
		p.t.Errorf("tells the password: %s", all)
	}
}

func TestProxy(t *testing.T) {
	p := startProxied(t, proxyPass)
	if err := get(t.Context(), p.client); err != nil {
		t.Fatal(err)
	}
	if o := p.client.Post(t.Context(), "/x", struct{}{}, accept); o.Kind != restore.Accepted {
		t.Errorf("got %+v", o)
	}
	if n := p.proxy.Tunnels()[hidden+":443"]; n == 0 || len(p.proxy.Refused()) > 0 {
		t.Errorf("%d tunnels, %v refused", n, p.proxy.Refused())
	}
	p.hushed()
}

// TestProxyRefuses shows that a POST which a proxy did not let through was certainly not sent, whatever is known of the
// server and however the proxy says no.
func TestProxyRefuses(t *testing.T) {
	for name, answer := range map[string]string{
		"credentials": "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
		"gateway":     "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 11\r\n\r\nno such way",
		"rate limit":  "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n",
		"no words":    "HTTP/1.1 407\r\n\r\n",
		"no sense":    "220 mail.test ESMTP\r\n",
		"no answer":   "\n",
		"half of one": "HTTP/1.1 200 Connection",
		"not by TLS":  "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 400 Bad Request\r\n\r\n",
		"not there":   "",
	} {
		t.Run(name, func(t *testing.T) {
			p := startProxied(t, proxyPass)
			p.proxy.Refuse(answer)
			if answer == "" {
				p.client.GoBy(&url.URL{Scheme: "http", Host: "127.0.0.1:1"})
			}
			o := p.client.Post(t.Context(), "/x", struct{}{}, accept)
			if o.Kind != restore.Unsent || o.Detail == "" {
				t.Errorf("got %+v", o)
			}
			err := get(t.Context(), p.client)
			if err == nil || p.count() != 0 {
				t.Errorf("%v, %d requests", err, p.count())
			}
			p.hushed(o.Detail, err.Error())
		})
	}
}

// TestProxyRefusesLater has the proxy refuse what comes after the challenge, which closed the connection: the request with
// credentials was not sent. Where it was, and only then something went wrong, nobody knows.
func TestProxyRefusesLater(t *testing.T) {
	for name, tt := range map[string]struct {
		then http.HandlerFunc
		want restore.OutcomeKind
	}{
		"before the credentials": {nil, restore.Unsent},
		"after them":             {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, restore.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			p := startProxied(t, proxyPass)
			p.answer(tt.then)
			if tt.then == nil {
				p.challenge(func(w http.ResponseWriter) {
					w.Header().Set("Connection", "close")
					p.proxy.Refuse("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
				})
			}
			if o := p.client.Post(t.Context(), "/x", struct{}{}, accept); o.Kind != tt.want {
				t.Errorf("got %+v, want %s", o, tt.want)
			}
		})
	}
}

// TestProxyPassword is refused without the right one, and the wrong one is not told either.
func TestProxyPassword(t *testing.T) {
	p := startProxied(t, "wrong-"+proxyPass)
	o := p.client.Post(t.Context(), "/x", struct{}{}, accept)
	if o.Kind != restore.Unsent || !strings.Contains(o.Detail, "Proxy Authentication Required") {
		t.Errorf("got %+v", o)
	}
	if p.proxy.Refused()[hidden+":443"] != 1 || len(p.proxy.Tunnels()) != 0 {
		t.Errorf("refused %v, tunnels %v", p.proxy.Refused(), p.proxy.Tunnels())
	}
	p.hushed(o.Detail)
}
