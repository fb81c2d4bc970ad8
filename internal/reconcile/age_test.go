package reconcile_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// looks returns how often the snapshots of any cluster were listed.
func (r *rig) looks() int {
	n := 0
	for _, c := range r.server.Calls() {
		if c.Authorization && strings.Contains(c.Target, "/snapshots?") {
			n++
		}
	}
	return n
}

// agedBy returns the codes of what was found about a pending plan.
func (r *rig) agedBy(s restore.Subject) []restore.Code {
	var out []restore.Code
	for _, f := range r.get(s).Aged {
		out = append(out, f.Code)
	}
	return out
}

func (r *rig) offersAgain(s restore.Subject) bool {
	return slices.ContainsFunc(commands.Actions(r.get(s)), func(a commands.Action) bool { return a.ID == commands.ActionAgain })
}

// snapshot has a snapshot of a cluster be taken now, like its newest one.
func (r *rig) snapshot(name string) string {
	snap := r.newest(name)
	snap.ID, snap.Created, snap.Expires = "", fake.Timestamp{Time: time.Now(), Increment: 1}, time.Now().Add(48*time.Hour)
	return r.server.AddSnapshot(snap)
}

// TestNewerSnapshot has a snapshot be taken while a request for the latest waits. It is looked for once when somebody
// decides and once when people are reminded; pressing Again asks for it, and the first request stays as it was.
func TestNewerSnapshot(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.pending(line)
		was := r.get(s).Plan.Spec.Point.SnapshotID
		newer := r.snapshot("orders-prod")
		before := r.looks()
		r.pass(time.Hour)
		if r.looks() != before || r.offersAgain(s) {
			r.t.Errorf("%d looks before anybody decided", r.looks()-before)
		}
		r.approve(s, "dba1")
		r.pass(30 * time.Minute)
		if got := r.agedBy(s); !slices.Equal(got, []restore.Code{restore.FindNewer}) || r.get(s).Aged[0].Name != newer || !r.offersAgain(s) {
			r.t.Errorf("found %v", r.get(s).Aged)
		}
		if got := r.looks() - before; got != 1 {
			r.t.Errorf("%d looks after one decision", got)
		}
		r.snapshot("orders-prod")
		r.pass(time.Hour) // half of the time is over
		if got := r.looks() - before; got != 2 || r.count(s, restore.KindReminded) != 1 || r.count(s, restore.KindAged) != 1 {
			r.t.Errorf("%d looks, events %v", got, r.kinds(s))
		}
		cmd, err := r.handler.Press(r.t.Context(), commands.Click{
			Action: commands.ActionAgain, Value: commands.CardOf(r.get(s)).Value(), Key: "click:1",
		})
		if err != nil {
			r.t.Fatal(err)
		}
		twin := as[commands.Filed](r, r.do("engineer", cmd)).Request.Subject
		if again := as[commands.Filed](r, r.do("engineer", cmd)); again.Request.Subject != twin || !again.Again {
			r.t.Errorf("the same click filed %s and %s", twin, again.Request.Subject)
		}
		if q := r.reach(twin, restore.Pending); q.Plan.Spec.Point.SnapshotID == was || !q.Plan.Spec.Point.Newest {
			r.t.Errorf("asks for %+v", q.Plan.Spec.Point)
		}
		if q := r.get(s); q.State != restore.Pending || q.Plan.Spec.Point.SnapshotID != was || len(q.Usable()) != 1 {
			r.t.Errorf("became %+v", q)
		}
		r.approve(s, "lead1")
		if q := r.reach(s, restore.Running); len(q.Aged) != 0 {
			r.t.Errorf("running, found %+v", q.Aged)
		}
		if body := string(r.server.Posts()[0].RequestBody); !strings.Contains(body, was) {
			r.t.Errorf("sent %s", body)
		}
	})
}

// TestNothingAges has requests decided about whose plans do not age, or have not: nothing is noted, and the first kind
// costs no look.
func TestNothingAges(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		line  func(*rig) string
		looks int
	}{
		"a snapshot":        {older("to orders-staging because OPS-1"), 0},
		"the latest, still": {always(line), 1},
		"a time in reach":   {always("orders-prod at 2h ago to orders-staging because OPS-1"), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				s := r.pending(tt.line(r))
				before := r.looks()
				r.approve(s, "dba1")
				r.pass(time.Hour)
				if got := r.looks() - before; got != tt.looks || r.count(s, restore.KindAged) != 0 || r.offersAgain(s) {
					r.t.Errorf("%d looks, events %v", got, r.kinds(s))
				}
			})
		})
	}
}

// TestAgeIsNotLookedForTwice has the look fail: it is left until people decide again.
func TestAgeIsNotLookedForTwice(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.pending(line)
		r.inject(fake.Fault{
			Kind: fake.Failure, Times: fake.Always, Match: fake.Match{Method: "GET", Path: "/groups/*/clusters/*/snapshots", Authorized: true},
		})
		r.snapshot("orders-prod")
		before := r.looks()
		r.approve(s, "dba1")
		r.pass(30 * time.Minute)
		if got := r.looks() - before; got != 1 || r.count(s, restore.KindAged) != 0 {
			r.t.Errorf("%d looks, events %v", got, r.kinds(s))
		}
		r.server.ClearFaults()
		r.pass(2 * time.Hour) // people are reminded
		if got := r.agedBy(s); !slices.Equal(got, []restore.Code{restore.FindNewer}) {
			r.t.Errorf("found %v after %d looks", got, r.looks()-before)
		}
	})
}

// keeping has the oplog of every cluster be kept for so long only.
func keeping(d time.Duration) func(*fake.World) {
	return func(w *fake.World) {
		for i := range w.Ranges {
			w.Ranges[i].Start.Time = time.Now().Add(-d)
		}
	}
}

// TestPointSlides asks for times that will fall out of reach before the last moment to submit, a day after the approval.
func TestPointSlides(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		ago   string
		warns bool
	}{
		"soon":        {"2h ago", true},
		"not so soon": {"5m ago", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(s *settings) { s.world = keeping(25 * time.Hour) }, func(r *rig) {
				s := r.pending("orders-prod at " + tt.ago + " to orders-staging because OPS-1")
				at := time.UnixMilli(r.get(s).Plan.Spec.Point.Millis)
				warned := slices.IndexFunc(r.get(s).Plan.Findings, func(f restore.Finding) bool { return f.Code == restore.FindRangeSlides })
				if (warned >= 0) != tt.warns {
					r.t.Fatalf("findings %+v", r.get(s).Plan.Findings)
				}
				if !tt.warns {
					return
				}
				f := r.get(s).Plan.Findings[warned]
				if want := at.Add(25 * time.Hour).UTC().Format(time.RFC3339); f.Level != restore.LevelWarn || f.Near[1] != want {
					r.t.Errorf("%+v, want %s", f, want)
				}
				r.become(keeping(time.Hour))
				r.approve(s, "dba1")
				r.pass(time.Minute)
				if q := r.get(s); len(q.Aged) != 1 || q.Aged[0].Code != restore.FindRangeBefore || q.Aged[0].Level != restore.LevelWarn || q.State != restore.Pending {
					r.t.Errorf("found %+v", q.Aged)
				}
				r.approve(s, "lead1")
				r.waits(s, restore.WaitPlan)
				r.posts(0, 0)
			})
		})
	}
}

// TestLinkLapses has the link of a download expire: its button goes away by itself, and who is too late is told what to do.
func TestLinkLapses(t *testing.T) {
	t.Parallel()
	run(t, exports, func(r *rig) {
		s := r.approved(fetching)
		q := r.reach(s, restore.Succeeded)
		card := commands.CardOf(q)
		reveals := func() bool {
			return slices.ContainsFunc(commands.Actions(r.get(s)), func(a commands.Action) bool { return a.ID == commands.ActionReveal })
		}
		before := len(r.server.Calls())
		r.pass(time.Until(q.Ended.Add(12*time.Hour - time.Second)))
		if !reveals() || !r.offersAgain(s) || r.count(s, restore.KindLapsed) != 0 {
			r.t.Errorf("early: events %v", r.kinds(s))
		}
		r.stop()
		r.start() // a new process knows it as well
		r.pass(time.Minute)
		if reveals() || !r.offersAgain(s) || r.count(s, restore.KindLapsed) != 1 || len(r.server.Calls()) != before {
			r.t.Errorf("events %v, %d calls", r.kinds(s), len(r.server.Calls())-before)
		}
		shown := as[commands.Shown](r, r.do("engineer", commands.Reveal{Card: card}))
		if shown.Why != commands.ShowOutdated || len(shown.Actions) != 1 || shown.Actions[0].ID != commands.ActionAgain || r.count(s, restore.KindRevealed) != 0 {
			r.t.Errorf("too late: %+v", shown)
		}
		if _, ok := r.do("engineer", commands.Fetch{Card: card}).(commands.Linked); ok {
			r.t.Error("the links are still read")
		}
		r.pass(100 * time.Hour)
		if r.count(s, restore.KindLapsed) != 1 {
			r.t.Errorf("events %v", r.kinds(s))
		}
	})
}
