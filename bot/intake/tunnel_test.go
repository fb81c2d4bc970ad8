package intake

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"snapback/internal/sandbox/fakeproxy"
)

const (
	hidden    = "wss.slack.test:443" // which only the proxy knows
	proxyPass = "canary-of-the-proxy"
)

// parrot returns the address of a server that says again what it hears.
func parrot(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.Copy(c, c)
			_ = c.Close()
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		serving.Wait()
	})
	return l.Addr().String()
}

func proxyTo(t *testing.T, address string) *fakeproxy.Proxy {
	t.Helper()
	p, err := fakeproxy.Listen(fakeproxy.Options{
		User: "snapback", Password: proxyPass, Routes: map[string]string{hidden: address},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// by returns a tunnel by way of a proxy.
func by(p *fakeproxy.Proxy) tunnel {
	via := &url.URL{Scheme: "http", Host: p.Addr(), User: url.UserPassword("snapback", proxyPass)}
	return tunnel{dial: new(net.Dialer).DialContext, proxy: http.ProxyURL(via)}
}

func TestTunnel(t *testing.T) {
	p := proxyTo(t, parrot(t))
	c, err := by(p).DialContext(t.Context(), "tcp", hidden)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	heard := make([]byte, 5)
	if _, err := io.WriteString(c, "hello"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, heard); err != nil || string(heard) != "hello" {
		t.Errorf("heard %q, %v", heard, err)
	}
	if got := p.Tunnels()[hidden]; got != 1 {
		t.Errorf("%d tunnels", got)
	}
}

// TestTunnelRefused has a proxy refuse in every way: that is an error, which tells no credentials.
func TestTunnelRefused(t *testing.T) {
	for name, tt := range map[string]struct{ answer, says string }{
		"credentials": {"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "refuses a tunnel: 407 Proxy Authentication Required"},
		"gateway":     {"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 400\r\n\r\nno", "refuses a tunnel: 502 Bad Gateway"},
		"no words":    {"HTTP/1.1 407\r\n\r\n", "refuses a tunnel: 407"},
		"accepted":    {"HTTP/1.1 202 Accepted\r\n\r\n", "refuses a tunnel: 202"},
		"no sense":    {"220 mail.test ESMTP\r\n", "ask the proxy"},
		"no answer":   {"\n", "ask the proxy"},
		"too much":    {"HTTP/1.1 200 OK\r\n\r\nwelcome", errSpokeFirst.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			p := proxyTo(t, "127.0.0.1:1")
			p.Refuse(tt.answer)
			way := by(p)
			dialer := &websocket.Dialer{Proxy: way.socks, NetDialContext: way.DialContext}
			_, _, err := dialer.DialContext(t.Context(), "wss://"+hidden+"/link", nil) //nolint:bodyclose // there is none
			if err == nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), proxyPass) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestTunnelIsGivenUp does not wait for a proxy that says nothing longer than its caller does.
func TestTunnelIsGivenUp(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // whose connections nobody takes
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	way := tunnel{dial: new(net.Dialer).DialContext, proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: l.Addr().String()})}
	if _, err := way.DialContext(ctx, "tcp", hidden); err == nil || ctx.Err() == nil {
		t.Errorf("got %v", err)
	}
}

// TestTunnelIsNotNeeded goes directly where there is no proxy, and leaves those that speak SOCKS to the library.
func TestTunnelIsNotNeeded(t *testing.T) {
	errNoProxy := errors.New("no such proxy")
	for name, tt := range map[string]struct {
		via   string
		err   error
		dials string // "" for none
		socks string
	}{
		"none":    {dials: hidden},
		"socks5":  {via: "socks5://socks.test:1080", dials: hidden, socks: "socks5://socks.test:1080"},
		"socks5h": {via: "socks5h://u:p@socks.test:1080", dials: hidden, socks: "socks5://u:p@socks.test:1080"},
		"http":    {via: "http://proxy.test", dials: "proxy.test:80"},
		"https":   {via: "https://proxy.test", dials: "proxy.test:443"},
		"port":    {via: "http://[::1]:3128", dials: "[::1]:3128"},
		"wrong":   {err: errNoProxy},
	} {
		t.Run(name, func(t *testing.T) {
			dialed, errDialed := "", errors.New("dialed")
			way := tunnel{
				dial: func(_ context.Context, _, addr string) (net.Conn, error) { dialed = addr; return nil, errDialed },
				proxy: func(r *http.Request) (*url.URL, error) {
					if r.URL.Scheme != "https" || r.URL.Host != hidden || tt.via == "" {
						return nil, tt.err
					}
					return url.Parse(tt.via)
				},
			}
			_, err := way.DialContext(t.Context(), "tcp", hidden)
			if dialed != tt.dials || (tt.err == nil && !errors.Is(err, errDialed)) || (tt.err != nil && !errors.Is(err, tt.err)) {
				t.Errorf("dialed %q, want %q: %v", dialed, tt.dials, err)
			}
			socks, err := way.socks(&http.Request{URL: &url.URL{Scheme: "https", Host: hidden}})
			got := ""
			if socks != nil {
				got = socks.String()
			}
			if got != tt.socks || !errors.Is(err, tt.err) {
				t.Errorf("left to the library: %q, want %q: %v", got, tt.socks, err)
			}
		})
	}
}
