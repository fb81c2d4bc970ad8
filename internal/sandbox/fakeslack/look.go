package fakeslack

import "slices"

// Commands returns the slash commands that the app declares, with their slashes.
func (s *Server) Commands() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]string, 0, len(s.ws.Commands))
	for _, c := range s.ws.Commands {
		out = append(out, c.Name)
	}
	return out
}

// Usergroups returns the usergroups in the order in which they were added.
func (s *Server) Usergroups() []Usergroup {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Usergroup, 0, len(s.groupOrder))
	for _, id := range s.groupOrder {
		g := s.groups[id]
		g.Members = slices.Clone(g.Members)
		out = append(out, g)
	}
	return out
}
