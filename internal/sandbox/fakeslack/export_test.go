package fakeslack

import (
	"maps"
	"slices"
)

// Served returns the methods of the Web API that the server answers.
func (s *Server) Served() []string { return slices.Sorted(maps.Keys(s.methods)) }
