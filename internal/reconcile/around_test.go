package reconcile_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"snapback/approvals"
	"snapback/internal/mongodb/opsmanager"
	"snapback/internal/mongodb/rest"
	"snapback/internal/reconcile"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/pipenet"
	"snapback/storage"
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
		Kind: set.kind, Name: name, URL: "http://127.0.0." + string(rune('1'+number)), Credential: credential,
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

// directory is a small company. It can fail.
type directory struct {
	mu      sync.Mutex
	people  map[string]approvals.Standing
	groups  map[string][]string
	trouble map[string]string // by channel
	unread  []string          // groups that cannot be read
	fails   error
	asked   atomic.Int64
}

func company() *directory {
	d := &directory{
		people: make(map[string]approvals.Standing), trouble: make(map[string]string),
		groups: map[string][]string{"dba": {"dba1", "dba2"}, "leads": {"lead1", "lead2"}, "oncall": {"dba2"}, "none": {}},
	}
	for _, user := range []string{
		"engineer", "colleague", "dba1", "dba2", "lead1", "lead2", "guest", "bot", "stranger", "inactive",
	} {
		d.people[user] = approvals.Standing{
			Person: person(user), Name: user,
			Guest: user == "guest", Bot: user == "bot", Stranger: user == "stranger", Inactive: user == "inactive",
		}
	}
	return d
}

var errSlack = errors.New("users.info: ratelimited")

// Standing implements the directories of both packages.
func (d *directory) Standing(_ context.Context, p approvals.Person) (approvals.Standing, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked.Add(1)
	s, ok := d.people[p.User]
	if d.fails != nil || !ok || p.Team != team {
		return approvals.Standing{}, errors.Join(errSlack, d.fails)
	}
	s.At, s.Groups, s.Unread = time.Now(), nil, nil
	for _, g := range slices.Sorted(maps.Keys(d.groups)) {
		switch {
		case slices.Contains(d.unread, g):
			s.Unread = append(s.Unread, g)
		case slices.Contains(d.groups[g], p.User):
			s.Groups = append(s.Groups, g)
		}
	}
	return s, nil
}

func (d *directory) Members(_ context.Context, group string) ([]approvals.Person, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fails != nil || slices.Contains(d.unread, group) {
		return nil, errors.Join(errSlack, d.fails)
	}
	var out []approvals.Person
	for _, user := range d.groups[group] {
		out = append(out, person(user))
	}
	return out, nil
}

func (d *directory) ChannelTrouble(_ context.Context, channel string) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.trouble[channel], d.fails
}

// change changes the company.
func (d *directory) change(fn func(*directory)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	fn(d)
}

// ledger is the store, with its reads and writes counted, and with writes that fail on demand.
type ledger struct {
	*storage.Store

	views, updates atomic.Int64

	mu   sync.Mutex
	fail func() error           // called before each step
	free func() (uint64, error) // replaces how much space there is
	sync func() error           // called before the head is synced
}

// Free implements [reconcile.Store].
func (l *ledger) Free() (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.free != nil {
		return l.free()
	}
	return l.Store.Free()
}

// has makes so many bytes free.
func (l *ledger) has(free uint64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free = func() (uint64, error) { return free, err }
}

func (l *ledger) View(ctx context.Context, fn func(restore.Reader) error) error {
	l.views.Add(1)
	return l.Store.View(ctx, fn)
}

func (l *ledger) Update(ctx context.Context, keys []restore.Key, fn func(restore.Tx) error) error {
	l.updates.Add(1)
	l.mu.Lock()
	var err error
	if l.fail != nil {
		err = l.fail()
	}
	l.mu.Unlock()
	if err != nil {
		return err
	}
	return l.Store.Update(ctx, keys, fn)
}

// failing makes steps fail as long as fn returns an error.
func (l *ledger) failing(fn func() error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fail = fn
}

func (l *ledger) SyncHead(ctx context.Context) error {
	l.mu.Lock()
	sync := l.sync
	l.mu.Unlock()
	if sync != nil {
		if err := sync(); err != nil {
			return err
		}
	}
	return l.Store.SyncHead(ctx)
}

// syncing has fn called before the head is synced, and its error returned.
func (l *ledger) syncing(fn func() error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sync = fn
}

var errDisk = errors.New("disk is slow today")

func (l *ledger) installation(t *testing.T) string {
	t.Helper()
	id := ""
	if err := l.Store.View(t.Context(), func(rd restore.Reader) error { id = rd.Installation(); return nil }); err != nil {
		t.Fatal(err)
	}
	return id
}
