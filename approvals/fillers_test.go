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
		for i, p := range people {
			if ban.Covers(p) || slices.Contains(people[:i], p) {
				t.Fatalf("%s sits twice or may not: %v", p, people)
			}
		}
	}
}
