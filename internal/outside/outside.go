// Package outside makes what a configuration leads to beyond this process: the client of Slack, the people of its
// workspace, and the backends. It asks none of them by itself. A bot and the verbs that work beside one share it.
package outside

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"snapback/bot"
	"snapback/bot/directory"
	"snapback/bot/slackapi"
	"snapback/internal/backends"
	"snapback/internal/config"
	"snapback/internal/mongodb/rest"
	"snapback/internal/reconcile"
	"snapback/internal/restore"
	"snapback/internal/secret"
	"snapback/internal/telemetry"
)

// World is the way to all that is configured. Its fields are set before its methods are called, which are safe for
// concurrent use then.
type World struct {
	Config   *config.Config
	ReadFile func(string) ([]byte, error)  // of tokens and keys that lie in files
	Monitor  *telemetry.Monitor            // hears of every call
	Release  func(backend, version string) // hears the versions of backends; nil: nobody wants to know
	Logger   *slog.Logger
}

// Beside returns the world for verbs that run nothing: without a store and without Socket Mode, so they may work beside a
// bot. Clock hears the clock of each answer, and the local one at the same moment; nil: nobody wants to know.
func Beside(
	cfg *config.Config, readFile func(string) ([]byte, error), clock func(source string, server, local time.Time), log *slog.Logger,
) (*World, error) {
	if clock == nil {
		clock = func(string, time.Time, time.Time) {}
	}
	health := &telemetry.Health{}
	metrics, err := telemetry.NewMetrics(prometheus.NewRegistry(), health, func() map[string]int { return nil })
	if err != nil {
		return nil, err
	}
	return &World{Config: cfg, ReadFile: readFile, Logger: log, Monitor: &telemetry.Monitor{
		Metrics: metrics, Health: health, Clock: clock, // nobody looks at the metrics
	}}, nil
}

// Slack returns the client for the configured tokens. The caller closes it. An error names the token that cannot be read.
func (w *World) Slack() (*slackapi.Client, error) {
	bot, err := secret.Keep(w.Config.Slack.BotToken, w.ReadFile, w.Logger)
	if err != nil {
		return nil, fmt.Errorf("bot token: %w", err)
	}
	app, err := secret.Keep(w.Config.Slack.AppToken, w.ReadFile, w.Logger)
	if err != nil {
		return nil, fmt.Errorf("app token: %w", err)
	}
	reveal := func(k *secret.Keeper) func() string { return func() string { return k.Get().Reveal() } }
	return slackapi.New(slackapi.Options{
		BotToken: reveal(bot), AppToken: reveal(app), Renew: func() { bot.Renew(); app.Renew() },
		URL: w.Config.Slack.APIURL, Observer: w.Monitor,
	}), nil
}

// Directory returns the people of a workspace, in the configured groups.
func (w *World) Directory(api *slackapi.Client, space string) *directory.Directory {
	groups := map[string]directory.Group{}
	for name, g := range w.Config.Groups {
		groups[name] = directory.Group{Usergroup: g.SlackUsergroup, Users: g.Users}
	}
	// A fact may not grow too old between the look-up and the transaction that judges it.
	return directory.New(api, space, groups, w.Config.Timings.StandingAge*3/4)
}

// People finds out which workspace the bot token belongs to, and returns its people and its id, by which they are told
// apart.
func (w *World) People(ctx context.Context) (reconcile.Directory, string, error) {
	api, err := w.Slack()
	if err != nil {
		return nil, "", err
	}
	id, err := bot.Whose(ctx, api)
	if err != nil {
		return nil, "", err
	}
	return w.Directory(api, id.Space()), id.Space(), nil
}

// Systems returns the configured backends in the order of the file, and how often each is looked at, by name.
func (w *World) Systems() ([]restore.Backend, map[string]time.Duration, error) {
	return backends.Open(w.Config.Backends, backends.Options{
		ReadFile: w.ReadFile, PostTimeout: w.Config.Timings.PostTimeout, Logger: w.Logger,
		Observers: rest.Observers{Clock: w.Monitor.ServerDate, Call: w.Monitor.APIRequest, Release: w.Release},
	})
}

// Backends returns the configured backends in the order of the file.
func (w *World) Backends() ([]restore.Backend, error) {
	out, _, err := w.Systems()
	return out, err
}

// Origins returns the systems that backends are on, by the backends' names.
func (w *World) Origins() (map[string]string, error) {
	systems, err := w.Backends()
	out := make(map[string]string, len(systems))
	for _, b := range systems {
		if out[b.Name()] = b.Origin(); b.Kind() == restore.Atlas {
			out[b.Name()] += " (Atlas)" // has the origin of Cloud Manager, but is another system
		}
	}
	return out, err
}
