package fakeslack

import (
	"net/http"
	"slices"
	"time"
)

// Fault says what goes wrong with calls of a method. Fields combine: a delayed call
// can lose its answer, too.
type Fault struct {
	Method string // "*" is every method; "response_url" is the posts to response URLs
	Times  int    // how many calls it hits; 0 is all until ClearFaults

	Error      string        // the call is refused with this word; nothing is changed
	Status     int           // HTTP status instead, such as 500; nothing is changed
	RetryAfter time.Duration // with Status 429

	Delay       time.Duration // before anything happens
	DelayAnswer time.Duration // after the change is made
	DropBefore  bool          // the connection is cut, nothing is changed
	DropAfter   bool          // the change is made, the answer is lost
}

// Ways returns a fault of every method for each way in which calls can go wrong, by name.
func Ways() map[string]Fault {
	const every, long = "*", time.Minute
	return map[string]Fault{
		"error":        {Method: every, Error: "internal_error"},
		"status":       {Method: every, Status: http.StatusBadGateway},
		"rate limit":   {Method: every, Status: http.StatusTooManyRequests, RetryAfter: long},
		"delay":        {Method: every, Delay: long},
		"delay answer": {Method: every, DelayAnswer: long},
		"drop before":  {Method: every, DropBefore: true},
		"drop after":   {Method: every, DropAfter: true},
	}
}

// Inject makes calls fail from now on. Several faults of one method hit one after the
// other, in the order in which they were injected.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// ClearFaults ends all injected faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// takeFault returns the fault that hits this call; the zero Fault if none does.
func (s *Server) takeFault(name string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.faults, func(f *Fault) bool { return f.Method == name || f.Method == "*" })
	if i < 0 {
		return Fault{}
	}
	f := s.faults[i]
	hit := *f
	if f.Times == 1 {
		s.faults = slices.Delete(s.faults, i, i+1)
	} else if f.Times > 1 {
		f.Times--
	}
	return hit
}

func (f Fault) refusal() error {
	e := &apiError{word: f.Error, status: f.Status, retryAfter: f.RetryAfter}
	switch {
	case f.Error != "":
	case f.Status == http.StatusTooManyRequests:
		e.word = "ratelimited"
	default:
		e.word = "internal_error"
	}
	return e
}

// DropAcks makes the server lose the next n acks, as a broken network would.
func (s *Server) DropAcks(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropAcks = n
}
