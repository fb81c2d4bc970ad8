// Package slackapi is Snapback's way to Slack's Web API: slack-go's client with time-outs, pacing, typed errors and
// counters. It decides nothing about what is said, and knows no requests.
package slackapi

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"path"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"
)

// Observer hears of every call. Its methods are safe for concurrent use and must not block.
type Observer interface {
	// SlackRequest counts a call by its method and its result: "ok" or Slack's word for what was wrong.
	SlackRequest(method, result string)
	// SlackRateLimited counts an answer that asked for a pause.
	SlackRateLimited(method string)
	// SlackDate hears the clock of Slack, and the local one at the same moment.
	SlackDate(server, local time.Time)
}

// Options are what a [Client] works with.
type Options struct {
	BotToken func() string // read before each call, so that a token can be changed while the process runs
	AppToken func() string
	Renew    func()                                                            // has the tokens read anew, as Slack refused them; nil: they never change
	URL      string                                                            // ends in a slash
	Dial     func(ctx context.Context, network, addr string) (net.Conn, error) // nil: TCP, by way of the proxy that the environment names
	Observer Observer
}

// The bounds of one HTTP exchange with Slack, and of making a connection for it.
const (
	callTimeout = 15 * time.Second
	dialTimeout = 10 * time.Second
)

// Client calls Slack. Safe for concurrent use.
type Client struct {
	options Options
	http    *http.Client
	pacer   *pacer

	mu     sync.Mutex
	tokens [2]string
	api    *slack.Client
	scopes []string
}

// New returns a client. Nothing is called yet.
func New(o Options) *Client {
	c := &Client{options: o, pacer: newPacer()}
	transport := &http.Transport{
		DialContext: o.Dial, ForceAttemptHTTP2: true,
		MaxIdleConnsPerHost: 8, IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 10 * time.Second,
	}
	if o.Dial == nil { // whoever dials knows the way
		transport.DialContext, transport.Proxy = (&net.Dialer{Timeout: dialTimeout}).DialContext, http.ProxyFromEnvironment
	}
	c.http = &http.Client{
		Timeout: callTimeout, Transport: &ear{next: transport, client: c},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // bodies hold tokens
	}
	return c
}

// Slack returns slack-go's client for the current tokens, for what needs one of its own, such as Socket Mode.
func (c *Client) Slack() *slack.Client {
	tokens := [2]string{c.options.BotToken(), c.options.AppToken()}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.api == nil || c.tokens != tokens {
		c.tokens = tokens
		c.api = slack.New(tokens[0],
			slack.OptionAppLevelToken(tokens[1]), slack.OptionAPIURL(c.options.URL), slack.OptionHTTPClient(c.http))
	}
	return c.api
}

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// call makes one call, in its turn. An answer that asks for a pause is proof that nothing was done, so the call is
// made again after it, as long as ctx lasts.
func (c *Client) call(ctx context.Context, slot slot, fn func(context.Context, *slack.Client) error) error {
	for limited := false; ; limited = true {
		if err := c.pacer.wait(ctx, slot); err != nil {
			return &Error{Method: slot.method, Code: CodeNotSent, Limited: limited, err: err}
		}
		err := c.exchange(ctx, slot.method, fn)
		if err == nil {
			return nil
		}
		if err.RetryAfter == 0 {
			return err
		}
		c.options.Observer.SlackRateLimited(slot.method)
		c.pacer.pause(slot.method, err.RetryAfter)
	}
}

// ask makes a call that changes nothing. The other end may close a connection that has been idle just when it is used
// again; a question that goes down with it is put once more, on a new one. One that lasted as long as a call may is not.
func (c *Client) ask(ctx context.Context, method string, fn func(context.Context, *slack.Client) error) error {
	began := time.Now()
	err := c.call(ctx, slot{method, "", Urgent}, fn)
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Code != CodeNetwork || !e.kept || time.Since(began) >= callTimeout || ctx.Err() != nil {
		return err
	}
	c.http.CloseIdleConnections()
	return c.call(ctx, slot{method, "", Urgent}, fn)
}

// Renewed returns what [Client.Slack] does once the tokens have been read anew: it is for who was just told that they do
// not work. What it returned before comes back if they are the same.
func (c *Client) Renewed() *slack.Client {
	if c.options.Renew != nil {
		c.options.Renew()
	}
	return c.Slack()
}

// exchange makes one call now. One that is refused because of the tokens did nothing, so it is made again, once, if they
// have changed meanwhile.
func (c *Client) exchange(ctx context.Context, method string, fn func(context.Context, *slack.Client) error) *Error {
	api := c.Slack()
	err := c.try(ctx, method, api, fn)
	if err == nil || !Fatal(err.Code) {
		return err
	}
	if renewed := c.Renewed(); renewed != api {
		return c.try(ctx, method, renewed, fn)
	}
	return err
}

// try makes one call now and counts it.
func (c *Client) try(
	ctx context.Context, method string, api *slack.Client, fn func(context.Context, *slack.Client) error,
) *Error {
	var connected, kept atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(i httptrace.GotConnInfo) {
			connected.Store(true)
			kept.Store(i.WasIdle)
		},
	})
	err := classify(method, fn(traced, api), connected.Load)
	if err != nil {
		err.kept = kept.Load()
		c.options.Observer.SlackRequest(method, err.Code)
		return err
	}
	c.options.Observer.SlackRequest(method, "ok")
	return nil
}

// ear hears the headers of every answer.
type ear struct {
	next   http.RoundTripper
	client *Client
}

// RoundTrip implements [http.RoundTripper].
func (e *ear) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := e.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	tellSeconds(resp.Header, time.Now())
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		e.client.options.Observer.SlackDate(date, time.Now())
	}
	// The app token has scopes of its own, and one method.
	if scopes := resp.Header.Get("X-OAuth-Scopes"); scopes != "" && path.Base(r.URL.Path) != methodConnect {
		e.client.hearScopes(scopes)
	}
	return resp, nil
}
