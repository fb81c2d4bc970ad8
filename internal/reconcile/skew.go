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
	if offset := s.offsets[source]; s.jumped && offset.Abs() <= s.limit {
		// What the others said was measured with the clock as it was before.
		s.jumped, s.start, s.offsets = false, local, map[string]time.Duration{source: offset}
	}
}

// check compares how far the two clocks have moved since start.
func (s *Skew) check(now time.Time) {
	s.moved(now.Round(0).Sub(s.start.Round(0)) - now.Sub(s.start))
}

// moved takes how much further than the monotonic clock the wall clock has come since start.
func (s *Skew) moved(by time.Duration) {
	if by.Abs() > s.limit {
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
