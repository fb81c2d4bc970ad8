package fakeapi

import (
	"net/http"
	"slices"
)

// Always is a fault's count that does not wear out.
const Always = -1

// Fault is what every API's faults have in common: a kind, the requests that meet it, and how many are left.
type Fault struct {
	Kind  Kind
	Match Match
	Left  *int
}

// Armory holds the faults of one API, in the order in which they were armed. Not safe for concurrent use.
type Armory[F any] struct {
	View     func(*F) Fault
	Replaces func(Kind) bool // faults of the kind replace the answer

	armed []*F
}

// Add arms a fault.
func (a *Armory[F]) Add(f F) { a.armed = append(a.armed, &f) }

// List returns the armed faults with what is left of them.
func (a *Armory[F]) List() []F {
	var out []F
	for _, f := range a.armed {
		out = append(out, *f)
	}
	return out
}

// Clear disarms all faults.
func (a *Armory[F]) Clear() { a.armed = nil }

// Disarm ends the faults of a kind for the requests of a match.
func (a *Armory[F]) Disarm(k Kind, m Match) {
	a.armed = slices.DeleteFunc(a.armed, func(f *F) bool {
		v := a.View(f)
		return v.Kind == k && v.Match == m
	})
}

// Take uses up the faults of a request, whose path below the base is given.
func (a *Armory[F]) Take(r *http.Request, below string) Met[F] {
	out := Met[F]{armory: a}
	for _, f := range a.armed {
		v := a.View(f)
		taken := out.Get(v.Kind) != nil || (a.Replaces(v.Kind) && out.Answering() != nil)
		if taken || !v.Match.Selects(r, below) {
			continue
		}
		out.faults = append(out.faults, *f)
		if *v.Left > 0 {
			*v.Left--
		}
	}
	a.armed = slices.DeleteFunc(a.armed, func(f *F) bool { return *a.View(f).Left == 0 })
	return out
}

// Met is what a request meets: at most one fault that replaces the answer, and one of each other kind.
type Met[F any] struct {
	armory *Armory[F]
	faults []F
}

// Get returns the fault of a kind, or nil.
func (m Met[F]) Get(k Kind) *F {
	return m.find(func(kind Kind) bool { return kind == k })
}

// Answering returns the fault that replaces the answer, or nil.
func (m Met[F]) Answering() *F {
	if m.armory == nil {
		return nil
	}
	return m.find(m.armory.Replaces)
}

// Kinds returns what kinds there are.
func (m Met[F]) Kinds() []Kind {
	var out []Kind
	for i := range m.faults {
		out = append(out, m.armory.View(&m.faults[i]).Kind)
	}
	return out
}

func (m Met[F]) find(is func(Kind) bool) *F {
	for i := range m.faults {
		if is(m.armory.View(&m.faults[i]).Kind) {
			return &m.faults[i]
		}
	}
	return nil
}
