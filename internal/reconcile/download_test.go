package reconcile_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// exports lets everybody download, if a lead approves.
func exports(s *settings) {
	p := policy("exports", "", "leads")
	p.Terms.Confirm = ""
	p.Match.Source, p.Match.Delivery = patterns("*/*/*"), []restore.DeliveryKind{restore.Download}
	s.policies = []restore.Policy{policy("onto", "*/*/*", "dba"), p}
}

const fetching = "orders-prod latest download for 12h max 3 because OPS-1 look at it"

func TestDownload(t *testing.T) {
	t.Parallel()
	run(t, exports, func(r *rig) {
		q := r.get(r.pending(fetching))
		s := q.Subject
		if q.Confirmation() != restore.ConfirmDialog || q.ConfirmName() != "orders-prod" || q.Terms.Policy != "exports" {
			r.t.Errorf("confirmed by %s of %s, terms %+v", q.Confirmation(), q.ConfirmName(), q.Terms)
		}
		if locks := q.WantedLocks(); len(locks) != 1 || locks[0] != restore.SourceLock(q.Plan.Spec.Source) {
			r.t.Errorf("wants the locks %v", locks)
		}
		r.approve(s, "lead1")
		q = r.reach(s, restore.Running)
		r.posts(1, 1)
		var body any
		if err := json.Unmarshal(r.server.Posts()[0].RequestBody, &body); err != nil {
			r.t.Fatal(err)
		}
		want := map[string]any{
			"delivery":   map[string]any{"methodName": "HTTP", "expirationHours": float64(12), "maxDownloads": float64(3)},
			"snapshotId": q.Plan.Spec.Point.SnapshotID,
		}
		if !reflect.DeepEqual(body, want) {
			r.t.Errorf("sent %v, want %v", body, want)
		}
		if len(q.Locks) != 0 {
			r.t.Errorf("running with the locks %v", q.Locks)
		}
		r.reach(s, restore.Succeeded)
		if body := last[restore.BodySucceeded](r, s); body.Goal != nil || len(body.Jobs) != 1 {
			r.t.Errorf("succeeded %+v", body)
		}
	})
}

// TestDownloadsShareASource has two people download the same snapshot: neither waits for the other's end.
func TestDownloadsShareASource(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { exports(s); s.manager.JobDuration = 6 * time.Hour }, func(r *rig) {
		first := r.approved(fetching)
		r.reach(first, restore.Running)
		second := as[commands.Filed](r, r.say("colleague", fetching)).Request.Subject
		r.reach(second, restore.Pending)
		r.approve(second, "lead2")
		r.reach(second, restore.Running)
		r.stays(first, restore.Running, time.Minute)
		r.posts(2, 2)
	})
}

func TestDownloadRefused(t *testing.T) {
	t.Parallel()
	run(t, exports, func(r *rig) {
		for line, code := range map[string]restore.Code{
			"orders-prod latest download for 720h because OPS-1":                   restore.FindExpiring,
			"orders-prod snapshot 5f0000000000000000000000 download because OPS-1": restore.FindSnapshotUnknown,
			"no-such-cluster latest download because OPS-1":                        restore.FindClusterUnknown,
			"scratch-2 latest download because OPS-1":                              restore.FindNoSnapshot,
		} {
			if q := r.reach(r.file(line), restore.Refused); q.Findings[0].Code != code {
				r.t.Errorf("%s: %+v", line, q.Findings)
			}
		}
		r.posts(0, 0)
	})
	run(t, nil, func(r *rig) { // policies with targets match no download
		q := r.reach(r.file(fetching), restore.Refused)
		if q.Findings[0].Code != restore.FindNoPolicy || q.Findings[0].Cluster != "" {
			r.t.Errorf("findings %+v", q.Findings)
		}
	})
}

// TestDownloadInDoubt loses the answer: a job with the same snapshot, hours and count is the request's own, another
// person's with other terms is not.
func TestDownloadInDoubt(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		after bool
		hours int // of somebody else's download; 0: there is none
		state restore.State
		found int
	}{
		"its own":               {true, 0, restore.Running, 0},
		"none":                  {false, 0, restore.InDoubt, 0},
		"somebody's, not alike": {false, 4, restore.InDoubt, 0},
		"somebody's, alike":     {false, 12, restore.Running, 0},
		"two alike":             {true, 12, restore.InDoubt, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(s *settings) { exports(s); s.manager.JobDuration = 12 * time.Hour }, func(r *rig) {
				s := r.pending(fetching)
				r.inject(onPost(fake.Fault{Kind: fake.Drop, After: tt.after}))
				if tt.hours > 0 {
					r.inject(onPost(fake.Fault{Kind: fake.ForeignJob, Foreign: &fake.Job{
						ClusterID: r.cluster("orders-prod"), SnapshotID: r.get(s).Plan.Spec.Point.SnapshotID, PointInTime: new(false),
						ExpirationHours: tt.hours, MaxDownloads: 3,
					}}))
				}
				r.approve(s, "lead1")
				if q := r.reach(s, tt.state); tt.state == restore.InDoubt && len(q.Sighted.Jobs()) != tt.found {
					r.t.Errorf("shows %+v", q.Sighted)
				}
			})
		})
	}
}

// TestReveal shows the links to the requester alone, and keeps them nowhere.
func TestReveal(t *testing.T) {
	t.Parallel()
	run(t, exports, func(r *rig) {
		s := r.approved(fetching)
		card := func() commands.Card { return commands.CardOf(r.get(s)) }
		r.reach(s, restore.Running)
		if _, ok := r.do("engineer", commands.Reveal{Card: card()}).(commands.Shown); !ok || r.count(s, restore.KindRevealed) != 0 {
			r.t.Error("a running download has links")
		}
		r.reach(s, restore.Succeeded)
		if a := commands.Actions(r.get(s)); len(a) != 2 || a[0].ID != commands.ActionReveal || a[1].ID != commands.ActionAgain {
			r.t.Errorf("buttons %+v", a)
		}
		for _, user := range []string{"lead1", "colleague", "stranger"} {
			for _, cmd := range []commands.Command{commands.Reveal{Card: card()}, commands.Fetch{Card: card()}} {
				reply, err := r.handler.Handle(r.t.Context(), caller(user), cmd)
				if p := commands.AsProblem(err); reply != nil || p == nil || p.Code != commands.ProblemNotYours {
					r.t.Errorf("%s: %+v, %v", user, reply, err)
				}
			}
		}
		old := card()
		old.Nonce = "0123456789abcdef"
		if _, ok := r.do("engineer", commands.Reveal{Card: old}).(commands.Shown); !ok || r.count(s, restore.KindRevealed) != 0 {
			r.t.Error("another card's button led to the links")
		}
		before := len(r.server.Calls())
		opened := as[commands.Opened](r, r.do("engineer", commands.Reveal{Card: card()}))
		if opened.Form != commands.FormLink || opened.Then == nil || r.count(s, restore.KindRevealed) != 1 || len(r.server.Calls()) != before {
			r.t.Errorf("opened %+v after %d events and %d calls", opened, r.count(s, restore.KindRevealed), len(r.server.Calls())-before)
		}
		linked := as[commands.Linked](r, r.do("engineer", opened.Then))
		if len(linked.Links) != 1 || linked.Links[0].URL.Reveal() == "" || linked.Links[0].Header.Reveal() == "" {
			r.t.Fatalf("links %+v", linked.Links)
		}
		printed := fmt.Sprintf("%+v %v", linked, r.get(s))
		log, err := json.Marshal(r.get(s))
		if err != nil {
			r.t.Fatal(err)
		}
		for _, secret := range r.server.Secrets() {
			if strings.Contains(printed, secret) || strings.Contains(string(log), secret) {
				r.t.Errorf("%s is out", secret)
			}
		}
		r.people.change(func(d *directory) {
			who := d.people["engineer"]
			who.Guest = true
			d.people["engineer"] = who
		})
		if _, err := r.handler.Handle(r.t.Context(), caller("engineer"), opened.Then); commands.AsProblem(err) == nil {
			r.t.Errorf("a guest sees the links: %v", err)
		}
	})
}

// TestRevealLater asks for links that have expired, and for those of a job that is gone.
func TestRevealLater(t *testing.T) {
	t.Parallel()
	run(t, exports, func(r *rig) {
		s := r.approved(fetching)
		q := r.reach(s, restore.Succeeded)
		fetch := commands.Fetch{Card: commands.CardOf(q)}
		r.pass(time.Until(q.Ended.Add(12*time.Hour + time.Second))) // nobody has noted yet that it is over
		if l := as[commands.Linked](r, r.do("engineer", fetch)).Links[0]; l.URL.Reveal() != "" || l.Status != "EXPIRED" {
			r.t.Errorf("link %+v", l)
		}
		r.become(func(*fake.World) {})
		if l := as[commands.Linked](r, r.do("engineer", fetch)).Links[0]; l.URL.Reveal() != "" || l.Status != "GONE" {
			r.t.Errorf("link %+v", l)
		}
		r.managers["om"].reachable(false)
		if _, err := r.handler.Handle(r.t.Context(), caller("engineer"), fetch); commands.AsProblem(err) == nil ||
			commands.AsProblem(err).Code != commands.ProblemLinks {
			r.t.Errorf("got %v", err)
		}
	})
}
