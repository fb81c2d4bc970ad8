package reconcile_test

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"snapback/internal/mongodb/atlas"
	"snapback/internal/mongodb/rest"
	"snapback/internal/sandbox/fakeatlas"
	"snapback/internal/sandbox/pipenet"
	"snapback/internal/secret"
)

// cloud is a fake Atlas and the adapter that talks to it. As with a manager, the server can be replaced.
type cloud struct {
	t       *testing.T
	world   fakeatlas.World
	server  *fakeatlas.Server
	backend *atlas.Backend
	length  time.Duration          // of a job
	secret  atomic.Pointer[string] // of the service account, as its file says

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
	var err error
	c.backend, err = atlas.New(atlas.Options{
		Name: "atlas", URL: "http://127.0.0.9", Credential: c.credential(set.account), PostTimeout: set.timings.PostTimeout, Dial: c.dial,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.backend.Close)
	return c
}

// credential returns that of a key, or of the service account, with the secret that lies in c.secret.
func (c *cloud) credential(account bool) *rest.Credential {
	c.t.Helper()
	var (
		out *rest.Credential
		err error
		log = slog.New(slog.DiscardHandler)
	)
	if key := c.world.Keys[0]; !account {
		out, err = rest.NewCredential(rest.Fixed(key.Public), rest.Fixed(key.Private), log)
	} else {
		c.secret.Store(&c.world.Accounts[0].Secret)
		file := func() (secret.Secret, error) { return secret.New(*c.secret.Load()), nil }
		out, err = rest.NewAccount(rest.Fixed(c.world.Accounts[0].ID), file, "http://127.0.0.9"+fakeatlas.TokenPath, log)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return out
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
