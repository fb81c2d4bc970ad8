package restore

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
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

// TestCloneSharesNothing fills every field of a request, whatever fields it gets, and looks for memory that a clone of it
// shares.
func TestCloneSharesNothing(t *testing.T) {
	r := new(Request)
	fill(reflect.ValueOf(r).Elem())
	c := r.Clone()
	if !reflect.DeepEqual(c, r) {
		t.Errorf("the clone is %+v, want %+v", c, r)
	}
	visited := map[string]bool{}
	shared(reflect.ValueOf(r).Elem(), reflect.ValueOf(c).Elem(), "", func(path string, same bool) {
		visited[path] = true
		if same {
			t.Errorf("%s is shared", path)
		}
	})
	for _, path := range []string{".Plan", ".Plan.Findings.Near", ".Members[]", ".Decisions.Standing.Groups", ".Wait.Finding", ".Attempts.Jobs"} {
		if !visited[path] {
			t.Errorf("%s was not looked at", path)
		}
	}
	if empty := new(Request).Clone(); !reflect.DeepEqual(empty, new(Request)) {
		t.Errorf("the clone of an empty request is %+v", empty)
	}
}

// fill gives everything in v a value.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(noon))
			return
		}
		for _, field := range v.Fields() {
			fill(field)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key)
		fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	default:
		v.Set(reflect.ValueOf(1).Convert(v.Type()))
	}
}

// shared calls found for every pointer, slice and map that two values have at the same place.
func shared(a, b reflect.Value, path string, found func(path string, same bool)) {
	switch a.Kind() {
	case reflect.Pointer:
		found(path, a.Pointer() == b.Pointer())
		shared(a.Elem(), b.Elem(), path, found)
	case reflect.Struct:
		if a.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range a.NumField() {
			shared(a.Field(i), b.Field(i), path+"."+a.Type().Field(i).Name, found)
		}
	case reflect.Slice:
		found(path, a.Pointer() == b.Pointer())
		shared(a.Index(0), b.Index(0), path, found)
	case reflect.Map:
		found(path, a.Pointer() == b.Pointer())
		for _, key := range a.MapKeys() {
			shared(a.MapIndex(key), b.MapIndex(key), path+"[]", found)
		}
	default:
	}
}
