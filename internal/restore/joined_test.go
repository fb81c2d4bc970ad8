package restore

import (
	"reflect"
	"slices"
	"testing"

	"snapback/approvals"
)

// TestJoin notes who came into groups after the request was put up, each once, and nobody of a group that rotates.
func TestJoin(t *testing.T) {
	dave, frank := approvals.Person{Team: "T1", User: "U0DAVE"}, approvals.Person{Team: "T1", User: "U0FRANK"}
	s := in(t, Pending)
	group := s.Terms.Seats[0].From
	was := s.Members[group]
	with := func(people ...approvals.Person) Members {
		return Members{group: append(slices.Clip(was), people...)}
	}
	steps := []struct {
		name string
		now  Members
		want Members
	}{
		{"as it was", with(), nil},
		{"smaller", Members{}, nil},
		{"another group", Members{"others": {dave}}, nil},
		{"one came", with(dave), Members{group: {dave}}},
		{"noted already", with(dave), nil},
		{"gone again", with(), nil},
		{"back, and one more", with(dave, frank), Members{group: {frank}}},
	}
	for _, step := range steps {
		body := s.Join(step.now)
		if step.want == nil {
			if body != nil {
				t.Errorf("%s: noted %+v", step.name, body)
			}
			continue
		}
		if !reflect.DeepEqual(body, BodyJoined{Joined: step.want}) {
			t.Fatalf("%s: noted %+v, want %+v", step.name, body, step.want)
		}
		s.record(body)
		s.Request = clone(t, s.store.request(t, s.Subject))
	}
	if got := s.Joined[group]; !reflect.DeepEqual(got, []approvals.Person{dave, frank}) {
		t.Errorf("joined are %v", got)
	}
	s.Terms.Rotating = []string{group}
	if body := s.Join(with(dave, frank, carol)); body != nil {
		t.Errorf("of a group that rotates: %+v", body)
	}
	for _, state := range allStates() {
		if q := in(t, state); state != Pending && q.Terms != nil && q.Join(with(dave)) != nil {
			t.Errorf("noted in %q", state)
		}
	}
}
