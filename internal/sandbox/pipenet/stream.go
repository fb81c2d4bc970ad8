package pipenet

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// capacity is what one direction holds before its writer waits, like a socket's buffers.
const capacity = 64 << 10

// stream is one direction of a connection. A condition variable, not a mutex held
// across a wait, is what makes a waiting goroutine idle in the eyes of synctest.
type stream struct {
	mu      sync.Mutex
	cond    *sync.Cond
	buf     []byte
	reading deadline
	writing deadline
	noRead  bool // the reader's end is closed
	noWrite bool // the writer's end is closed
}

// deadline is the state of a read or write deadline, guarded by the stream's mutex.
type deadline struct {
	timer   *time.Timer
	expired bool
	epoch   int // tells a timer that fired late that it was replaced
}

func newStream() *stream {
	s := &stream{}
	s.cond = sync.NewCond(&s.mu)
	return s
}

func (s *stream) read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.noRead:
			return 0, net.ErrClosed
		case s.reading.expired:
			return 0, os.ErrDeadlineExceeded
		case len(p) == 0:
			return 0, nil
		case len(s.buf) > 0:
			n := copy(p, s.buf)
			s.buf = s.buf[n:]
			s.cond.Broadcast()
			return n, nil
		case s.noWrite:
			return 0, io.EOF
		}
		s.cond.Wait()
	}
}

func (s *stream) write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	written := 0
	for {
		switch {
		case s.noWrite:
			return written, net.ErrClosed
		case s.writing.expired:
			return written, os.ErrDeadlineExceeded
		case s.noRead:
			return written, syscall.EPIPE
		}
		n := min(len(p), capacity-len(s.buf))
		s.buf = append(s.buf, p[:n]...)
		p, written = p[n:], written+n
		s.cond.Broadcast()
		if len(p) == 0 {
			return written, nil
		}
		s.cond.Wait()
	}
}

func (s *stream) closeReader() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noRead = true
	s.buf = nil
	s.reading.stop()
	s.cond.Broadcast()
}

func (s *stream) closeWriter() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noWrite = true
	s.writing.stop()
	s.cond.Broadcast()
}

// setDeadline arms d, which belongs to s, and wakes whoever waits so that they see it.
func (s *stream) setDeadline(d *deadline, t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d.stop()
	d.expired = !t.IsZero() && time.Until(t) <= 0
	if !t.IsZero() && !d.expired {
		epoch := d.epoch
		d.timer = time.AfterFunc(time.Until(t), func() { s.expire(d, epoch) })
	}
	s.cond.Broadcast()
}

func (s *stream) expire(d *deadline, epoch int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.epoch == epoch {
		d.expired = true
		s.cond.Broadcast()
	}
}

func (d *deadline) stop() {
	d.epoch++
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
}

// wrap gives an error the type that a TCP connection's would have. io.EOF stays bare.
func wrap(op string, err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return opError(op, err)
}
