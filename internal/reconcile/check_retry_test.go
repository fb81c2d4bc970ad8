package reconcile_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"snapback/commands"
	"snapback/internal/restore"
	fake "snapback/internal/sandbox/fakeopsmanager"
)

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
				if tries := r.people.asked.Load(); tries > 20 {
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
				s := as[commands.Filed](r, r.say(user, line)).Request.Subject
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
