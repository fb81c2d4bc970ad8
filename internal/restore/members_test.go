package restore

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"snapback/approvals"
)

// TestMembers writes members and reads them back: in order, whatever the teams, and groups of nobody stay known.
func TestMembers(t *testing.T) {
	t.Parallel()
	one, two, away := approvals.Person{Team: "T1", User: "U1"}, approvals.Person{Team: "T1", User: "U2"}, approvals.Person{Team: "T2", User: "U1"}
	tests := []struct {
		name string
		in   Members
		want string
	}{
		{"nobody knows", Members{}, `{}`},
		{"nobody", Members{"dba": nil}, `{"dba":[]}`},
		{"one", Members{"dba": {one}}, `{"dba":["T1 U1"]}`},
		{"in order", Members{"dba": {two, one}, "leads": {one}}, `{"dba":["T1 U2 U1"],"leads":["T1 U1"]}`},
		{"teams by turns", Members{"dba": {one, away, two}}, `{"dba":["T1 U1","T2 U1","T1 U2"]}`},
		{"without a team", Members{"dba": {{User: "U1"}}}, `{"dba":[" U1"]}`},
		{"nobody in particular", Members{"dba": {{}}}, `{"dba":[" "]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			raw, err := json.Marshal(tt.in)
			if err != nil || string(raw) != tt.want {
				t.Fatalf("%s, %v; want %s", raw, err, tt.want)
			}
			var back Members
			if err := json.Unmarshal(raw, &back); err != nil || !reflect.DeepEqual(back, tt.in) {
				t.Errorf("read back %v, %v", back, err)
			}
		})
	}
}

// TestMembersRefuse refuses what could be read as somebody else.
func TestMembersRefuse(t *testing.T) {
	t.Parallel()
	for _, p := range []approvals.Person{{Team: "T1", User: "U1 U2"}, {Team: "T1 U9", User: "U1"}} {
		if raw, err := json.Marshal(Members{"dba": {p}}); !errors.Is(err, errID) {
			t.Errorf("%q is written as %s, %v", p, raw, err)
		}
	}
	for _, raw := range []string{`[]`, `{"dba":"T1 U1"}`, `{"dba":[{"team":"T1","user":"U1"}]}`} {
		var m Members
		if err := json.Unmarshal([]byte(raw), &m); err == nil {
			t.Errorf("%s is read as %v", raw, m)
		}
	}
}
