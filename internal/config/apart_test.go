package config

import (
	"strings"
	"testing"
)

// TestPoliciesBetweenSystems has a second backend: on the server of the first one, written in another way, or on another one.
func TestPoliciesBetweenSystems(t *testing.T) {
	const (
		never = `policies: "more" never matches: its sources are in other systems than its targets, and nothing is restored from one into another`
		atlas = "  - {name: cloud, kind: atlas, public_key: a, private_key: b}\n"
		both  = "  - {name: cloud, kind: cloud-manager, public_key: a, private_key: b}\n  - {name: atlas, kind: atlas, public_key: a, private_key: b}\n"
		twin  = "  - {name: cloud, kind: ops-manager, url: \"https://OM.example.net:8443/\", public_key: a, private_key: b}\n"
	)
	for _, tt := range []struct {
		backends, match string
		warned          bool
	}{
		{atlas, `{source: ["om/a/*"], target: ["cloud/a/*"]}`, true},
		{atlas, `{source: ["cloud/a/*"], target: ["om/a/*", "om/b/*"]}`, true},
		{atlas, `{source: ["om/a/*", "cloud/a/*"], target: ["cloud/a/*"]}`, false},
		{atlas, `{source: ["*/a/*"], target: ["cloud/a/*"]}`, false},
		{atlas, `{target: ["cloud/a/*"]}`, false},
		{atlas, `{source: ["cloud/a/*"]}`, false},
		{both, `{source: ["cloud/a/*"], target: ["atlas/a/*"]}`, true},
		{both, `{source: ["cloud/a/*"], target: ["cloud/a/*"]}`, false},
		{twin, `{source: ["om/a/*"], target: ["cloud/a/*"]}`, false},
	} {
		text := strings.Replace(base, "groups:\n", tt.backends+"groups:\n", 1) + second(tt.match, "seats: [{from: leads}]")
		var got []string
		for _, w := range mustLoad(t, newWorld(text)).Warnings {
			got = append(got, w.Text)
		}
		if told := strings.Join(got, "\n"); tt.warned != (told == never) || (!tt.warned && told != "") {
			t.Errorf("%s with %s: warnings %q", tt.match, tt.backends, got)
		}
	}
}
