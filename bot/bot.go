// Package bot is Snapback in Slack: the way in, the way out, and who people are. It decides nothing about restores;
// what people ask goes to package commands, and what they see comes from the log.
package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"snapback/bot/courier"
	"snapback/bot/directory"
	"snapback/bot/intake"
	"snapback/bot/slackapi"
	"snapback/bot/views"
)

// Options are what a [Bot] works with.
type Options struct {
	Slack       *slackapi.Client
	Directory   *directory.Directory
	Handler     intake.Handler
	Store       courier.Store
	Renderer    views.Renderer
	Observer    Observer
	Command     string // the slash command, with its slash
	Connections int    // 1 to 10
	RetryMax    time.Duration
	Dial        func(ctx context.Context, network, addr string) (net.Conn, error)
	Logger      *slog.Logger
}

// Observer hears what the bot's parts measure.
type Observer interface {
	intake.Observer
	courier.Observer
}

// Bot is connected to one workspace.
type Bot struct {
	intake  *intake.Intake
	courier *courier.Courier
}

// ErrFatal says that Slack refuses our tokens, and will until an operator does something about it.
var ErrFatal = intake.ErrFatal

// identifyPause is the pause between tries to reach Slack at the start.
const identifyPause = 5 * time.Second

// Identify asks Slack whom the tokens belong to, again and again while Slack cannot be reached. It fails with
// [ErrFatal] if Slack refuses them, or with the error of ctx.
func Identify(ctx context.Context, api *slackapi.Client, log *slog.Logger) (slackapi.Identity, error) {
	for {
		id, err := intake.Check(ctx, api)
		if err == nil {
			if missing := api.MissingScopes(); len(missing) > 0 {
				log.ErrorContext(ctx, "the bot token lacks scopes; install the app again from the manifest", "scopes", missing)
			}
		}
		if err == nil || errors.Is(err, ErrFatal) {
			return id, err
		}
		log.WarnContext(ctx, "try to reach Slack again", "error", err)
		select {
		case <-ctx.Done():
			return id, fmt.Errorf("reach Slack: %w", ctx.Err())
		case <-time.After(identifyPause):
		}
	}
}

// Whose asks Slack once whom the bot token belongs to, for what reads people and groups beside a running bot: no
// connection of Socket Mode is asked for. It fails with [ErrFatal] if Slack refuses the token.
func Whose(ctx context.Context, api *slackapi.Client) (slackapi.Identity, error) {
	return intake.Whose(ctx, api)
}

// New returns a bot.
func New(o Options) *Bot {
	draw := renderer{o.Renderer}
	return &Bot{
		intake: intake.New(intake.Options{
			Slack: o.Slack, Handler: o.Handler, People: o.Directory, Renderer: draw, Observer: o.Observer,
			Command: o.Command, Connections: o.Connections, Dial: o.Dial, Logger: o.Logger,
		}),
		courier: courier.New(courier.Options{
			Store: o.Store, Slack: o.Slack, Renderer: draw, Observer: o.Observer, RetryMax: o.RetryMax, Logger: o.Logger,
		}),
	}
}

// Up returns since when people can reach the bot, zero while they cannot.
func (b *Bot) Up() time.Time { return b.intake.Up() }

// Run takes what people do and carries the log to Slack until ctx ends. It returns an error that wraps [ErrFatal] when
// Slack refuses the tokens.
func (b *Bot) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return b.intake.Run(ctx) })
	group.Go(func() error { return b.courier.Run(ctx) })
	return group.Wait()
}
