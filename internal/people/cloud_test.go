package people

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"snapback/internal/config"
	"snapback/internal/mongodb/atlas"
	"snapback/internal/mongodb/rest"
	"snapback/internal/reconcile"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeatlas"
	"snapback/internal/sandbox/pipenet"
	"snapback/internal/secret"
)

// cloud is the Atlas of the company, for a service account. Its project Analytics has clusters to restore onto.
type cloud struct {
	*fakeatlas.Server

	world fakeatlas.World
	way   *pipenet.Listener
}

// newCloud returns an Atlas with so many more clusters, whose jobs end when a test says so.
func newCloud(t *testing.T, copies int) *cloud {
	t.Helper()
	c := &cloud{world: fakeatlas.DemoWorld(time.Now(), 1), way: pipenet.Listen()}
	like := c.world.Named("reports-prod")
	for n := range copies {
		like.ID, like.Name = fmt.Sprintf("5f0000000000000000aa%04d", n), copyName(n)
		c.world.Clusters = append(c.world.Clusters, like)
	}
	c.Server = fakeatlas.New(c.world, fakeatlas.Options{JobDuration: 1000 * time.Hour, CollectionDuration: 20 * time.Minute})
	served := make(chan error, 1)
	go func() { served <- c.Serve(c.way) }()
	synctest.Wait()
	t.Cleanup(func() {
		if err := errors.Join(c.Close(), <-served); err != nil {
			t.Error(err)
		}
	})
	return c
}

func copyName(n int) string { return fmt.Sprintf("copy-%02d", n) }

// configured is the entry of the configuration.
func (c *cloud) configured() string {
	a := c.world.Accounts[0]
	return fmt.Sprintf(`{name: atlas, kind: atlas, url: "http://127.0.0.9", client_id: %s, client_secret: %s, token_url: "http://127.0.0.9%s"}`,
		a.ID, a.Secret, fakeatlas.TokenPath)
}

func (c *cloud) backend(t *testing.T, cfg config.Backend, timeout time.Duration, skew *reconcile.Skew) restore.Backend {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	source := func(ref secret.Ref) rest.Source { return ref.Source(nil) }
	credential, err := rest.NewAccount(source(cfg.ClientID), source(cfg.ClientSecret), cfg.TokenURL, log)
	if err != nil {
		t.Fatal(err)
	}
	b, err := atlas.New(atlas.Options{
		Name: cfg.Name, URL: cfg.URL, Credential: credential, PostTimeout: timeout, Dial: c.way.DialContext,
		Observers: rest.Observers{Clock: skew.Observe}, Logger: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// finish has jobs end that run now, as many as there are of the first n copies.
func (c *cloud) finish(t *testing.T, n int) {
	t.Helper()
	for _, cluster := range c.world.Clusters {
		for _, j := range c.Jobs(cluster.ID) {
			if j.End != "" || j.TargetClusterName >= copyName(n) {
				continue
			}
			if err := c.End(j.ID, fakeatlas.Finished); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// lists returns when the restore jobs of a cluster were listed between two instants.
func (c *cloud) lists(cluster string, from, to time.Time) []time.Time {
	var out []time.Time
	for _, call := range c.Calls() {
		listed := call.Method == http.MethodGet && strings.Contains(call.Target, "/"+cluster+"/backup/restoreJobs?")
		if listed && call.Time.After(from) && call.Time.Before(to) {
			out = append(out, call.Time)
		}
	}
	return out
}

// tokens counts the requests for tokens.
func (c *cloud) tokens() int {
	return len(slices.DeleteFunc(c.Calls(), func(call fakeatlas.Call) bool { return call.Target != fakeatlas.TokenPath }))
}
