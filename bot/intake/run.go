package intake

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"golang.org/x/sync/errgroup"

	"snapback/bot/slackapi"
)

// ErrFatal says that Slack refuses our tokens, and will until an operator does something about it.
var ErrFatal = errors.New("Slack refuses the tokens")

// Checker asks Slack about the tokens.
type Checker interface {
	Identity(ctx context.Context) (slackapi.Identity, error)
	Connectable(ctx context.Context) error
}

// Check asks Slack whether the tokens work, and whom they belong to. It fails with [ErrFatal] where trying again is
// of no use.
func Check(ctx context.Context, api Checker) (slackapi.Identity, error) {
	id, err := Whose(ctx, api)
	if err != nil {
		return id, err
	}
	if err := api.Connectable(ctx); err != nil {
		return id, fatal("app token", err)
	}
	return id, nil
}

// Whose asks Slack whether the bot token works, and whom it belongs to. It fails with [ErrFatal] where trying again is
// of no use.
func Whose(ctx context.Context, api Checker) (slackapi.Identity, error) {
	id, err := api.Identity(ctx)
	if err != nil {
		return id, fatal("bot token", err)
	}
	if id.OrgWide {
		return id, fmt.Errorf("bot token: installed for a whole organization, want one workspace: %w", ErrFatal)
	}
	return id, nil
}

func fatal(what string, err error) error {
	if code := slackapi.Code(err); slackapi.Fatal(code) {
		return fmt.Errorf("%s: %s: %w", what, code, ErrFatal)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// Run keeps the connections up until ctx ends; then it takes nothing new, lets what is in work be answered, and
// returns nil. It returns an error that wraps [ErrFatal] when Slack refuses the tokens.
func (in *Intake) Run(ctx context.Context) error {
	sockets, hangUp := context.WithCancel(context.WithoutCancel(ctx))
	defer hangUp()
	group, stop := errgroup.WithContext(sockets)
	for i := range in.Connections {
		group.Go(func() error { return in.keep(stop, ctx, i) })
	}
	group.Go(func() error {
		in.watchForeign(stop, ctx)
		return nil
	})
	group.Go(func() error {
		select {
		case <-stop.Done():
			return nil
		case <-ctx.Done():
		}
		in.stopTaking()
		in.unacked.Wait()
		select {
		case <-stop.Done():
		case <-time.After(travel):
		}
		hangUp()
		return nil
	})
	err := group.Wait()
	in.stopTaking()
	in.active.Wait()
	return err
}

// Pauses between connections. Connecting so often in so short a time means that Slack hangs up at once, as it does when
// Socket Mode is switched off.
const (
	tooOften   = 3
	tooQuickly = 20 * time.Second
	shortPause = time.Second
	pause      = 30 * time.Second
	longPause  = 3 * time.Minute
)

// keep keeps one connection up. Taking is the context of what is taken.
func (in *Intake) keep(ctx, taking context.Context, number int) error {
	for ctx.Err() == nil {
		api := in.Slack.Slack()
		err := in.connection(ctx, taking, api, number)
		in.setAlive(number, false)
		select {
		case <-ctx.Done():
			return nil
		default:
		}
		wait := pause
		switch {
		case errors.Is(err, ErrFatal) && in.Slack.Renewed() == api:
			return err
		case errors.Is(err, ErrFatal):
			wait = shortPause
			in.Logger.InfoContext(ctx, "connect with the changed tokens", "connection", number)
		case errors.Is(err, errHotLoop):
			wait = longPause
			in.Logger.ErrorContext(ctx, "connections end at once: is Socket Mode off, or are there more than ten of them?",
				"connection", number, "pause", wait)
		default:
			in.Logger.WarnContext(ctx, "connection to Slack ended", "connection", number, "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
	return nil
}

// errHotLoop says that connections are hung up as soon as they are made.
var errHotLoop = errors.New("connected too often")

// connection runs one Socket Mode client, which reconnects by itself, until it gives up or has to be stopped.
func (in *Intake) connection(ctx, taking context.Context, api *slack.Client, number int) error {
	var running sync.WaitGroup
	defer running.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dialer := &websocket.Dialer{NetDialContext: in.Dial, HandshakeTimeout: 15 * time.Second, WriteBufferSize: 2 * largestAck}
	if in.Dial == nil { // whoever dials knows the way
		way := tunnel{dial: new(net.Dialer).DialContext, proxy: http.ProxyFromEnvironment}
		dialer.NetDialContext, dialer.Proxy = way.DialContext, way.socks
	}
	client := socketmode.New(api, socketmode.OptionDialer(dialer))
	ended := make(chan error, 1)
	running.Go(func() { ended <- client.RunContext(ctx) })
	var connects []time.Time
	for {
		select {
		case err := <-ended:
			return fatal("app token", classify(err))
		case event := <-client.Events:
			err := in.event(taking, client, number, event)
			if event.Type == socketmode.EventTypeConnected {
				connects = append(connects, time.Now())
				err = hot(connects)
			}
			if err != nil {
				return err
			}
		}
	}
}

// hot returns [errHotLoop] if the latest connections followed each other at once.
func hot(connects []time.Time) error {
	if n := len(connects); n >= tooOften && connects[n-1].Sub(connects[n-tooOften]) < tooQuickly {
		return errHotLoop
	}
	return nil
}

// classify finds Slack's word in what slack-go returns.
func classify(err error) error {
	if answer, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return &slackapi.Error{Method: "apps.connections.open", Code: answer.Err}
	}
	return err
}

// event looks at one event of a connection. It never blocks: while it does, the connection does not answer pings.
func (in *Intake) event(taking context.Context, client *socketmode.Client, number int, e socketmode.Event) error {
	read := time.Now()
	switch e.Type {
	case socketmode.EventTypeConnecting:
		in.setAlive(number, false)
	case socketmode.EventTypeHello:
		in.setAlive(number, true)
		if e.Request != nil {
			in.counted(taking, e.Request.NumConnections)
		}
		if number == in.Connections {
			return errCounted
		}
	case socketmode.EventTypeConnectionError:
		if failed, ok := e.Data.(*slack.ConnectionErrorEvent); ok {
			in.Logger.WarnContext(taking, "connect to Slack again later", "attempt", failed.Attempt, "pause", failed.Backoff,
				"error", classify(failed.ErrorObj))
			if err := fatal("app token", classify(failed.ErrorObj)); errors.Is(err, ErrFatal) {
				return err
			}
		}
	case socketmode.EventTypeErrorWriteFailed:
		in.Logger.WarnContext(taking, "acknowledgment was not sent", "connection", number)
	case socketmode.EventTypeErrorBadMessage:
		if bad, ok := e.Data.(*socketmode.ErrorBadMessage); ok {
			in.take(taking, client, rawEnvelope(bad.Message, read))
		}
	case socketmode.EventTypeSlashCommand, socketmode.EventTypeInteractive, socketmode.EventTypeEventsAPI:
		if r := e.Request; r != nil {
			in.take(taking, client, envelope{ID: r.EnvelopeID, Type: r.Type, Payload: r.Payload, read: read})
		}
	}
	return nil
}
