// Package pipenet is a network inside the process: listeners and connections that
// net/http and WebSocket libraries take for TCP, and that block only in ways which a
// testing/synctest bubble understands. It does not imitate delay, loss or addresses.
package pipenet

import (
	"context"
	"net"
	"sync"
	"syscall"
)

// Listener accepts the connections that its DialContext makes. It is safe for
// concurrent use. Whoever calls Listen closes it.
type Listener struct {
	accept chan net.Conn
	done   chan struct{}
	once   sync.Once
}

// Listen returns an open listener.
func Listen() *Listener {
	return &Listener{accept: make(chan net.Conn), done: make(chan struct{})}
}

// Accept waits for a connection. After Close it returns net.ErrClosed in a
// *net.OpError.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case <-l.done:
		return nil, opError("accept", net.ErrClosed)
	case c := <-l.accept:
		return c, nil
	}
}

// Close ends Accept and refuses what is dialed later. Connections stay open. It
// always returns nil.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Addr returns an address of the network "pipe".
func (l *Listener) Addr() net.Addr { return addr{} }

// DialContext connects to the listener, whatever network and address say, so it fits
// http.Transport and websocket.Dialer. It waits until the connection is accepted and
// fails as TCP does: connection refused once the listener is closed, or ctx.Err().
func (l *Listener) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := Pipe()
	select {
	case <-l.done:
		return nil, opError("dial", syscall.ECONNREFUSED)
	case <-ctx.Done():
		return nil, opError("dial", ctx.Err())
	case l.accept <- server:
		return client, nil
	}
}

func opError(op string, err error) error {
	return &net.OpError{Op: op, Net: addr{}.Network(), Addr: addr{}, Err: err}
}

type addr struct{}

// Network implements net.Addr.
func (addr) Network() string { return "pipe" }

// String implements net.Addr.
func (addr) String() string { return "pipe" }
