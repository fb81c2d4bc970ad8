package restore

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func named(backend, project, name string) Cluster {
	return Cluster{Backend: backend, ProjectName: project, Name: name}
}

func TestParsePattern(t *testing.T) {
	tests := map[string]bool{
		"*/*/*": true, "om/prod/orders": true, `om/a\/b/c`: true, `\*/\?/\\`: true, "om/ prod /x y": true, "ö/日本/*": true,
		`a\b/c/d`: true, "***/?*?/*": true,
		"": false, "*": false, "*/*": false, "*/*/*/*": false, "a/b/c/d/e/f": false, "/*/*": false, "*//*": false, "*/*/": false, "//": false,
		`*/*/*\`: false, `om\/prod/x`: false, `a/b/c\/d`: true, `a/b/c/`: false,
	}
	for text, ok := range tests {
		p, err := ParsePattern(text)
		if (err == nil) != ok || !ok && !errors.Is(err, ErrPattern) {
			t.Errorf("ParsePattern(%q) gives %v", text, err)
		}
		if ok && p.String() != text {
			t.Errorf("%q is written %q", text, p)
		}
	}
}

func TestPatternMatch(t *testing.T) {
	tests := []struct {
		pattern string
		cluster Cluster
		want    bool
	}{
		{"*/*/*", named("om", "prod", "orders"), true},
		{"om/prod/orders", named("om", "prod", "orders"), true},
		{"om/prod/orders-*", named("om", "prod", "orders-eu"), true},
		{"om/prod/orders-*", named("om", "prod", "orders"), false},
		{"om/prod/orders-*", named("om", "prod", "orders-"), true},
		{"om/prod/ord", named("om", "prod", "orders"), false},
		{"om/prod/ers", named("om", "prod", "orders"), false},
		{"om/prod/or?ers", named("om", "prod", "orders"), true},
		{"om/prod/orders?", named("om", "prod", "orders"), false},
		{"om/prod/?", named("om", "prod", "é"), true},
		{"om/prod/??", named("om", "prod", "日本"), true},
		{"om/prod/?", named("om", "prod", "日本"), false},
		{"om/Prod/orders", named("om", "prod", "orders"), false},
		{"OM/prod/orders", named("om", "prod", "orders"), false},
		{"om/prod/ORDERS", named("om", "prod", "orders"), false},
		{"*/prod/*", named("om", "prod/eu", "orders"), false},
		{"*/prod/*", named("om", "eu/prod", "orders"), false},
		{"*/prod/*", named("om/prod", "eu", "orders"), false},
		{"*/prod*/*", named("om", "prod/eu", "orders"), true},
		{`*/prod\/eu/*`, named("om", "prod/eu", "orders"), true},
		{`*/prod\/eu/*`, named("om", "prod", "eu"), false},
		{`om/prod/\*`, named("om", "prod", "*"), true},
		{`om/prod/\*`, named("om", "prod", "orders"), false},
		{`om/prod/\?`, named("om", "prod", "x"), false},
		{`om/prod/\*`, named("om", "prod", `\x`), false},
		{"om/prod/ab*bc", named("om", "prod", "abc"), false},
		{"om/prod/ab*bc", named("om", "prod", "abbc"), true},
		{`om/prod/\\`, named("om", "prod", `\`), true},
		{`om/prod/\x`, named("om", "prod", "x"), true},
		{`om/prod/*\**`, named("om", "prod", "a*b"), true},
		{`om/prod/*\**`, named("om", "prod", "ab"), false},
		{"om/prod/[a-z]*", named("om", "prod", "orders"), false},
		{"om/prod/{a,b}", named("om", "prod", "a"), false},
		{"om/prod/o.ders", named("om", "prod", "orders"), false},
		{"om/ prod/x", named("om", "prod", "x"), false},
		{"om/my project/x", named("om", "my project", "x"), true},
		{"om/prod/*a*b*c", named("om", "prod", "xaxbxbc"), true},
		{"om/prod/*a*b*c", named("om", "prod", "xaxbxbcx"), false},
		{"om/prod/a*", named("om", "prod", "a\nb"), true},
		{"*/*/*", named("", "", ""), true},
		{"?*/*/*", named("", "prod", "x"), false},
	}
	for _, tt := range tests {
		p, err := ParsePattern(tt.pattern)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Match(tt.cluster); got != tt.want {
			t.Errorf("%s matches %q: %v, want %v", tt.pattern, tt.cluster.Path(), got, tt.want)
		}
	}
}

// TestGlobIsQuick has a pattern that takes a careless matcher for ever.
func TestGlobIsQuick(t *testing.T) {
	p, err := ParsePattern("a/b/" + strings.Repeat("*a", 200) + "b")
	if err != nil {
		t.Fatal(err)
	}
	if p.Match(named("a", "b", strings.Repeat("a", 5000))) {
		t.Error("matches")
	}
}

// oracle turns one part of a pattern into a regular expression.
func oracle(part string) string {
	var re strings.Builder
	escaped := false
	for _, r := range part {
		switch {
		case escaped:
			re.WriteString(regexp.QuoteMeta(string(r)))
			escaped = false
		case r == '\\':
			escaped = true
		case r == '*':
			re.WriteString("(?s:.*)")
		case r == '?':
			re.WriteString("(?s:.)")
		default:
			re.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return re.String()
}

// splitOracle cuts a text at its unescaped slashes.
func splitOracle(text string) []string {
	return regexp.MustCompile(`(?s)(?:\\.|[^/\\])+`).FindAllString(text, -1)
}

// FuzzPattern compares matching with regular expressions.
func FuzzPattern(f *testing.F) {
	for _, seed := range [][4]string{
		{"*/*/*", "om", "prod", "orders"},
		{`om/a\/b/c?`, "om", "a/b", "cd"},
		{"*a*/?é/日*", "xax", "aé", "日本"},
		{`\*/\?/\\`, "*", "?", `\`},
		{"om/prod/*a*b*c", "om", "prod", "abcabc"},
		{"a/b", "a", "b", ""},
		{`a/b/c\`, "a", "b", "c"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	f.Fuzz(func(t *testing.T, text, backend, project, name string) {
		if !utf8.ValidString(text + backend + project + name) {
			return // names and configuration are valid; the expressions below would not be
		}
		parts := splitOracle(text)
		valid := len(parts) == 3 && strings.Join(parts, "/") == text
		p, err := ParsePattern(text)
		if (err == nil) != valid || err != nil && !errors.Is(err, ErrPattern) {
			t.Fatalf("%q has the parts %q: %v", text, parts, err)
		}
		if err != nil {
			return
		}
		want := true
		for i, value := range []string{backend, project, name} {
			want = want && regexp.MustCompile(`\A`+oracle(parts[i])+`\z`).MatchString(value)
		}
		c := named(backend, project, name)
		if got := p.Match(c); got != want {
			t.Errorf("%q matches %q: %v, want %v", text, c.Path(), got, want)
		}
	})
}
