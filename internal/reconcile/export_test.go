package reconcile

import "time"

// Jump has the wall clock move that much further than the monotonic one, which no bubble's clock can.
func (s *Skew) Jump(by time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moved(by)
}
