package simulation

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	fake "snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/pipenet"
)

const day = 24 * time.Hour

// manager is the Ops Manager of a run, and what it saw.
type manager struct {
	*fake.Server

	world      fake.World
	listener   *pipenet.Listener
	sources    []fake.Cluster
	targets    []fake.Cluster
	checkpoint string // of the sharded source, where it runs a version that knows them
	shardIDs   bool   // jobs of sharded clusters show the ids of shards

	mu    sync.Mutex
	posts []fake.Call
	lists []listing
	mute  []time.Time // when it refused to tell of agents
}

// listing is a page of a list of restore jobs that was given out.
type listing struct {
	began, ended time.Time
	source       string // id of the cluster
	total        int    // of the whole list
	ids          []string
}

func newManager(t *testing.T, seed uint64) *manager {
	t.Helper()
	d := newDice(seed, streamWorld)
	m := &manager{world: fake.DemoWorld(time.Now(), seed), listener: pipenet.Listen()}
	m.world.Snapshots = slices.DeleteFunc(m.world.Snapshots, func(s fake.Snapshot) bool {
		return s.Created.Time.Before(time.Now().Add(-day))
	})
	m.shardIDs = d.chance(50)
	if d.chance(25) {
		m.addSharded("events-staging", "events-test")
		m.sources, m.targets = m.clusters("events-prod"), some(d, 1, 2, m.clusters("events-staging", "events-test"))
	} else {
		m.sources = some(d, 1, 2, m.clusters("orders-prod", "ledger-prod", "reports-prod"))
		m.targets = some(d, 1, 2, m.clusters("orders-staging", "scratch-1", "scratch-2"))
	}
	m.reduce()
	if p := newDice(seed, streamPoints+100); m.sources[0].Type == fake.TypeSharded && p.chance(40) {
		m.legacy()
	}
	old := d.number(0, 5)
	if d.chance(5) {
		old = d.number(120, 140) // more than a page
	}
	for i := range old {
		m.past(d, time.Duration(i+1)*5*time.Hour)
	}
	m.Server = fake.New(m.world, fake.Options{
		Seed: seed, JobDuration: d.between(time.Minute, 5*time.Minute), RefuseConcurrent: d.chance(50), NonceReuse: true,
		ShardIDs: m.shardIDs,
	})
	var serving, watching sync.WaitGroup
	serving.Go(func() {
		if err := m.Serve(m.listener); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	watching.Go(func() { m.watch(t.Context()) })
	synctest.Wait()
	t.Cleanup(func() {
		m.Close()
		serving.Wait()
		watching.Wait()
	})
	return m
}

// clusters returns the clusters of some names, without shards.
func (m *manager) clusters(names ...string) []fake.Cluster {
	var out []fake.Cluster
	for _, c := range m.world.Clusters {
		if slices.Contains(names, c.Name) && c.ParentID == "" {
			out = append(out, c)
		}
	}
	return out
}

// addSharded adds sharded clusters of the same form as the one that there is.
func (m *manager) addSharded(names ...string) {
	for n, name := range names {
		for _, c := range slices.Clone(m.world.Clusters) {
			if c.Name != "events-prod" {
				continue
			}
			digit := strconv.Itoa(n + 1)
			c.Name, c.ID = name, digit+c.ID[1:]
			if c.ParentID != "" {
				c.ParentID = digit + c.ParentID[1:]
			}
			m.world.Clusters = append(m.world.Clusters, c)
		}
	}
}

// legacy has all clusters run a version that knows checkpoints and no points in time.
func (m *manager) legacy() {
	for i := range m.world.Clusters {
		m.world.Clusters[i].FCV = "4.0"
	}
	for i := range m.world.Snapshots {
		for j := range m.world.Snapshots[i].Parts {
			m.world.Snapshots[i].Parts[j].FCV = "4.0"
		}
	}
	at := time.Now().Add(-3 * time.Hour)
	m.checkpoint = strconv.FormatInt(at.Unix(), 16) + "00000000000000c1"
	m.world.Checkpoints = []fake.Checkpoint{{
		ID: m.checkpoint, ClusterID: m.sources[0].ID, Started: at, Completed: at.Add(time.Minute), Timestamp: at, Restorable: true,
	}}
}

// reduce leaves out of the world what the run does not need.
func (m *manager) reduce() {
	var needed []string
	for _, c := range slices.Concat(m.sources, m.targets) {
		needed = append(needed, c.ID)
	}
	m.world.Clusters = slices.DeleteFunc(m.world.Clusters, func(c fake.Cluster) bool {
		return !slices.Contains(needed, c.ID) && !slices.Contains(needed, c.ParentID)
	})
	m.world.Snapshots = slices.DeleteFunc(m.world.Snapshots, func(s fake.Snapshot) bool { return !slices.Contains(needed, s.ClusterID) })
	m.world.Jobs = nil
}

// whole returns the id of the cluster that a shard belongs to, or the id itself.
func (m *manager) whole(id string) string {
	for _, c := range m.world.Clusters {
		if c.ID == id && c.ParentID != "" {
			return c.ParentID
		}
	}
	return id
}

// members returns the ids of a cluster's shards and config servers, or its own if it has none.
func (m *manager) members(id string) []string {
	var out []string
	for _, c := range m.world.Clusters {
		if c.ParentID == id {
			out = append(out, c.ID)
		}
	}
	if len(out) == 0 {
		return []string{id}
	}
	return out
}

// snapshots returns the ids of a cluster's complete snapshots, the newest last.
func (m *manager) snapshots(cluster string) []string {
	var out []string
	for _, s := range m.world.Snapshots {
		if s.ClusterID == cluster && s.Complete {
			out = append(out, s.ID)
		}
	}
	return out
}

// past adds a restore that somebody made before the run, of any snapshot onto any target.
func (m *manager) past(d dice, ago time.Duration) {
	source, target := pick(d, m.sources), pick(d, m.targets)
	m.world.Jobs = append(m.world.Jobs, fake.Job{
		ID:        strconv.FormatInt(time.Now().Add(-ago).Unix(), 16) + "0000000000" + "0ff" + strconv.Itoa(100+len(m.world.Jobs)),
		ClusterID: source.ID, Created: time.Now().Add(-ago), Status: fake.StatusFinished,
		SnapshotID: pick(d, m.snapshots(source.ID)), TargetGroupID: target.GroupID, TargetClusterID: target.ID,
	})
}

// foreign is a restore as somebody starts it in the web interface: one job, or for a sharded cluster a batch.
func (m *manager) foreign(d dice, source, target, snapshot string) []fake.Job {
	onto, _ := m.cluster(target)
	from, to := m.members(source), m.members(target)
	hours := 0
	if target == "" { // a download, of the same terms as Snapback's or of others
		hours, to = d.number(1, 3), make([]string, len(from))
	}
	batch := ""
	if len(from) > 1 {
		batch = strconv.FormatInt(time.Now().Unix(), 16) + "0000000000" + strconv.Itoa(d.number(100_000, 999_999))
	}
	var out []fake.Job
	for i := range from {
		j := fake.Job{
			BatchID: batch, ClusterID: source, SnapshotID: snapshot, TargetGroupID: onto.GroupID, TargetClusterID: target,
			ExpirationHours: hours, MaxDownloads: hours,
		}
		if m.shardIDs {
			j.ClusterID, j.TargetClusterID = from[i], to[i]
		}
		out = append(out, j)
	}
	return out
}

func (m *manager) cluster(id string) (fake.Cluster, bool) {
	i := slices.IndexFunc(m.world.Clusters, func(c fake.Cluster) bool { return c.ID == id })
	if i < 0 {
		return fake.Cluster{}, false
	}
	return m.world.Clusters[i], true
}

// watch keeps what matters of the server's journal, which forgets.
func (m *manager) watch(ctx context.Context) {
	for c := range m.Subscribe(ctx) {
		if !c.Done || !c.Authorization {
			continue
		}
		m.mu.Lock()
		if c.Posted() {
			m.posts = append(m.posts, c)
		} else if source, ok := listed(c); ok {
			m.lists = append(m.lists, listing{c.Time, time.Now(), source, totalIn(c.ResponseBody), idsIn(c.ResponseBody)})
		} else if strings.HasSuffix(c.Target, "/automationStatus") && refused(c) {
			m.mute = append(m.mute, c.Time)
		}
		m.mu.Unlock()
	}
}

// listed returns of which cluster a call listed the jobs.
func listed(c fake.Call) (string, bool) {
	path, _, _ := strings.Cut(c.Target, "?")
	if c.Method != http.MethodGet || c.Status != http.StatusOK {
		return "", false
	}
	return sourceOf(path)
}

// sourceOf returns the cluster of a path …/clusters/ID/restoreJobs.
func sourceOf(path string) (string, bool) {
	path, ok := strings.CutSuffix(path, "/restoreJobs")
	return path[strings.LastIndex(path, "/")+1:], ok
}

// totalIn returns how many documents the whole list has that an answer is a page of.
func totalIn(body []byte) int {
	_, after, _ := strings.Cut(string(body), `"totalCount":`)
	digits := after[:len(after)-len(strings.TrimLeft(after, "0123456789"))]
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

// idsIn returns the ids of the documents in an answer.
func idsIn(body []byte) []string {
	var out []string
	rest := string(body)
	for {
		_, after, ok := strings.Cut(rest, `"id":"`)
		if !ok {
			return out
		}
		id, tail, _ := strings.Cut(after, `"`)
		out, rest = append(out, id), tail
	}
}

// seen returns what the server saw so far, in order.
func (m *manager) seen() (posts []fake.Call, lists []listing, mute []time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.posts), slices.Clone(m.lists), slices.Clone(m.mute)
}

// jobs returns every restore job of the run's sources as it really is. Whatever ids it shows, it is told by those of the
// whole clusters here.
func (m *manager) jobs() []fake.Job {
	var out []fake.Job
	for _, c := range m.sources {
		for _, j := range m.Jobs(c.ID) {
			j.ClusterID, j.TargetClusterID = m.whole(j.ClusterID), m.whole(j.TargetClusterID)
			out = append(out, j)
		}
	}
	slices.SortStableFunc(out, func(a, b fake.Job) int { return a.Created.Compare(b.Created) })
	return out
}
