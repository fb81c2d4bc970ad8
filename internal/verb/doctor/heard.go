package doctor

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// clocks are how far the clocks of servers were ahead of the one here. The zero value is empty. Safe for concurrent use.
type clocks struct {
	mu  sync.Mutex
	off map[string]time.Duration
}

// hear keeps the last offset of each source.
func (c *clocks) hear(source string, server, local time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.off == nil {
		c.off = map[string]time.Duration{}
	}
	c.off[source] = server.Sub(local)
}

// releases are the versions that servers told. The zero value is empty. Safe for concurrent use.
type releases struct {
	mu  sync.Mutex
	all map[string]string
}

func (r *releases) hear(backend, version string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil {
		r.all = map[string]string{}
	}
	r.all[backend] = version
}

func (r *releases) of(backend string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all[backend]
}

// tellClocks compares the clocks that were heard.
func (v *visit) tellClocks() {
	v.clocks.mu.Lock()
	defer v.clocks.mu.Unlock()
	good := 0
	for _, source := range slices.Sorted(maps.Keys(v.clocks.off)) {
		off, most := v.clocks.off[source], v.cfg.Timings.Skew
		if off.Abs() <= most {
			good++
			continue
		}
		where := "ahead of"
		if off < 0 {
			where = "behind"
		}
		v.say(wrong, "clock", fmt.Sprintf("That of %s is %s %s the one here, more than %s, so nothing would be submitted.",
			source, off.Abs().Round(time.Second), where, most), "Set the clock that is wrong, by NTP if possible.")
	}
	if good > 0 {
		v.say(fine, "clock", fmt.Sprintf("It agrees with %d of %d servers that told theirs.", good, len(v.clocks.off)), "")
	}
}
