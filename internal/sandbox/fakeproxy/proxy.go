// Package fakeproxy is an HTTP proxy for tests: it opens tunnels (CONNECT) to the hosts
// that it is told, asks for credentials, counts, and can be told to refuse. It also
// makes the certificates that servers behind it need.
package fakeproxy

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"sync"
	"time"
)

// Proxy listens on a loopback address. It is safe for concurrent use. Whoever calls
// Listen closes it.
type Proxy struct {
	listener net.Listener
	want     string // of Proxy-Authorization
	routes   map[string]string
	running  sync.WaitGroup

	mu      sync.Mutex
	answer  string
	tunnels map[string]int
	refused map[string]int
	conns   map[net.Conn]bool
	closed  bool
}

// patience bounds how long a client may take to ask.
const patience = 10 * time.Second

// Options say whom a proxy lets through, and whereto.
type Options struct {
	User, Password string
	Routes         map[string]string // by host and port: the address where that really is
	TLS            *tls.Config       // nil: the proxy itself is spoken to in the clear
}

// Listen returns a proxy that serves until Close.
func Listen(o Options) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it does not wait
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	if o.TLS != nil {
		l = tls.NewListener(l, o.TLS)
	}
	p := &Proxy{
		listener: l, routes: o.Routes, tunnels: make(map[string]int), refused: make(map[string]int),
		conns: make(map[net.Conn]bool),
		want:  "Basic " + base64.StdEncoding.EncodeToString([]byte(o.User+":"+o.Password)),
	}
	p.running.Go(p.serve)
	return p, nil
}

// Addr returns where the proxy is, as host and port.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Refuse answers every further request with these bytes, such as a status line and an
// empty one, and opens no tunnel; with "" it ends that. No bytes but a newline mean that
// the connection is closed without an answer.
func (p *Proxy) Refuse(answer string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

// Tunnels returns how many tunnels were opened, by host and port.
func (p *Proxy) Tunnels() map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.tunnels)
}

// Refused returns how many requests were refused, by host and port.
func (p *Proxy) Refused() map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.refused)
}

// Close ends all tunnels and waits for them.
func (p *Proxy) Close() {
	p.mu.Lock()
	p.closed = true
	for c := range p.conns {
		_ = c.Close()
	}
	p.mu.Unlock()
	_ = p.listener.Close()
	p.running.Wait()
}

func (p *Proxy) serve() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.running.Go(func() {
			if p.keep(c) {
				defer p.drop(c)
				p.handle(c)
			}
		})
	}
}

// keep notes a connection, so that Close can end it. Once closed it ends it itself.
func (p *Proxy) keep(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		_ = c.Close()
		return false
	}
	p.conns[c] = true
	return true
}

func (p *Proxy) drop(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
	_ = c.Close()
}

// handle answers the one request of a connection, and carries what follows.
func (p *Proxy) handle(c net.Conn) {
	_ = c.SetReadDeadline(time.Now().Add(patience))
	r := bufio.NewReader(c)
	req, err := http.ReadRequest(r)
	if err != nil {
		return
	}
	_ = c.SetReadDeadline(time.Time{})
	to, answer := p.judge(req)
	if answer != "" {
		_, _ = io.WriteString(c, answer) // the client may be gone
		return
	}
	inner, err := net.Dial("tcp", to) //nolint:noctx // a loopback address
	if err != nil || !p.keep(inner) {
		_, _ = io.WriteString(c, "HTTP/1.1 502 Bad Gateway\r\n\r\n")
		return
	}
	defer p.drop(inner)
	if _, err := io.WriteString(c, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(c, inner)
		p.drop(c)
	})
	_, _ = io.Copy(inner, r)
	p.drop(inner)
	back.Wait()
}

// judge returns where a request is to be taken, or the answer that refuses it.
func (p *Proxy) judge(req *http.Request) (to, answer string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	to, known := p.routes[req.Host]
	switch {
	case p.answer != "":
		answer = p.answer
	case req.Header.Get("Proxy-Authorization") != p.want:
		answer = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n"
	case req.Method != http.MethodConnect || !known:
		answer = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
	}
	if answer != "" {
		p.refused[req.Host]++
		return "", answer
	}
	p.tunnels[req.Host]++
	return to, ""
}
