package reconcile

import (
	"testing"
	"time"
)

func TestSkew(t *testing.T) {
	t.Parallel()
	now := time.Now()
	type heard struct {
		source string
		offset time.Duration
	}
	tests := map[string]struct {
		heard  []heard
		source string
		ok     bool
	}{
		"nothing":               {nil, "", true},
		"at the limit":          {[]heard{{"om", time.Minute}}, "om", true},
		"above":                 {[]heard{{"om", time.Minute + time.Second}}, "om", false},
		"behind":                {[]heard{{"om", -time.Minute - time.Second}}, "om", false},
		"the worst is named":    {[]heard{{"om", 70 * time.Second}, {"slack", -80 * time.Second}}, "slack", false},
		"the latest counts":     {[]heard{{"om", time.Hour}, {"om", 0}}, "", true},
		"each for itself":       {[]heard{{"om", time.Hour}, {"slack", 0}}, "om", false},
		"equal ones by name":    {[]heard{{"z", time.Hour}, {"a", -time.Hour}}, "a", false},
		"second of an instant":  {[]heard{{"om", 0}, {"slack", time.Second}}, "slack", true},
		"both within the limit": {[]heard{{"om", -time.Minute}, {"slack", time.Minute}}, "om", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := NewSkew(time.Minute)
			for _, h := range tt.heard {
				s.Observe(h.source, now.Truncate(time.Second).Add(h.offset), now)
			}
			source, _, ok := s.Trusted(now)
			if ok != tt.ok || (source != tt.source && tt.source != "") {
				t.Errorf("%q %v, want %q %v", source, ok, tt.source, tt.ok)
			}
		})
	}
}

// TestSkewJump has the wall clock leave the monotonic one behind, or fall behind it.
func TestSkewJump(t *testing.T) {
	t.Parallel()
	for _, by := range []time.Duration{time.Hour, -time.Hour} {
		s := NewSkew(time.Minute)
		now := time.Now()
		s.Observe("slack", now.Add(90*time.Second), now) // the clock was wrong, and somebody sets it
		s.moved(time.Minute)
		if source, _, _ := s.Trusted(now); source != "slack" {
			t.Errorf("a small step made it %q", source)
		}
		s.moved(by)
		if source, _, ok := s.Trusted(now); ok || source != "local" {
			t.Errorf("after a jump by %s: %q %v", by, source, ok)
		}
		s.Observe("om", now.Add(2*time.Minute), now)
		if source, _, ok := s.Trusted(now); ok || source != "local" {
			t.Errorf("a server that disagrees ended it: %q %v", source, ok)
		}
		s.Observe("om", now, now)
		if source, _, ok := s.Trusted(now); !ok {
			t.Errorf("%q stands against it still", source)
		}
	}
}
