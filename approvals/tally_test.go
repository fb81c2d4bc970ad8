package approvals

import (
	"reflect"
	"slices"
	"testing"
)

func TestTally(t *testing.T) {
	tests := map[string]struct {
		seats     []Seat
		decisions []Decision
		want      []Person // by seat
		approved  bool
	}{
		"no seats, no approvals": {nil, nil, nil, false},
		"no seats, an approval":  {nil, []Decision{decided(1, alice, "dba")}, nil, false},
		"no approvals":           {seats("dba"), nil, []Person{{}}, false},
		"one seat":               {seats("dba"), []Decision{decided(1, alice, "dba")}, []Person{alice}, true},
		"wrong group":            {seats("dba"), []Decision{decided(1, alice, "leads")}, []Person{{}}, false},
		"no group":               {seats("dba"), []Decision{decided(1, alice)}, []Person{{}}, false},
		"second group counts":    {seats("leads"), []Decision{decided(1, alice, "dba", "leads")}, []Person{alice}, true},
		"one person, two seats": {
			seats("dba", "leads"), []Decision{decided(1, alice, "dba", "leads")}, []Person{alice, {}}, false,
		},
		"count 2, one person":   {seats("dba", "dba"), []Decision{decided(1, alice, "dba")}, []Person{alice, {}}, false},
		"count 2, two people":   {seats("dba", "dba"), []Decision{decided(1, alice, "dba"), decided(2, bob, "dba")}, []Person{bob, alice}, true},
		"more people than seat": {seats("dba"), []Decision{decided(1, alice, "dba"), decided(2, bob, "dba")}, []Person{alice}, true},
		"first come by number, not by place": {
			seats("dba"), []Decision{decided(8, bob, "dba"), decided(3, alice, "dba")}, []Person{alice}, true,
		},
		"who fits both moves over": {
			seats("dba", "leads"), []Decision{decided(1, alice, "dba", "leads"), decided(2, bob, "dba")}, []Person{bob, alice}, true,
		},
		"a chain of three": {
			seats("dba", "leads", "sre"),
			[]Decision{decided(1, alice, "dba", "leads"), decided(2, bob, "leads", "sre"), decided(3, carol, "dba"), decided(4, dave, "leads")},
			[]Person{carol, alice, bob},
			true,
		},
		"a chain of four, moved by the last": {
			seats("a", "b", "c", "d"),
			[]Decision{decided(1, alice, "a", "b"), decided(2, bob, "b", "c"), decided(3, carol, "c", "d"), decided(4, dave, "a")},
			[]Person{dave, alice, bob, carol},
			true,
		},
		"a chain through count seats": {
			seats("dba", "dba", "leads"),
			[]Decision{decided(1, alice, "dba", "leads"), decided(2, bob, "dba", "leads"), decided(3, carol, "dba")},
			[]Person{carol, bob, alice},
			true,
		},
		"three people cannot hold two groups of one": {
			seats("dba", "leads", "leads"),
			[]Decision{decided(1, alice, "dba"), decided(2, bob, "dba"), decided(3, carol, "dba")},
			[]Person{alice, {}, {}},
			false,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := Tally(tt.seats, Usable(tt.decisions, current()))
			if who := seated(len(tt.seats), got); !slices.Equal(who, tt.want) {
				t.Errorf("seated are %v, want %v", who, tt.want)
			}
			if got.Approved() != tt.approved {
				t.Errorf("Approved() = %v, want %v", got.Approved(), tt.approved)
			}
			checkResult(t, tt.seats, tt.decisions, got)
		})
	}
}

func TestTallySameForEveryOrder(t *testing.T) {
	required := seats("dba", "leads", "dba", "sre")
	all := []Decision{
		decided(1, alice, "dba", "leads"), decided(2, bob, "leads", "sre"), decided(3, carol, "dba"),
		decided(4, dave, "dba", "sre"), decided(5, Person{Team: "T2", User: "U0ALICE"}, "leads"),
	}
	want := Tally(required, all)
	for order := range permutations(len(all)) {
		var shuffled []Decision
		for _, i := range order {
			shuffled = append(shuffled, all[i])
		}
		before := slices.Clone(shuffled)
		if got := Tally(required, shuffled); !reflect.DeepEqual(got, want) {
			t.Fatalf("order %v gives %+v, want %+v", order, got, want)
		}
		if !reflect.DeepEqual(before, shuffled) {
			t.Fatalf("order %v: the argument was sorted in place", order)
		}
	}
}

func TestHelps(t *testing.T) {
	tests := map[string]struct {
		seats     []Seat
		decisions []Decision
		groups    []string
		want      bool
	}{
		"first":                     {seats("dba"), nil, []string{"dba"}, true},
		"wrong group":               {seats("dba"), nil, []string{"leads"}, false},
		"no groups":                 {seats("dba"), nil, nil, false},
		"no seats":                  {nil, nil, []string{"dba"}, false},
		"seat taken":                {seats("dba"), []Decision{decided(1, alice, "dba")}, []string{"dba"}, false},
		"other seat":                {seats("dba", "leads"), []Decision{decided(1, alice, "dba")}, []string{"leads"}, true},
		"taken, but moves over":     {seats("dba", "leads"), []Decision{decided(1, alice, "dba", "leads")}, []string{"dba"}, true},
		"taken, and cannot":         {seats("dba", "leads"), []Decision{decided(1, alice, "dba")}, []string{"dba"}, false},
		"number above all":          {seats("dba", "dba"), []Decision{decided(^uint64(0), alice, "dba")}, []string{"dba"}, true},
		"moves over through chains": {seats("a", "b", "c"), []Decision{decided(1, alice, "a", "b"), decided(2, bob, "b", "c")}, []string{"a"}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Helps(tt.seats, tt.decisions, tt.groups); got != tt.want {
				t.Errorf("Helps() = %v, want %v", got, tt.want)
			}
		})
	}
}

// TestHelpsKeepsTheOthers asks about the first of several decisions.
func TestHelpsKeepsTheOthers(t *testing.T) {
	all := []Decision{decided(1, alice, "dba"), decided(2, bob, "leads")}
	if !Helps(seats("dba", "leads"), all[:1], []string{"leads"}) || !reflect.DeepEqual(all[1], decided(2, bob, "leads")) {
		t.Errorf("the second decision became %+v", all[1])
	}
}

func TestEntitled(t *testing.T) {
	tests := map[string]struct {
		seats  []Seat
		groups []string
		want   bool
	}{
		"some seat":    {seats("dba", "leads"), []string{"x", "leads"}, true},
		"no seat":      {seats("dba"), []string{"leads"}, false},
		"no seats":     {nil, []string{"dba"}, false},
		"no groups":    {seats("dba"), nil, false},
		"similar name": {seats("dba"), []string{"DBA", "dba2", "db"}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Entitled(tt.seats, tt.groups); got != tt.want {
				t.Errorf("Entitled() = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestUnfillable(t *testing.T) {
	tests := map[string]struct {
		seats   []Seat
		members map[string][]Person
		ban     Ban
		want    []Seat
	}{
		"fillable":            {seats("dba"), map[string][]Person{"dba": {alice}}, Ban{Requester: erin}, nil},
		"empty group":         {seats("dba"), map[string][]Person{"dba": {}}, Ban{Requester: erin}, seats("dba")},
		"unknown group":       {seats("dba"), nil, Ban{Requester: erin}, seats("dba")},
		"requester alone":     {seats("leads"), map[string][]Person{"leads": {alice}}, Ban{Requester: alice}, seats("leads")},
		"owner alone":         {seats("leads"), map[string][]Person{"leads": {bob}}, Ban{Requester: alice, Owner: bob}, seats("leads")},
		"origin alone":        {seats("leads"), map[string][]Person{"leads": {bob}}, Ban{Requester: alice, Origin: bob}, seats("leads")},
		"count 2, two people": {seats("dba", "dba"), map[string][]Person{"dba": {alice, bob}}, Ban{Requester: erin}, nil},
		"count 2, the requester being one": {
			seats("dba", "dba"), map[string][]Person{"dba": {alice, bob}}, Ban{Requester: alice}, seats("dba"),
		},
		"count 2, one person listed twice": {
			seats("dba", "dba"), map[string][]Person{"dba": {alice, alice}}, Ban{Requester: erin}, seats("dba"),
		},
		"one person is all of two groups": {
			seats("dba", "leads"), map[string][]Person{"dba": {alice}, "leads": {alice}}, Ban{Requester: erin}, seats("leads"),
		},
		"who is in both moves over": {
			seats("dba", "leads"), map[string][]Person{"dba": {alice, bob}, "leads": {alice}}, Ban{Requester: erin}, nil,
		},
		"other groups do not help": {
			seats("dba"), map[string][]Person{"leads": {alice}}, Ban{Requester: erin}, seats("dba"),
		},
		"no seats": {nil, map[string][]Person{"dba": {alice}}, Ban{Requester: erin}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Unfillable(tt.seats, tt.members, tt.ban); !slices.Equal(got, tt.want) {
				t.Errorf("Unfillable() = %v, want %v", got, tt.want)
			}
		})
	}
}
