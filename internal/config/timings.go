package config

import (
	"time"

	"snapback/internal/restore"
)

// maxTiming bounds every wait: a longer one would switch off what it is for, such as the check of the clocks.
const maxTiming = 24 * time.Hour

// timings returns the waits: the usual ones, and what the file says otherwise.
func (f field) timings() restore.Timings {
	t := restore.Timings{
		CheckWithin: 15 * time.Minute,
		Settle:      2 * time.Minute,
		PostTimeout: time.Minute,
		StandingAge: time.Minute,
		Grace:       10 * time.Second,
		GoalState:   30 * time.Minute,
		JobGone:     10 * time.Minute,
		Skew:        time.Minute,
		RetryMax:    5 * time.Minute,
		Protected:   24 * time.Hour,
	}
	if !f.present() {
		return t
	}
	keys := []string{
		"check_within", "settle", "post_timeout", "standing_age", "grace", "goal_state", "job_gone", "skew",
		"retry_max", "protected",
	}
	values := []*time.Duration{
		&t.CheckWithin, &t.Settle, &t.PostTimeout, &t.StandingAge, &t.Grace, &t.GoalState,
		&t.JobGone, &t.Skew, &t.RetryMax, &t.Protected,
	}
	o, ok := f.object(keys...)
	if !ok {
		return t
	}
	for i, key := range keys {
		if f := o.get(key); f.present() {
			*values[i] = f.duration(maxTiming)
		}
	}
	return t
}
