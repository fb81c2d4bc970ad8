package fakeapi

import (
	"crypto/tls"
	"net"
	"slices"
	"sync"
)

// Traffic is what went over the connections that Serve accepted, in the clear even when they use TLS.
type Traffic struct {
	// Received came from clients, Sent went to them.
	Received []byte
	Sent     []byte
}

// Traffic returns a copy of all bytes so far; nothing unless they are recorded.
func (h *Host) Traffic() Traffic {
	h.traffic.mu.Lock()
	defer h.traffic.mu.Unlock()
	return Traffic{Received: slices.Clone(h.traffic.all.Received), Sent: slices.Clone(h.traffic.all.Sent)}
}

// recorder collects the bytes of all connections.
type recorder struct {
	on  bool
	mu  sync.Mutex
	all Traffic
}

func (r *recorder) wrap(l net.Listener) net.Listener {
	return recordedListener{Listener: l, to: r}
}

func (r *recorder) received(b []byte) {
	if !r.on {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all.Received = append(r.all.Received, b...)
}

func (r *recorder) sent(b []byte) {
	if !r.on {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all.Sent = append(r.all.Sent, b...)
}

type recordedListener struct {
	net.Listener
	to *recorder
}

// Accept returns the next connection, recorded.
func (l recordedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &recordedConn{Conn: c, to: l.to}, nil
}

type recordedConn struct {
	net.Conn
	to *recorder
}

// Read reads and records what the client sent.
func (c *recordedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.to.received(b[:n])
	return n, err
}

// Write records and writes what the client is sent, in this order: who has read an answer finds it in the record.
func (c *recordedConn) Write(b []byte) (int, error) {
	c.to.sent(b)
	return c.Conn.Write(b)
}

func isTLS(c net.Conn) bool {
	r, ok := c.(*recordedConn)
	if !ok {
		return false
	}
	_, ok = r.Conn.(*tls.Conn)
	return ok
}

// reset closes c so that a TCP client sees the connection reset, not ended.
func reset(c net.Conn) {
	inner := c
	if r, ok := inner.(*recordedConn); ok {
		inner = r.Conn
	}
	if t, ok := inner.(*tls.Conn); ok {
		inner = t.NetConn()
	}
	if t, ok := inner.(*net.TCPConn); ok {
		_ = t.SetLinger(0) // without it the client sees EOF, which it has to bear as well
	}
	_ = inner.Close()
}
