package reconcile

import (
	"testing"
	"time"
)

// TestSkewStories has clocks be wrong, jump and be set right, and servers be heard in between. Each server tells the
// right time but for its own error.
func TestSkewStories(t *testing.T) {
	t.Parallel()
	type step struct {
		jump   time.Duration // of the wall clock here
		heard  string        // a server; empty: none
		error  time.Duration // of that server's clock
		slept  time.Duration // that passed and the monotonic clock did not count
		source string        // that disagrees then; empty: the clock is trusted
	}
	const hour = time.Hour
	for name, tt := range map[string]struct {
		start time.Duration // how wrong the clock here is at first
		steps []step
	}{
		"forward, then set right":                 {0, []step{{heard: "om"}, {jump: hour, source: "local"}, {jump: -hour, source: "local"}, {heard: "om"}}},
		"back, then set right":                    {0, []step{{heard: "om"}, {jump: -hour, source: "local"}, {jump: hour, source: "local"}, {heard: "om"}}},
		"forward, and stays":                      {0, []step{{jump: hour, source: "local"}, {heard: "om", source: "local"}, {heard: "slack", source: "local"}}},
		"wrong, then set right":                   {-hour, []step{{heard: "om", source: "om"}, {jump: hour, source: "local"}, {heard: "slack"}}},
		"a machine that slept, its clock went on": {0, []step{{heard: "om"}, {slept: hour, jump: hour, source: "local"}, {heard: "om"}}},
		"a machine that slept, and so did its clock": {0, []step{
			{heard: "om"}, {slept: hour}, {heard: "om", source: "om"}, // nothing shows it but who did not sleep
			{jump: hour, source: "local"}, {heard: "om"},
		}},
		"just a small step":      {0, []step{{heard: "om"}, {jump: time.Minute}}},
		"one server of two":      {0, []step{{heard: "om", error: hour, source: "om"}, {heard: "slack", source: "om"}, {heard: "om"}}},
		"every server":           {0, []step{{heard: "om", error: hour, source: "om"}, {heard: "slack", error: 2 * hour, source: "slack"}}},
		"jump, one server wrong": {0, []step{{jump: hour, source: "local"}, {jump: -hour, source: "local"}, {heard: "om", error: hour, source: "local"}, {heard: "slack"}, {heard: "om", error: hour, source: "om"}}},
		"jump twice":             {0, []step{{jump: hour, source: "local"}, {jump: -hour, source: "local"}, {heard: "om"}, {jump: -hour, source: "local"}, {jump: hour, source: "local"}, {heard: "om"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, now, wrong := NewSkew(time.Minute), time.Now(), tt.start
			for i, step := range tt.steps {
				wrong += step.jump - step.slept
				if step.jump != 0 {
					s.Jump(step.jump)
				}
				if step.heard != "" {
					s.Observe(step.heard, now.Add(step.error-wrong), now)
				}
				source, _, ok := s.Trusted(now)
				if ok != (step.source == "") || !ok && source != step.source {
					t.Errorf("step %d: %q %t, want %q", i, source, ok, step.source)
				}
			}
		})
	}
}

// TestSkewStepsAddUp has the wall clock leave the monotonic one in steps that are small each.
func TestSkewStepsAddUp(t *testing.T) {
	t.Parallel()
	s, now := NewSkew(time.Minute), time.Now()
	for _, tt := range []struct {
		by time.Duration // since the start
		ok bool
	}{{40 * time.Second, true}, {time.Minute, true}, {80 * time.Second, false}, {0, false}} {
		s.Jump(tt.by)
		if _, _, ok := s.Trusted(now); ok != tt.ok {
			t.Errorf("%s away: trusted %t", tt.by, ok)
		}
	}
}

// TestSkewMeasuresBothClocks lets an hour pass on both clocks: that is no jump.
func TestSkewMeasuresBothClocks(t *testing.T) {
	t.Parallel()
	s := NewSkew(time.Minute)
	s.start = s.start.Add(-time.Hour) // both of its readings
	if _, _, ok := s.Trusted(time.Now()); !ok {
		t.Error("time that passed on both clocks counts as a jump")
	}
}
