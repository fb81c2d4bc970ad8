package restore

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"
)

// TestKinds writes and reads one body of each kind.
func TestKinds(t *testing.T) {
	var kinds []Kind
	for _, want := range sampleBodies() {
		k := want.Kind()
		kinds = append(kinds, k)
		raw, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Event{Kind: k, Version: kindVersion, Body: raw}.Decode()
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: read %+v, %v; wrote %+v", k, got, err, want)
		}
		if got != nil && got.Kind() != k {
			t.Errorf("%s is read as %s", k, got.Kind())
		}
	}
	slices.Sort(kinds)
	if !slices.Equal(kinds, Kinds()) {
		t.Errorf("kinds are %v, samples %v", Kinds(), kinds)
	}
	if len(slices.Compact(kinds)) != len(Kinds()) {
		t.Error("two bodies are of one kind")
	}
}

// TestEveryKindHasAPlace checks that each kind is an arrow or a note, never both, and that both know no others.
func TestEveryKindHasAPlace(t *testing.T) {
	used := make(map[Kind]bool)
	for _, a := range Arrows() {
		if a.Kind.Note() {
			t.Errorf("%s is an arrow and a note", a.Kind)
		}
		used[a.Kind] = true
	}
	used[KindProvedOld], used[KindRecovered] = true, true                           // about the system, not about a request
	for _, k := range []Kind{KindMissed, KindBackedUp, KindWitnessed, KindErased} { // about chores
		used[k] = true
	}
	for _, k := range Kinds() {
		if !used[k] && !k.Note() {
			t.Errorf("%s happens nowhere", k)
		}
		delete(used, k)
	}
	for k := range used {
		t.Errorf("%s has no decoder", k)
	}
}

func TestUnknownKinds(t *testing.T) {
	tests := map[string]struct {
		event Event
		known bool
	}{
		"known":             {Event{Kind: KindFiled, Version: 1, Body: json.RawMessage(`{}`)}, true},
		"unknown":           {Event{Kind: "scheduled", Version: 1, Body: json.RawMessage(`{}`)}, false},
		"no kind":           {Event{Version: 1, Body: json.RawMessage(`{}`)}, false},
		"newer version":     {Event{Kind: KindFiled, Version: 2, Body: json.RawMessage(`{}`)}, false},
		"no version":        {Event{Kind: KindFiled, Body: json.RawMessage(`{}`)}, false},
		"unknown, erased":   {Event{Kind: "scheduled", Version: 1}, false},
		"newer, erased":     {Event{Kind: KindFiled, Version: 2}, false},
		"known, but erased": {Event{Kind: KindFiled, Version: 1}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := KnownKind(tt.event.Kind, tt.event.Version); got != tt.known {
				t.Errorf("KnownKind() = %v", got)
			}
			if _, err := tt.event.Decode(); errors.Is(err, ErrKind) == tt.known {
				t.Errorf("Decode() gives %v", err)
			}
		})
	}
	for _, body := range []string{"", "{", "[]", `"text"`} {
		for _, k := range Kinds() {
			e := Event{Kind: k, Version: 1, Body: json.RawMessage(body)}
			if _, err := e.Decode(); err == nil && body != "" {
				t.Errorf("%s was read from %q", k, body)
			}
		}
	}
}

// TestSealRefuses gives a body that cannot be written.
func TestSealRefuses(t *testing.T) {
	d := Draft{Subject: testSubject, N: 1, At: noon, By: ByBot, Body: unwritable{}}
	if _, err := Seal(Head{}, d, testInstallation, make([]byte, saltSize)); err == nil {
		t.Error("a body that cannot be written was sealed")
	}
}

type unwritable struct{ F func() }

func (unwritable) Kind() Kind { return KindFiled }
