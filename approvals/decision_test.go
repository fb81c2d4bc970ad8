package approvals

import (
	"slices"
	"testing"
)

func TestUsable(t *testing.T) {
	with := func(d Decision, change func(*Decision)) Decision {
		change(&d)
		return d
	}
	a, b := decided(3, alice, "dba"), decided(4, bob, "dba")
	tests := map[string]struct {
		decisions []Decision
		ban       Ban
		want      []uint64
	}{
		"none":               {nil, Ban{}, nil},
		"two people":         {[]Decision{a, b}, Ban{}, []uint64{3, 4}},
		"other revision":     {[]Decision{with(a, func(d *Decision) { d.Revision = 1 })}, Ban{}, nil},
		"later revision":     {[]Decision{with(a, func(d *Decision) { d.Revision = 3 })}, Ban{}, nil},
		"other hash":         {[]Decision{with(a, func(d *Decision) { d.PlanHash = "p1:bb" })}, Ban{}, nil},
		"other nonce":        {[]Decision{with(a, func(d *Decision) { d.Nonce = "fedcba9876543210" })}, Ban{}, nil},
		"no nonce":           {[]Decision{with(a, func(d *Decision) { d.Nonce = "" })}, Ban{}, nil},
		"void":               {[]Decision{with(a, func(d *Decision) { d.Void = true }), b}, Ban{}, []uint64{4}},
		"a denial":           {[]Decision{with(a, func(d *Decision) { d.Choice = Deny })}, Ban{}, nil},
		"no choice at all":   {[]Decision{with(a, func(d *Decision) { d.Choice = "" })}, Ban{}, nil},
		"nobody":             {[]Decision{with(a, func(d *Decision) { d.Standing.Person = Person{} })}, Ban{}, nil},
		"requester":          {[]Decision{a, b}, Ban{Requester: alice}, []uint64{4}},
		"owner":              {[]Decision{a, b}, Ban{Requester: erin, Owner: bob}, []uint64{3}},
		"author of repeated": {[]Decision{a, b}, Ban{Requester: erin, Origin: bob}, []uint64{3}},
		"same user id of another team is somebody else": {
			[]Decision{a, with(a, func(d *Decision) { d.N, d.Standing.Person.Team = 5, "T2" })},
			Ban{},
			[]uint64{3, 5},
		},
		"the latest of a person": {
			[]Decision{a, with(a, func(d *Decision) { d.N = 9 })}, Ban{}, []uint64{9},
		},
		"the latest, whatever the order": {
			[]Decision{with(a, func(d *Decision) { d.N = 9 }), a}, Ban{}, []uint64{9},
		},
		"a later denial takes the approval back": {
			[]Decision{a, with(a, func(d *Decision) { d.N, d.Choice = 9, Deny })}, Ban{}, nil,
		},
		"a later void decision takes it back, too": {
			[]Decision{a, with(a, func(d *Decision) { d.N, d.Void = 9, true })}, Ban{}, nil,
		},
		"approved anew after it was void": {
			[]Decision{with(a, func(d *Decision) { d.Void = true }), with(a, func(d *Decision) { d.N = 9 })},
			Ban{},
			[]uint64{9},
		},
		"approved the plan before and this one": {
			[]Decision{with(a, func(d *Decision) { d.Revision, d.PlanHash = 1, "p1:00" }), with(a, func(d *Decision) { d.N = 9 })},
			Ban{},
			[]uint64{9},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			ballot := current()
			ballot.Ban = tt.ban
			var got []uint64
			for _, d := range Usable(tt.decisions, ballot) {
				got = append(got, d.N)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("usable are %v, want %v", got, tt.want)
			}
		})
	}
}

func TestUsableSharesNothing(t *testing.T) {
	all := []Decision{decided(1, alice, "dba"), decided(2, bob, "dba")}
	got := Usable(all, current())
	got[0].N, got[0].Void = 99, true
	if all[0].N != 1 || all[0].Void {
		t.Errorf("changing the result changed the argument: %+v", all[0])
	}
}
