package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
)

// Options are what a sandbox is run with.
type Options struct {
	Play bool   // end when the story has been played
	Dir  string // where the bot's state is kept; empty: a temporary folder
	In   io.Reader
	Out  io.Writer
	// Serve runs the bot with a configuration file until ctx ends.
	Serve func(ctx context.Context, config string) error
}

// ErrStory says that the story did not go as it should.
var ErrStory = errors.New("the story went wrong")

// playTime bounds the story.
const playTime = 2 * time.Minute

// Run starts the fakes and the bot, plays the story, and then, unless that was all, takes lines from In until it ends.
// It returns an error that wraps [ErrStory] if the story did not end well.
func Run(ctx context.Context, o Options) error {
	dir, remove, err := folder(o.Dir)
	if err != nil {
		return err
	}
	defer remove()
	world := fakeopsmanager.DemoWorld(time.Now(), 1)
	s := &stage{
		slack:   fakeslack.New(workspace(), fakeslack.Options{}),
		manager: fakeopsmanager.New(world, fakeopsmanager.Options{Seed: 1, JobDuration: jobTime, AgentLag: agentTime}),
		paper:   &paper{out: o.Out},
		staging: world.Clusters[slices.IndexFunc(world.Clusters, staging)].ID,
	}
	config, err := s.open(ctx, dir, world.Keys[0])
	if err != nil {
		return err
	}
	defer s.slack.Close()
	defer func() { _ = s.manager.Close() }()

	ctx, cancel := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() {
		served <- o.Serve(ctx, config)
		cancel() // without the bot there is nothing to play with
	}()
	printed := make(chan struct{})
	go func() {
		defer close(printed)
		s.report(ctx)
	}()
	err = s.play(ctx)
	if err == nil && !o.Play {
		s.console(ctx, o.In)
	}
	cancel()
	bot := <-served
	<-printed
	return errors.Join(err, bot)
}

// stage is where the story is played.
type stage struct {
	slack   *fakeslack.Server
	manager *fakeopsmanager.Server
	paper   *paper
	staging string // id of the cluster that the story restores onto
}

func staging(c fakeopsmanager.Cluster) bool { return c.Name == "orders-staging" }

// open puts the fakes on loopback addresses of their own and writes the configuration for them.
func (s *stage) open(ctx context.Context, dir string, key fakeopsmanager.APIKey) (string, error) {
	var urls []string
	for _, serve := range []func(net.Listener) error{s.slack.Serve, s.manager.Serve} {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return "", fmt.Errorf("listen on loopback: %w", err)
		}
		urls = append(urls, "http://"+l.Addr().String())
		go func() { _ = serve(l) }()
	}
	path := filepath.Join(dir, "snapback.yaml")
	if err := os.WriteFile(path, []byte(configuration(urls[0], urls[1], dir, key)), 0o600); err != nil {
		return "", fmt.Errorf("write configuration: %w", err)
	}
	return path, nil
}
