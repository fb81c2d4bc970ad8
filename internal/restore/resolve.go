package restore

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Find resolves a cluster's name as typed: cluster, project/cluster or backend/project/cluster, exact and
// case-sensitive. Unless exactly one cluster fits, the finding says what is near or what is ambiguous; only clusters
// that visible allows are named in it.
func Find(name string, clusters []Cluster, visible func(Cluster) bool) (Cluster, *Finding) {
	var fit []Cluster
	for _, c := range clusters {
		if fits(name, c) && !slices.ContainsFunc(fit, c.Same) {
			fit = append(fit, c)
		}
	}
	switch {
	case len(fit) == 1:
		return fit[0], nil
	case len(fit) > 1:
		f := &Finding{Code: FindClusterAmbiguous, Level: LevelRefuse, Name: name}
		for _, c := range fit {
			if visible(c) {
				f.Near = append(f.Near, c.Path())
			}
		}
		slices.Sort(f.Near)
		return Cluster{}, f
	}
	return Cluster{}, &Finding{
		Code: FindClusterUnknown, Level: LevelRefuse, Name: name, Near: nearest(name, clusters, visible),
	}
}

// fits compares from the right, so that slashes inside a project's name do no harm.
func fits(name string, c Cluster) bool {
	return name == c.Name || name == c.ProjectName+"/"+c.Name || name == c.Path()
}

// nearest returns up to three visible names, the most similar first, none that is far off.
func nearest(name string, clusters []Cluster, visible func(Cluster) bool) []string {
	type candidate struct {
		name     string
		distance int
	}
	short := strings.ToLower(name[strings.LastIndex(name, "/")+1:])
	var cs []candidate
	for _, c := range clusters {
		if !visible(c) {
			continue
		}
		d := Distance(short, strings.ToLower(c.Name))
		if strings.Contains(strings.ToLower(c.Name), short) && short != "" {
			d = min(d, 1)
		}
		if d <= max(2, utf8.RuneCountInString(short)/2) {
			cs = append(cs, candidate{c.Path(), d})
		}
	}
	slices.SortFunc(cs, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.name, b.name))
	})
	var out []string
	for _, c := range cs {
		if len(out) < 3 && !slices.Contains(out, c.name) {
			out = append(out, c.name)
		}
	}
	return out
}

// Distance returns how many runes must be inserted, deleted, replaced or swapped with their neighbor to turn a
// into b.
func Distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, prev, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range s {
		row[0] = i + 1
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			row[j+1] = min(prev[j+1]+1, row[j]+1, prev[j]+cost)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, prev, row = prev, row, before
	}
	return prev[len(t)]
}

// Choose resolves a point to a snapshot of the source. Latest is the newest complete one; a named one must be there
// and complete. A finding says why none will do.
func Choose(a Asked, source Cluster, snapshots []Snapshot) (Snapshot, Point, *Finding) {
	if a.Point == Latest {
		complete := slices.DeleteFunc(slices.Clone(snapshots), func(s Snapshot) bool {
			return !s.Complete || s.MissingShards > 0
		})
		if len(complete) == 0 {
			return Snapshot{}, Point{}, &Finding{Code: FindNoSnapshot, Level: LevelRefuse, Cluster: source.Path()}
		}
		s := slices.MaxFunc(complete, func(a, b Snapshot) int {
			return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
		})
		return s, Point{Kind: OfSnapshot, SnapshotID: s.ID, Taken: s.Created, Newest: true}, nil
	}
	i := slices.IndexFunc(snapshots, func(s Snapshot) bool { return s.ID == a.Snapshot })
	if i < 0 {
		return Snapshot{}, Point{}, &Finding{
			Code: FindSnapshotUnknown, Level: LevelRefuse, Name: a.Snapshot, Cluster: source.Path(),
		}
	}
	s := snapshots[i]
	unusable := &Finding{Code: FindIncomplete, Level: LevelRefuse, Name: s.ID, Cluster: source.Path()}
	switch {
	case s.MissingShards > 0:
		unusable.Code, unusable.Near = FindShardsMissing, []string{strconv.Itoa(s.MissingShards)}
		return Snapshot{}, Point{}, unusable
	case !s.Complete:
		return Snapshot{}, Point{}, unusable
	}
	return s, Point{Kind: OfSnapshot, SnapshotID: s.ID, Taken: s.Created}, nil
}

// Examine returns what stands against, or must be known about, delivering a snapshot, or a later point that starts from
// it. Until is the last moment at which the plan may be submitted.
func Examine(s Spec, snapshot Snapshot, until time.Time) []Finding {
	source, target := s.Source, s.Delivery.Target
	if s.Delivery.Kind == Automated {
		if f := mismatch(source, target, snapshot); f != nil {
			return []Finding{*f}
		}
		if f := unfit(target, snapshot); f != nil {
			return []Finding{*f}
		}
		if target.Paused {
			return []Finding{{Code: FindPaused, Level: LevelRefuse, Cluster: target.Path()}}
		}
	}
	var out []Finding
	if s.Point.Kind == OfSnapshot {
		out = examineSnapshot(s, snapshot, until)
	}
	if s.Delivery.Kind != Automated {
		return out
	}
	if f := encryption(source, target, snapshot); f != nil {
		out = append(out, *f)
	}
	if s.Scope.Kind == Namespaces {
		return append(out, partial(s)...)
	}
	return append(out, aftermath(source, target)...)
}

// mismatch says that a target has another form than its source had.
func mismatch(source, target Cluster, snapshot Snapshot) *Finding {
	f := &Finding{Code: FindTypeMismatch, Level: LevelRefuse, Name: source.Path(), Cluster: target.Path()}
	if source.Type != target.Type {
		if source.Type == Flex || target.Type == Flex {
			f.Code = FindFlexMismatch
		}
		return f
	}
	if from, onto := members(source, snapshot), len(target.Shards); source.Type == Sharded && from != onto {
		f.Near = []string{strconv.Itoa(from), strconv.Itoa(onto)}
		return f
	}
	return nil
}

// examineSnapshot judges a snapshot that is restored as it is. It has to outlive the link of a download, which begins
// to count when the job has finished.
func examineSnapshot(s Spec, snapshot Snapshot, until time.Time) []Finding {
	var out []Finding
	until = until.Add(time.Duration(s.Delivery.Hours) * time.Hour)
	if !snapshot.Expires.IsZero() && snapshot.Expires.Before(until) {
		out = append(out, Finding{Code: FindExpiring, Level: LevelRefuse, Name: snapshot.ID, Cluster: s.Source.Path()})
	}
	if s.Source.Kind == Atlas && s.Delivery.Kind == Download && snapshot.Encrypted {
		out = append(out, Finding{Code: FindEncrypted, Level: LevelRefuse, Name: snapshot.ID, Cluster: s.Source.Path()})
	}
	if snapshot.Inconsistent {
		out = append(out, Finding{Code: FindInconsistent, Level: LevelDanger, Name: snapshot.ID, Cluster: s.Source.Path()})
	}
	return out
}

// members returns of how many replica sets a sharded cluster consisted when the snapshot was taken; as it is now, where
// the snapshot does not tell.
func members(c Cluster, s Snapshot) int {
	if s.Parts > 0 {
		return s.Parts
	}
	return len(c.Shards)
}

// Expected returns how many jobs restoring a snapshot of c makes, 0 where that is not known: one for a replica set, one
// for each part of a sharded cluster. Atlas makes one of any cluster.
func Expected(c Cluster, s Snapshot) int {
	if c.Type == Sharded && c.Kind != Atlas {
		return s.Parts
	}
	return 1
}
