package restore

import (
	"cmp"
	"slices"
	"strings"
)

// ScopeKind says how much of a cluster is restored.
type ScopeKind string

// The scopes.
const (
	Whole      ScopeKind = "whole"
	Namespaces ScopeKind = "namespaces"
)

// Scope is what part of the source is restored. Only [Namespaces] has the other fields.
type Scope struct {
	Kind       ScopeKind     `json:"kind"`
	Namespaces []Namespace   `json:"namespaces,omitempty"` // sorted by source
	Write      WriteStrategy `json:"write,omitempty"`
	Indexes    IndexStrategy `json:"indexes,omitempty"`
}

// Namespace is a collection, and what it is called on the target. Both are database.collection.
type Namespace struct {
	Source string `json:"source"`
	Target string `json:"target"`
}

// WriteStrategy says what becomes of a collection of the target that has the name of a restored one.
type WriteStrategy string

// The write strategies.
const (
	CreateNew WriteStrategy = "create_new" // it stays, and the backend gives the restored one another name
	Overwrite WriteStrategy = "overwrite"  // it is dropped and replaced
)

// IndexStrategy says which indexes come back with the collections.
type IndexStrategy string

// The index strategies.
const (
	IndexesAll       IndexStrategy = "all"
	IndexesNone      IndexStrategy = "none"
	IndexesAllButTTL IndexStrategy = "all-but-ttl" // without those that delete documents by their age
)

// MaxNamespaces is how many collections one restore may name (Create One Collection Restore Job, collections).
const MaxNamespaces = 100

// ScopeOf returns the scope that was asked for.
func ScopeOf(a Asked) Scope {
	if len(a.Collections) == 0 {
		return Scope{Kind: Whole}
	}
	out := Scope{Kind: Namespaces, Write: CreateNew, Indexes: cmp.Or(a.Indexes, IndexesAllButTTL)}
	if a.Overwrite {
		out.Write = Overwrite
	}
	for _, ns := range a.Collections {
		out.Namespaces = append(out.Namespaces, Namespace{Source: ns, Target: Rename(ns, a.As)})
	}
	slices.SortFunc(out.Namespaces, Namespace.compare)
	return out
}

// Rename returns the name that a pattern gives a collection: "*" stands for its own, and its database stays. The empty
// pattern changes nothing.
func Rename(ns, pattern string) string {
	if pattern == "" {
		return ns
	}
	database, collection := SplitNamespace(ns)
	return database + "." + strings.ReplaceAll(pattern, "*", collection)
}

// SplitNamespace returns the database and the collection of a name. Databases have no dots in their names, collections may.
func SplitNamespace(ns string) (database, collection string) {
	database, collection, _ = strings.Cut(ns, ".")
	return database, collection
}

// The longest names, in bytes (manual, MongoDB Limits and Thresholds, Naming Restrictions).
const (
	longestDatabase  = 63
	longestNamespace = 255
)

// ValidNamespace reports whether a name is that of a collection which people fill: a database and a collection, neither of
// them the server's own. The bounds are those of MongoDB.
func ValidNamespace(ns string) bool {
	database, collection := SplitNamespace(ns)
	own := slices.Contains([]string{"admin", "config", "local"}, database) || strings.HasPrefix(collection, "system.")
	return database != "" && collection != "" && !own &&
		len(database) <= longestDatabase && len(ns) <= longestNamespace &&
		!strings.ContainsAny(database, "/\\ \"$*<>:|?\x00") && !strings.ContainsAny(collection, "$\x00")
}

// Same reports whether both restore the same collections in the same way.
func (s Scope) Same(o Scope) bool {
	return s.Kind == o.Kind && s.Write == o.Write && s.Indexes == o.Indexes && slices.Equal(s.Namespaces, o.Namespaces)
}

func (n Namespace) compare(o Namespace) int {
	return cmp.Or(cmp.Compare(n.Source, o.Source), cmp.Compare(n.Target, o.Target))
}

// SortNamespaces sorts as a [Scope] and a [Job] have them.
func SortNamespaces(ns []Namespace) { slices.SortFunc(ns, Namespace.compare) }

// sources returns what is restored.
func (s Scope) sources() []string {
	out := make([]string, 0, len(s.Namespaces))
	for _, n := range s.Namespaces {
		out = append(out, n.Source)
	}
	return out
}

// pairs writes which collection becomes which, each name behind its length, "" where that is not part of the scope.
func (s Scope) pairs() string {
	sorted := slices.SortedFunc(slices.Values(s.Namespaces), Namespace.compare)
	var out strings.Builder
	for _, n := range sorted {
		if n.Target != "" {
			out.WriteString(joined([]string{n.Source}) + joined([]string{n.Target}))
		}
	}
	return out.String()
}
