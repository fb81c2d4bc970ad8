package rest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"

	"github.com/mongodb-forks/digest"
)

// maxRefusal bounds how much of the body of a 401 is kept.
const maxRefusal = 64 << 10

// leg is what happened to one request on the wire. A digest call has two legs.
type leg struct {
	authorized bool // it carried an Authorization header
	connected  bool // it got a connection: dial, proxy and TLS had succeeded
	written    bool // it was written whole
	challenged bool // it was answered with 401 and a challenge
	status     int  // of the answer, 0 if none came
}

// recorder notes the legs of one call, whichever way they are authorized. It stands between the transport that adds
// Authorization and the one that connects.
type recorder struct {
	next http.RoundTripper

	mu   sync.Mutex // the trace may report from other goroutines, even after RoundTrip has returned
	legs []leg
}

// RoundTrip implements http.RoundTripper.
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	n := r.begin(req.Header.Get("Authorization") != "")
	trace := &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { r.note(n, func(l *leg) { l.connected = true }) },
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			r.note(n, func(l *leg) { l.written = info.Err == nil })
		},
	}
	resp, err := r.next.RoundTrip(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
	if err != nil {
		return nil, err
	}
	r.note(n, func(l *leg) {
		l.status = resp.StatusCode
		l.challenged = resp.StatusCode == http.StatusUnauthorized && resp.Header.Get("WWW-Authenticate") != ""
	})
	if resp.StatusCode == http.StatusUnauthorized {
		keepBody(resp)
	}
	return resp, nil
}

func (r *recorder) begin(authorized bool) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.legs = append(r.legs, leg{authorized: authorized})
	return len(r.legs) - 1
}

func (r *recorder) note(n int, set func(*leg)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	set(&r.legs[n])
}

func (r *recorder) seen() []leg {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.legs)
}

// keepBody replaces the body by a copy that can be read again after Close: the digest transport reads and closes the
// body of the first 401, and returns just that answer if there is no challenge in it.
func keepBody(resp *http.Response) {
	// What cannot be read is missing, and then the body does not look like the API's.
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
	resp.Body.Close()
	resp.Body = keptBody{bytes.NewReader(text)}
}

type keptBody struct{ *bytes.Reader }

// Close implements io.Closer by going back to the start.
func (b keptBody) Close() error {
	_, err := b.Seek(0, io.SeekStart)
	return err
}

// challengeGuard refuses challenges on which the digest package would panic: a parameter without "=".
type challengeGuard struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (g challengeGuard) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := g.next.RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusUnauthorized {
		return resp, err
	}
	params, ok := strings.CutPrefix(strings.TrimSpace(resp.Header.Get("WWW-Authenticate")), "Digest ")
	if !ok {
		return resp, nil // refused by the digest package itself, if there is any
	}
	for param := range strings.SplitSeq(params, ", ") {
		if !strings.Contains(param, "=") {
			resp.Body.Close()
			return nil, fmt.Errorf("authenticate: %w", digest.ErrBadChallenge)
		}
	}
	return resp, nil
}
