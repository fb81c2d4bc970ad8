package reconcile_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

const line = "orders-prod latest to orders-staging because OPS-1 look at yesterday"

func TestCheckPutsUp(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		q := r.get(r.pending(line))
		p, want := q.Plan, r.newest("orders-prod")
		switch {
		case p.Spec.Source.Path() != "om/Payments/orders-prod" || p.Spec.Source.ID != r.cluster("orders-prod"):
			r.t.Errorf("source %+v", p.Spec.Source)
		case p.Spec.Delivery.Target.ID != r.cluster("orders-staging") || p.Spec.Delivery.Kind != restore.Automated:
			r.t.Errorf("delivery %+v", p.Spec.Delivery)
		case p.Spec.Point.SnapshotID != want.ID || !p.Spec.Point.Newest || !p.Spec.Point.Taken.Equal(want.Created.Time):
			r.t.Errorf("point %+v, want snapshot %s", p.Spec.Point, want.ID)
		case p.Revision != 1 || p.ExpectedJobs != 1 || p.Guard != restore.GuardOff || p.PolicyDigest != "staging-1":
			r.t.Errorf("plan %+v", p)
		}
		sealed := *p
		sealed.Seal(r.store.installation(t), q.Nonce)
		if sealed.Hash != p.Hash || p.Hash == "" {
			r.t.Errorf("hash %q, sealed anew %q", p.Hash, sealed.Hash)
		}
		members := map[string][]approvals.Person{
			"dba": {person("dba1"), person("dba2")}, "leads": {person("lead1"), person("lead2")},
		}
		if !reflect.DeepEqual(q.Members, members) || q.Terms.Policy != "staging" || len(q.Terms.Seats) != 2 {
			r.t.Errorf("members %v, terms %+v", q.Members, q.Terms)
		}
		if planned := last[restore.BodyPlanned](r, q.Subject); !q.Deadline.Equal(p.Made.Add(4*time.Hour)) ||
			!planned.Deadline.Equal(q.Deadline) || planned.Plan.Hash != p.Hash {
			r.t.Errorf("deadline %s of a plan of %s, planned %+v", q.Deadline, p.Made, planned)
		}
		var seen []string
		for _, j := range r.server.Jobs(r.cluster("orders-prod")) {
			seen = append(seen, j.ID)
		}
		if len(seen) == 0 || !reflect.DeepEqual(q.Seen, seen) {
			r.t.Errorf("seen %v, want %v", q.Seen, seen)
		}
	})
}

// TestCheckNamesOnlyWhatMayBeUsed has somebody guess the name of a cluster that no policy lets them use.
func TestCheckNamesOnlyWhatMayBeUsed(t *testing.T) {
	t.Parallel()
	change := func(s *settings) {
		p := policy("staging", "*/Payments/orders-staging", "leads")
		p.Match.Source = patterns("*/Payments/orders-*")
		s.policies = []restore.Policy{p}
	}
	run(t, change, func(r *rig) {
		q := r.reach(r.file("ledger-prd latest to orders-stagin"), restore.Refused)
		if len(q.Findings) != 2 || !slices.Equal(q.Findings[0].Near, []string{"om/Payments/orders-prod"}) ||
			!slices.Contains(q.Findings[1].Near, "om/Payments/orders-staging") {
			r.t.Errorf("findings %+v", q.Findings)
		}
	})
}

func TestCheckDuplicate(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		first := r.pending(line)
		again := r.reach(r.file("Payments/orders-prod latest to om/Payments/orders-staging because again"), restore.Refused)
		want := []restore.Finding{{Code: restore.FindDuplicate, Level: restore.LevelRefuse, Name: string(first)}}
		if !reflect.DeepEqual(again.Findings, want) {
			r.t.Errorf("findings %+v, want %+v", again.Findings, want)
		}
		other := answer[commands.Filed](r, r.say("colleague", line)).Request.Subject
		r.reach(other, restore.Pending)
		r.pending("orders-prod latest to scratch-1 because something else")

		anyway := answer[commands.Filed](r, r.do("engineer", commands.Again{Card: commands.CardOf(again)}))
		if q := r.reach(anyway.Request.Subject, restore.Pending); q.Plan.Spec.Point.SnapshotID != r.get(first).Plan.Spec.Point.SnapshotID {
			r.t.Errorf("plan %+v", q.Plan)
		}
		r.say("engineer", "cancel "+string(first))
		r.say("engineer", "cancel "+string(anyway.Request.Subject))
		r.pending(line) // nothing of the kind is open any more
	})
}

// TestCheckDuplicateAtOnce files the same in two spellings, and has the first one checked last.
func TestCheckDuplicateAtOnce(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.managers = []string{"om", "om2"} }, func(r *rig) {
		r.managers["om2"].reachable(false) // who does not name the backend has to wait for it
		r.pass(0)
		first := r.file("Analytics/reports-prod latest to om/Analytics/scratch-1 because slow")
		second := r.pending("om/Analytics/reports-prod latest to om/Analytics/scratch-1 because fast")
		r.managers["om2"].become(func(w *fake.World) {
			w.Clusters = slices.DeleteFunc(w.Clusters, func(c fake.Cluster) bool { return c.Name == "reports-prod" })
		})
		r.managers["om2"].reachable(true)
		q := r.reach(first, restore.Refused)
		if len(q.Findings) != 1 || q.Findings[0].Code != restore.FindDuplicate || q.Findings[0].Name != string(second) {
			r.t.Errorf("findings %+v", q.Findings)
		}
	})
}

// TestCheckDuplicateInStep checks the same at the same moment in two spellings, with a slow disk.
func TestCheckDuplicateInStep(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.idle = true }, func(r *rig) {
		first := r.file("Analytics/reports-prod latest to om/Analytics/scratch-1")
		second := r.file("om/Analytics/reports-prod latest to scratch-1")
		r.store.failing(func() error { time.Sleep(time.Second); return nil })
		r.start()
		r.pass(time.Minute)
		states := []restore.State{r.get(first).State, r.get(second).State}
		slices.Sort(states)
		if !slices.Equal(states, []restore.State{restore.Pending, restore.Refused}) {
			r.t.Errorf("%v", states)
		}
	})
}

// TestCheckRetries has look-ups fail: the request stays where it is, is tried again less and less often, goes on when
// they work again, and expires when they do not.
func TestCheckRetries(t *testing.T) {
	t.Parallel()
	breaks := map[string]struct {
		set   func(*settings)
		fails func(r *rig, fails bool)
	}{
		"backend": {
			fails: func(r *rig, fails bool) { r.reachable(!fails) },
		},
		"one of two backends": {
			set:   func(s *settings) { s.managers = []string{"om", "om2"} },
			fails: func(r *rig, fails bool) { r.managers["om2"].reachable(!fails) },
		},
		"people": {
			fails: func(r *rig, fails bool) {
				r.people.change(func(d *directory) {
					if d.fails = nil; fails {
						d.fails = errSlack
					}
				})
			},
		},
		"a group of a policy that does not match otherwise": {
			set: func(s *settings) {
				strict := policy("strict", "*/*/*", "dba", "leads")
				strict.Match.Requesters = []string{"oncall"}
				s.policies = []restore.Policy{strict, policy("weak", "*/*/*", "leads")}
			},
			fails: func(r *rig, fails bool) {
				r.people.change(func(d *directory) {
					if d.unread = nil; fails {
						d.unread = []string{"oncall"}
					}
				})
			},
		},
		"a group of seats": {
			fails: func(r *rig, fails bool) {
				r.people.change(func(d *directory) {
					if d.unread = nil; fails {
						d.unread = []string{"dba"}
					}
				})
			},
		},
	}
	text := "om/Payments/orders-prod latest to orders-staging because OPS-1" // unique, if all backends answer
	for name, tt := range breaks {
		set := func(s *settings) {
			if tt.set != nil {
				tt.set(s)
			}
		}
		t.Run(name+"/mended", func(t *testing.T) {
			t.Parallel()
			run(t, set, func(r *rig) {
				onlyOne(r)
				tt.fails(r, true)
				s := r.file(text)
				r.stays(s, restore.Checking, 5*time.Minute)
				tt.fails(r, false)
				r.reach(s, restore.Pending)
				if want := "om/Payments/orders-staging"; r.get(s).Plan.Spec.Delivery.Target.Path() != want {
					r.t.Errorf("target %+v", r.get(s).Plan.Spec.Delivery.Target)
				}
			})
		})
		t.Run(name+"/for ever", func(t *testing.T) {
			t.Parallel()
			run(t, set, func(r *rig) {
				onlyOne(r)
				tt.fails(r, true)
				filed := time.Now()
				s := r.file(text)
				r.stays(s, restore.Checking, 15*time.Minute)
				q := r.reach(s, restore.Expired)
				if after := q.Ended.Sub(filed); after < 15*time.Minute+10*time.Second || after > 16*time.Minute {
					r.t.Errorf("expired after %s", after)
				}
				if kinds := r.kinds(s); !slices.Equal(kinds, []restore.Kind{restore.KindFiled, restore.KindExpired}) {
					r.t.Errorf("events %v", kinds)
				}
				if tries := r.people.looked(); tries > 20 {
					r.t.Errorf("%d tries in a quarter of an hour", tries)
				}
			})
		})
	}
}

// onlyOne leaves the second Ops Manager without the clusters that the first one has, too.
func onlyOne(r *rig) {
	for name, m := range maps.All(r.managers) {
		if name != "om" {
			m.become(func(w *fake.World) { w.Clusters = w.Clusters[:1]; w.Clusters[0].Name = "another" })
		}
	}
}

// TestUnreadableGroupNeverWidens checks that a policy whose requesters cannot be read keeps the later, weaker one from
// deciding, and decides itself once they can.
func TestUnreadableGroupNeverWidens(t *testing.T) {
	t.Parallel()
	set := func(s *settings) {
		strict := policy("strict", "*/*/*", "dba", "leads")
		strict.Match.Requesters = []string{"oncall"}
		s.policies = []restore.Policy{strict, policy("weak", "*/*/*", "leads")}
	}
	for user, want := range map[string]string{"dba2": "strict", "engineer": "weak"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			run(t, set, func(r *rig) {
				r.people.change(func(d *directory) { d.unread = []string{"oncall"} })
				s := answer[commands.Filed](r, r.say(user, line)).Request.Subject
				r.stays(s, restore.Checking, 2*time.Minute)
				r.people.change(func(d *directory) { d.unread = nil })
				if q := r.reach(s, restore.Pending); q.Terms.Policy != want {
					r.t.Errorf("policy %s, want %s", q.Terms.Policy, want)
				}
			})
		})
	}
}

// TestOtherBackendMayBeDown checks that full names need no other backend, and short ones do.
func TestOtherBackendMayBeDown(t *testing.T) {
	t.Parallel()
	run(t, func(s *settings) { s.managers = []string{"om", "om2"} }, func(r *rig) {
		r.managers["om2"].reachable(false)
		r.pending("om/Payments/orders-prod latest to om/Payments/orders-staging because OPS-1")
		short := r.file("Payments/ledger-prod latest to om/Payments/orders-staging because OPS-1")
		r.stays(short, restore.Checking, time.Minute)
	})
}

// TestCancelWhileChecking checks that a check that ends later does nothing.
func TestCancelWhileChecking(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		r.inject(fake.Fault{Kind: fake.Delay, Delay: 20 * time.Second, Times: 2})
		s := r.file(line)
		r.stays(s, restore.Checking, time.Second)
		r.say("engineer", "cancel "+string(s))
		r.stays(s, restore.Canceled, 5*time.Minute)
		if kinds := r.kinds(s); !slices.Equal(kinds, []restore.Kind{restore.KindFiled, restore.KindCanceled}) {
			r.t.Errorf("events %v", kinds)
		}
	})
}
