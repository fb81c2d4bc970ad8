package restore

import (
	"encoding/json"
	"reflect"
	"testing"
)

// clone copies a request as a store would.
func clone(t *testing.T, r *Request) *Request {
	t.Helper()
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	out := new(Request)
	if err := json.Unmarshal(raw, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRequestSurvivesTheStore checks that nothing of a request is lost when it is written and read.
func TestRequestSurvivesTheStore(t *testing.T) {
	for _, state := range allStates() {
		r := in(t, state).Request
		r.Owner, r.Author = alice, bob
		r.Wait = &Wait{Code: WaitTarget, Holder: "R-2", Since: noon, Until: noon, Tries: 3, Detail: "d", Why: KeptJobs}
		r.Reminded, r.Lack = noon, Lack{Since: noon, Looks: 2}
		r.Absent, r.Misses, r.Linger, r.Kept = noon, 2, noon, KeptUnseen
		r.Goal = &GoalState{Since: noon, Version: 7, There: 1, Of: 3, Told: true, End: GoalLate}
		if got := clone(t, r); !reflect.DeepEqual(got, r) {
			t.Errorf("%q: read %+v, wrote %+v", state, got, r)
		}
	}
}
