package fakeapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	// readHeaderTimeout ends connections that never send a request.
	readHeaderTimeout = 30 * time.Second
	// maxBody is the longest request body that is read.
	maxBody = 1 << 20
)

// Answer is a response that has not been written yet.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Skew   time.Duration // of the Date header
}

// Host serves a fake on any number of listeners and keeps the journal of its calls. Safe for concurrent use.
type Host struct {
	http    *http.Server
	journal *journal
	traffic *recorder
	wg      sync.WaitGroup

	mu     sync.Mutex
	closed bool
}

// NewHost returns a host for a handler, which answers by way of [Host.Handle]. With record every byte is kept for
// [Host.Traffic]. The log receives the complaints of the HTTP server; nil drops them. Call Close when done.
func NewHost(handler http.Handler, record bool, log *slog.Logger) *Host {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Host{
		journal: newJournal(),
		traffic: &recorder{on: record},
		http: &http.Server{
			Handler:           handler,
			ReadHeaderTimeout: readHeaderTimeout,
			ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
			ConnContext:       withConn,
		},
	}
}

// Serve answers on l until Close, then returns nil. It closes l. A TLS listener makes the links say https.
func (h *Host) Serve(l net.Listener) error {
	if !h.enter() {
		return errors.Join(errors.New("serve: server is closed"), l.Close())
	}
	defer h.wg.Done()
	if err := h.http.Serve(h.traffic.wrap(l)); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	}
	return nil
}

// Close closes the listeners and all connections and waits until no request is being handled.
func (h *Host) Close() error {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	err := h.http.Close()
	h.wg.Wait()
	return err
}

// enter counts a goroutine that Close has to wait for; it answers false after Close.
func (h *Host) enter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.wg.Add(1)
	return true
}

// Handle answers one request. What it meets is asked before it is in the journal, and each one that arrives whole is
// there before its answer is written. The reply may fill in the call's Key and Created; nil drops the connection.
func (h *Host) Handle(w http.ResponseWriter, r *http.Request, meet func() []Kind, reply func(*Call) *Answer) {
	if !h.enter() {
		http.Error(w, "server is closed", http.StatusServiceUnavailable)
		return
	}
	defer h.wg.Done()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "request body unreadable", http.StatusBadRequest)
		return
	}
	call := Call{
		Time:          time.Now(),
		Method:        r.Method,
		Target:        r.RequestURI,
		Header:        r.Header.Clone(),
		RequestBody:   body,
		Authorization: r.Header.Get("Authorization") != "",
		Faults:        meet(),
	}
	call.Header.Del("Authorization")
	call = h.journal.arrive(call)
	ans := reply(&call)
	call.Done = true
	if ans == nil {
		h.journal.finish(call)
		drop(w)
		return
	}
	call.Status, call.ResponseBody = ans.Status, ans.Body
	h.journal.finish(call)
	ans.write(w)
}

func (a *Answer) write(w http.ResponseWriter) {
	header := w.Header()
	maps.Copy(header, a.Header)
	header.Set("Date", time.Now().Add(a.Skew).UTC().Format(http.TimeFormat))
	if a.Status != http.StatusNoContent {
		header.Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body) // a client that has gone away is no concern of the server
}

// Origin is the scheme and host that the client used.
func Origin(r *http.Request) string {
	scheme := "http"
	if c, ok := r.Context().Value(connKey{}).(net.Conn); (ok && isTLS(c)) || r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// Pause waits for d, or less when the client hangs up: then it answers false.
func Pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// drop ends the connection without an answer; over TCP with a reset, as a crashed server or a balancer would.
func drop(w http.ResponseWriter) {
	h, ok := w.(http.Hijacker)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	conn, _, err := h.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	reset(conn)
}

type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}
