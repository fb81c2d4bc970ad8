package restore

import (
	"slices"
	"strings"
	"testing"
)

func TestScopeOf(t *testing.T) {
	if got := ScopeOf(Asked{As: "*_old", Overwrite: true}); !got.Same(Scope{Kind: Whole}) {
		t.Errorf("without collections: %+v", got)
	}
	usual := Scope{
		Kind: Namespaces, Write: CreateNew, Indexes: IndexesAllButTTL,
		Namespaces: []Namespace{{"crm.notes", "crm.notes"}, {"shop.orders.2024", "shop.orders.2024"}},
	}
	names := []string{"shop.orders.2024", "crm.notes"}
	if got := ScopeOf(Asked{Collections: names}); !got.Same(usual) {
		t.Errorf("as usual: %+v", got)
	}
	got := ScopeOf(Asked{Collections: names, As: "*_r17", Overwrite: true, Indexes: IndexesNone})
	want := Scope{
		Kind: Namespaces, Write: Overwrite, Indexes: IndexesNone,
		Namespaces: []Namespace{{"crm.notes", "crm.notes_r17"}, {"shop.orders.2024", "shop.orders.2024_r17"}},
	}
	if !got.Same(want) || got.Same(usual) {
		t.Errorf("renamed: %+v", got)
	}
}

func TestValidNamespace(t *testing.T) {
	for ns, want := range map[string]bool{
		"shop.orders": true, "shop.orders.2024": true, "shop.my orders, old": true, `shop.it's "odd"`: true, "shop.日本語": true,
		"shop..": true, "SHOP.a": true, "shop.systems": true,
		"shop": false, "shop.": false, ".orders": false, "": false, ".": false, "shop.or$ders": false, "shop.a\x00": false,
		"my shop.orders": false, "a/b.c": false, "shop*.orders": false, "admin.users": false, "local.oplog.rs": false, "config.chunks": false,
		"shop.system.views":                 false,
		strings.Repeat("d", 63) + ".a":      true,
		strings.Repeat("d", 64) + ".a":      false,
		"d." + strings.Repeat("c", 253):     true,
		"d." + strings.Repeat("c", 254):     false,
		"d." + strings.Repeat("日", 84) + "": true,
		"d." + strings.Repeat("日", 85) + "": false,
	} {
		if got := ValidNamespace(ns); got != want {
			t.Errorf("%.20q: %v", ns, got)
		}
	}
}

// TestCollectionsLeaveTheRest looks at what is said about a target that is not overwritten as a whole.
func TestCollectionsLeaveTheRest(t *testing.T) {
	for name, tt := range map[string]struct {
		asked  Asked
		change func(*Spec)
		want   []Code
		danger []Code
	}{
		"beside what is there": {Asked{}, nil, []Code{FindScopeSearch}, nil},
		"in place":             {Asked{}, func(s *Spec) { s.Delivery.Target = s.Source }, []Code{FindScopeSearch}, nil},
		"over what is there":   {Asked{Overwrite: true}, nil, []Code{FindReplaces, FindScopeSearch}, []Code{FindReplaces}},
		"onto no backup": {
			Asked{Overwrite: true}, func(s *Spec) { s.Delivery.Target.Backup = No }, []Code{FindReplaces, FindUnprotected, FindScopeSearch}, []Code{FindReplaces},
		},
		"beside, onto no backup": {Asked{}, func(s *Spec) { s.Delivery.Target.Backup = No }, []Code{FindScopeSearch}, nil},
		"onto much":              {Asked{}, func(s *Spec) { s.Delivery.Target.Filled, s.Delivery.Target.PIT = Yes, Yes }, []Code{FindScopeSearch}, nil},
		"with all indexes":       {Asked{Indexes: IndexesAll}, nil, []Code{FindScopeTTL, FindScopeSearch}, nil},
		"onto a paused one":      {Asked{}, func(s *Spec) { s.Delivery.Target.Paused = true }, []Code{FindPaused}, nil},
		"onto an older one":      {Asked{}, func(s *Spec) { s.Delivery.Target.Versions = []string{"5.0.1"} }, []Code{FindVersionOlder}, nil},
	} {
		p := atlas(plan())
		tt.asked.Collections = []string{"shop.orders"}
		p.Spec.Scope = ScopeOf(tt.asked)
		if tt.change != nil {
			tt.change(&p.Spec)
		}
		var got []Code
		fs := Examine(p.Spec, snapshot(), noon)
		for _, f := range fs {
			got = append(got, f.Code)
		}
		if !slices.Equal(got, tt.want) || !slices.Equal(Dangers(fs), tt.danger) {
			t.Errorf("%s: %v", name, fs)
		}
	}
}

func TestOnlyAtlasRestoresCollections(t *testing.T) {
	some := ScopeOf(Asked{Collections: []string{"shop.orders"}})
	om, replica := source(), source()
	replica.Kind = Atlas
	flex := replica
	flex.Type = Flex
	for name, tt := range map[string]struct {
		scope          Scope
		source, target Cluster
		want           Code
	}{
		"a whole cluster":        {Scope{Kind: Whole}, om, om, ""},
		"a whole Flex cluster":   {Scope{Kind: Whole}, flex, flex, ""},
		"Atlas":                  {some, replica, replica, ""},
		"Ops Manager":            {some, om, om, FindScopeBackend},
		"of a Flex cluster":      {some, flex, replica, FindScopeFlex},
		"onto a Flex cluster":    {some, replica, flex, FindScopeFlex},
		"between Flex clusters":  {some, flex, flex, FindScopeFlex},
		"Cloud Manager and Flex": {some, om, flex, FindScopeBackend},
	} {
		got := Partial(tt.scope, tt.source, tt.target)
		if (len(got) == 0) != (tt.want == "") || tt.want != "" && (got[0].Code != tt.want || len(Refusals(got)) == 0) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestLacking(t *testing.T) {
	held := Held{
		Databases:   []string{"crm", "shop", "shop2"},
		Collections: []string{"shop.orders", "shop.order_lines", "shop.carts", "crm.notes"},
	}
	spec := func(point PointKind, names ...string) Spec {
		return Spec{Source: source(), Point: Point{Kind: point}, Scope: ScopeOf(Asked{Collections: names})}
	}
	for name, tt := range map[string]struct {
		spec Spec
		held Held
		want []Finding
	}{
		"all there":          {spec(OfSnapshot, "shop.orders", "crm.notes"), held, nil},
		"a slip":             {spec(OfSnapshot, "shop.ordres", "crm.notes"), held, []Finding{{Code: FindNamespaceUnknown, Level: LevelRefuse, Name: "shop.ordres", Near: []string{"shop.orders"}}}},
		"another case":       {spec(OfSnapshot, "shop.Orders"), held, []Finding{{Code: FindNamespaceUnknown, Level: LevelRefuse, Name: "shop.Orders", Near: []string{"shop.orders"}}}},
		"another database":   {spec(OfSnapshot, "shob.orders"), held, []Finding{{Code: FindNamespaceUnknown, Level: LevelRefuse, Name: "shob.orders", Near: []string{"shop", "shop2"}}}},
		"nothing like it":    {spec(OfSnapshot, "stock.pallets"), held, []Finding{{Code: FindNamespaceUnknown, Level: LevelRefuse, Name: "stock.pallets"}}},
		"made after it":      {spec(PointInTime, "shop.new"), held, []Finding{{Code: FindNamespaceEarlier, Level: LevelWarn, Name: "shop.new"}}},
		"there, for a point": {spec(Oplog, "shop.orders"), held, nil},
		"untold":             {spec(OfSnapshot, "shop.new", "a.b"), Held{Untold: true}, []Finding{{Code: FindNamespacesUntold, Level: LevelWarn}}},
	} {
		for i := range tt.want {
			tt.want[i].Cluster = source().Path()
		}
		got := tt.spec.Lacking(tt.held)
		same := slices.EqualFunc(got, tt.want, func(a, b Finding) bool {
			return a.Code == b.Code && a.Level == b.Level && a.Name == b.Name && a.Cluster == b.Cluster && slices.Equal(a.Near, b.Near)
		})
		if !same {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if held.Databases[0] != "crm" || held.Collections[0] != "shop.orders" {
		t.Error("looking for names changes what is held")
	}
}
