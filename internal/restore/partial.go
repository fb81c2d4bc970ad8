package restore

import (
	"cmp"
	"slices"
	"strings"
)

// Partial says what stands against restoring collections from one cluster onto another, whichever they are: only Atlas does,
// and not for Flex clusters (Create One Collection Restore Job).
func Partial(scope Scope, source, target Cluster) []Finding {
	if scope.Kind != Namespaces {
		return nil
	}
	if source.Kind != Atlas {
		return []Finding{{Code: FindScopeBackend, Level: LevelRefuse, Name: source.Path()}}
	}
	for _, c := range []Cluster{source, target} {
		if c.Type == Flex {
			return []Finding{{Code: FindScopeFlex, Level: LevelRefuse, Cluster: c.Path()}}
		}
	}
	return nil
}

// partial says what becomes of a target that collections are restored to. The rest of it stays as it is, and so does its
// stream of writes (Restore from Selected Databases and Collections).
func partial(s Spec) []Finding {
	target := s.Delivery.Target
	var names []string
	for _, n := range s.Scope.Namespaces {
		names = append(names, n.Target)
	}
	var out []Finding
	if s.Scope.Write == Overwrite {
		out = append(out, Finding{Code: FindReplaces, Level: LevelDanger, Cluster: target.Path(), Near: names})
		if target.Backup == No {
			out = append(out, Finding{Code: FindUnprotected, Level: LevelWarn, Cluster: target.Path()})
		}
	}
	if s.Scope.Indexes == IndexesAll {
		out = append(out, Finding{Code: FindScopeTTL, Level: LevelWarn, Cluster: target.Path()})
	}
	return append(out, Finding{Code: FindScopeSearch, Level: LevelWarn, Cluster: target.Path()})
}

// Held is what a snapshot has, of the databases that were looked at.
type Held struct {
	Databases   []string // all of them
	Collections []string // database.collection, of those that were looked at
	Untold      bool     // the backend does not tell
}

// Lacking returns what a snapshot does not have of the collections that are asked for. Where the restore goes on from the
// snapshot to a later point, a collection may have been made meanwhile.
func (s Spec) Lacking(held Held) []Finding {
	cluster := s.Source.Path()
	if held.Untold {
		return []Finding{{Code: FindNamespacesUntold, Level: LevelWarn, Cluster: cluster}}
	}
	var out []Finding
	for _, ns := range s.Scope.sources() {
		if slices.Contains(held.Collections, ns) {
			continue
		}
		f := Finding{Code: FindNamespaceUnknown, Level: LevelRefuse, Name: ns, Cluster: cluster}
		if s.Point.Kind == OfSnapshot {
			f.Near = held.near(ns)
		} else {
			f.Code, f.Level = FindNamespaceEarlier, LevelWarn
		}
		out = append(out, f)
	}
	return out
}

// near returns up to three names that may have been meant: collections of that database, or else databases.
func (h Held) near(ns string) []string {
	database, _ := SplitNamespace(ns)
	names, want := slices.Clone(h.Databases), database
	if slices.Contains(h.Databases, database) {
		names, want = slices.DeleteFunc(slices.Clone(h.Collections), func(c string) bool {
			return !strings.HasPrefix(c, database+".")
		}), ns
	}
	distance := func(name string) int { return Distance(strings.ToLower(want), strings.ToLower(name)) }
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(distance(a), distance(b)), cmp.Compare(a, b)) })
	names = slices.DeleteFunc(names, func(n string) bool { return distance(n) > max(2, len(want)/3) })
	return names[:min(len(names), 3)]
}
