package reconcile_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeatlas"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// later is something that changes between approval and submission.
type later struct {
	om    func(*fake.World)
	atlas func(*fakeatlas.World)
	early bool             // it is so from the beginning
	line  string           // the usual line unless said
	doubt bool             // a person has to look, since it may be the same restore
	wait  restore.WaitCode // what it waits for, still approved; "": it is put up again
	code  restore.Code     // what the wait is for, or the new plan has; "": the plan itself differs
}

func laterOpsManager() map[string]later {
	gone := func(w *fake.World) {
		id := w.Clusters[slices.IndexFunc(w.Clusters, func(c fake.Cluster) bool { return c.Name == "orders-prod" })].ID
		w.Snapshots = slices.DeleteFunc(slices.Clone(w.Snapshots), func(s fake.Snapshot) bool { return s.ClusterID == id })
	}
	busy := func(w *fake.World) {
		at := func(name string) fake.Cluster {
			return w.Clusters[slices.IndexFunc(w.Clusters, func(c fake.Cluster) bool { return c.Name == name })]
		}
		w.Jobs = append(w.Jobs, fake.Job{
			ClusterID: at("orders-prod").ID, SnapshotID: oddID, TargetGroupID: at("orders-staging").GroupID,
			TargetClusterID: at("orders-staging").ID, Created: time.Now(),
		})
	}
	staging := func(change func(*fake.Cluster)) func(*fake.World) { return recluster("orders-staging", change) }
	each := func(change func(*fake.Snapshot)) func(*fake.World) {
		return func(w *fake.World) {
			w.Snapshots = slices.Clone(w.Snapshots)
			for i := range w.Snapshots {
				w.Snapshots[i].Parts = slices.Clone(w.Snapshots[i].Parts)
				change(&w.Snapshots[i])
			}
		}
	}
	return map[string]later{
		"the snapshot disappears":      {om: gone, wait: restore.WaitPlan, code: restore.FindSnapshotUnknown},
		"the target is busy":           {om: busy, early: true, wait: restore.WaitTarget},
		"the target becomes busy":      {om: busy, doubt: true},
		"the target runs an older one": {om: staging(func(c *fake.Cluster) { c.Versions = []string{"7.0.24"} }), wait: restore.WaitPlan, code: restore.FindVersionOlder},
		"the target runs a newer one":  {om: staging(func(c *fake.Cluster) { c.Versions = []string{"8.2.1"} })},
		"the data is encrypted":        {om: each(func(s *fake.Snapshot) { s.Parts[0].EncryptionEnabled = true })},
		"the target is not empty":      {om: staging(func(c *fake.Cluster) { c.DataSize = 1 }), code: restore.FindOverwrites},
		"the target has backup":        {om: staging(func(c *fake.Cluster) { c.BackupEnabled = true }), code: restore.FindGap},
		"chunks moved":                 {om: each(func(s *fake.Snapshot) { s.PossiblyInconsistent = true }), line: "events-prod latest to events-staging", code: restore.FindInconsistent},
	}
}

func laterAtlas() map[string]later {
	gone := func(w *fakeatlas.World) {
		id := w.Named("orders-prod").ID
		w.Snapshots = slices.DeleteFunc(slices.Clone(w.Snapshots), func(s fakeatlas.Snapshot) bool { return s.ClusterID == id })
	}
	busy := func(w *fakeatlas.World) {
		w.Jobs = append(w.Jobs, fakeatlas.Job{
			ClusterID: w.Named("orders-prod").ID, DeliveryType: fakeatlas.Automated, SnapshotID: oddID,
			TargetGroupID: w.Named("orders-staging").GroupID, TargetClusterName: "orders-staging", Created: time.Now(),
		})
	}
	staging := func(change func(*fakeatlas.Cluster)) func(*fakeatlas.World) { return recloud("orders-staging", change) }
	keys := func(of string) func(*fakeatlas.World) {
		return staging(func(c *fakeatlas.Cluster) { c.Encryption = of })
	}
	return map[string]later{
		"the snapshot disappears":      {atlas: gone, wait: restore.WaitPlan, code: restore.FindSnapshotUnknown},
		"the target is busy":           {atlas: busy, early: true, wait: restore.WaitTarget},
		"the target becomes busy":      {atlas: busy, doubt: true},
		"the target is paused":         {atlas: staging(func(c *fakeatlas.Cluster) { c.Paused = true }), wait: restore.WaitPlan, code: restore.FindPaused},
		"the target is encrypted":      {atlas: keys("AWS"), wait: restore.WaitPlan, code: restore.FindKeyMismatch},
		"it has keys that are untold":  {atlas: keys("AZURE"), code: restore.FindKeysUntold},
		"the target runs an older one": {atlas: staging(func(c *fakeatlas.Cluster) { c.Version = "7.0.24" }), wait: restore.WaitPlan, code: restore.FindVersionOlder},
		"the target has times":         {atlas: staging(func(c *fakeatlas.Cluster) { c.PIT = true }), code: restore.FindGap},
	}
}

// TestPreflightAgain changes after the approval what the check was about: the request waits for it, or goes back to the
// people where the plan or its dangers are not what they approved. Nothing is sent.
func TestPreflightAgain(t *testing.T) {
	t.Parallel()
	for backend, rows := range map[string]map[string]later{"om": laterOpsManager(), "atlas": laterAtlas()} {
		for name, tt := range rows {
			t.Run(backend+"/"+name, func(t *testing.T) {
				t.Parallel()
				set := func(s *settings) {
					s.policies, s.atlas = []restore.Policy{policy("any", "", "leads")}, backend == "atlas"
					s.world, s.sky = tt.harmless()
				}
				run(t, set, func(r *rig) {
					s := r.pending(r.full(backend, cmp.Or(tt.line, "orders-prod latest to orders-staging")))
					if q := r.get(s); q.Confirmation() != restore.ConfirmDialog {
						r.t.Fatalf("there is a danger at first: %+v", q.Plan.Findings)
					}
					switch {
					case tt.early:
					case r.cloud != nil:
						r.cloud.become(tt.atlas)
					default:
						r.become(tt.om)
					}
					r.approve(s, "lead1")
					r.changed(s, tt)
					r.posts(0, 0)
					if r.cloud != nil && len(r.cloud.server.Posts()) != 0 {
						r.t.Errorf("POSTs to Atlas: %+v", r.cloud.server.Posts())
					}
				})
			})
		}
	}
}

// harmless makes worlds in which there is no danger to the targets.
func (l later) harmless() (func(*fake.World), func(*fakeatlas.World)) {
	om := func(w *fake.World) {
		twin("events-staging", 2)(w)
		for i := range w.Clusters {
			if strings.HasSuffix(w.Clusters[i].Name, "-staging") {
				w.Clusters[i].DataSize, w.Clusters[i].BackupEnabled = 0, false
			}
		}
		if l.early && l.om != nil {
			l.om(w)
		}
	}
	atlas := func(w *fakeatlas.World) {
		recloud("orders-staging", func(c *fakeatlas.Cluster) { c.PIT = false })(w)
		if l.early && l.atlas != nil {
			l.atlas(w)
		}
	}
	return om, atlas
}

// changed checks what becomes of an approved request.
func (r *rig) changed(s restore.Subject, l later) {
	r.t.Helper()
	if l.doubt {
		if q := r.reach(s, restore.InDoubt); q.Cause != restore.DoubtGuard {
			r.t.Errorf("in doubt because of %s", q.Cause)
		}
		return
	}
	if l.wait != "" {
		q := r.waits(s, l.wait)
		if f := q.Wait.Finding; l.code != "" && (f == nil || f.Code != l.code) {
			r.t.Errorf("waits for %+v, want %s", q.Wait, l.code)
		}
		r.stays(s, restore.Approved, 5*time.Minute)
		return
	}
	q := r.until(s, "another plan", func(q *restore.Request) bool { return q.Plan.Revision == 2 })
	if q.State != restore.Pending || len(q.Usable()) != 0 {
		r.t.Errorf("%s with %d approvals", q.State, len(q.Usable()))
	}
	has := func(f restore.Finding) bool { return f.Code == l.code }
	if l.code != "" && !slices.ContainsFunc(q.Plan.Findings, has) {
		r.t.Errorf("findings %+v, want %s", q.Plan.Findings, l.code)
	}
	if dangers := restore.Dangers(q.Plan.Findings); len(dangers) > 0 && q.Confirmation() != restore.ConfirmTarget {
		r.t.Errorf("%v are approved without the name", dangers)
	}
	r.stays(s, restore.Pending, time.Minute)
}
