package doctor_test

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"snapback/bot/slackapi"
	"snapback/internal/cli"
	"snapback/internal/config"
	"snapback/internal/mongodb/atlas"
	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/mongodb/rest"
	"snapback/internal/outside"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeatlas"
	"snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
	"snapback/internal/sandbox/pipenet"
	"snapback/internal/secret"
	"snapback/internal/verb/doctor"
)

// ward is a clinic in a bubble, where waiting takes no time.
type ward struct {
	slack   *fakeslack.Server
	manager *fakeopsmanager.Server
	atlas   *fakeatlas.Server
	mine    fakeopsmanager.World
	theirs  fakeatlas.World
	ways    map[string]rest.Dial // to slack, om and atlas
	shown   map[string]tls.Certificate
	ca      string         // file of what om is trusted by
	took    *time.Duration // how long the doctor took; nil: nobody wants to know
}

// admit runs the doctor in a bubble, after a test has changed the worlds and then what is in them. Both may be nil. It returns
// the exit status and what was printed.
func admit(t *testing.T, before, spoil func(*ward)) (status int, stdout string) {
	t.Helper()
	path := t.TempDir() + "/snapback.db"
	synctest.Test(t, func(t *testing.T) {
		w := &ward{
			mine: fakeopsmanager.DemoWorld(time.Now(), 1), theirs: fakeatlas.DemoWorld(time.Now(), 1),
			ways: map[string]rest.Dial{}, shown: map[string]tls.Certificate{},
		}
		if before != nil {
			before(w)
		}
		w.slack, w.manager = fakeslack.New(workplace(), fakeslack.Options{}), fakeopsmanager.New(w.mine, fakeopsmanager.Options{})
		w.atlas = fakeatlas.New(w.theirs, fakeatlas.Options{})
		if spoil != nil {
			spoil(w)
		}
		w.serve(t, "slack", w.slack.Serve, func() error { w.slack.Close(); return nil })
		w.serve(t, "om", w.manager.Serve, w.manager.Close)
		w.serve(t, "atlas", w.atlas.Serve, w.atlas.Close)
		status, stdout = w.examine(t, path)
	})
	return status, stdout
}

func (w *ward) serve(t *testing.T, name string, serve func(net.Listener) error, end func() error) {
	t.Helper()
	l := pipenet.Listen()
	if w.ways[name] == nil {
		w.ways[name] = l.DialContext
	}
	var ln net.Listener = l
	if c, ok := w.shown[name]; ok {
		ln = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{c}, MinVersion: tls.VersionTLS12})
	}
	served := make(chan error, 1)
	go func() { served <- serve(ln) }()
	synctest.Wait()
	t.Cleanup(func() {
		if err := errors.Join(end(), <-served); err != nil {
			t.Error(err)
		}
		time.Sleep(2 * time.Minute) // calls that nobody waits for any more
	})
}

func (w *ward) examine(t *testing.T, path string) (status int, stdout string) {
	t.Helper()
	account := w.theirs.Accounts[0]
	text := strings.NewReplacer(
		"%SLACK%", w.url("slack"), "%DIR%/snapback.db", strconv.Quote(path), "%MANAGER%", w.url("om"), "%KEY%", w.mine.Keys[0].Private,
		"%ATLAS%", w.url("atlas"), "%ACCOUNT%", account.ID, "%SECRET%", account.Secret,
	).Replace(healthy)
	var out, errs strings.Builder
	line := cli.Line{Stdout: &out, Stderr: &errs}
	line.Verbs = map[string]cli.Verb{"doctor": doctor.Doctor{
		Line: line,
		Load: func(file string) (*config.Config, error) {
			return config.Load(file, func(string) (string, bool) { return "", false }, func(string) ([]byte, error) { return []byte(text), nil })
		},
		Open: func(cfg *config.Config, heard doctor.Heard) (doctor.World, error) {
			beside, err := outside.Beside(cfg, nil, heard.Clock, slog.New(slog.DiscardHandler))
			return &wardWorld{World: beside, w: w, cfg: cfg, heard: heard}, err
		},
	}.Run}
	start := time.Now()
	status = line.Run(t.Context(), []string{"doctor", "--config", "snapback.yaml"})
	if w.took != nil {
		*w.took = time.Since(start)
	}
	return status, out.String() + errs.String()
}

func (w *ward) url(name string) string {
	if _, ok := w.shown[name]; ok {
		return "https://127.0.0.1"
	}
	return "http://127.0.0.1"
}

// wardWorld is the way out, by pipes.
type wardWorld struct {
	*outside.World

	w     *ward
	cfg   *config.Config
	heard doctor.Heard
}

// Slack implements doctor.World.
func (o *wardWorld) Slack() (*slackapi.Client, error) {
	reveal := func(ref secret.Ref) func() string { return func() string { return ref.Value.Reveal() } }
	return slackapi.New(slackapi.Options{
		BotToken: reveal(o.cfg.Slack.BotToken), AppToken: reveal(o.cfg.Slack.AppToken), URL: o.cfg.Slack.APIURL,
		Dial: o.w.ways["slack"], Observer: o.Monitor,
	}), nil
}

// Backends implements doctor.World.
func (o *wardWorld) Backends() ([]restore.Backend, error) {
	log := slog.New(slog.DiscardHandler)
	observers := rest.Observers{Clock: o.Monitor.ServerDate, Call: o.Monitor.APIRequest, Release: o.heard.Release}
	mine, theirs := o.cfg.Backends[0], o.cfg.Backends[1]
	key, err := rest.NewCredential(mine.PublicKey.Source(nil), mine.PrivateKey.Source(nil), log)
	account, other := rest.NewAccount(theirs.ClientID.Source(nil), theirs.ClientSecret.Source(nil), theirs.TokenURL, log)
	if err := errors.Join(err, other); err != nil {
		return nil, err
	}
	om, err := opsmanager.New(opsmanager.Options{
		Name: mine.Name, URL: mine.URL, Credential: key, CAFile: o.w.ca, Dial: o.w.ways["om"], Observers: observers, Logger: log,
	})
	cloud, other := atlas.New(atlas.Options{
		Name: theirs.Name, URL: theirs.URL, Credential: account, Dial: o.w.ways["atlas"], Observers: observers, Logger: log,
	})
	return []restore.Backend{om, cloud}, errors.Join(err, other)
}

// nameless fails as the resolver does for a name that there is not.
func nameless(_ context.Context, _, _ string) (net.Conn, error) {
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "om.example.net", IsNotFound: true}}
}
