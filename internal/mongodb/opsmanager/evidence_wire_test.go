package opsmanager_test

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/restore"
)

// breaks hijacks the connection, reads the body or not, sends some text, and ends with a reset or in good manners.
func breaks(read bool, text string, hard bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if read {
			_, _ = io.Copy(io.Discard, r.Body)
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(conn, text)
		if tcp, ok := conn.(*net.TCPConn); ok && hard {
			_ = tcp.SetLinger(0)
		}
		conn.Close()
	}
}

// stalls answers with some text and then says nothing more.
func stalls(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, text)
		_, _ = buffered.ReadByte() // until the client gives up
	}
}

// head announces more than a list with one job.
const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"

// TestEvidenceOfBrokenConnections breaks the leg that carries credentials at each point of its way. A body of some size
// is still being sent when the connection breaks before it.
func TestEvidenceOfBrokenConnections(t *testing.T) {
	for name, tt := range map[string]struct {
		post http.HandlerFunc
		size int // of the body, in MiB
	}{
		"reset before the body was read":      {breaks(false, "", true), 0},
		"reset while the body is sent":        {breaks(false, "", true), 1},
		"end while the body is sent":          {breaks(false, "", false), 1},
		"reset after the body":                {breaks(true, "", true), 1},
		"end after the body":                  {breaks(true, "", false), 0},
		"reset within the status":             {breaks(true, "HTTP/1.1 2", true), 0},
		"end within the headers":              {breaks(true, head[:40], false), 0},
		"reset within the headers":            {breaks(true, head[:40], true), 0},
		"end after the headers":               {breaks(true, head, false), 0},
		"reset after the headers":             {breaks(true, head, true), 0},
		"end within the jobs":                 {breaks(true, head+created[:50], false), 0},
		"reset within the jobs":               {breaks(true, head+created[:50], true), 0},
		"end behind all jobs, more announced": {breaks(true, head+created, false), 0},
		"an endless answer":                   {breaks(true, strings.Replace(head, "1000", "99999999999999999999", 1), false), 0},
	} {
		t.Run(name, func(t *testing.T) {
			lost(t, tt.post, 20*time.Second, strings.Repeat("0", tt.size<<20))
		})
	}
}

// TestEvidenceOfSilence has a server that stops at each point of its answer, for longer than the POST may take.
func TestEvidenceOfSilence(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no answer": "", "half the headers": head[:40], "the headers": head, "jobs that do not end": head + created,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // each takes as long as a POST may
			lost(t, stalls(text), 3*time.Second, "")
		})
	}
}

// lost has a POST go wrong behind a challenged list, and checks that nothing is concluded from it.
func lost(t *testing.T, post http.HandlerFunc, timeout time.Duration, padding string) {
	t.Helper()
	p := newPeer(t)
	p.post = post
	b := p.start().backend(opsmanager.Options{PostTimeout: timeout})
	if _, err := b.Jobs(t.Context(), restore.SubmissionRestore, cluster(b, "c1")); err != nil {
		t.Fatal(err)
	}
	made := plan(b)
	made.Spec.Point.SnapshotID += padding
	if o := b.Submit(t.Context(), made); o.Kind != restore.Unknown || o.Detail == "" || len(o.Jobs) > 0 {
		t.Errorf("got %+v", o)
	}
	if n := len(p.posts()); n != 1 {
		t.Errorf("%d POSTs with credentials", n)
	}
}

// TestEvidenceOfRefusedHandshakes has servers that refuse TLS, or are refused: nothing of HTTP is sent either way.
func TestEvidenceOfRefusedHandshakes(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*tls.Config)
		want   string
	}{
		"an alert of the server":  {func(c *tls.Config) { c.MaxVersion = tls.VersionTLS11 }, "protocol version"},
		"a certificate of nobody": {func(*tls.Config) {}, "unknown authority"},
	} {
		t.Run(name, func(t *testing.T) {
			cert, _ := privateCA(t)
			p := newPeer(t)
			p.TLS = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS10}
			tt.change(p.TLS)
			p.StartTLS()
			b := p.backend(opsmanager.Options{})
			o := b.Submit(t.Context(), plan(b))
			if o.Kind != restore.Unsent || o.Status != 0 || !strings.Contains(o.Detail, tt.want) {
				t.Errorf("got %+v; want unsent, %q", o, tt.want)
			}
			if len(p.calls) != 0 {
				t.Errorf("received %v", p.calls)
			}
		})
	}
}
