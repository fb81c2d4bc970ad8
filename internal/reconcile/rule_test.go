package reconcile_test

import (
	"reflect"
	"testing"
	"time"

	"snapback/internal/reconcile"
	"snapback/internal/restore"
)

// TestRequesterCannotBeLookedUp has Slack say nothing of who asked: where a policy asks for their groups, nothing can be
// told. Where none does, nobody is looked up.
func TestRequesterCannotBeLookedUp(t *testing.T) {
	t.Parallel()
	run(t, nil, func(r *rig) {
		q := r.get(r.pending(line))
		usual := policy("usual", "*/*/orders-staging", "dba")
		for name, tt := range map[string]struct {
			policies []restore.Policy
			fails    bool
			want     restore.Matching
			keys     []restore.MatchKey // nil: not explained
		}{
			"for everybody":                 {[]restore.Policy{usual}, false, restore.Matches, []restore.MatchKey{""}},
			"for everybody, no answer":      {[]restore.Policy{usual}, true, restore.Matches, []restore.MatchKey{""}},
			"for others":                    {asking("dba")[:1], false, restore.NoMatch, []restore.MatchKey{restore.KeyRequesters}},
			"for somebody, no answer":       {asking("dba")[:1], true, restore.CannotTell, nil},
			"another decides, no answer":    {append([]restore.Policy{usual}, asking("dba")...), true, restore.CannotTell, nil},
			"a weaker one comes, no answer": {asking("dba"), true, restore.CannotTell, nil},
		} {
			people := company()
			if tt.fails {
				people.fails = errSlack
			}
			planner := reconcile.NewPlanner([]restore.Backend{r.backend}, tt.policies, people)
			got, explained := planner.Rule(t.Context(), q), planner.Explain(t.Context(), q)
			var keys []restore.MatchKey
			for _, e := range explained {
				keys = append(keys, e.Key)
			}
			if got.Matching != tt.want || !reflect.DeepEqual(keys, tt.keys) {
				r.t.Errorf("%s: %v, explained by %q; want %v by %q", name, got.Matching, keys, tt.want, tt.keys)
			}
			if asks := len(tt.policies) > 1 || tt.policies[0].Match.Requesters != nil; (people.asked.Load() > 0) != asks {
				r.t.Errorf("%s: looked up %d times", name, people.asked.Load())
			}
		}
	})
}

// TestMembersAreOfEveryGroup reads the groups of all seats, whoever may be barred now.
func TestMembersAreOfEveryGroup(t *testing.T) {
	t.Parallel()
	seats := func(s *settings) { s.policies = []restore.Policy{policy("staging", "*/*/*", "dba", "dba", "leads")} }
	run(t, seats, func(r *rig) {
		r.join("dba", "guest", "dba1", "dba2")
		want := restore.Members{
			"dba": {person("guest"), person("dba1"), person("dba2")}, "leads": {person("lead1"), person("lead2")},
		}
		if q := r.get(r.pending(line)); !reflect.DeepEqual(q.Members, want) {
			r.t.Errorf("members are %v, want %v", q.Members, want)
		}
	})
}

// TestNobodyIsTakenForFit cannot look up one of just enough people: the check waits until it can.
func TestNobodyIsTakenForFit(t *testing.T) {
	t.Parallel()
	two := func(s *settings) { s.policies = []restore.Policy{policy("staging", "*/*/*", "dba", "dba")} }
	run(t, two, func(r *rig) {
		r.join("dba", "dba1", "newcomer")
		s := r.file(line)
		time.Sleep(time.Minute)
		if q := r.get(s); q.State != restore.Checking {
			r.t.Fatalf("%q although nobody knows who that is", q.State)
		}
		r.people.change(func(d *directory) { d.people["newcomer"] = d.people["dba2"] })
		r.reach(s, restore.Pending)
	})
}

// TestEachIsRuled changes the policy that two requests wait under.
func TestEachIsRuled(t *testing.T) {
	t.Parallel()
	one := func(s *settings) { s.policies = []restore.Policy{policy("all", "*/*/*", "dba")} }
	run(t, one, func(r *rig) {
		all := []restore.Subject{r.pending(line), r.pending("ledger-prod latest to scratch-1 because OPS-1")}
		r.configure(policy("all", "*/*/*", "dba", "oncall"))
		time.Sleep(time.Minute)
		for _, s := range all {
			if q := r.get(s); q.Today == nil || len(q.Members["oncall"]) == 0 {
				r.t.Errorf("%s: not ruled: %+v", s, q.Today)
			}
		}
	})
}

// TestNewGroupCannotBeRead changes to a policy that names one more group, which cannot be read: a request is not ruled by
// people whom nobody knows, and is not sent meanwhile.
func TestNewGroupCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*rig) restore.Subject{
		"pending": func(r *rig) restore.Subject { return r.pending(line) }, "approved": held,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, nil, func(r *rig) {
				s := prepare(r)
				before := r.get(s).State
				r.unread("oncall")
				r.configure(policy("staging", "*/*/orders-staging", "dba", "leads", "oncall"))
				r.reachable(true)
				if q := r.stays(s, before, 2*time.Minute); q.Today != nil {
					r.t.Errorf("ruled with the members %v", q.Members)
				}
				r.unread()
				if q := r.stays(s, restore.Pending, 15*time.Minute); q.Today == nil || len(q.Members["oncall"]) == 0 {
					r.t.Errorf("not ruled with the members %v", q.Members)
				}
				if n := len(r.server.Posts()); n > 0 {
					r.t.Errorf("%d POSTs", n)
				}
			})
		})
	}
}
