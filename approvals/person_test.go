package approvals

import (
	"testing"
	"time"
)

func TestPersonString(t *testing.T) {
	tests := map[string]struct {
		person Person
		want   string
		zero   bool
	}{
		"somebody":     {alice, "T1/U0ALICE", false},
		"nobody":       {Person{}, "", true},
		"without team": {Person{User: "U0ALICE"}, "/U0ALICE", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.person.String(); got != tt.want {
				t.Errorf("String() = %q, want %q", got, tt.want)
			}
			if got := tt.person.IsZero(); got != tt.zero {
				t.Errorf("IsZero() = %v, want %v", got, tt.zero)
			}
		})
	}
}

func TestStandingIn(t *testing.T) {
	s := Standing{Person: alice, Groups: []string{"dba", "leads"}, Unread: []string{"sre"}}
	for group, want := range map[string]bool{"dba": true, "leads": true, "sre": false, "DBA": false, "": false} {
		if got := s.In(group); got != want {
			t.Errorf("In(%q) = %v, want %v", group, got, want)
		}
	}
}

func TestStandingBarred(t *testing.T) {
	tests := map[string]struct {
		standing Standing
		want     Verdict
	}{
		"member":             {Standing{Person: alice}, Counts},
		"guest":              {Standing{Person: alice, Guest: true}, Guest},
		"bot":                {Standing{Person: alice, Bot: true}, Bot},
		"stranger":           {Standing{Person: alice, Stranger: true}, Stranger},
		"inactive":           {Standing{Person: alice, Inactive: true}, Inactive},
		"stranger and guest": {Standing{Person: alice, Stranger: true, Guest: true}, Stranger},
		"inactive bot":       {Standing{Person: alice, Inactive: true, Bot: true}, Bot},
		"groups do not help": {Standing{Person: alice, Guest: true, Groups: []string{"dba"}}, Guest},
		"unread groups":      {Standing{Person: alice, Unread: []string{"dba"}}, Counts},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.standing.Barred(); got != tt.want {
				t.Errorf("Barred() = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestStandingFresh(t *testing.T) {
	const maxAge = time.Minute
	tests := map[string]struct {
		at   time.Time
		want bool
	}{
		"just read":               {noon, true},
		"at the limit":            {noon.Add(-maxAge), true},
		"past the limit":          {noon.Add(-maxAge - 1), false},
		"read while deciding":     {noon.Add(time.Second), true},
		"clock went back a bit":   {noon.Add(maxAge), true},
		"clock went back an hour": {noon.Add(time.Hour), false},
		"never read":              {time.Time{}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := (Standing{Person: alice, At: tt.at}).Fresh(noon, maxAge); got != tt.want {
				t.Errorf("Fresh() = %v, want %v", got, tt.want)
			}
		})
	}
	if (Standing{}).Fresh(time.Time{}, maxAge) {
		t.Error("a fact that was never read is fresh in the year 1")
	}
}

func TestBanCovers(t *testing.T) {
	full := Ban{Requester: alice, Owner: bob, Origin: carol}
	tests := map[string]struct {
		ban    Ban
		person Person
		want   bool
	}{
		"requester":               {full, alice, true},
		"owner of the schedule":   {full, bob, true},
		"author of the repeated":  {full, carol, true},
		"somebody else":           {full, dave, false},
		"nobody":                  {full, Person{}, true},
		"nobody without an owner": {Ban{Requester: alice}, Person{}, true},
		"same id, other team":     {full, Person{Team: "T2", User: alice.User}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.ban.Covers(tt.person); got != tt.want {
				t.Errorf("Covers(%s) = %v, want %v", tt.person, got, tt.want)
			}
		})
	}
}
