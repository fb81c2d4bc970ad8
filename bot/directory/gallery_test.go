package directory_test

import (
	"slices"
	"testing"
	"testing/synctest"

	"snapback/approvals"
	"snapback/bot/directory"
)

// TestGallery keeps out bugs that other approval systems had when they looked up who belongs where.
func TestGallery(t *testing.T) {
	t.Run("the first group is not the only one read", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			d, _ := newDirectory(t, map[string]directory.Group{
				"a": {Users: []string{"U0GUEST"}}, "b": {Users: []string{"U0LEAD"}}, "c": {Usergroup: "S0EMPTY"},
				"d": {Usergroup: "S0DBA"}, "e": {Users: []string{"U0LEAD"}}, "f": {Users: []string{"U0GUEST"}},
			})
			if s, err := d.Standing(t.Context(), person("U0LEAD")); err != nil || !slices.Equal(s.Groups, []string{"b", "d", "e"}) {
				t.Errorf("in %v, %v", s.Groups, err)
			}
		})
	})
	t.Run("a group of that name elsewhere does not count", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			d, _ := newDirectory(t, map[string]directory.Group{
				"dba": {Usergroup: "S0EMPTY"}, "S0DBA": {Users: []string{"U0GUEST"}}, // Slack's "dba" is S0DBA, with the lead
			})
			if s, err := d.Standing(t.Context(), person("U0LEAD")); err != nil || len(s.Groups) > 0 {
				t.Errorf("in %v, %v", s.Groups, err)
			}
			if all, err := d.Members(t.Context(), "dba"); err != nil || len(all) > 0 {
				t.Errorf("members are %v, %v", all, err)
			}
		})
	})
	t.Run("the same user id of another team is in no group", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			d, _ := newDirectory(t, usual())
			for _, team := range []string{"T2", "E1", "", "t1"} {
				s, err := d.Standing(t.Context(), approvals.Person{Team: team, User: "U0LEAD"})
				if err != nil || len(s.Groups) > 0 || s.Barred() != approvals.Stranger {
					t.Errorf("of team %q: %+v, %v", team, s, err)
				}
			}
		})
	})
	t.Run("one vanished approver does not break the others", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			d, _ := newDirectory(t, map[string]directory.Group{"dba": {Users: []string{"U0VANISHED", "U0GONE", "U0LEAD"}}})
			all, err := d.Members(t.Context(), "dba")
			if err != nil || len(all) != 3 {
				t.Fatalf("members are %v, %v", all, err)
			}
			var fit []approvals.Person
			for _, who := range all {
				s, err := d.Standing(t.Context(), who)
				if err != nil {
					t.Errorf("%s: %v", who, err)
				}
				if s.Barred() == approvals.Counts && s.In("dba") {
					fit = append(fit, who)
				}
			}
			if !slices.Equal(fit, []approvals.Person{person("U0LEAD")}) {
				t.Errorf("%v may approve", fit)
			}
		})
	})
}
