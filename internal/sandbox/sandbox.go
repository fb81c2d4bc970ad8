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
	Play   bool   // play the story and end, without a page
	Dir    string // where the bot's state is kept; empty: a temporary folder
	Listen string // the loopback address of the page; empty: the usual one, or any if that is taken
	In     io.Reader
	Out    io.Writer
	// Serve runs the bot with a configuration file until ctx ends.
	Serve func(ctx context.Context, config string) error
	// Log lists up to limit events of the log of the bot with that configuration file, those after a sequence number, one
	// JSON object each.
	Log func(ctx context.Context, config string, after uint64, limit int) ([][]byte, error)
}

// ErrStory says that the story did not go as it should.
var ErrStory = errors.New("the story went wrong")

// playTime bounds the story.
const playTime = 2 * time.Minute

// Run starts the fakes and the bot. Then it plays the story, or serves the page and takes lines from In, until ctx ends or
// a line says so. It returns an error that wraps [ErrStory] if the story did not end well, and one that wraps [ErrListen]
// if the page cannot be where it was to be.
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
	defer cancel()
	s.bot = newKeeper(func(ctx context.Context) error { return o.Serve(ctx, config) })
	served := make(chan error, 1)
	go func() {
		served <- s.bot.run(ctx)
		cancel() // without the bot there is nothing to play with
	}()
	printed := make(chan struct{})
	go func() {
		defer close(printed)
		s.report(ctx)
	}()
	if o.Play {
		err = s.play(ctx)
	} else {
		err = s.front(ctx, o, config)
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
	bot     *keeper
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
