package reconcile_test

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"snapback/internal/mongodb/atlas"
	"snapback/internal/mongodb/rest"
	"snapback/internal/sandbox/fakeatlas"
	"snapback/internal/sandbox/pipenet"
)

// cloud is a fake Atlas and the adapter that talks to it. As with a manager, the server can be replaced.
type cloud struct {
	t       *testing.T
	world   fakeatlas.World
	server  *fakeatlas.Server
	backend *atlas.Backend
	length  time.Duration // of a job

	mu       sync.Mutex
	listener *pipenet.Listener
}

func newCloud(t *testing.T, set settings) *cloud {
	t.Helper()
	c := &cloud{t: t, world: fakeatlas.DemoWorld(time.Now(), 1), length: 10 * time.Minute}
	if set.sky != nil {
		set.sky(&c.world)
	}
	c.serve()
	credential, err := rest.NewCredential(
		rest.Fixed(c.world.Keys[0].Public), rest.Fixed(c.world.Keys[0].Private), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	c.backend, err = atlas.New(atlas.Options{
		Name: "atlas", URL: "http://127.0.0.9", Credential: credential, PostTimeout: set.timings.PostTimeout, Dial: c.dial,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.backend.Close)
	return c
}

func (c *cloud) serve() {
	c.t.Helper()
	s, l := fakeatlas.New(c.world, fakeatlas.Options{JobDuration: c.length}), pipenet.Listen()
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	synctest.Wait() // or it might be closed before it serves
	c.t.Cleanup(func() {
		s.Close()
		if err := <-served; err != nil {
			c.t.Error(err)
		}
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.server, c.listener = s, l
}

// become replaces the server by one with a changed world. Its jobs are those of the world only.
func (c *cloud) become(change func(*fakeatlas.World)) {
	c.t.Helper()
	c.server.Close()
	change(&c.world)
	c.serve()
}

func (c *cloud) dial(ctx context.Context, network, address string) (net.Conn, error) {
	c.mu.Lock()
	l := c.listener
	c.mu.Unlock()
	return l.DialContext(ctx, network, address)
}

// recloud changes a cluster of a world of Atlas.
func recloud(name string, change func(*fakeatlas.Cluster)) func(*fakeatlas.World) {
	return func(w *fakeatlas.World) {
		for i := range w.Clusters {
			if w.Clusters[i].Name == name {
				change(&w.Clusters[i])
				return
			}
		}
	}
}
