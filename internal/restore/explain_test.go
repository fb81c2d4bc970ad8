package restore

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"snapback/approvals"
)

// TestExplain says of each policy why it does not decide.
func TestExplain(t *testing.T) {
	seated, second, auto := seated(t, "om/stage/*"), seated(t, "*/*/*"), auto(t, "*/*/*", "*/*/*")
	second.Terms.Policy = "second"
	other := Policy{Match: Match{Source: patterns(t, "om/stage/*")}, Terms: Terms{Policy: "other"}}
	weak := Policy{Match: auto.Match, Terms: Terms{Policy: "weak", Auto: true}}
	bold := Policy{Match: Match{Source: patterns(t, "*/*/*")}, Terms: Terms{Policy: "bold", Auto: true}} // onto anything
	away := Policy{Match: other.Match, Terms: bold.Terms}
	down, aside, duty, unread := auto, seated, auto, seated
	down.Match.Delivery, aside.Match.Target = []DeliveryKind{Download}, patterns(t, "om/prod/*")
	duty.Match.Requesters, unread.Match.Requesters = []string{"oncall"}, []string{"oncall"}
	dba := Policy{Match: Match{Requesters: []string{"dba"}}, Terms: Terms{Policy: "dba"}}
	tests := map[string]struct {
		policies []Policy
		want     []MatchKey // "" decides
	}{
		"none":                         {nil, nil},
		"the first that fits":          {[]Policy{other, seated, second}, []MatchKey{KeySource, "", KeyEarlier}},
		"alone":                        {[]Policy{auto}, []MatchKey{""}},
		"seats after it":               {[]Policy{auto, seated}, []MatchKey{KeyAuto, ""}},
		"seats before it":              {[]Policy{seated, auto}, []MatchKey{"", KeyEarlier}},
		"two alone":                    {[]Policy{auto, weak}, []MatchKey{"", KeyEarlier}},
		"two alone, and seats":         {[]Policy{auto, weak, seated}, []MatchKey{KeyAuto, KeyAuto, ""}},
		"it may not":                   {[]Policy{bold}, []MatchKey{KeyInPlace}},
		"it may not, seats before it":  {[]Policy{seated, bold}, []MatchKey{"", KeyInPlace}},
		"it may not, and is not about": {[]Policy{away}, []MatchKey{KeySource}},
		"cannot tell":                  {[]Policy{unread, second}, []MatchKey{KeyRequesters, KeyEarlier}},
		"cannot tell, alone":           {[]Policy{duty, seated}, []MatchKey{KeyRequesters, KeyEarlier}},
		"what stands against each":     {[]Policy{down, other, aside, dba}, []MatchKey{KeyDelivery, KeySource, KeyTarget, KeyRequesters}},
		"a match before cannot tell":   {[]Policy{second, unread}, []MatchKey{"", KeyEarlier}},
	}
	who := standing(erin)
	who.Unread = []string{"oncall"}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []MatchKey
			for _, e := range Explain(tt.policies, plan().Spec, who) {
				got = append(got, e.Key)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("explained by %q, want %q", got, tt.want)
			}
		})
	}
}

// TestSorts sorts members of five groups, of whom one is listed twice.
func TestSorts(t *testing.T) {
	member := func(n int) approvals.Person { return approvals.Person{Team: "T1", User: fmt.Sprint("U", n)} }
	s, frozen := file(t), terms("a", "b", "c", "a", "d", "e")
	of := make(map[approvals.Person][]string)
	members := map[string][]approvals.Person{"of no seat": {member(1)}}
	for n := range 64 {
		for i, g := range []string{"a", "b", "c", "d", "e"} {
			if n&(1<<i) != 0 {
				members[g], of[member(n)] = append(members[g], member(n)), append(of[member(n)], g)
			}
		}
	}
	members["a"] = slices.Insert(members["a"], 1, member(1))
	p := proposal(plan(), frozen)
	p.Members = members
	s.record(s.PutUp(s.now, testInstallation, p))
	all, sorts := s.sorted()
	got := make(map[approvals.Person][]string)
	for who, sort := range all {
		got[who] = sorts[sort]
	}
	if !maps.EqualFunc(got, of, slices.Equal) || len(sorts) != 32 {
		t.Errorf("%d sorts of people: %v, want %v", len(sorts), got, of)
	}
	if got := groupNames(s.Seats()); !reflect.DeepEqual(got, []string{"a", "b", "c", "d", "e"}) {
		t.Errorf("seats name %v", got)
	}
}
