package reconcile_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

// recluster changes a cluster of a world.
func recluster(name string, change func(*fake.Cluster)) func(*fake.World) {
	return func(w *fake.World) {
		for i := range w.Clusters {
			if w.Clusters[i].Name == name {
				change(&w.Clusters[i])
				return
			}
		}
	}
}

// TestPlanDrifts changes what people approved before it is sent: it goes back to them, and their approval of the old
// plan counts no more.
func TestPlanDrifts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change  func(*fake.World)
		changed []string
	}{
		"target renamed": {
			recluster("orders-staging", func(c *fake.Cluster) { c.Name = "orders-live" }), []string{"target name"},
		},
		"target upgraded": {
			recluster("orders-staging", func(c *fake.Cluster) { c.Versions = []string{"8.2.1"} }), []string{"target version"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one := []restore.Policy{policy("orders", "*/*/orders-*", "dba", "leads")}
			run(t, func(s *settings) { s.policies = one }, func(r *rig) {
				s := r.pending(line)
				old := r.get(s)
				r.become(tt.change)
				r.approve(s, "dba1", "lead1")
				q := r.until(s, "another plan", func(q *restore.Request) bool { return q.Plan.Revision == 2 })
				body := last[restore.BodyReplanned](r, s)
				if q.State != restore.Pending || !slices.Equal(body.Changed, tt.changed) || q.Plan.Hash == old.Plan.Hash {
					r.t.Errorf("%s with %+v", q.State, body)
				}
				if until := time.Until(q.Deadline); until <= 3*time.Hour+59*time.Minute || until > 4*time.Hour {
					r.t.Errorf("%s are left", until)
				}
				d := as[commands.Decided](r, r.do("dba1", commands.Approve{Card: commands.CardOf(old), Typed: old.ConfirmName()}))
				if d.Verdict != approvals.Outdated || len(q.Usable()) != 0 || len(r.locks(s)) != 0 {
					r.t.Errorf("the old card is %s, usable %v, locks %v", d.Verdict, q.Usable(), r.locks(s))
				}
				r.stays(s, restore.Pending, time.Minute)
				r.posts(0, 0)
				r.approve(s, "dba2", "lead2")
				r.reach(s, restore.Running)
				r.posts(1, 1)
			})
		})
	}
}

// TestPlanDriftsHarmlessly changes what the approval is not about.
func TestPlanDriftsHarmlessly(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*fake.World){
		"patch release": recluster("orders-staging", func(c *fake.Cluster) { c.Versions = []string{"8.0.14"} }),
		"project renamed": func(w *fake.World) {
			for i := range w.Projects {
				w.Projects[i].Name += " (old)"
			}
		},
		"newer snapshot": func(w *fake.World) {
			s := w.Snapshots[0]
			s.ID, s.Created.Time = "5f00000000000000000000ff", time.Now()
			w.Snapshots = append(w.Snapshots, s)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				s := r.pending(line)
				want := r.get(s).Plan.Spec.Point.SnapshotID
				r.become(change)
				r.approve(s, "dba1", "lead1")
				r.reach(s, restore.Running)
				if body := string(r.server.Posts()[0].RequestBody); !strings.Contains(body, want) {
					r.t.Errorf("sent %s, want snapshot %s", body, want)
				}
			})
		})
	}
}

// TestPlanCannotBeDone takes away what the plan needs: the request waits, says why, and goes on when it is back.
func TestPlanCannotBeDone(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(snapshot string) func(*fake.World)
		want   restore.Code
	}{
		"snapshot deleted": {
			func(id string) func(*fake.World) {
				return func(w *fake.World) {
					w.Snapshots = slices.DeleteFunc(slices.Clone(w.Snapshots), func(s fake.Snapshot) bool { return s.ID == id })
				}
			},
			restore.FindSnapshotUnknown,
		},
		"target deleted": {
			func(string) func(*fake.World) {
				return func(w *fake.World) {
					w.Clusters = slices.DeleteFunc(slices.Clone(w.Clusters), func(c fake.Cluster) bool { return c.Name == "orders-staging" })
				}
			},
			restore.FindClusterUnknown,
		},
		"target made anew under its name": {
			func(string) func(*fake.World) {
				return recluster("orders-staging", func(c *fake.Cluster) { c.ID = "5f00000000000000000000aa" })
			},
			restore.FindClusterUnknown,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				s := r.pending(line)
				clusters, snapshots := slices.Clone(r.world.Clusters), slices.Clone(r.world.Snapshots)
				r.become(tt.change(r.get(s).Plan.Spec.Point.SnapshotID))
				r.approve(s, "dba1", "lead1")
				q := r.waits(s, restore.WaitPlan)
				if q.Wait.Finding == nil || q.Wait.Finding.Code != tt.want || q.Wait.Finding.Level != restore.LevelRefuse {
					r.t.Errorf("waits for %+v", q.Wait)
				}
				r.stays(s, restore.Approved, 20*time.Minute)
				r.posts(0, 0)
				r.become(func(w *fake.World) { w.Clusters, w.Snapshots = clusters, snapshots })
				r.reach(s, restore.Running)
				r.posts(1, 1)
			})
		})
	}
}

// TestSnapshotExpiresInTheQueue has a snapshot end while its request waits.
func TestSnapshotExpiresInTheQueue(t *testing.T) {
	t.Parallel()
	set := func(s *settings) {
		p := policy("soon", "*/*/*", "leads")
		p.Terms.SubmitWithin = time.Hour
		s.policies = []restore.Policy{p}
		s.world = func(w *fake.World) {
			for i := range w.Snapshots {
				w.Snapshots[i].Expires = time.Now().Add(90 * time.Minute)
			}
		}
	}
	run(t, set, func(r *rig) {
		s := r.pending(line)
		r.pass(100 * time.Minute)
		r.approve(s, "lead1")
		if q := r.waits(s, restore.WaitPlan); q.Wait.Finding.Code != restore.FindSnapshotUnknown {
			r.t.Errorf("waits for %+v", q.Wait.Finding)
		}
		r.posts(0, 0)
	})
}

// held files a request and has it approved while the backend cannot be reached, so that something can happen between
// the approval and the submission.
func held(r *rig) restore.Subject {
	r.t.Helper()
	s := r.pending(line)
	r.reachable(false)
	r.approve(s, "dba1", "lead1")
	r.waits(s, restore.WaitBackend)
	return s
}

// TestApproverLosesStanding takes away what an approval rests on before it is used.
func TestApproverLosesStanding(t *testing.T) {
	t.Parallel()
	change := func(fn func(*approvals.Standing)) func(*directory) {
		return func(d *directory) {
			s := d.people["lead1"]
			fn(&s)
			d.people["lead1"] = s
		}
	}
	for name, lose := range map[string]func(*directory){
		"left the group": func(d *directory) { d.groups["leads"] = []string{"lead2"} },
		"deactivated":    change(func(s *approvals.Standing) { s.Inactive = true }),
		"became a guest": change(func(s *approvals.Standing) { s.Guest = true }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				s := held(r)
				r.people.change(lose)
				r.reachable(true)
				q := r.reach(s, restore.Pending)
				body := last[restore.BodyReopened](r, s)
				if body.Cause != restore.ReopenStanding || !slices.Equal(body.People, []approvals.Person{person("lead1")}) {
					r.t.Errorf("reopened %+v", body)
				}
				if open := q.OpenGroups(); !slices.Equal(open, []string{"leads"}) || len(r.locks(s)) != 0 {
					r.t.Errorf("open %v, locks %v", open, r.locks(s))
				}
				r.stays(s, restore.Pending, time.Minute)
				r.posts(0, 0)
				r.approve(s, "lead2")
				r.reach(s, restore.Running)
				r.posts(1, 1)
			})
		})
	}
}

// TestOthersStillFillTheSeats drops one of several approvals; the others are enough.
func TestOthersStillFillTheSeats(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := r.pending(line)
		r.approve(s, "dba1")
		card := commands.CardOf(r.get(s))
		if d := as[commands.Decided](r, r.do("dba2", commands.Approve{Card: card, Typed: "orders-staging"})); d.Verdict != approvals.NoSeatOpen {
			r.t.Fatalf("verdict %s", d.Verdict)
		}
		r.reachable(false)
		r.approve(s, "lead1")
		r.waits(s, restore.WaitBackend)
		r.people.change(func(d *directory) { d.groups["dba"] = []string{"dba2"} })
		r.reachable(true)
		r.reach(s, restore.Running)
		if kinds := r.kinds(s); r.count(s, restore.KindReopened) != 1 || r.count(s, restore.KindApproved) != 2 {
			r.t.Errorf("events %v", kinds)
		}
		r.posts(1, 1)
	})
}

func TestRequesterLeaves(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		s := held(r)
		r.people.change(func(d *directory) {
			d.people["engineer"] = approvals.Standing{Person: person("engineer"), Inactive: true}
		})
		r.reachable(true)
		r.reach(s, restore.Canceled)
		if body := last[restore.BodyCanceled](r, s); body.Cause != restore.CancelRequesterGone {
			r.t.Errorf("canceled %+v", body)
		}
		r.posts(0, 0)
		if len(r.locks(s)) != 0 {
			r.t.Errorf("locks %v", r.locks(s))
		}
	})
}

// TestStandingUnclear has the look-up of the approvers fail: nothing is sent, nothing is taken back.
func TestStandingUnclear(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ fail, mend func(*directory) }{
		"slack": {
			func(d *directory) { d.fails = errSlack }, func(d *directory) { d.fails = nil },
		},
		"group": {
			func(d *directory) { d.unread = []string{"dba"} }, func(d *directory) { d.unread = nil },
		},
		"requester": {
			func(d *directory) { delete(d.people, "engineer") },
			func(d *directory) { d.people["engineer"] = approvals.Standing{Person: person("engineer")} },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				s := held(r)
				r.people.change(tt.fail)
				r.reachable(true)
				r.waits(s, restore.WaitStanding)
				r.stays(s, restore.Approved, time.Hour)
				r.posts(0, 0)
				if r.count(s, restore.KindReopened) != 0 || len(r.locks(s)) != 0 {
					r.t.Errorf("events %v, locks %v", r.kinds(s), r.locks(s))
				}
				r.people.change(tt.mend)
				r.reach(s, restore.Running)
				r.posts(1, 1)
			})
		})
	}
}
