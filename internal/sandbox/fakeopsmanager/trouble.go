package fakeopsmanager

import "snapback/internal/sandbox/fakeapi"

func faultOf(t fakeapi.Trouble) Fault {
	f := Fault{Kind: t.Kind, Match: Match{Authorized: true}, After: t.After, Lists: t.Lists, Times: t.Times}
	if t.Creations {
		f.Match = Creations()
	}
	return f
}

// Arm arms a fault as [Server.Inject] does.
func (s *Server) Arm(t fakeapi.Trouble) error { return s.Inject(faultOf(t)) }

// Disarm ends a fault that was armed.
func (s *Server) Disarm(t fakeapi.Trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.Disarm(t.Kind, faultOf(t).Match)
}

// Armed reports whether a fault is armed, and for how many more times, unless it lasts.
func (s *Server) Armed(t fakeapi.Trouble) (left int, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults.List() {
		if f.Kind == t.Kind && f.Match == faultOf(t).Match {
			left, on = max(0, f.Times), true
		}
	}
	return left, on
}
