package pipenet

import (
	"errors"
	"net"
	"time"
)

// Pipe returns the two ends of a connection. Unlike net.Pipe it buffers 64 KiB each
// way, so both sides may write at once; a writer waits when that is full. Each end is
// safe for concurrent use.
func Pipe() (net.Conn, net.Conn) {
	ab, ba := newStream(), newStream()
	return &conn{in: ba, out: ab}, &conn{in: ab, out: ba}
}

// conn is one end: it reads from one stream and writes to the other.
type conn struct {
	in, out *stream
}

// Read implements net.Conn. It returns io.EOF once the peer has closed and everything
// it wrote has been read.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.in.read(p)
	return n, wrap("read", err)
}

// Write implements net.Conn. It returns EPIPE once the peer has closed.
func (c *conn) Write(p []byte) (int, error) {
	n, err := c.out.write(p)
	return n, wrap("write", err)
}

// Close implements net.Conn: the peer reads what was written and then io.EOF.
func (c *conn) Close() error {
	c.in.closeReader()
	c.out.closeWriter()
	return nil
}

// LocalAddr implements net.Conn.
func (c *conn) LocalAddr() net.Addr { return addr{} }

// RemoteAddr implements net.Conn.
func (c *conn) RemoteAddr() net.Addr { return addr{} }

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline implements net.Conn.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.in.setDeadline(&c.in.reading, t)
	return nil
}

// SetWriteDeadline implements net.Conn.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.out.setDeadline(&c.out.writing, t)
	return nil
}
