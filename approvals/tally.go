package approvals

import (
	"cmp"
	"slices"
)

// Fill says that a person's decision fills a seat.
type Fill struct {
	Seat   int    `json:"seat"` // position in the policy's list
	From   string `json:"from"`
	Person Person `json:"person"`
	N      uint64 `json:"n"` // the decision's number
}

// Result is the outcome of a [Tally].
type Result struct {
	Fills []Fill // by seat position
	Open  []int  // positions of the seats nobody fills, ascending
}

// Approved reports whether every seat is filled. No seats at all is not an approval.
func (r Result) Approved() bool { return len(r.Open) == 0 && len(r.Fills) > 0 }

// Tally assigns the people behind usable decisions (see [Usable]) to seats, one person one seat, so that as many
// seats as possible are filled. It is a maximum bipartite matching by augmenting paths: somebody who fits two
// seats moves over for somebody who fits only one. The same arguments always give the same result.
func Tally(seats []Seat, usable []Decision) Result {
	people := slices.Clone(usable)
	slices.SortStableFunc(people, func(a, b Decision) int { return cmp.Compare(a.N, b.N) })
	groups := make([][]string, len(people))
	for i, d := range people {
		groups[i] = d.Groups
	}
	var r Result
	for seat, who := range match(seats, groups) {
		if who < 0 {
			r.Open = append(r.Open, seat)
			continue
		}
		d := people[who]
		r.Fills = append(r.Fills, Fill{Seat: seat, From: seats[seat].From, Person: d.Standing.Person, N: d.N})
	}
	return r
}

// Helps reports whether one more person, who is in groups, would raise the number of filled seats.
func Helps(seats []Seat, usable []Decision, groups []string) bool {
	before := len(Tally(seats, usable).Fills)
	more := append(slices.Clone(usable), Decision{Groups: groups}) // who comes when makes no difference to how many seats
	return len(Tally(seats, more).Fills) > before
}

// Unfillable returns the seats that stay open even if everybody who may decide approves: see [Fillers]. An empty result
// means that the seats can be filled.
func Unfillable(seats []Seat, members map[string][]Person, ban Ban) []Seat {
	_, open := Fillers(seats, members, ban)
	return open
}

// Fillers returns people who could fill as many seats as possible, by the seats' positions, and the seats that stay open
// even so. Members maps each group to its people; whom the ban covers does not count.
func Fillers(seats []Seat, members map[string][]Person, ban Ban) (fillers []Person, open []Seat) {
	people, groups := candidates(seats, members, ban)
	for seat, who := range match(seats, groups) {
		if who < 0 {
			open = append(open, seats[seat])
			continue
		}
		fillers = append(fillers, people[who])
	}
	return fillers, open
}

// candidates returns people for the seats and which groups they are for. Groups can be large: of each it takes as many
// people as there are seats, because then one of them is free, whoever sits elsewhere.
func candidates(seats []Seat, members map[string][]Person, ban Ban) (people []Person, groups [][]string) {
	index := make(map[Person]int)
	for n, s := range seats {
		if slices.Contains(seats[:n], s) {
			continue
		}
		left := len(seats)
		for _, p := range members[s.From] {
			i, ok := index[p]
			if ban.Covers(p) || ok && slices.Contains(groups[i], s.From) {
				continue
			}
			if left == 0 {
				break
			}
			left--
			if !ok {
				i = len(people)
				index[p] = i
				people, groups = append(people, p), append(groups, nil)
			}
			groups[i] = append(groups[i], s.From)
		}
	}
	return people, groups
}

// Entitled reports whether somebody in groups could fill some seat, taken or not.
func Entitled(seats []Seat, groups []string) bool {
	return slices.ContainsFunc(seats, func(s Seat) bool { return slices.Contains(groups, s.From) })
}

// match returns for each seat the index of the person who takes it, or -1. People come in the given order, each
// tries the seats by position.
func match(seats []Seat, groups [][]string) []int {
	holder := make([]int, len(seats))
	for i := range holder {
		holder[i] = -1
	}
	for person := range groups {
		place(person, seats, groups, holder, make([]bool, len(seats)))
	}
	return holder
}

// place seats person, moving others along an augmenting path if that makes room.
func place(person int, seats []Seat, groups [][]string, holder []int, tried []bool) bool {
	for s, seat := range seats {
		if tried[s] || !slices.Contains(groups[person], seat.From) {
			continue
		}
		tried[s] = true
		if holder[s] < 0 || place(holder[s], seats, groups, holder, tried) {
			holder[s] = person
			return true
		}
	}
	return false
}
