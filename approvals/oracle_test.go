package approvals

import (
	"iter"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// mostSeats is the greatest number of seats that the decisions can fill, found by trying every assignment. It is
// written seat by seat over sets of people, unlike the tally, which goes person by person along paths.
func mostSeats(required []Seat, ds []Decision) int {
	type state struct {
		used   uint
		filled int
	}
	reach := map[state]bool{{}: true}
	for _, seat := range required {
		next := make(map[state]bool)
		for s := range reach {
			next[s] = true // the seat stays open
			for i, d := range ds {
				if s.used&(1<<i) == 0 && slices.Contains(d.Groups, seat.From) {
					next[state{s.used | 1<<i, s.filled + 1}] = true
				}
			}
		}
		reach = next
	}
	most := 0
	for s := range reach {
		most = max(most, s.filled)
	}
	return most
}

// checkResult checks what holds for every tally of usable decisions.
func checkResult(t *testing.T, required []Seat, ds []Decision, got Result) {
	t.Helper()
	if want := mostSeats(required, ds); len(got.Fills) != want {
		t.Errorf("%d seats filled, %d can be: seats %v, decisions %v", len(got.Fills), want, required, ds)
	}
	people, places := make(map[Person]bool), make(map[int]bool)
	last := -1
	for _, f := range got.Fills {
		i := slices.IndexFunc(ds, func(d Decision) bool { return d.N == f.N && d.Standing.Person == f.Person })
		if i < 0 || f.From != required[f.Seat].From || !slices.Contains(ds[i].Groups, f.From) {
			t.Errorf("%+v rests on no decision", f)
		}
		if people[f.Person] {
			t.Errorf("%s sits twice", f.Person)
		}
		if f.Seat <= last {
			t.Errorf("fills are not by position: %+v", got.Fills)
		}
		people[f.Person], places[f.Seat], last = true, true, f.Seat
	}
	for _, open := range got.Open {
		if places[open] {
			t.Errorf("seat %d is filled and open", open)
		}
		places[open] = true
	}
	if len(places) != len(required) || !slices.IsSorted(got.Open) {
		t.Errorf("fills %+v and open %v do not make up %d seats", got.Fills, got.Open, len(required))
	}
	if want := len(required) > 0 && mostSeats(required, ds) == len(required); got.Approved() != want {
		t.Errorf("Approved() = %v, want %v", got.Approved(), want)
	}
}

// usableOracle finds the usable decisions person by person.
func usableOracle(ds []Decision, b Ballot) []Decision {
	var out []Decision
	for _, d := range ds {
		newer := slices.ContainsFunc(ds, func(o Decision) bool {
			return o.Standing.Person == d.Standing.Person && o.N > d.N
		})
		banned := slices.Contains([]Person{{}, b.Ban.Requester, b.Ban.Owner, b.Ban.Origin}, d.Standing.Person)
		same := Ballot{Revision: d.Revision, PlanHash: d.PlanHash, Nonce: d.Nonce, Ban: b.Ban} == b
		if !newer && !banned && same && d.Choice == Approve && !d.Void {
			out = append(out, d)
		}
	}
	return out
}

// source is where random cases come from: a generator or a fuzzer's bytes.
type source func(n int) int

// electorate makes seats and decisions: few groups and people, so that they get in each other's way, and some
// decisions that must not count.
func electorate(pick source) ([]Seat, []Decision, Ballot) {
	groups := []string{"dba", "leads", "sre", "sec"}
	people := []Person{alice, bob, carol, dave, erin, {}, {Team: "T2", User: alice.User}}
	var required []Seat
	for range pick(6) {
		required = append(required, Seat{From: groups[pick(len(groups))]})
	}
	b := current()
	if pick(3) == 0 {
		b.Ban.Owner = people[pick(len(people))]
	}
	if pick(3) == 0 {
		b.Ban.Origin = people[pick(len(people))]
	}
	var ds []Decision
	for n := range pick(9) {
		d := decided(uint64(n+1), people[pick(len(people))])
		for _, g := range groups {
			if pick(5) < 2 {
				d.Groups = append(d.Groups, g)
			}
		}
		switch pick(20) {
		case 1:
			d.Choice = Deny
		case 2:
			d.Revision--
		case 3:
			d.PlanHash = "p1:old"
		case 4:
			d.Nonce = "another"
		case 5:
			d.Void = true
		}
		ds = append(ds, d)
	}
	return required, ds, b
}

func checkElectorate(t *testing.T, pick source) {
	t.Helper()
	required, ds, b := electorate(pick)
	usable := Usable(ds, b)
	if want := usableOracle(ds, b); !reflect.DeepEqual(usable, want) {
		t.Errorf("usable of %v are %v, want %v", ds, usable, want)
	}
	got := Tally(required, usable)
	checkResult(t, required, usable, got)
	slices.Reverse(ds)
	if again := Tally(required, Usable(ds, b)); !reflect.DeepEqual(again, got) {
		t.Errorf("backwards: %+v, want %+v", again, got)
	}
	checkHelps(t, required, usable, got)
}

// checkHelps checks that whoever came first and was of use is seated, nobody else, and that Helps foretells it.
func checkHelps(t *testing.T, required []Seat, usable []Decision, got Result) {
	t.Helper()
	for i, d := range usable {
		before := usable[:i]
		helps := mostSeats(required, usable[:i+1]) > mostSeats(required, before)
		if told := Helps(required, before, d.Groups); told != helps {
			t.Errorf("decision %d: Helps() = %v, want %v", d.N, told, helps)
		}
		seated := slices.ContainsFunc(got.Fills, func(f Fill) bool { return f.N == d.N })
		if seated != helps {
			t.Errorf("decision %d: seated %v, of use when it came %v", d.N, seated, helps)
		}
	}
}

func TestTallyAgainstOracle(t *testing.T) {
	random := rand.New(rand.NewPCG(2026, 11))
	approved := 0
	for range 4000 {
		checkElectorate(t, random.IntN)
		required, ds, b := electorate(random.IntN)
		if Tally(required, Usable(ds, b)).Approved() {
			approved++
		}
		if t.Failed() {
			return
		}
	}
	if approved < 200 {
		t.Errorf("only %d cases were approved: the cases test little", approved)
	}
}

func TestUnfillableAgainstOracle(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 2026))
	for range 2000 {
		required, ds, b := electorate(random.IntN)
		members := make(map[string][]Person)
		var usable []Decision // what everybody who may decide would give
		for _, p := range []Person{alice, bob, carol, dave, erin} {
			d := Decision{Standing: Standing{Person: p}}
			for _, o := range ds {
				if o.Standing.Person == p {
					d.Groups = o.Groups
				}
			}
			for _, g := range d.Groups {
				members[g] = append(members[g], p)
			}
			if !b.Ban.Covers(p) {
				usable = append(usable, d)
			}
		}
		got := Unfillable(required, members, b.Ban)
		if want := len(required) - mostSeats(required, usable); len(got) != want {
			t.Fatalf("%d unfillable seats, want %d: seats %v, members %v, ban %v", len(got), want, required, members, b.Ban)
		}
	}
}

// FuzzTally lets the fuzzer choose seats, people and decisions.
func FuzzTally(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{2, 0, 1, 1, 1, 2, 0, 0, 0, 9, 9, 0, 1, 0, 9, 9, 9, 0})
	random := rand.New(rand.NewPCG(7, 7))
	for range 20 {
		seed := make([]byte, 80)
		for i := range seed {
			seed[i] = byte(random.UintN(256))
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkElectorate(t, func(n int) int {
			if len(data) == 0 {
				return 0
			}
			b := int(data[0])
			data = data[1:]
			return b % n
		})
	})
}

// permutations yields every order of n things, by Heap's algorithm.
func permutations(n int) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		if !yield(order) {
			return
		}
		counts := make([]int, n)
		for i := 1; i < n; {
			if counts[i] == i {
				counts[i] = 0
				i++
				continue
			}
			j := 0
			if i%2 == 1 {
				j = counts[i]
			}
			order[i], order[j] = order[j], order[i]
			if !yield(order) {
				return
			}
			counts[i]++
			i = 1
		}
	}
}
