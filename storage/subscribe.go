package storage

// Subscribe returns a channel that gets a value after commits, and a function that ends the subscription. Commits
// that follow each other before the value is taken give one value. The channel is never closed.
func (s *Store) Subscribe() (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.subscribers[c] = struct{}{}
	return c, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.subscribers, c)
	}
}

func (s *Store) notify() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.subscribers {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Broken returns a channel that gets one error, which wraps [restore.ErrBroken], when a commit failed. The process
// should end then. All calls return the same channel.
func (s *Store) Broken() <-chan error { return s.broken }
