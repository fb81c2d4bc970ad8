package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
	"snapback/internal/sandbox/page"
)

// Options are what a sandbox is run with.
type Options struct {
	Play   bool   // play the story and end, without a page
	Dir    string // where the bot's state is kept; empty: a temporary folder
	Listen string // the loopback address of the page; empty: the usual one, or any if that is taken
	// Rehearsal is a team's configuration to work with; nil: the sandbox's own. There is no story about one.
	Rehearsal *Rehearsal
	In        io.Reader
	Out       io.Writer
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
// a line says so. It returns an error that wraps [ErrStory] if the story did not end well, one that wraps [ErrListen] if
// the page cannot be where it was to be, and one that wraps [ErrFolder] if the folder is somebody else's.
func Run(ctx context.Context, o Options) error {
	dir, remove, err := folder(o.Dir)
	if err != nil {
		return err
	}
	defer remove()
	waiting, l := playWait, net.Listener(nil)
	if !o.Play {
		if l, err = listen(ctx, o.Listen); err != nil {
			return err
		}
		defer l.Close() // the page does, too
		waiting = pageWait
	}
	s := demonstration(o.Out, waiting)
	if o.Rehearsal != nil {
		s = o.Rehearsal.stage(o.Out)
	}
	config, err := s.open(ctx, dir)
	if err != nil {
		return err
	}
	defer s.slack.Close()
	for _, one := range s.systems {
		defer func() { _ = one.server.Close() }()
	}

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
		err = s.front(ctx, o, config, l)
	}
	cancel()
	bot := <-served
	<-printed
	return errors.Join(err, bot)
}

// stage is where the story is played, or a configuration is rehearsed.
type stage struct {
	slack    *fakeslack.Server
	manager  *fakeopsmanager.Server // where the story takes place
	systems  []system
	bot      *keeper
	users    []fakeslack.User
	channels []fakeslack.Channel // commands are typed in the first
	roles    []page.Person       // whom one can be on the page
	hints    []page.Hint         // lines to begin with, there
	examples string              // and on the console
	file     string              // the configuration that is rehearsed; empty: the sandbox's own
	script   string              // what was made up for it
	paper    *paper
	staging  string // id of the cluster that the story restores onto
	// config returns the text of the configuration for a run.
	config func(Reach) ([]byte, error)
}

// demonstration is the stage of the story. Requests onto scratch clusters wait for approval for so long.
func demonstration(out io.Writer, waiting time.Duration) *stage {
	all, w := newWorlds(time.Now()), workspace()
	s := &stage{
		slack: fakeslack.New(w, fakeslack.Options{}), systems: all.systems(), staging: all.staging(),
		users: cast(), channels: w.Channels, roles: roles(), hints: hints(all), examples: demonstrated, paper: &paper{out: out},
		config: func(r Reach) ([]byte, error) { return []byte(configuration(r, waiting)), nil },
	}
	s.manager, _ = s.systems[0].server.(*fakeopsmanager.Server)
	return s
}

// open puts the fakes on loopback addresses of their own and writes the configuration for them.
func (s *stage) open(ctx context.Context, dir string) (string, error) {
	url, err := onLoopback(ctx, s.slack.Serve)
	if err != nil {
		return "", err
	}
	reach := Reach{SlackURL: url + "/api/", AppToken: appToken, BotToken: botToken, Store: filepath.Join(dir, storeFile)}
	for _, one := range s.systems {
		access := one.access
		if access.URL, err = onLoopback(ctx, one.server.Serve); err != nil {
			return "", err
		}
		reach.Systems = append(reach.Systems, access)
	}
	text, err := s.config(reach)
	if err != nil {
		return "", fmt.Errorf("make configuration: %w", err)
	}
	path := filepath.Join(dir, configFile)
	if err := os.WriteFile(path, append([]byte(mark), text...), 0o600); err != nil {
		return "", fmt.Errorf("write configuration: %w", err)
	}
	return path, nil
}

// onLoopback serves something on an address of its own, which it returns.
func onLoopback(ctx context.Context, serve func(net.Listener) error) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listen on loopback: %w", err)
	}
	go func() { _ = serve(l) }()
	return "http://" + l.Addr().String(), nil
}
