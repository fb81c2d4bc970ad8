package restore

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"
)

func everything(Cluster) bool { return true }

// world has names that are easily taken for one another.
func world() []Cluster {
	c := func(backend, project, name string) Cluster {
		return Cluster{
			Backend: backend, Origin: "https://" + backend, ProjectID: "p-" + project, ProjectName: project,
			ID: "c-" + project + name, Name: name,
		}
	}
	return []Cluster{
		c("om", "prod", "orders"), c("om", "stage", "orders"), c("om", "prod", "payments"), c("om", "secret", "vault"),
		c("om", "team/a", "carts"), c("om", "b", "a/carts"), c("om2", "stage", "orders"), c("om", "prod", "данные"),
	}
}

func TestFind(t *testing.T) {
	hidden := func(c Cluster) bool { return c.ProjectName != "secret" && c.Backend != "om2" }
	all := world()
	tests := map[string]struct {
		name    string
		visible func(Cluster) bool
		found   string
		code    Code
		near    []string
	}{
		"short name":                     {"payments", everything, "om/prod/payments", "", nil},
		"project and name":               {"prod/orders", everything, "om/prod/orders", "", nil},
		"full name":                      {"om2/stage/orders", everything, "om2/stage/orders", "", nil},
		"other alphabet":                 {"данные", everything, "om/prod/данные", "", nil},
		"slash in the project":           {"team/a/carts", everything, "om/team/a/carts", "", nil},
		"slash in the name":              {"b/a/carts", everything, "om/b/a/carts", "", nil},
		"hidden, but exact":              {"vault", hidden, "om/secret/vault", "", nil},
		"ambiguous":                      {"orders", everything, "", FindClusterAmbiguous, []string{"om/prod/orders", "om/stage/orders", "om2/stage/orders"}},
		"ambiguous in a project":         {"stage/orders", everything, "", FindClusterAmbiguous, []string{"om/stage/orders", "om2/stage/orders"}},
		"ambiguous with a hidden one":    {"stage/orders", hidden, "", FindClusterAmbiguous, []string{"om/stage/orders"}},
		"a letter missing":               {"paymets", everything, "", FindClusterUnknown, []string{"om/prod/payments"}},
		"two letters swapped":            {"pyaments", everything, "", FindClusterUnknown, []string{"om/prod/payments"}},
		"another case":                   {"Payments", everything, "", FindClusterUnknown, []string{"om/prod/payments"}},
		"another case, other alphabet":   {"ДАННЫЕ", everything, "", FindClusterUnknown, []string{"om/prod/данные"}},
		"the beginning":                  {"pay", everything, "", FindClusterUnknown, []string{"om/prod/payments"}},
		"a project that it is not in":    {"stage/payments", everything, "", FindClusterUnknown, []string{"om/prod/payments"}},
		"at most three":                  {"order", everything, "", FindClusterUnknown, []string{"om/prod/orders", "om/stage/orders", "om2/stage/orders"}},
		"ends in a slash":                {"carts/", everything, "", FindClusterUnknown, nil},
		"far off":                        {"zzzzzzzz", everything, "", FindClusterUnknown, nil},
		"far off, other alphabet":        {"жжжжжж", everything, "", FindClusterUnknown, nil},
		"a typo of a hidden one":         {"vaultt", hidden, "", FindClusterUnknown, nil},
		"a typo of one that others hide": {"vaultt", everything, "", FindClusterUnknown, []string{"om/secret/vault"}},
		"another case of a hidden one":   {"VAULT", hidden, "", FindClusterUnknown, nil},
		"nothing visible":                {"payment", func(Cluster) bool { return false }, "", FindClusterUnknown, nil},
		"spaces count":                   {" payments", everything, "", FindClusterUnknown, []string{"om/prod/payments"}},
		"backend and name":               {"om/payments", everything, "", FindClusterUnknown, []string{"om/prod/payments"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, f := Find(tt.name, all, tt.visible)
			if f == nil {
				if c.Path() != tt.found {
					t.Fatalf("found %s, want %q", c.Path(), tt.found)
				}
				return
			}
			if tt.found != "" || f.Code != tt.code || f.Level != LevelRefuse || f.Name != tt.name || !c.IsZero() {
				t.Errorf("found %s, finding %+v", c.Path(), f)
			}
			if !slices.Equal(f.Near, tt.near) {
				t.Errorf("near are %q, want %q", f.Near, tt.near)
			}
		})
	}
}

// TestFindOneClusterTwice has two backend entries for one API: that is one cluster, not two.
func TestFindOneClusterTwice(t *testing.T) {
	a, b := source(), source()
	b.Backend = "om-readonly"
	if c, f := Find("orders", []Cluster{a, b}, everything); f != nil || !c.Same(a) {
		t.Errorf("found %s, %+v", c.Path(), f)
	}
	if c, f := Find("om-readonly/prod/orders", []Cluster{a, b}, everything); f != nil || c.Backend != "om-readonly" {
		t.Errorf("found %s, %+v", c.Path(), f)
	}
}

// TestFindNamesTheNearest sorts by distance, then by name.
func TestFindNamesTheNearest(t *testing.T) {
	var all []Cluster
	for _, name := range []string{"abcdxx", "abcdex", "abcxxx", "abcdey", "unlike"} {
		all = append(all, named("om", "p", name))
		all[len(all)-1].ID = name
	}
	_, f := Find("abcdef", all, everything)
	if want := []string{"om/p/abcdex", "om/p/abcdey", "om/p/abcdxx"}; !slices.Equal(f.Near, want) {
		t.Errorf("near are %v, want %v", f.Near, want)
	}
}

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"abc", "abc", 0},
		{"abc", "abd", 1},
		{"abc", "abcd", 1},
		{"abc", "ac", 1},
		{"ab", "ba", 1},
		{"abcd", "acbd", 1},
		{"abcd", "badc", 2},
		{"ca", "abc", 3},
		{"kitten", "sitting", 3},
		{"日本", "日木", 1},
		{"é", "e", 1},
	}
	for _, tt := range tests {
		if got := Distance(tt.a, tt.b); got != tt.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		a, b := word(random), word(random)
		if got, want := Distance(a, b), recursive([]rune(a), []rune(b)); got != want {
			t.Fatalf("Distance(%q, %q) = %d, want %d", a, b, got, want)
		}
	}
}

func word(random *rand.Rand) string {
	out := make([]rune, random.IntN(6))
	for i := range out {
		out[i] = []rune("abé")[random.IntN(3)]
	}
	return string(out)
}

// recursive is the distance by its definition, from the ends of both words.
func recursive(a, b []rune) int {
	n, m := len(a), len(b)
	if n == 0 || m == 0 {
		return n + m
	}
	last := recursive(a[:n-1], b[:m-1])
	if a[n-1] != b[m-1] {
		last++
	}
	best := min(last, recursive(a[:n-1], b)+1, recursive(a, b[:m-1])+1)
	if n > 1 && m > 1 && a[n-1] == b[m-2] && a[n-2] == b[m-1] {
		best = min(best, recursive(a[:n-2], b[:m-2])+1)
	}
	return best
}

func TestChoose(t *testing.T) {
	at := func(id string, hours int, change ...func(*Snapshot)) Snapshot {
		s := snapshot()
		s.ID, s.Created = id, noon.Add(time.Duration(hours)*time.Hour)
		for _, c := range change {
			c(&s)
		}
		return s
	}
	incomplete := func(s *Snapshot) { s.Complete = false }
	halfway := func(s *Snapshot) { s.MissingShards = 1 }
	tests := map[string]struct {
		asked     Asked
		snapshots []Snapshot
		want      string
		code      Code
	}{
		"the newest":                    {Asked{Point: Latest}, []Snapshot{at("b", -2), at("c", -1), at("a", -3)}, "c", ""},
		"the newest that is complete":   {Asked{Point: Latest}, []Snapshot{at("b", -2), at("c", -1, incomplete)}, "b", ""},
		"the newest with all shards":    {Asked{Point: Latest}, []Snapshot{at("b", -2), at("c", -1, halfway)}, "b", ""},
		"two at one instant":            {Asked{Point: Latest}, []Snapshot{at("b", -1), at("c", -1), at("a", -1)}, "c", ""},
		"none is complete":              {Asked{Point: Latest}, []Snapshot{at("b", -2, incomplete), at("c", -1, halfway)}, "", FindNoSnapshot},
		"none at all":                   {Asked{Point: Latest}, nil, "", FindNoSnapshot},
		"a named one":                   {Asked{Point: OfSnapshot, Snapshot: "b"}, []Snapshot{at("b", -2), at("c", -1)}, "b", ""},
		"a named one, not there":        {Asked{Point: OfSnapshot, Snapshot: "x"}, []Snapshot{at("b", -2)}, "", FindSnapshotUnknown},
		"a named one, other case":       {Asked{Point: OfSnapshot, Snapshot: "B"}, []Snapshot{at("b", -2)}, "", FindSnapshotUnknown},
		"a named one, incomplete":       {Asked{Point: OfSnapshot, Snapshot: "b"}, []Snapshot{at("b", -2, incomplete)}, "", FindIncomplete},
		"a named one, shards missing":   {Asked{Point: OfSnapshot, Snapshot: "b"}, []Snapshot{at("b", -2, halfway)}, "", FindShardsMissing},
		"a name is not asked of latest": {Asked{Point: Latest, Snapshot: "x"}, []Snapshot{at("b", -2)}, "b", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			before := slices.Clone(tt.snapshots)
			s, point, f := Choose(tt.asked, source(), tt.snapshots)
			if !slices.Equal(before, tt.snapshots) {
				t.Error("the list was changed")
			}
			if tt.code != "" {
				if f == nil || f.Code != tt.code || f.Level != LevelRefuse || f.Cluster != "om/prod/orders" || s.ID != "" || point != (Point{}) {
					t.Errorf("chose %q, finding %+v", s.ID, f)
				}
				return
			}
			want := Point{Kind: OfSnapshot, SnapshotID: tt.want, Taken: s.Created, Newest: tt.asked.Point == Latest}
			if f != nil || s.ID != tt.want || point != want {
				t.Errorf("chose %q, %+v, finding %+v; want %q", s.ID, point, f, tt.want)
			}
		})
	}
}

func TestExamine(t *testing.T) {
	until := noon.Add(28 * time.Hour)
	tests := map[string]struct {
		change func(s *Spec, snapshot *Snapshot)
		want   []Finding
	}{
		"onto another cluster": {func(*Spec, *Snapshot) {}, []Finding{{Code: FindOverwrites, Level: LevelWarn}}},
		"in place": {
			func(s *Spec, _ *Snapshot) { s.Delivery.Target = source() },
			[]Finding{{Code: FindInPlace, Level: LevelDanger}, {Code: FindOverwrites, Level: LevelWarn}},
		},
		"in place under another name": {
			func(s *Spec, _ *Snapshot) {
				s.Delivery.Target = source()
				s.Delivery.Target.Backend, s.Delivery.Target.Name = "om2", "other"
			},
			[]Finding{{Code: FindInPlace, Level: LevelDanger}, {Code: FindOverwrites, Level: LevelWarn}},
		},
		"same id in another project": {
			func(s *Spec, _ *Snapshot) { s.Delivery.Target.ID = s.Source.ID },
			[]Finding{{Code: FindOverwrites, Level: LevelWarn}},
		},
		"a snapshot for ever": {
			func(_ *Spec, s *Snapshot) { s.Expires = time.Time{} }, []Finding{{Code: FindOverwrites, Level: LevelWarn}},
		},
		"a snapshot that lasts": {
			func(_ *Spec, s *Snapshot) { s.Expires = until }, []Finding{{Code: FindOverwrites, Level: LevelWarn}},
		},
		"a snapshot that expires too soon": {
			func(_ *Spec, s *Snapshot) { s.Expires = until.Add(-1) },
			[]Finding{{Code: FindExpiring, Level: LevelRefuse}, {Code: FindOverwrites, Level: LevelWarn}},
		},
		"replica set onto sharded": {
			func(s *Spec, _ *Snapshot) { s.Delivery.Target.Type = Sharded }, []Finding{{Code: FindTypeMismatch, Level: LevelRefuse}},
		},
		"sharded onto replica set": {
			func(s *Spec, _ *Snapshot) { s.Source.Type = Sharded }, []Finding{{Code: FindTypeMismatch, Level: LevelRefuse}},
		},
		"sharded onto sharded": {
			func(s *Spec, p *Snapshot) { shard(s, 3, 3); p.Parts = 3 }, []Finding{{Code: FindOverwrites, Level: LevelWarn}},
		},
		"sharded onto sharded, parts untold": {
			func(s *Spec, p *Snapshot) { shard(s, 3, 3); p.Parts = 0 }, []Finding{{Code: FindOverwrites, Level: LevelWarn}},
		},
		"onto fewer shards": {
			func(s *Spec, p *Snapshot) { shard(s, 3, 2); p.Parts = 3 }, []Finding{{Code: FindTypeMismatch, Level: LevelRefuse}},
		},
		"onto more shards": {
			func(s *Spec, p *Snapshot) { shard(s, 3, 4); p.Parts = 3 }, []Finding{{Code: FindTypeMismatch, Level: LevelRefuse}},
		},
		"onto fewer shards, parts untold": {
			func(s *Spec, p *Snapshot) { shard(s, 3, 2); p.Parts = 0 }, []Finding{{Code: FindTypeMismatch, Level: LevelRefuse}},
		},
		"a shard more than when it was taken": {
			func(s *Spec, p *Snapshot) { shard(s, 4, 4); p.Parts = 3 }, []Finding{{Code: FindTypeMismatch, Level: LevelRefuse}},
		},
		"sharded, in place, possibly inconsistent, expiring": {
			func(s *Spec, p *Snapshot) {
				shard(s, 3, 3)
				s.Delivery.Target, p.Parts, p.Inconsistent, p.Expires = s.Source, 3, true, until.Add(-1)
			},
			[]Finding{
				{Code: FindExpiring, Level: LevelRefuse},
				{Code: FindInconsistent, Level: LevelDanger},
				{Code: FindInPlace, Level: LevelDanger},
				{Code: FindOverwrites, Level: LevelWarn},
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			spec, snap := plan().Spec, snapshot()
			tt.change(&spec, &snap)
			got := Examine(spec, snap, until)
			same := slices.EqualFunc(got, tt.want, func(a, b Finding) bool { return a.Code == b.Code && a.Level == b.Level })
			if !same {
				t.Errorf("findings are %+v, want %+v", got, tt.want)
			}
			for _, f := range got {
				if f.Cluster == "" && f.Name == "" {
					t.Errorf("%s names nothing", f.Code)
				}
			}
		})
	}
}

// shard makes both clusters of a spec sharded, of so many replica sets each.
func shard(s *Spec, from, onto int) {
	s.Source.Type, s.Delivery.Target.Type = Sharded, Sharded
	for i := range from {
		s.Source.Shards = append(s.Source.Shards, "s"+strconv.Itoa(i))
	}
	for i := range onto {
		s.Delivery.Target.Shards = append(s.Delivery.Target.Shards, "t"+strconv.Itoa(i))
	}
}

func TestExpected(t *testing.T) {
	for _, tt := range []struct {
		kind        ClusterType
		parts, want int
	}{{ReplicaSet, 1, 1}, {ReplicaSet, 0, 1}, {ReplicaSet, 2, 1}, {Sharded, 3, 3}, {Sharded, 1, 1}, {Sharded, 0, 0}} {
		if got := Expected(Cluster{Type: tt.kind}, Snapshot{Parts: tt.parts}); got != tt.want {
			t.Errorf("%s with %d parts makes %d jobs, want %d", tt.kind, tt.parts, got, tt.want)
		}
	}
}

func TestFindings(t *testing.T) {
	fs := []Finding{
		{Code: FindOverwrites, Level: LevelDanger},
		{Code: FindDuplicate, Level: LevelInfo},
		{Code: FindInPlace, Level: LevelDanger},
		{Code: FindExpiring, Level: LevelWarn},
	}
	if got := Refusals(fs); len(got) > 0 || len(Refusals(nil)) > 0 {
		t.Errorf("refused for %v", got)
	}
	no := Finding{Code: FindPaused, Level: LevelRefuse}
	if got := Refusals(slices.Concat(fs[:1], []Finding{no}, fs[1:])); len(got) != 1 || got[0].Code != no.Code || len(fs) != 4 {
		t.Errorf("refused for %v, want only what refuses", got)
	}
	if got := Dangers(fs); !slices.Equal(got, []Code{FindInPlace, FindOverwrites}) {
		t.Errorf("dangers are %v", got)
	}
}
