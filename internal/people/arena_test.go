package people

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"snapback/internal/config"
	"snapback/internal/mongodb/atlas"
	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/mongodb/rest"
	"snapback/internal/reconcile"
	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeapi"
	"snapback/internal/sandbox/fakeatlas"
	fake "snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/pipenet"
)

// form is a kind of cluster, as the documents part them.
type form string

const (
	replicaSet form = "replica set"
	sharded    form = "sharded"
	early      form = "sharded, FCV 4.0"
	flex       form = "Flex"
)

// access is a way to prove who one is.
type access string

const (
	byKey     access = "API key"
	byAccount access = "service account"
)

// arena is a system with a pair of clusters of each form, the second of which is restored onto.
type arena struct {
	kind   restore.BackendKind
	access access

	server  fakeServer
	way     *pipenet.Listener
	public  string
	private string
	pairs   map[form][2]place
}

// fakeServer is a fake management API.
type fakeServer interface {
	Serve(l net.Listener) error
	Close() error
	Calls() []fakeapi.Call
	Secrets() []string
}

// place is a cluster as the documents name it, and what it holds.
type place struct {
	project, projectID string
	name, id           string
	snapshots          []string // complete ones, the newest first
	checkpoint         string   // the newest that can be restored
}

// path is how people name it.
func (p place) path() string { return "sys/" + p.project + "/" + p.name }

// began is when the arenas open: bubbles begin at a time that Atlas does not restore to.
func began() time.Time { return time.Date(2026, time.November, 18, 9, 30, 0, 0, time.UTC) }

// arenaJob is how long jobs run there.
const arenaJob = 2 * time.Minute

func openArena(t *testing.T, kind restore.BackendKind, by access) *arena {
	t.Helper()
	time.Sleep(time.Until(began()))
	a := &arena{kind: kind, access: by, way: pipenet.Listen(), pairs: make(map[form][2]place)}
	if kind == restore.Atlas {
		a.server = a.sky()
	} else {
		a.server = a.manager()
	}
	served := make(chan error, 1)
	go func() { served <- a.server.Serve(a.way) }()
	synctest.Wait()
	t.Cleanup(func() {
		if err := errors.Join(a.server.Close(), <-served); err != nil {
			t.Error(err)
		}
	})
	return a
}

func (a *arena) manager() fakeServer {
	w := fake.SketchWorld(time.Now(), 7, []fake.Sketch{
		{Project: "Main", Name: "rs-prod"},
		{Project: "Main", Name: "rs-copy"},
		{Project: "Main", Name: "sh-prod", Shards: 2},
		{Project: "Main", Name: "sh-copy", Shards: 2},
		{Project: "Old", Name: "old-prod", Shards: 2, Version: "4.0.28", Checkpoints: true},
		{Project: "Old", Name: "old-copy", Shards: 2, Version: "4.0.28"},
	})
	a.public, a.private = w.Keys[0].Public, w.Keys[0].Private
	if a.access == byAccount {
		a.public, a.private = w.Accounts[0].ID, w.Accounts[0].Secret
	}
	projects := make(map[string]string)
	for _, p := range w.Projects {
		projects[p.ID] = p.Name
	}
	for _, c := range w.Clusters {
		if c.ParentID != "" {
			continue
		}
		at := place{project: projects[c.GroupID], projectID: c.GroupID, name: c.Name, id: c.ID}
		for _, s := range slices.Backward(w.Snapshots) {
			if s.ClusterID == c.ID && s.Complete {
				at.snapshots = append(at.snapshots, s.ID)
			}
		}
		for _, k := range w.Checkpoints {
			if k.ClusterID == c.ID && k.Restorable {
				at.checkpoint = k.ID
			}
		}
		a.put(at)
	}
	return fake.New(w, fake.Options{
		Seed: 7, JobDuration: arenaJob, AgentLag: 20 * time.Second, CloudManager: a.kind == restore.CloudManager,
	})
}

func (a *arena) sky() fakeServer {
	w := fakeatlas.SketchWorld(time.Now(), 7, []fakeatlas.Sketch{
		{Project: "Main", Name: "rs-prod"},
		{Project: "Main", Name: "rs-copy"},
		{Project: "Main", Name: "sh-prod", Shards: 2},
		{Project: "Main", Name: "sh-copy", Shards: 2},
		{Project: "Labs", Name: "flex-prod", Flex: true},
		{Project: "Labs", Name: "flex-copy", Flex: true},
	})
	a.public, a.private = w.Keys[0].Public, w.Keys[0].Private
	if a.access == byAccount {
		a.public, a.private = w.Accounts[0].ID, w.Accounts[0].Secret
	}
	projects := make(map[string]string)
	for _, p := range w.Projects {
		projects[p.ID] = p.Name
	}
	for _, c := range w.Clusters {
		at := place{project: projects[c.GroupID], projectID: c.GroupID, name: c.Name, id: c.ID}
		for _, s := range w.Snapshots { // the newest first
			if s.ClusterID == c.ID {
				at.snapshots = append(at.snapshots, s.ID)
			}
		}
		a.put(at)
	}
	return fakeatlas.New(w, fakeatlas.Options{Seed: 7, JobDuration: arenaJob})
}

// put sorts a cluster in by its name.
func (a *arena) put(p place) {
	of, role, _ := strings.Cut(p.name, "-")
	f := map[string]form{"rs": replicaSet, "sh": sharded, "old": early, "flex": flex}[of]
	pair := a.pairs[f]
	if role == "prod" {
		pair[0] = p
	} else {
		pair[1] = p
	}
	a.pairs[f] = pair
}

// arenaURL is where the system is.
const arenaURL = "http://127.0.0.9"

func (a *arena) configured() string {
	public, private := "public_key", "private_key"
	if a.access == byAccount {
		public, private = "client_id", "client_secret"
	}
	return fmt.Sprintf(`{name: sys, kind: %s, url: %q, %s: %s, %s: %s}`, a.kind, arenaURL, public, a.public, private, a.private)
}

func (a *arena) backend(t *testing.T, cfg config.Backend, timeout time.Duration, skew *reconcile.Skew) restore.Backend {
	t.Helper()
	log, keys := slog.New(slog.DiscardHandler), rest.NewKeyring(nil, slog.New(slog.DiscardHandler))
	credential, err := keys.Credential(cfg.PublicKey, cfg.PrivateKey)
	if cfg.Account {
		credential, err = keys.Account(cfg.ClientID, cfg.ClientSecret, cfg.TokenURL)
	}
	if err != nil {
		t.Fatal(err)
	}
	observers := rest.Observers{Clock: skew.Observe}
	if a.kind == restore.Atlas {
		b, err := atlas.New(atlas.Options{
			Name: cfg.Name, URL: cfg.URL, Credential: credential, PostTimeout: timeout, Dial: a.way.DialContext, Observers: observers, Logger: log,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(b.Close)
		return b
	}
	b, err := opsmanager.New(opsmanager.Options{
		Name: cfg.Name, Kind: cfg.Kind, URL: cfg.URL, Credential: credential, PostTimeout: timeout, Dial: a.way.DialContext,
		Observers: observers, Logger: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}
