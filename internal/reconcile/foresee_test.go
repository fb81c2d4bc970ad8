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
