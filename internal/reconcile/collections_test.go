package reconcile_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeatlas"
)

// preflightsCollections are what stands against restores of collections, or has to be known about them.
func preflightsCollections() map[string]preflight {
	const refuse, danger, warn = restore.LevelRefuse, restore.LevelDanger, restore.LevelWarn
	bare := recloud("orders-staging", func(c *fakeatlas.Cluster) { c.Backup = false })
	return map[string]preflight{
		"no such collection":           {line: "orders-prod latest collections shop.ordres to orders-staging", code: restore.FindNamespaceUnknown, level: refuse},
		"no such database":             {line: "orders-prod latest collections shop.orders,shob.orders to orders-staging", code: restore.FindNamespaceUnknown, level: refuse},
		"collections of a flex":        {line: "tiny latest collections shop.orders to tiny", code: restore.FindScopeFlex, level: refuse},
		"collections onto a flex":      {line: "orders-prod latest collections shop.orders to tiny", code: restore.FindScopeFlex, level: refuse},
		"collections onto another":     {line: "orders-prod latest collections shop.orders to events-new", code: restore.FindTypeMismatch, level: refuse},
		"collections onto a paused":    {line: "orders-prod latest collections shop.orders to idle", code: restore.FindPaused, level: refuse},
		"collections of no snapshot":   {line: "orders-prod at 20d ago collections shop.orders to orders-staging", code: restore.FindNoBase, level: refuse},
		"collections of a later point": {line: "orders-prod at 1h ago collections shop.later to orders-staging", code: restore.FindNamespaceEarlier, level: warn},
		"collections not told":         {atlas: secretive, line: "orders-prod latest collections shop.ordres to orders-staging", code: restore.FindNamespacesUntold, level: warn},
		"collections overwritten":      {line: "orders-prod latest collections shop.orders overwrite to orders-staging", code: restore.FindReplaces, level: danger},
		"overwritten without backup":   {atlas: bare, line: "orders-prod latest collections shop.orders overwrite to orders-staging", code: restore.FindUnprotected, level: warn},
		"collections and TTL":          {line: "orders-prod latest collections shop.orders indexes all to orders-staging", code: restore.FindScopeTTL, level: warn},
		"collections and search":       {line: "orders-prod latest collections shop.orders to orders-staging", code: restore.FindScopeSearch, level: warn},
	}
}

// secretive lets the key restore, but not see what snapshots hold.
func secretive(w *fakeatlas.World) {
	w.Keys[0].Roles = []fakeatlas.Role{fakeatlas.RoleRecoveryOperator}
}

const (
	collecting = "atlas/Payments/orders-prod latest collections shop.orders,shop.carts as *_r17 to atlas/Payments/orders-staging because OPS-1"
	another    = "atlas/Payments/orders-prod latest collections crm.notes to atlas/Payments/orders-staging because OPS-2"
	wholly     = "atlas/Payments/orders-prod latest to atlas/Payments/orders-staging because OPS-3"
)

func withAtlas(s *settings) { s.atlas = true }

// asked counts the calls of a kind about a cluster that Atlas has got since a call.
func (r *rig) asked(since int, method, path string) int {
	calls := r.cloud.server.Calls()[since:]
	return len(slices.DeleteFunc(calls, func(c fakeatlas.Call) bool {
		target, _, _ := strings.Cut(c.Target, "?")
		return c.Method != method || !c.Authorization || !strings.HasSuffix(target, path)
	}))
}

// TestCollections restores collections: one job, followed with one call a poll, told at each quarter of its documents.
func TestCollections(t *testing.T) {
	t.Parallel()
	run(t, withAtlas, func(r *rig) {
		s := r.running(collecting)
		q := r.get(s)
		if a := q.Attempt(); a.Kind != restore.SubmissionCollections || len(a.Jobs) != 1 || len(r.cloud.server.Posts()) != 1 {
			r.t.Fatalf("attempt %+v", a)
		}
		if locks := r.locks(s); len(locks) != 1 || locks[restore.TargetLock(q.Plan.Spec.Delivery.Target)] != s {
			r.t.Errorf("holds %v", locks)
		}
		from := len(r.cloud.server.Calls())
		r.pass(2 * time.Minute)
		lists := r.asked(from, http.MethodGet, "/orders-prod/collectionRestoreJobs")
		if whole := r.asked(from, http.MethodGet, "/backup/restoreJobs"); lists != 8 || whole != 0 {
			r.t.Errorf("%d lists in eight polls, %d of the others", lists, whole)
		}
		r.pass(10 * time.Minute)
		r.reach(s, restore.Succeeded)
		var told []restore.Progress
		for _, e := range r.events(s) {
			body, err := e.Decode()
			if err != nil {
				r.t.Fatal(err)
			}
			if b, ok := body.(restore.BodyProgress); ok {
				told = append(told, b.Jobs[0].Progress)
			}
		}
		if len(told) < 4 || len(told) > 6 {
			r.t.Errorf("told %v", told)
		}
		for i, p := range told {
			if p.Total != 1000 || i > 0 && p.Done < told[i-1].Done {
				r.t.Errorf("told %v", told)
			}
		}
		if end := last[restore.BodySucceeded](r, s); end.Jobs[0].Progress != (restore.Progress{Done: 1000, Total: 1000}) || len(r.locks(s)) != 0 {
			r.t.Errorf("ended with %+v, locks %v", end, r.locks(s))
		}
	})
}

// TestCollectionsWaitTheirTurn lets one restore at a time write to a cluster, whether of collections or of all.
func TestCollectionsWaitTheirTurn(t *testing.T) {
	t.Parallel()
	for name, second := range map[string]string{"collections": another, "the whole cluster": wholly} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, withAtlas, func(r *rig) {
				first := r.running(collecting)
				next := r.approved(second)
				if w := r.waits(next, restore.WaitTarget).Wait; w.Holder != first {
					r.t.Errorf("waits for %+v", w)
				}
				r.stays(next, restore.Approved, 5*time.Minute)
				if posts := r.cloud.server.Posts(); len(posts) != 1 {
					r.t.Errorf("%d POSTs", len(posts))
				}
				r.pass(6 * time.Minute)
				r.reach(first, restore.Succeeded)
				r.pass(time.Minute)
				r.reach(next, restore.Running)
				r.pass(12 * time.Minute)
				r.reach(next, restore.Succeeded)
			})
		})
	}
}

// TestCollectionsBehindForeign waits for somebody else's restore of collections onto the target: one that the list shows, and
// one from another source, which only the refusal tells of.
func TestCollectionsBehindForeign(t *testing.T) {
	t.Parallel()
	for source, posts := range map[string]int{"orders-prod": 0, "ledger-prod": 1} {
		t.Run(source, func(t *testing.T) {
			t.Parallel()
			run(t, withAtlas, func(r *rig) {
				w := r.cloud.world
				foreign := r.cloud.server.AddCollectionJob(w.Named(source), w.Named("orders-staging"), "crm.customers")
				s := r.approved(collecting)
				q := r.waits(s, restore.WaitTarget)
				if q.Wait.Holder != "" || posts == 0 && q.Wait.Job != foreign {
					r.t.Errorf("waits for %+v", q.Wait)
				}
				if got := len(r.cloud.server.Posts()); got != posts {
					r.t.Errorf("%d POSTs, want %d", got, posts)
				}
				r.pass(12 * time.Minute)
				r.reach(s, restore.Running)
				r.pass(12 * time.Minute)
				r.reach(s, restore.Succeeded)
				made := slices.DeleteFunc(r.cloud.server.Posts(), func(c fakeatlas.Call) bool { return len(c.Created) == 0 })
				if len(made) != 1 {
					r.t.Errorf("%d jobs made", len(made))
				}
			})
		})
	}
}

// TestLostCollections loses the answer to a POST: what it started is found in its own list and taken, and nothing is sent
// twice.
func TestLostCollections(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		after bool
		lag   int
		other bool // somebody restores other collections onto the target meanwhile
		want  restore.State
	}{
		"after it was done":          {after: true, want: restore.Running},
		"and listed late":            {after: true, lag: 2, want: restore.Running},
		"before it was done":         {want: restore.InDoubt},
		"and somebody else's begins": {other: true, want: restore.InDoubt},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, withAtlas, func(r *rig) {
				post := func(f fakeatlas.Fault) {
					f.Match = fakeatlas.CollectionCreations()
					if err := r.cloud.server.Inject(f); err != nil {
						r.t.Fatal(err)
					}
				}
				s := r.pending(collecting)
				post(fakeatlas.Fault{Kind: fakeatlas.Drop, After: tt.after})
				if tt.lag > 0 {
					post(fakeatlas.Fault{Kind: fakeatlas.ListLag, Lists: tt.lag})
				}
				r.approve(s, "dba1", "lead1")
				r.pass(time.Second)
				if w := r.cloud.world; tt.other {
					r.cloud.server.AddCollectionJob(w.Named("orders-prod"), w.Named("orders-staging"), "crm.customers")
				}
				r.pass(r.settle() + time.Minute)
				q := r.reach(s, tt.want)
				if len(r.cloud.server.Posts()) != 1 {
					r.t.Errorf("%d POSTs", len(r.cloud.server.Posts()))
				}
				if near := len(q.Sighted.Near); (near == 1) != tt.other || len(q.Sighted.Alike) != 0 {
					r.t.Errorf("sighted %+v", q.Sighted)
				}
			})
		})
	}
}

// TestCollectionsThatFail ends a request whose job breaks because of a name that nobody could check, and frees the target.
func TestCollectionsThatFail(t *testing.T) {
	t.Parallel()
	untold := func(s *settings) { s.atlas, s.sky = true, secretive }
	run(t, untold, func(r *rig) {
		s := r.running("atlas/Payments/orders-prod latest collections shop.ordres to atlas/Payments/orders-staging because OPS-1")
		r.pass(3 * time.Minute)
		r.reach(s, restore.Failed)
		if b := last[restore.BodyFailed](r, s); b.Cause != restore.FailBroken || b.Jobs[0].Status != "FAILED" || !strings.Contains(b.Jobs[0].Why, "shop.ordres") || len(r.locks(s)) != 0 {
			r.t.Errorf("%+v, locks %v", b, r.locks(s))
		}
	})
}

// TestKindsAreFollowedApart has a whole restore and one of collections from the same source: one list call each.
func TestKindsAreFollowedApart(t *testing.T) {
	t.Parallel()
	run(t, withAtlas, func(r *rig) {
		some := r.running(collecting)
		all := r.running("atlas/Payments/orders-prod latest to atlas/Payments/orders-prod because OPS-3")
		r.pass(time.Minute)
		from := len(r.cloud.server.Calls())
		r.pass(time.Minute)
		parts := r.asked(from, http.MethodGet, "/orders-prod/collectionRestoreJobs")
		whole := r.asked(from, http.MethodGet, "/orders-prod/backup/restoreJobs")
		if parts != 4 || whole != 4 {
			r.t.Errorf("%d and %d lists in four polls", parts, whole)
		}
		r.pass(12 * time.Minute)
		r.reach(some, restore.Succeeded)
		r.reach(all, restore.Succeeded)
	})
}
