package reconcile_test

import (
	"fmt"
	"slices"
	"testing"

	"snapback/approvals"
	"snapback/internal/reconcile"
	"snapback/internal/restore"
)

// named is a spec of clusters that are known by name only.
func named(t *testing.T, source, target string) restore.Spec {
	t.Helper()
	cluster := func(path string) restore.Cluster {
		c, err := restore.ParsePath(path)
		if err != nil {
			t.Fatal(err)
		}
		return c.Named("https://om.example.net")
	}
	return restore.Spec{Source: cluster(source), Delivery: restore.Delivery{Kind: restore.Automated, Target: cluster(target)}}
}

// TestForeseeLargeGroups looks up few of many people: those who may not decide make room for the next, who asks is not
// counted, and the others are.
func TestForeseeLargeGroups(t *testing.T) {
	t.Parallel()
	people := company()
	people.groups["dba"] = []string{"guest", "engineer", "inactive"}
	for i := range 60 {
		user := fmt.Sprint("dba", i)
		people.people[user] = approvals.Standing{Person: person(user), Name: user}
		people.groups["dba"] = append(people.groups["dba"], user)
	}
	planner := reconcile.NewPlanner(nil, []restore.Policy{{
		Terms: restore.Terms{Policy: "all", Seats: []approvals.Seat{{From: "dba"}, {From: "dba"}}},
	}}, people)
	f := planner.Foresee(t.Context(), named(t, "om/a/b", "om/a/c"), person("engineer"))
	if len(f.Able) != 1 || len(f.Unread) != 0 || len(f.Findings) != 0 {
		t.Fatalf("%+v", f)
	}
	a := f.Able[0]
	if len(a.People) != 20 || a.More != 40 || a.People[0].Name != "dba0" || a.People[19].Name != "dba19" {
		t.Errorf("%d people and %d more, from %v", len(a.People), a.More, a.People)
	}
	if n := people.asked.Load(); n > 30 {
		t.Errorf("%d people were looked up", n)
	}
}

// TestForeseeStopsAtPeople asks for nobody else once somebody could not be looked up: the next would take as long.
func TestForeseeStopsAtPeople(t *testing.T) {
	t.Parallel()
	people := company()
	people.groups["dba"] = []string{"unknown1", "unknown2", "dba1"}
	planner := reconcile.NewPlanner(nil, []restore.Policy{{
		Terms: restore.Terms{Policy: "all", Seats: []approvals.Seat{{From: "dba"}, {From: "leads"}}},
	}}, people)
	f := planner.Foresee(t.Context(), named(t, "om/a/b", "om/a/c"), person("engineer"))
	facts := make([]restore.Fact, 0, len(f.Unread))
	for _, u := range f.Unread {
		facts = append(facts, u.Fact)
	}
	if !slices.Equal(facts, []restore.Fact{restore.FactPeople}) || len(f.Able) != 0 || len(f.Findings) != 0 {
		t.Errorf("%+v", f)
	}
	if n := people.asked.Load(); n != 2 {
		t.Errorf("%d people were looked up, want who asks and one more", n)
	}
}

// TestForeseeBarred tries no policy for somebody who may not ask, and looks nothing up for it.
func TestForeseeBarred(t *testing.T) {
	t.Parallel()
	for user, want := range map[string]approvals.Verdict{
		"guest": approvals.Guest, "bot": approvals.Bot, "stranger": approvals.Stranger, "inactive": approvals.Inactive,
	} {
		people := company()
		people.unread = []string{"dba"}
		planner := reconcile.NewPlanner(nil, []restore.Policy{policy("all", "*/*/*", "dba")}, people)
		f := planner.Foresee(t.Context(), named(t, "om/a/b", "om/a/c"), person(user))
		if f.Requester.Barred() != want || f.Policies != nil || len(f.Unread)+len(f.Able)+len(f.Findings) > 0 {
			t.Errorf("%s: %+v", user, f)
		}
		if n := people.asked.Load(); n != 1 {
			t.Errorf("%s: %d people were looked up", user, n)
		}
	}
}

// TestForeseeAgreesWithFiling files what was foreseen: the same policy decides, or it is refused for the same.
func TestForeseeAgreesWithFiling(t *testing.T) {
	t.Parallel()
	elsewhere := policy("elsewhere", "*/*/orders-staging", "dba")
	elsewhere.Terms.Channel = "C0ARCHIVED"
	for name, tt := range map[string]struct {
		policies []restore.Policy
		decides  string
		refused  []restore.Code
	}{
		"the second":      {asking("oncall"), "rest", nil},
		"the first":       {asking("here"), "duty", nil},
		"nobody there":    {[]restore.Policy{policy("empty", "*/*/*", "dba", "none")}, "empty", []restore.Code{restore.FindUnfillable}},
		"only who asks":   {[]restore.Policy{policy("own", "*/*/*", "here")}, "own", []restore.Code{restore.FindUnfillable}},
		"no policy":       {[]restore.Policy{policy("other", "*/*/other", "dba")}, "", []restore.Code{restore.FindNoPolicy}},
		"a wrong channel": {[]restore.Policy{elsewhere}, "elsewhere", []restore.Code{restore.FindChannel}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, func(s *settings) { s.policies = tt.policies }, func(r *rig) {
				r.join("here", "engineer")
				r.people.change(func(d *directory) { d.trouble["C0ARCHIVED"] = "is_archived" })
				spec := named(r.t, "om/Payments/orders-prod", "om/Payments/orders-staging")
				f := r.planner.Foresee(r.t.Context(), spec, person("engineer"))
				if f.Ruling.Terms.Policy != tt.decides || !slices.Equal(codes(f.Findings), tt.refused) || len(f.Unread) > 0 {
					r.t.Errorf("foreseen: %+v", f)
				}
				s := r.file(line)
				if tt.refused == nil {
					r.reach(s, restore.Pending)
				} else {
					r.reach(s, restore.Refused)
				}
				q := r.get(s)
				if q.Terms != nil && q.Terms.Policy != tt.decides || !slices.Equal(codes(q.Findings), tt.refused) {
					r.t.Errorf("filed: %+v, %+v", q.Terms, q.Findings)
				}
			})
		})
	}
}

// codes returns what refuses a request.
func codes(findings []restore.Finding) []restore.Code {
	var out []restore.Code
	for _, f := range findings {
		if f.Level == restore.LevelRefuse {
			out = append(out, f.Code)
		}
	}
	return out
}
