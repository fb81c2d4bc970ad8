package restore

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"snapback/approvals"
)

// Members are the people of groups, by the group's name. Groups can have thousands, and a request is read and written
// with each step that it takes: as JSON, a group is a list of runs, each one text with the id of a team and those of its
// users, in order, set apart by spaces. A group of nobody has no runs.
type Members map[string][]approvals.Person

// errID says that an id cannot be told from two.
var errID = errors.New("id with a space")

// MarshalJSON implements [json.Marshaler].
func (m Members) MarshalJSON() ([]byte, error) {
	out := make(map[string][]string, len(m))
	for group, people := range m {
		runs, run := []string{}, strings.Builder{}
		for i, p := range people {
			if strings.Contains(p.Team, " ") || strings.Contains(p.User, " ") {
				return nil, fmt.Errorf("group %s, %q: %w", group, p, errID)
			}
			if i > 0 && p.Team != people[i-1].Team {
				runs = append(runs, run.String())
				run.Reset()
			}
			if i == 0 || p.Team != people[i-1].Team {
				run.WriteString(p.Team)
			}
			run.WriteString(" " + p.User)
		}
		if len(people) > 0 {
			runs = append(runs, run.String())
		}
		out[group] = runs
	}
	return json.Marshal(out)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (m *Members) UnmarshalJSON(raw []byte) error {
	var in map[string][]string
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	out := make(Members, len(in))
	for group, runs := range in {
		var people []approvals.Person
		for _, run := range runs {
			ids := strings.Split(run, " ")
			people = slices.Grow(people, len(ids))
			for _, user := range ids[1:] {
				people = append(people, approvals.Person{Team: ids[0], User: user})
			}
		}
		out[group] = people
	}
	*m = out
	return nil
}
