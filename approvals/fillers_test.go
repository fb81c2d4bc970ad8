package approvals

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestFillers(t *testing.T) {
	tests := map[string]struct {
		seats   []Seat
		members map[string][]Person
		ban     Ban
		people  []Person
		open    []Seat
	}{
		"no seats":           {nil, map[string][]Person{"dba": {alice}}, Ban{}, nil, nil},
		"nobody":             {seats("dba"), nil, Ban{}, nil, seats("dba")},
		"one":                {seats("dba"), map[string][]Person{"dba": {alice, bob}}, Ban{}, []Person{alice}, nil},
		"two of one group":   {seats("dba", "dba"), map[string][]Person{"dba": {alice, bob}}, Ban{}, []Person{bob, alice}, nil},
		"one for two":        {seats("dba", "dba"), map[string][]Person{"dba": {alice}}, Ban{}, []Person{alice}, seats("dba")},
		"listed twice":       {seats("dba", "dba"), map[string][]Person{"dba": {alice, alice, alice, bob}}, Ban{}, []Person{bob, alice}, nil},
		"behind who is out":  {seats("dba"), map[string][]Person{"dba": {erin, erin, bob}}, Ban{Requester: erin}, []Person{bob}, nil},
		"one moves over":     {seats("dba", "leads"), map[string][]Person{"dba": {alice, bob}, "leads": {alice}}, Ban{}, []Person{bob, alice}, nil},
		"of an unasked one":  {seats("dba"), map[string][]Person{"leads": {alice}}, Ban{}, nil, seats("dba")},
		"the open one":       {seats("dba", "leads"), map[string][]Person{"leads": {alice}}, Ban{}, []Person{alice}, seats("dba")},
		"whoever owns it":    {seats("dba"), map[string][]Person{"dba": {alice, bob, carol}}, Ban{Owner: alice, Origin: bob}, []Person{carol}, nil},
		"seats without name": {seats(""), map[string][]Person{"dba": {alice}}, Ban{}, nil, seats("")},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			people, open := Fillers(tt.seats, tt.members, tt.ban)
			if !slices.Equal(people, tt.people) || !slices.Equal(open, tt.open) {
				t.Errorf("%v and open %v, want %v and %v", people, open, tt.people, tt.open)
			}
			if got := Unfillable(tt.seats, tt.members, tt.ban); !slices.Equal(got, tt.open) {
				t.Errorf("unfillable are %v, want %v", got, tt.open)
			}
		})
	}
}

// TestFillersOfLargeGroups has groups of many people, of whom few are looked at: as many seats are filled as if all were.
func TestFillersOfLargeGroups(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 2026))
	for range 300 {
		members, all := make(map[string][]Person), make(map[Person][]string)
		for _, g := range []string{"dba", "leads", "sre"} {
			for range random.IntN(12) {
				p := Person{Team: "T1", User: fmt.Sprint("U", random.IntN(14))}
				members[g], all[p] = append(members[g], p), append(all[p], g)
			}
		}
		var required []Seat
		for range 1 + random.IntN(5) {
			required = append(required, Seat{From: []string{"dba", "leads", "sre"}[random.IntN(3)]})
		}
		ban := Ban{Requester: Person{Team: "T1", User: "U0"}, Owner: Person{Team: "T1", User: "U1"}}
		var everybody []Decision
		for p, groups := range all {
			if !ban.Covers(p) {
				everybody = append(everybody, Decision{Standing: Standing{Person: p}, Groups: groups})
			}
		}
		people, open := Fillers(required, members, ban)
		if want := mostSeats(required, everybody); len(people) != want || len(open) != len(required)-want {
			t.Fatalf("%v fill %v of %v, %d can be", people, required, members, want)
		}
		var chosen []Decision
		for _, p := range people {
			chosen = append(chosen, Decision{Standing: Standing{Person: p}, Groups: all[p]})
		}
		if got := mostSeats(required, chosen); got != len(people) {
			t.Fatalf("%v are to fill %v of %v, and can fill %d", people, required, members, got)
		}
		for i, p := range people {
			if ban.Covers(p) || slices.Contains(people[:i], p) {
				t.Fatalf("%s sits twice or may not: %v", p, people)
			}
		}
	}
}

// TestCandidatesAreFew has large groups that share people. Of each group no more people are looked at than there are
// seats, or than sit elsewhere already.
func TestCandidatesAreFew(t *testing.T) {
	group := func(from, to int) []Person {
		var out []Person
		for n := range to - from {
			out = append(out, Person{Team: "T1", User: fmt.Sprint("U", from+n)})
		}
		return out
	}
	members := map[string][]Person{"dba": group(0, 500), "leads": group(1, 500), "sre": group(900, 1000), "one": group(0, 1)}
	tests := map[string]struct {
		seats []Seat
		want  int
	}{
		"one seat":             {seats("dba"), 1},
		"two of one group":     {seats("dba", "dba"), 2},
		"two groups apart":     {seats("dba", "sre"), 4},
		"three of two groups":  {seats("dba", "sre", "dba"), 6},
		"groups that overlap":  {seats("dba", "leads"), 3},
		"a group of one, too":  {seats("one", "dba", "sre"), 6},
		"a group without seat": {seats("one"), 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			people, groups := candidates(tt.seats, members, Ban{Requester: erin})
			if len(people) != tt.want || len(groups) != tt.want {
				t.Errorf("%d people with %d lists of groups, want %d: %v", len(people), len(groups), tt.want, people)
			}
		})
	}
}
