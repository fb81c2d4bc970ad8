package reconcile

import (
	"sync"
	"time"
)

// Skew watches whether the clock can be trusted: against the Date headers of the servers that are talked to, and the
// wall clock against the monotonic one. Safe for concurrent use.
type Skew struct {
	limit time.Duration

	mu      sync.Mutex
	start   time.Time                // carries both clocks; replaced when a jump has been confirmed
	offsets map[string]time.Duration // server minus local, by source
	jumped  bool                     // the wall clock jumped and no server has been heard since
}

// NewSkew returns a watch that trusts clocks within limit of each other.
func NewSkew(limit time.Duration) *Skew {
	return &Skew{limit: limit, start: time.Now(), offsets: make(map[string]time.Duration)}
}

// Observe takes a server's Date and the local time at which its answer came. Dates have whole seconds.
func (s *Skew) Observe(source string, server, local time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offsets[source] = server.Sub(local.Round(0).Truncate(time.Second))
	s.check(local)
	if s.jumped && s.offsets[source].Abs() <= s.limit {
		s.jumped, s.start = false, local
	}
}

// check compares how far the two clocks have moved since start.
func (s *Skew) check(now time.Time) {
	wall := now.Round(0).Sub(s.start.Round(0))
	if (wall - now.Sub(s.start)).Abs() > s.limit {
		s.jumped = true
	}
}

// Trusted reports whether deadlines and submissions may be acted on now. If not, it names the source that disagrees
// most and by how much; after a jump of the local clock the source is "local".
func (s *Skew) Trusted(now time.Time) (source string, offset time.Duration, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.check(now)
	for name, o := range s.offsets {
		if o.Abs() > offset.Abs() || (o.Abs() == offset.Abs() && name < source) {
			source, offset = name, o
		}
	}
	if s.jumped {
		return "local", offset, false
	}
	return source, offset, offset.Abs() <= s.limit
}
