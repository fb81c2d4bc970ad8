package pipenet

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestHTTPOverPipes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := Listen()
		srv := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Hour) // in the bubble's time
			body, _ := io.ReadAll(r.Body)
			_, _ = w.Write(body)
		})}
		var wg sync.WaitGroup
		wg.Go(func() { _ = srv.Serve(ln) })
		tr := &http.Transport{DialContext: ln.DialContext}
		client := &http.Client{Transport: tr}
		sent := bytes.Repeat([]byte("x"), 1<<20)
		resp, err := client.Post("http://any.example/", "text/plain", bytes.NewReader(sent))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		if err != nil || !bytes.Equal(got, sent) {
			t.Errorf("echo: %d bytes, %v; want %d", len(got), err, len(sent))
		}
		_ = resp.Body.Close()
		tr.CloseIdleConnections()
		_ = srv.Close()
		wg.Wait()
	})
}

func TestBothSidesWriteAtOnce(t *testing.T) {
	a, b := Pipe()
	for _, c := range []net.Conn{a, b} {
		if n, err := c.Write(make([]byte, capacity)); n != capacity || err != nil {
			t.Fatalf("Write = %d, %v", n, err)
		}
	}
}

func TestDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _ := Pipe()
		start := time.Now()
		_ = a.SetReadDeadline(start.Add(time.Second))
		if _, err := a.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Read: %v", err)
		}
		if ne, ok := errors.AsType[net.Error](func() error { _, err := a.Read(make([]byte, 1)); return err }()); !ok || !ne.Timeout() {
			t.Error("a passed deadline is not a time-out")
		}
		_ = a.SetWriteDeadline(start.Add(2 * time.Second))
		n, err := a.Write(make([]byte, capacity+1))
		if n != capacity || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Write = %d, %v", n, err)
		}
		if got := time.Since(start); got != 2*time.Second {
			t.Errorf("took %v, want 2s", got)
		}
		_ = a.SetReadDeadline(time.Now().Add(time.Second))
		_ = a.SetDeadline(time.Time{})
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := a.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
				t.Errorf("Read after Close: %v", err)
			}
		})
		time.Sleep(time.Hour)
		_ = a.Close()
		wg.Wait()
	})
}

func TestClose(t *testing.T) {
	a, b := Pipe()
	if _, err := a.Write([]byte("last words")); err != nil {
		t.Fatal(err)
	}
	_ = a.Close()
	if got, err := io.ReadAll(b); string(got) != "last words" || err != nil {
		t.Errorf("ReadAll = %q, %v", got, err)
	}
	if _, err := b.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("Write to a closed peer: %v", err)
	}
	if _, err := a.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Write on a closed end: %v", err)
	}
}

func TestDialRefused(t *testing.T) {
	ln := Listen()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ln.DialContext(ctx, "tcp", "a:1"); !errors.Is(err, context.Canceled) {
		t.Errorf("dial with a canceled context: %v", err)
	}
	_ = ln.Close()
	if _, err := ln.DialContext(t.Context(), "tcp", "a:1"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dial a closed listener: %v", err)
	}
	if _, err := ln.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept on a closed listener: %v", err)
	}
}
