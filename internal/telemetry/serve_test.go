package telemetry

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener without a network, so that time in a synctest bubble passes only when everybody waits.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func newPipes() *pipes {
	return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	close(p.closed)
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "unix"} }

func (p *pipes) dial() net.Conn {
	ours, theirs := net.Pipe()
	p.conns <- theirs
	return ours
}

func TestServeOverTCP(t *testing.T) {
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	_, reg := newMetrics(t, none)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		log := slog.New(slog.DiscardHandler)
		done <- Serve(ctx, ln, Handler(reg, new(Health), log), log)
	}()
	url := "http://" + ln.Addr().String()
	if got := do(t, http.MethodGet, url+"/readyz"); got.status != 200 {
		t.Errorf("/readyz: %d", got.status)
	}
	if got := do(t, http.MethodGet, url+"/metrics"); !strings.Contains(got.body, "snapback_outbox_lag_seconds 0") {
		t.Errorf("/metrics: %s", got.body)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", ln.Addr().String()); err == nil {
		c.Close()
		t.Error("still accepts connections after the end")
	}
}

func TestServeCutsOffClientsThatNeverFinish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := newPipes()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		log := slog.New(slog.DiscardHandler)
		go func() { done <- Serve(ctx, ln, Handler(nil, new(Health), log), log) }()
		c := ln.dial()
		if _, err := io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: a\r\n"); err != nil {
			t.Fatalf("write half a request: %v", err)
		}
		start := time.Now()
		if _, err := io.ReadAll(c); err != nil {
			t.Errorf("read: %v", err)
		}
		if waited := time.Since(start); waited != headerTimeout {
			t.Errorf("cut off after %v, want %v", waited, headerTimeout)
		}
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
}

func TestServeEndsWithinItsGrace(t *testing.T) {
	tests := map[string]struct {
		work      time.Duration
		answered  bool
		endsAfter time.Duration
	}{
		"a quick request is answered":   {time.Second, true, time.Second},
		"an endless request is cut off": {time.Hour, false, shutdownGrace},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ln := newPipes()
				ctx, cancel := context.WithCancel(t.Context())
				slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					select {
					case <-time.After(tt.work):
						w.WriteHeader(http.StatusNoContent)
					case <-r.Context().Done():
					}
				})
				done := make(chan error, 1)
				go func() { done <- Serve(ctx, ln, slow, slog.New(slog.DiscardHandler)) }()
				c := ln.dial()
				if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
					t.Fatalf("write request: %v", err)
				}
				synctest.Wait()
				start := time.Now()
				cancel()
				resp, err := http.ReadResponse(bufio.NewReader(c), nil)
				if (err == nil) != tt.answered {
					t.Errorf("answer: %v, want one: %v", err, tt.answered)
				}
				if err == nil {
					resp.Body.Close()
				}
				if err := <-done; err != nil {
					t.Errorf("Serve: %v", err)
				}
				// Shutdown looks at its connections every so often, so a little later is right as well.
				if took := time.Since(start); took < tt.endsAfter || took > tt.endsAfter+time.Second {
					t.Errorf("ended after %v, want about %v", took, tt.endsAfter)
				}
			})
		})
	}
}

func TestServeReportsABrokenListener(t *testing.T) {
	err := Serve(t.Context(), &brokenListener{newPipes()}, http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	if !errors.Is(err, errBroken) {
		t.Errorf("got %v, want %v", err, errBroken)
	}
}

var errBroken = errors.New("no more file descriptors")

type brokenListener struct{ *pipes }

func (*brokenListener) Accept() (net.Conn, error) { return nil, errBroken }
