package restore

import (
	"slices"
	"testing"
)

// TestVersions has targets of older and newer versions than the data.
func TestVersions(t *testing.T) {
	for _, tt := range []struct {
		fcv, version, runs string
		want               Code
	}{
		{"8.0", "8.0.13", "8.0.1", ""},
		{"7.0", "7.0.24", "8.0.13", ""},
		{"8.0", "8.0.13", "8.2.1", ""},
		{"7.0", "8.0.13", "7.0.24", ""}, // upgraded by half: the data is still of 7.0
		{"", "8.0.13", "7.0.24", FindVersionOlder},
		{"8.0", "8.0.13", "7.0.24", FindVersionOlder},
		{"8.2", "8.2.1", "8.0.13", FindVersionOlder},
		{"6.0", "6.0.1", "8.0.13", FindVersionNewer},
		{"10.0", "10.0.1", "9.0.1", FindVersionOlder},
		{"4.4", "4.4.9", "5.0.1", ""},
		{"4.2", "4.2.9", "5.0.1", FindVersionNewer},
		{"4.0", "4.0.9", "4.2.1", ""},
		{"4.0", "4.0.9", "4.4.1", FindVersionNewer},
		{"3.6", "3.6.9", "4.0.1", ""},
		{"3.4", "3.4.9", "4.0.1", FindVersionNewer},
		{"3.2", "3.2.9", "3.6.1", FindVersionNewer},
		{"", "", "8.0.13", ""},
		{"8.0", "", "eight", ""},
		{"eight", "", "8.0.13", ""},
		{"8.0", "", "", ""},
	} {
		spec, s := plan().Spec, snapshot()
		s.FCV, s.Version, spec.Delivery.Target.Versions = tt.fcv, tt.version, []string{tt.runs}
		got := Examine(spec, s, noon)
		if refused := len(Refusals(got)) > 0; refused != (tt.want != "") || (refused && got[0].Code != tt.want) {
			t.Errorf("data of %q, %q onto %q: %+v, want %q", tt.fcv, tt.version, tt.runs, got, tt.want)
		}
	}
	spec, s := plan().Spec, snapshot()
	s.FCV, spec.Delivery.Target.Versions = "8.0", []string{"8.0.13", "7.0.24"} // in the middle of an upgrade
	if got := Examine(spec, s, noon); len(got) != 1 || got[0].Code != FindVersionOlder || !slices.Equal(got[0].Near, []string{"7.0.24"}) {
		t.Errorf("several versions: %+v", got)
	}
	spec.Delivery = Delivery{Kind: Download}
	if got := Examine(spec, s, noon); len(got) != 0 {
		t.Errorf("a download: %+v", got)
	}
}

// TestEncryption compares the keys of data and target.
func TestEncryption(t *testing.T) {
	const azure = KeyKind("AZURE")
	for name, tt := range map[string]struct {
		data           bool // the snapshot tells of a key
		source, target KeyKind
		inPlace        bool
		want           Code
		level          Level
	}{
		"none":                         {source: KeysNone, target: KeysNone},
		"both":                         {data: true, source: KeysAWS, target: KeysAWS},
		"untold":                       {},
		"the data only":                {data: true, source: KeysAWS, target: KeysNone, want: FindKeyMismatch, level: LevelRefuse},
		"the target only":              {source: KeysNone, target: KeysAWS, want: FindKeyMismatch, level: LevelRefuse},
		"in place, since":              {source: KeysAWS, target: KeysAWS, inPlace: true, want: FindKeyMismatch, level: LevelRefuse},
		"the data, target untold":      {data: true, want: FindKeysUntold, level: LevelWarn},
		"in place, untold":             {data: true, inPlace: true},
		"of keys that are not told of": {source: azure, target: azure},
		"onto such":                    {source: KeysNone, target: azure, want: FindKeysUntold, level: LevelWarn},
	} {
		spec, s := plan().Spec, snapshot()
		s.Encrypted, spec.Source.Keys, spec.Delivery.Target.Keys = tt.data, tt.source, tt.target
		if tt.inPlace {
			spec.Delivery.Target = spec.Source
		}
		got := Examine(spec, s, noon)
		i := slices.IndexFunc(got, func(f Finding) bool { return f.Code == FindKeyMismatch || f.Code == FindKeysUntold })
		switch {
		case i < 0 && tt.want != "", i >= 0 && (got[i].Code != tt.want || got[i].Level != tt.level):
			t.Errorf("%s: %+v, want %s", name, got, tt.want)
		}
	}
}

// TestAftermath says what becomes of a target by what is told of it.
func TestAftermath(t *testing.T) {
	for name, tt := range map[string]struct {
		target Cluster
		want   []Finding
	}{
		"untold": {Cluster{}, []Finding{{Code: FindOverwrites, Level: LevelWarn}}},
		"empty":  {Cluster{Filled: No, Backup: Yes, PIT: No}, []Finding{{Code: FindOverwrites, Level: LevelWarn}}},
		"filled": {Cluster{Filled: Yes}, []Finding{{Code: FindOverwrites, Level: LevelDanger}}},
		"no backup": {
			Cluster{Filled: No, Backup: No, PIT: No},
			[]Finding{{Code: FindOverwrites, Level: LevelWarn}, {Code: FindUnprotected, Level: LevelWarn}},
		},
		"points in time": {
			Cluster{Filled: Yes, Backup: Yes, PIT: Yes},
			[]Finding{{Code: FindOverwrites, Level: LevelDanger}, {Code: FindGap, Level: LevelDanger}},
		},
	} {
		spec := plan().Spec
		to := &spec.Delivery.Target
		to.Filled, to.Backup, to.PIT = tt.target.Filled, tt.target.Backup, tt.target.PIT
		got := Examine(spec, snapshot(), noon)
		if !slices.EqualFunc(got, tt.want, func(a, b Finding) bool { return a.Code == b.Code && a.Level == b.Level }) {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
	}
}
