package intake

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// tunnel is the way of Socket Mode to Slack: by the proxy that there is for it, or directly. The WebSocket library knows
// no proxies that speak TLS, and panics over one that refuses without a word; those that speak SOCKS are left to it.
type tunnel struct {
	dial  func(ctx context.Context, network, addr string) (net.Conn, error)
	proxy func(*http.Request) (*url.URL, error)
}

// socks returns the proxy for a request if it speaks SOCKS.
func (t tunnel) socks(r *http.Request) (*url.URL, error) {
	via, err := t.proxy(r)
	if err != nil || via == nil || !isSOCKS(via) {
		return nil, err
	}
	library := *via
	library.Scheme = "socks5" // which has names looked up by the proxy in either case
	return &library, nil
}

func isSOCKS(via *url.URL) bool { return strings.HasPrefix(via.Scheme, "socks5") }

// DialContext connects to an address, as [net.Dialer.DialContext] does. No error tells the credentials for the proxy.
func (t tunnel) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	via, err := t.proxy(&http.Request{URL: &url.URL{Scheme: "https", Host: addr}})
	if err != nil {
		return nil, err
	}
	if via == nil || isSOCKS(via) {
		return t.dial(ctx, network, addr)
	}
	conn, err := t.dial(ctx, network, proxyAddress(via))
	if err != nil {
		return nil, fmt.Errorf("reach the proxy: %w", err)
	}
	if via.Scheme == "https" {
		conn = tls.Client(conn, &tls.Config{ServerName: via.Hostname(), MinVersion: tls.VersionTLS12})
	}
	// Whoever waits no longer ends what blocks below.
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	err = connect(conn, addr, via.User)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

func proxyAddress(via *url.URL) string {
	switch {
	case via.Port() != "":
		return via.Host
	case via.Scheme == "https":
		return net.JoinHostPort(via.Hostname(), "443")
	}
	return net.JoinHostPort(via.Hostname(), "80")
}

var errSpokeFirst = errors.New("the server spoke before it was spoken to")

// connect asks a proxy for a tunnel (RFC 9110, section 9.3.6).
func connect(conn net.Conn, addr string, user *url.Userinfo) error {
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: make(http.Header)}
	if user != nil {
		password, _ := user.Password()
		req.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)))
	}
	if err := req.Write(conn); err != nil {
		return fmt.Errorf("ask the proxy for a tunnel: %w", err)
	}
	r := bufio.NewReader(conn)
	resp, err := http.ReadResponse(r, req) //nolint:bodyclose // what follows is the tunnel
	switch {
	case err != nil:
		return fmt.Errorf("ask the proxy for a tunnel: %w", err)
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("the proxy refuses a tunnel: %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	case r.Buffered() > 0:
		return errSpokeFirst
	}
	return nil
}
