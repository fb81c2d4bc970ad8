package reconcile_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/mongodb/rest"
	"snapback/internal/reconcile"
	fake "snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/pipenet"
)

// manager is a fake Ops Manager and the adapter that talks to it. The server can be replaced: the world has changed
// then, and is still the same Ops Manager.
type manager struct {
	t       *testing.T
	opts    fake.Options
	world   fake.World
	server  *fake.Server
	backend *opsmanager.Backend

	mu       sync.Mutex
	listener *pipenet.Listener
	down     bool
}

func newManager(
	t *testing.T, name string, number int, set settings, change func(*fake.World), skew *reconcile.Skew,
) *manager {
	t.Helper()
	m := &manager{t: t, opts: set.manager, world: fake.DemoWorld(time.Now(), uint64(number)+1)}
	if change != nil {
		change(&m.world)
	}
	m.serve()
	credential, err := rest.NewCredential(
		rest.Fixed(m.world.Keys[0].Public), rest.Fixed(m.world.Keys[0].Private), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	m.backend, err = opsmanager.New(opsmanager.Options{
		Name: name, URL: "http://127.0.0." + string(rune('1'+number)), Credential: credential,
		PostTimeout: set.timings.PostTimeout, Dial: m.dial, Observers: rest.Observers{Clock: skew.Observe},
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.backend.Close)
	return m
}

func (m *manager) serve() {
	m.t.Helper()
	s, l := fake.New(m.world, m.opts), pipenet.Listen()
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	synctest.Wait() // or it might be closed before it serves
	m.t.Cleanup(func() {
		s.Close()
		if err := <-served; err != nil {
			m.t.Error(err)
		}
	})
	m.mu.Lock()
	defer m.mu.Unlock()
	m.server, m.listener = s, l
}

// become replaces the server by one with a changed world. Its jobs are those of the world only.
func (m *manager) become(change func(*fake.World)) {
	m.t.Helper()
	m.server.Close()
	change(&m.world)
	m.serve()
}

func (m *manager) dial(ctx context.Context, network, address string) (net.Conn, error) {
	m.mu.Lock()
	l, down := m.listener, m.down
	m.mu.Unlock()
	if down {
		return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	}
	return l.DialContext(ctx, network, address)
}

// reachable switches the way to the server.
func (m *manager) reachable(up bool) {
	m.mu.Lock()
	m.down = !up
	m.mu.Unlock()
	m.backend.Close()
}

// cluster returns the id of a cluster by its name.
func (m *manager) cluster(name string) string {
	m.t.Helper()
	i := slices.IndexFunc(m.world.Clusters, func(c fake.Cluster) bool { return c.Name == name })
	if i < 0 {
		m.t.Fatalf("no cluster %s", name)
	}
	return m.world.Clusters[i].ID
}

// newest returns the newest complete snapshot of a cluster.
func (m *manager) newest(name string) fake.Snapshot {
	m.t.Helper()
	id := m.cluster(name)
	var out fake.Snapshot
	for _, s := range m.world.Snapshots {
		if s.ClusterID == id && s.Complete && s.Created.Time.After(out.Created.Time) {
			out = s
		}
	}
	return out
}

// onto returns a job that somebody else starts in the web interface.
func (m *manager) onto(source, target, snapshot string) fake.Job {
	m.t.Helper()
	id := m.cluster(target)
	i := slices.IndexFunc(m.world.Clusters, func(c fake.Cluster) bool { return c.ID == id })
	return fake.Job{
		ClusterID: m.cluster(source), SnapshotID: snapshot, TargetGroupID: m.world.Clusters[i].GroupID, TargetClusterID: id,
	}
}

// lists returns how many lists of restore jobs were asked for, of one cluster or (with "") of all.
func (m *manager) lists(cluster string) int {
	n := 0
	for _, c := range m.server.Calls() {
		path, _, _ := strings.Cut(c.Target, "?")
		if c.Method == http.MethodGet && c.Authorization && strings.HasSuffix(path, cluster+"/restoreJobs") {
			n++
		}
	}
	return n
}

// posts checks how often a restore was asked for, and how many jobs came of it.
func (r *rig) posts(want, jobs int) {
	r.t.Helper()
	made := 0
	for _, c := range r.server.Posts() {
		made += len(c.Created)
	}
	if got := len(r.server.Posts()); got != want || made != jobs {
		r.t.Errorf("%d POSTs made %d jobs, want %d and %d", got, made, want, jobs)
	}
}

func (r *rig) inject(f fake.Fault) {
	r.t.Helper()
	if err := r.server.Inject(f); err != nil {
		r.t.Fatal(err)
	}
}
