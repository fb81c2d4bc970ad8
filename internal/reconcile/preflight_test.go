package reconcile_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeatlas"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// preflight is something that a check finds before anybody is asked, on either kind of backend.
type preflight struct {
	om    func(*fake.World)
	atlas func(*fakeatlas.World)
	line  string // SNAPSHOT stands for the id of an odd one; the names are those of the demo's worlds
	code  restore.Code
	level restore.Level
}

const oddID = "5f00000000000000000000ee"

// odd adds a snapshot of a cluster that is like its newest one but for one thing.
func odd(name string, change func(*fake.Snapshot)) func(*fake.World) {
	return func(w *fake.World) {
		twin("events-staging", 2)(w)
		i := slices.IndexFunc(w.Clusters, func(c fake.Cluster) bool { return c.Name == name && c.ParentID == "" })
		var snap fake.Snapshot
		for _, s := range w.Snapshots {
			if s.ClusterID == w.Clusters[i].ID && s.Complete && s.Created.Time.After(snap.Created.Time) {
				snap = s
			}
		}
		snap.ID, snap.Parts = oddID, slices.Clone(snap.Parts)
		change(&snap)
		w.Snapshots = append(w.Snapshots, snap)
	}
}

// oddCloud does the same in Atlas.
func oddCloud(name string, change func(*fakeatlas.Snapshot)) func(*fakeatlas.World) {
	return func(w *fakeatlas.World) {
		snap := w.Newest(w.Named(name))
		snap.ID = oddID
		change(&snap)
		w.Snapshots = append(w.Snapshots, snap)
	}
}

func soon(d time.Duration) time.Time { return time.Now().Add(d) }

// blind hides the project Payments but for what is said from the key.
func blind(w *fake.World) { w.Keys[0].Projects = []string{w.Projects[1].ID} }

func blindCloud(w *fakeatlas.World) { w.Keys[0].Projects = []string{w.Projects[1].ID} }

func preflightsOpsManager() map[string]preflight {
	const refuse, danger, warn = restore.LevelRefuse, restore.LevelDanger, restore.LevelWarn
	sick := odd("orders-prod", func(s *fake.Snapshot) { s.Complete = false })
	lacking := odd("events-prod", func(s *fake.Snapshot) { s.MissingShards = []string{"events-prod-shard-1"} })
	ending := func(d time.Duration) func(*fake.World) {
		return odd("orders-prod", func(s *fake.Snapshot) { s.Expires, s.DoNotDelete = soon(d), false })
	}
	data := func(fcv string) func(*fake.World) {
		return odd("orders-prod", func(s *fake.Snapshot) { s.Parts[0].FCV = fcv })
	}
	bare := recluster("orders-staging", func(c *fake.Cluster) { c.BackupEnabled, c.DataSize = false, 0 })
	moved := odd("events-prod", func(s *fake.Snapshot) { s.PossiblyInconsistent = true })
	return map[string]preflight{
		"snapshot not complete":         {om: sick, line: "orders-prod SNAPSHOT to orders-staging", code: restore.FindIncomplete, level: refuse},
		"shards missing":                {om: lacking, line: "events-prod SNAPSHOT to events-staging", code: restore.FindShardsMissing, level: refuse},
		"expires before it is sent":     {om: ending(23 * time.Hour), line: "orders-prod SNAPSHOT to orders-staging", code: restore.FindExpiring, level: refuse},
		"expires before the link":       {om: ending(27 * time.Hour), line: "orders-prod SNAPSHOT download for 4h", code: restore.FindExpiring, level: refuse},
		"before all times":              {line: "orders-prod at 4d ago to orders-staging", code: restore.FindRangeBefore, level: refuse},
		"in a gap":                      {line: "ledger-prod at 22h ago to orders-staging", code: restore.FindRangeGap, level: refuse},
		"no times":                      {line: "scratch-2 at 1h ago to scratch-1", code: restore.FindNoRange, level: refuse},
		"another type":                  {line: "orders-prod latest to events-prod", code: restore.FindTypeMismatch, level: refuse},
		"more shards":                   {om: twin("events-staging", 3), line: "events-prod latest to events-staging", code: restore.FindTypeMismatch, level: refuse},
		"an older version":              {line: "orders-prod latest to ledger-prod", code: restore.FindVersionOlder, level: refuse},
		"too new a version":             {om: data("6.0"), line: "orders-prod SNAPSHOT to orders-staging", code: restore.FindVersionNewer, level: refuse},
		"a checkpoint of a new version": {om: legacyBut("4.2"), line: "events-prod checkpoint " + checkpointID + " to events-staging", code: restore.FindPointFCV, level: refuse},
		"a time of an old sharded":      {om: legacy, line: "events-prod at 1h ago to events-staging", code: restore.FindPointFCV, level: refuse},
		"an oplog entry of an old one":  {om: legacy, line: "events-prod oplog 1700000000:1 to events-staging", code: restore.FindPointFCV, level: refuse},
		"source not visible":            {om: blind, line: "orders-prod latest to scratch-1", code: restore.FindClusterUnknown, level: refuse},
		"target not visible":            {om: blind, line: "reports-prod latest to orders-staging", code: restore.FindClusterUnknown, level: refuse},
		"keys not told":                 {line: "ledger-prod latest to orders-staging", code: restore.FindKeysUntold, level: warn},
		"target without backup":         {om: bare, line: "orders-prod latest to orders-staging", code: restore.FindUnprotected, level: warn},
		"an empty target":               {om: bare, line: "orders-prod latest to orders-staging", code: restore.FindOverwrites, level: warn},
		"target not empty":              {line: "orders-prod latest to orders-staging", code: restore.FindOverwrites, level: danger},
		"no points in time for a while": {line: "orders-prod latest to orders-staging", code: restore.FindGap, level: danger},
		"TTL indexes":                   {line: "orders-prod latest to orders-staging", code: restore.FindTTL, level: warn},
		"in place":                      {line: "orders-prod latest to orders-prod", code: restore.FindInPlace, level: danger},
		"single collections":            {line: "orders-prod latest collections shop.orders to orders-staging", code: restore.FindScopeBackend, level: refuse},
		"possibly inconsistent":         {om: moved, line: "events-prod SNAPSHOT to events-staging", code: restore.FindInconsistent, level: danger},
	}
}

func preflightsAtlas() map[string]preflight {
	const refuse, danger, warn = restore.LevelRefuse, restore.LevelDanger, restore.LevelWarn
	sick := oddCloud("orders-prod", func(s *fakeatlas.Snapshot) { s.Status = "inProgress" })
	ending := oddCloud("orders-prod", func(s *fakeatlas.Snapshot) { s.Expires = soon(23 * time.Hour) })
	target := func(change func(*fakeatlas.Cluster)) func(*fakeatlas.World) { return recloud("orders-staging", change) }
	runs := func(version string) func(*fakeatlas.World) {
		return target(func(c *fakeatlas.Cluster) { c.Version = version })
	}
	keys := func(of string) func(*fakeatlas.World) {
		return target(func(c *fakeatlas.Cluster) { c.Encryption = of })
	}
	timeless := recloud("orders-prod", func(c *fakeatlas.Cluster) { c.PIT = false })
	wide := recloud("events-new", func(c *fakeatlas.Cluster) { c.Shards = append(slices.Clone(c.Shards), oddID) })
	bare := target(func(c *fakeatlas.Cluster) { c.Backup, c.PIT = false, false })
	return map[string]preflight{
		"snapshot not complete":         {atlas: sick, line: "orders-prod SNAPSHOT to orders-staging", code: restore.FindIncomplete, level: refuse},
		"expires before it is sent":     {atlas: ending, line: "orders-prod SNAPSHOT to orders-staging", code: restore.FindExpiring, level: refuse},
		"before all snapshots":          {line: "orders-prod at 20d ago to orders-staging", code: restore.FindNoBase, level: refuse},
		"no times":                      {atlas: timeless, line: "orders-prod at 1h ago to orders-staging", code: restore.FindNoRange, level: refuse},
		"the base expires":              {atlas: kept(7, 23*time.Hour), line: "orders-prod at 1h ago to orders-staging", code: restore.FindBaseExpiring, level: refuse},
		"an older base does not":        {atlas: kept(1, 23*time.Hour), line: "orders-prod at 1h ago to orders-staging", code: restore.FindBaseExpiring, level: warn},
		"search indexes":                {line: "orders-prod latest to orders-staging", code: restore.FindSearch, level: warn},
		"TTL indexes":                   {line: "orders-prod latest to orders-staging", code: restore.FindTTL, level: warn},
		"times not told":                {line: "orders-prod at 1h ago to orders-staging", code: restore.FindRangesUntold, level: warn},
		"another type":                  {line: "orders-prod latest to events-new", code: restore.FindTypeMismatch, level: refuse},
		"a flex cluster":                {line: "orders-prod latest to tiny", code: restore.FindFlexMismatch, level: refuse},
		"more shards":                   {atlas: wide, line: "events-prod latest to events-new", code: restore.FindTypeMismatch, level: refuse},
		"an older version":              {atlas: runs("7.0.24"), line: "orders-prod latest to orders-staging", code: restore.FindVersionOlder, level: refuse},
		"too new a version":             {atlas: runs("10.0.1"), line: "orders-prod latest to orders-staging", code: restore.FindVersionNewer, level: refuse},
		"only the data encrypted":       {line: "ledger-prod latest to orders-staging", code: restore.FindKeyMismatch, level: refuse},
		"only the target encrypted":     {atlas: keys("AWS"), line: "orders-prod latest to orders-staging", code: restore.FindKeyMismatch, level: refuse},
		"keys not told":                 {atlas: keys("AZURE"), line: "orders-prod latest to orders-staging", code: restore.FindKeysUntold, level: warn},
		"encrypted, as files":           {line: "ledger-prod latest download", code: restore.FindEncrypted, level: refuse},
		"target paused":                 {line: "orders-prod latest to idle", code: restore.FindPaused, level: refuse},
		"source not visible":            {atlas: blindCloud, line: "orders-prod latest to reports-prod", code: restore.FindClusterUnknown, level: refuse},
		"target not visible":            {atlas: blindCloud, line: "reports-prod latest to orders-staging", code: restore.FindClusterUnknown, level: refuse},
		"target without backup":         {atlas: bare, line: "orders-prod latest to orders-staging", code: restore.FindUnprotected, level: warn},
		"data of the target not told":   {line: "orders-prod latest to orders-staging", code: restore.FindOverwrites, level: warn},
		"no points in time for a while": {line: "orders-prod latest to orders-staging", code: restore.FindGap, level: danger},
		"in place":                      {line: "orders-prod latest to orders-prod", code: restore.FindInPlace, level: danger},
	}
}

// kept has the newest n snapshots of a cluster of Atlas expire so soon.
func kept(n int, after time.Duration) func(*fakeatlas.World) {
	return func(w *fakeatlas.World) {
		id := w.Named("orders-prod").ID
		for i := range w.Snapshots { // the newest first
			if s := &w.Snapshots[i]; s.ClusterID == id && n > 0 {
				s.Expires, n = soon(after), n-1
			}
		}
	}
}

// TestPreflight has each thing that stands against a restore, or has to be known about it, be found when it is filed: it is
// refused, or the card says it, and asks for the typed name where it is a danger although the policy does not. Nothing is sent.
func TestPreflight(t *testing.T) {
	t.Parallel()
	onAtlas := preflightsAtlas()
	maps.Copy(onAtlas, preflightsCollections())
	for backend, rows := range map[string]map[string]preflight{"om": preflightsOpsManager(), "atlas": onAtlas} {
		for name, tt := range rows {
			t.Run(backend+"/"+name, func(t *testing.T) {
				t.Parallel()
				set := func(s *settings) {
					s.world, s.sky, s.atlas = tt.om, tt.atlas, backend == "atlas"
					s.policies = []restore.Policy{policy("any", "", "leads")}
				}
				run(t, set, func(r *rig) {
					s := r.file(r.full(backend, tt.line))
					findings := r.checked(s, tt.level == restore.LevelRefuse)
					if !slices.ContainsFunc(findings, func(f restore.Finding) bool { return f.Code == tt.code && f.Level == tt.level }) {
						r.t.Errorf("findings %+v, want %s of level %s", findings, tt.code, tt.level)
					}
					if q := r.get(s); tt.level == restore.LevelDanger && q.Confirmation() != restore.ConfirmTarget {
						r.t.Error("a danger is approved without the name")
					}
					r.posts(0, 0)
					if r.cloud != nil && len(r.cloud.server.Posts()) != 0 {
						r.t.Errorf("POSTs to Atlas: %+v", r.cloud.server.Posts())
					}
				})
			})
		}
	}
}

// checked returns what was found about a request that has to be refused, or put up.
func (r *rig) checked(s restore.Subject, refused bool) []restore.Finding {
	r.t.Helper()
	if refused {
		return r.reach(s, restore.Refused).Findings
	}
	return r.reach(s, restore.Pending).Plan.Findings
}

// full turns the names of a line into those of the clusters of a backend, with their projects.
func (r *rig) full(backend, line string) string {
	r.t.Helper()
	words := strings.Fields(strings.Replace(line, "SNAPSHOT", "snapshot "+oddID, 1))
	for i, w := range words {
		if i > 0 && words[i-1] != "to" {
			continue
		}
		project := "Payments"
		if w == "reports-prod" || strings.HasPrefix(w, "scratch-") {
			project = "Analytics"
		}
		words[i] = backend + "/" + project + "/" + w
	}
	return strings.Join(words, " ") + " because OPS-1"
}
