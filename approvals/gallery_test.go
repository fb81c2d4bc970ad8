package approvals

import (
	"strings"
	"testing"
)

// TestGallery keeps out bugs that other approval systems had, as far as seats and decisions can show them.
func TestGallery(t *testing.T) {
	t.Run("a missing count is not an approval", func(t *testing.T) {
		for name, required := range map[string][]Seat{"nil": nil, "empty": {}} {
			if Tally(required, []Decision{decided(1, alice, "dba")}).Approved() {
				t.Errorf("%s seats were approved", name)
			}
		}
		if (Result{}).Approved() {
			t.Error("a result of nothing is approved")
		}
	})
	t.Run("a seat without a group is filled by nobody", func(t *testing.T) {
		if Tally(seats(""), []Decision{decided(1, alice, "dba"), decided(2, bob)}).Approved() {
			t.Error("a seat from no group was filled")
		}
	})
	t.Run("self-approval is refused on every path", func(t *testing.T) {
		own := decided(1, erin, "dba") // erin is the requester of the current ballot
		if got := Usable([]Decision{own}, current()); len(got) != 0 {
			t.Errorf("the requester's approval is usable: %v", got)
		}
		members := map[string][]Person{"dba": {erin}}
		if got := Unfillable(seats("dba"), members, current().Ban); len(got) != 1 {
			t.Error("the requester counts as somebody who could fill the seat")
		}
		if !current().Ban.Covers(erin) {
			t.Error("the ban does not cover the requester")
		}
	})
	t.Run("the first group is not the only one read", func(t *testing.T) {
		d := decided(1, alice, "first", "second", "dba")
		if !Tally(seats("dba"), []Decision{d}).Approved() || !d.Standing.In("dba") {
			t.Error("the third group of a person does not count")
		}
	})
	t.Run("a group of almost the same name does not count", func(t *testing.T) {
		for _, group := range []string{"DBA", "dba ", "dba2", "T2/dba", ""} {
			if Tally(seats("dba"), []Decision{decided(1, alice, group)}).Approved() {
				t.Errorf("%q filled a seat of dba", group)
			}
		}
	})
	t.Run("groups that were only seen do not count", func(t *testing.T) {
		d := decided(1, alice) // counted in no group
		d.Standing.Groups = []string{"dba"}
		if Tally(seats("dba"), []Decision{d}).Approved() {
			t.Error("the evidence filled a seat instead of the groups that count")
		}
	})
	t.Run("the same user id of another team is another person", func(t *testing.T) {
		other := Person{Team: "T2", User: alice.User}
		ban := Ban{Requester: alice}
		if ban.Covers(other) || !ban.Covers(Person{Team: "T1", User: alice.User}) {
			t.Error("the team is not part of who somebody is")
		}
		if alice.String() == other.String() || !strings.HasSuffix(other.String(), alice.User) {
			t.Errorf("both are written %q", alice)
		}
	})
	t.Run("an approval of another request's card does not count", func(t *testing.T) {
		d := decided(1, alice, "dba")
		d.Nonce = "of another request"
		if len(Usable([]Decision{d}, current())) != 0 {
			t.Error("one click answered two requests")
		}
	})
	t.Run("one vanished approver does not break the others", func(t *testing.T) {
		gone := decided(1, alice, "dba")
		gone.Void = true
		r := Tally(seats("dba"), Usable([]Decision{gone, decided(2, bob, "dba")}, current()))
		if !r.Approved() || r.Fills[0].Person != bob {
			t.Errorf("tally is %+v", r)
		}
	})
	t.Run("one person with many clicks is one person", func(t *testing.T) {
		var clicks []Decision
		for n := range uint64(10) {
			clicks = append(clicks, decided(n+1, alice, "dba", "leads"))
		}
		if r := Tally(seats("dba", "leads"), Usable(clicks, current())); r.Approved() || len(r.Fills) != 1 {
			t.Errorf("tally is %+v", r)
		}
	})
	t.Run("an undecided choice is not an approval", func(t *testing.T) {
		for _, c := range []Choice{"", Deny, "timeout", "APPROVE"} {
			d := decided(1, alice, "dba")
			d.Choice = c
			if len(Usable([]Decision{d}, current())) != 0 {
				t.Errorf("choice %q is an approval", c)
			}
		}
	})
}
