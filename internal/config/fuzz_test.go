package config

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzConfig checks that no file makes Load panic, that problems stand in the file, and that a file that loads fills
// in what the rest relies upon.
func FuzzConfig(f *testing.F) {
	f.Add(base)
	f.Add(full)
	f.Add(strings.ReplaceAll(base, "${", "$${"))
	f.Add("slack: &a {app_token: *a}\ngroups: *a\n? k\n: - - x\n")
	f.Add("storage: {path: &x }\nlisten: *x\ntimings:\n- &y\n- &z {skew: 1}\n- *z\n")
	f.Add("timings: {settle: ${N}, grace: 5, skew: '', job_gone: 1d, retry_max: 25h}\n")
	f.Add("slack: {connections: ${APP}, command: \"${\", api_url: 'https://x/'}\n")
	f.Add("policies: [{<<: x, name: |\n  y\n}]\n--- \n...\n")
	f.Add("a: !!int \"x\"\n!t b: ~\n5: .inf\n\uFEFFä: 'ü'\r\nc: 0x1\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := newWorld(text).load()
		if err == nil {
			checkLoaded(t, c)
			return
		}
		ps, ok := errors.AsType[Problems](err)
		if !ok || len(ps) == 0 {
			t.Fatalf("error %v holds no problems", err)
		}
		lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n")
		for _, p := range ps {
			if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > utf8.RuneCountInString(lines[p.Line-1])+1 {
				t.Errorf("problem outside of the file: %v", p)
			}
			if strings.Contains(p.Text, "\n") {
				t.Errorf("problem of several lines: %v", p)
			}
		}
		if !strings.Contains(text, "canary") {
			checkCanaries(t, err.Error())
		}
	})
}

func checkLoaded(t *testing.T, c *Config) {
	t.Helper()
	if len(c.Backends) == 0 || len(c.Policies) == 0 {
		t.Errorf("no backends or no policies: %+v", c)
	}
	for _, p := range c.Policies {
		if len(p.Terms.Seats) == 0 || p.Terms.Digest == "" || len(p.Match.Source)+len(p.Match.Target) == 0 {
			t.Errorf("policy without seats, digest or patterns: %+v", p)
		}
		for _, s := range p.Terms.Seats {
			if _, ok := c.Groups[s.From]; !ok {
				t.Errorf("a seat from no group: %+v", p)
			}
		}
	}
}
