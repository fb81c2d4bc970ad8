package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

const (
	defaultTimeout     = 30 * time.Second
	defaultPostTimeout = 60 * time.Second
	// maxBody bounds an answer; a page of 100 jobs has some 100 KiB.
	maxBody = 16 << 20
)

var errTooLong = fmt.Errorf("answer is longer than %d MiB", maxBody>>20)

// Observers are told what a client sees. Each may be nil; they are called from many goroutines and must not block.
type Observers struct {
	// Clock is told the Date of each answer, and when it arrived by the clock here.
	Clock func(source string, server, local time.Time)
	// Call is told each call and the HTTP status of its answer, 0 if none came.
	Call func(backend string, code int)
	// Release is told the version of the server, of each answer that has one: X-MongoDB-Service-Version, "gitHash=…;
	// versionString=…" (Ops Manager and Cloud Manager, any page of the API).
	Release func(backend, version string)
}

// Options say which API a client talks to, and how.
type Options struct {
	Name         string // of the backend, for the observers
	URL          string // https://host[:port], with or without BasePath
	BasePath     string // of the API, such as "/api/public/v1.0"
	Credential   *Credential
	CAFile       string        // PEM file with the certificates to trust instead of the system's; "": the system's
	InsecureHTTP bool          // allows http:// for hosts that are not loopback
	Timeout      time.Duration // of a GET, all in all; 0: 30 s
	PostTimeout  time.Duration // of a POST, all in all; 0: 60 s
	Dial         Dial          // nil: TCP, by way of the proxy that the environment names
	// Limit names the rate limit that calls of a resource below the base path count against, where the API has several.
	// Nil: it has one.
	Limit     func(path string) string
	Observers Observers
	Logger    *slog.Logger
}

// Client makes the calls of one backend. Safe for concurrent use.
type Client struct {
	opts      Options
	base      *url.URL
	transport *http.Transport
	media     string // type of the documents that are asked for and sent
	polls     bool   // its reads can wait
	seen      *seen
}

// seen is what the answers to a client have told.
type seen struct {
	// challenged says that the last GET was answered with a challenge first: the API does nothing unauthorized.
	challenged atomic.Bool
	endings    endings
}

// New returns a client, without connecting. It fails with [*URLError] if the URL is unusable, and if the CA file is.
func New(opts Options) (*Client, error) {
	base, err := baseURL(opts.URL, opts.BasePath, opts.InsecureHTTP)
	if err != nil {
		return nil, err
	}
	transport, err := newTransport(opts.CAFile, opts.Dial)
	if err != nil {
		return nil, err
	}
	if opts.Timeout <= 0 {
		opts.Timeout = defaultTimeout
	}
	if opts.PostTimeout <= 0 {
		opts.PostTimeout = defaultPostTimeout
	}
	return &Client{opts: opts, base: base, transport: transport, media: "application/json", seen: &seen{}}, nil
}

// As returns a client that speaks another media type, and else is the same: versioned APIs have one for each version of their
// documents.
func (c *Client) As(media string) *Client {
	out := *c
	out.media = media
	return &out
}

// Polling returns a client whose reads give way to others of the credential, and else is the same: it is for looks that are
// repeated until something has happened. What people wait for goes first.
func (c *Client) Polling() *Client {
	out := *c
	out.polls = true
	return &out
}

// Ease returns how many times as far apart as usual such looks at a resource should be, at least 1, because the API has told,
// to any client with the credential, that few calls are left. How long to wait after a refusal, its error says.
func (c *Client) Ease(path string) int {
	return c.opts.Credential.levels.ease(c.limit(path), time.Now())
}

// limit names the rate limit of a resource.
func (c *Client) limit(path string) string {
	name := c.base.String()
	if c.opts.Limit != nil {
		name += " " + c.opts.Limit(path)
	}
	return name
}

// Origin returns scheme and host of the API in canonical form, without the path.
func (c *Client) Origin() string { return origin(c.base) }

// Close closes the connections that are idle.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Get reads a resource below the base path into a value and returns the server's clock, zero if the answer has no
// Date. It waits for its turn among the reads of the credential, and through a pause of it that ends before ctx and
// within the time-out of a read; if the pause is longer, it fails with [*PausedError] at once. A 401 makes it read the
// key again, forget the token, and ask once more. It fails with [*APIError] or [*RedirectError] if the answer is one.
func (c *Client) Get(ctx context.Context, path string, query url.Values, into any) (time.Time, error) {
	return c.read(ctx, http.MethodGet, path, query, into)
}

// Ask reads a resource that is asked for with a POST that has no body and changes nothing. Else it is like
// [Client.Get].
func (c *Client) Ask(ctx context.Context, path string, into any) (time.Time, error) {
	return c.read(ctx, http.MethodPost, path, nil, into)
}

func (c *Client) read(ctx context.Context, method, path string, query url.Values, into any) (time.Time, error) {
	a := c.insist(ctx, method, path, query)
	if err := a.problem(); err != nil {
		return a.date(), fmt.Errorf("%s %s: %w", method, path, err)
	}
	if err := json.Unmarshal(a.body, into); err != nil {
		return a.date(), fmt.Errorf("%s %s: %w", method, path, &ContentError{fmt.Errorf("decode answer: %w", err)})
	}
	return a.date(), nil
}

// insist makes a call that may be repeated, once more after a 401.
func (c *Client) insist(ctx context.Context, method, path string, query url.Values) answer {
	a := c.try(ctx, method, path, query)
	if a.err == nil && a.status == http.StatusUnauthorized {
		a.proof.refused()
		a = c.try(ctx, method, path, query)
	}
	return a
}

func (c *Client) try(ctx context.Context, method, path string, query url.Values) answer {
	if err := c.opts.Credential.budget.turn(ctx, c.opts.Timeout, c.polls); err != nil {
		return answer{err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	a := c.call(ctx, method, path, query, nil)
	if method == http.MethodGet {
		c.seen.challenged.Store(len(a.legs) > 0 && !a.legs[0].authorized && a.legs[0].challenged)
	}
	return a
}

// call makes one call and reads its answer whole.
func (c *Client) call(ctx context.Context, method, path string, query url.Values, body []byte) answer {
	target := c.base.String() + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return answer{err: transportError(err)}
	}
	req.Header.Set("Accept", c.media)
	req.Header.Set("User-Agent", "snapback")
	if len(body) > 0 {
		req.Header.Set("Content-Type", c.media)
	}
	record := &recorder{next: c.transport}
	a, began := answer{url: req.URL}, time.Now()
	// A round trip and no http.Client: that one follows redirects, and where it is told not to, it still turns a
	// Location that it cannot read into an error without a status.
	a.proof = c.opts.Credential.prove(record, c.transport)
	resp, err := a.proof.RoundTrip(req)
	a.local = time.Now()
	if err != nil {
		a.err = transportError(err)
	} else {
		a.read(resp)
	}
	a.legs = record.seen()
	c.opts.Credential.budget.heard(began, a.status, a.retryAfter())
	c.opts.Credential.levels.heard(c.limit(path), a.header, a.local)
	c.observe(ctx, method, path, a)
	return a
}

func (c *Client) observe(ctx context.Context, method, path string, a answer) {
	if call := c.opts.Observers.Call; call != nil {
		call(c.opts.Name, a.status)
	}
	if clock := c.opts.Observers.Clock; clock != nil && !a.date().IsZero() {
		clock(c.opts.Name, a.date(), a.local)
	}
	if release := c.opts.Observers.Release; release != nil {
		if _, version, ok := strings.Cut(a.header.Get("X-MongoDB-Service-Version"), "versionString="); ok {
			release(c.opts.Name, clean(version))
		}
	}
	c.seen.endings.heard(ctx, &c.opts, c.media, path, a.header)
	c.opts.Logger.DebugContext(ctx, "called the api", "backend", c.opts.Name, "method", method, "path", path, "status", a.status)
}

// answer is what came of one call.
type answer struct {
	url    *url.URL
	proof  proof
	legs   []leg
	local  time.Time // when it was known
	status int       // 0 if there was no answer
	header http.Header
	body   []byte
	err    error // there was no answer, or its body broke off
}

func (a *answer) read(resp *http.Response) {
	defer resp.Body.Close()
	a.status, a.header = resp.StatusCode, resp.Header
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		a.err = fmt.Errorf("read answer: %w", transportError(err))
	case len(body) > maxBody:
		a.err = errTooLong
	default:
		a.body = body
	}
}

func (a *answer) date() time.Time { return date(a.header) }

// retryAfter returns how long the server wants to be left alone, 0 if it does not say. A date counts by its own clock.
func (a *answer) retryAfter() time.Duration {
	now := a.date()
	if now.IsZero() {
		now = a.local
	}
	if wait := retryAfter(a.header.Get("Retry-After"), now); wait > 0 || a.status != http.StatusTooManyRequests {
		return wait
	}
	e := apiError(a.status, time.Time{}, 0, a.body)
	if e.Code != codeBucket || len(e.Parameters) < 2 {
		return 0
	}
	return retryAfter(e.Parameters[1], now)
}

// codeBucket refuses a call as one too many. Its second parameter is how many seconds to wait: the header may be missing (Atlas,
// Rate limits).
const codeBucket = "RATE_LIMITED_TOKEN_BUCKET"

// problem returns why the answer is not a success, or nil.
func (a *answer) problem() error {
	switch {
	case a.status >= 300 && a.status < 400:
		return redirectError(a.status, a.header.Get("Location"), a.url)
	case a.err != nil:
		return a.err
	case a.status < 200 || a.status >= 300:
		return apiError(a.status, a.date(), a.retryAfter(), a.body)
	case len(bytes.TrimSpace(a.body)) == 0:
		return &ContentError{errors.New("answer is empty")}
	}
	return nil
}
