package restore

import (
	"errors"
	"strings"
	"testing"
)

func TestParsePath(t *testing.T) {
	tests := map[string]struct{ backend, project, name string }{
		`om/prod/orders`:         {"om", "prod", "orders"},
		`om/Pay ments/orders-1`:  {"om", "Pay ments", "orders-1"},
		`om/prod\/eu/orders`:     {"om", "prod/eu", "orders"},
		`om/prod/or\\ders`:       {"om", "prod", `or\ders`},
		`om/pr*d/orders?`:        {"om", "pr*d", "orders?"},
		`om/\p\rod/bestellungän`: {"om", "prod", "bestellungän"},
		``:                       {},
		`orders`:                 {},
		`prod/orders`:            {},
		`om/prod/orders/x`:       {},
		`om/prod\/orders`:        {},
		`om/prod/orders\`:        {},
		`/prod/orders`:           {},
		`om//orders`:             {},
		`om/prod/`:               {},
	}
	for text, want := range tests {
		got, err := ParsePath(text)
		if got.Backend != want.backend || got.ProjectName != want.project || got.Name != want.name || got.ID != "" {
			t.Errorf("%s: %+v", text, got)
		}
		if (err != nil) != (want.name == "") || err != nil && !errors.Is(err, ErrPath) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestParsePathAsPatterns has a full name match the pattern that is written the same.
func TestParsePathAsPatterns(t *testing.T) {
	for _, text := range []string{`om/prod/orders`, `om/prod\/eu/orders`, `o\m/a\\b/c\*`, `om/ü/\?`} {
		p, err := ParsePattern(text)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := ParsePath(text); err != nil || !p.Match(c) {
			t.Errorf("%s: %+v, %v", text, c, err)
		}
	}
}

// TestNamed takes the same names of one system for one cluster, whatever its backends are called.
func TestNamed(t *testing.T) {
	named := func(path, origin string) Cluster {
		c, err := ParsePath(path)
		if err != nil {
			t.Fatal(err)
		}
		return c.Named(origin)
	}
	one := named("om/prod/orders", "https://a")
	for path, want := range map[string]bool{
		"om/prod/orders": true, "om-2/prod/orders": true, "om/prod/order": false, "om/staging/orders": false,
	} {
		c := named(path, "https://a")
		if c.Same(one) != want || (TargetLock(c) == TargetLock(one)) != want || c.Path() != path || c.IsZero() {
			t.Errorf("%s: %+v", path, c)
		}
	}
	if c := named("om/prod/orders", "https://b"); c.Same(one) || strings.Contains(c.Path(), "https") {
		t.Errorf("of another system: %+v", c)
	}
}
