package restore

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// sources are collections without a word of what they become, as no plan has them.
func sources(names ...string) []Namespace {
	var out []Namespace
	for _, n := range names {
		out = append(out, Namespace{Source: n})
	}
	return out
}

// collections is a plan for some collections of a replica set on Atlas.
func collections() Plan {
	p := atlas(plan())
	p.Spec.Scope = ScopeOf(Asked{Collections: []string{"shop.orders", "shop.carts"}, As: "*_old"})
	return p
}

// goldenPlan is a plan with every hashed field set.
func goldenPlan() Plan {
	p := plan()
	p.Revision = 3
	p.Spec.Source.Shards, p.Spec.Delivery.Target.Shards = []string{"s0", "s1"}, []string{"t0"}
	p.Spec.Delivery.Target.Versions = []string{"7.0.14", "6.0.3", "7.0.1"}
	p.Spec.Scope = Scope{Kind: Namespaces, Namespaces: sources("shop.orders", "shop.carts")}
	p.Snapshot.Encrypted = true
	p.Start = time.Date(2026, 11, 21, 3, 0, 0, 0, time.FixedZone("", 3600))
	return p
}

// TestHashGolden fixes the hash: a stored plan and the cards that show it must keep theirs. A different form needs
// another prefix than "p1:".
func TestHashGolden(t *testing.T) {
	fields := []string{
		"installation", "inst-1", "nonce", "0123456789abcdef", "revision", "3",
		"backend", "ops-manager", "origin", "https://om.example.net", "source project", "p-prod", "source cluster", "c-orders",
		"point", "snapshot", "snapshot", "snap-1", "checkpoint", "", "oplog", "0.0", "milliseconds", "0", "inclusive", "false",
		"scope", "namespaces", "namespaces", "10:shop.carts11:shop.orders",
		"delivery", "automated", "target origin", "https://om.example.net", "target project", "p-stage",
		"target cluster", "c-copy", "target name", "orders-copy", "hours", "0", "downloads", "0",
		"expected jobs", "1", "source type", "replica_set", "source shards", "2", "target type", "replica_set", "target shards", "1",
		"compatibility version", "7.0", "target version", "6.0,7.0", "encrypted", "true",
		"guard", "off", "start", "2026-11-21T02:00:00Z", "policy", "digest-1",
	}
	var raw []byte
	for _, f := range fields {
		raw = binary.BigEndian.AppendUint32(raw, uint32(len(f)))
		raw = append(raw, f...)
	}
	sum := sha256.Sum256(raw)
	p := goldenPlan()
	p.Seal(testInstallation, testNonce)
	if want := "p1:" + hex.EncodeToString(sum[:]); p.Hash != want {
		t.Errorf("hash is %s, its fields by hand give %s", p.Hash, want)
	}
	golden := map[string]struct {
		plan Plan
		want string
	}{
		"all fields":  {goldenPlan(), "p1:5b82c922e8c69df34443d5e9fd7d9120a63feaac02eb374ecd60ac72c0b34a6b"},
		"a snapshot":  {plan(), "p1:db68eb788b01b7a494029e9c16be94db2a21f4e442da62b219f9be52bd71f1f7"},
		"collections": {collections(), "p1:8970189e1f09ecdeeddd380305386c4b99d2ca80f83487809491f59b89e738f4"},
		"a download":  {download(), "p1:eb58b68ce7b394951c3d05f782d80787430b14a2bdab3d56b828e92947be8c62"},
	}
	for name, tt := range golden {
		t.Run(name, func(t *testing.T) {
			tt.plan.Seal(testInstallation, testNonce)
			if tt.plan.Hash != tt.want {
				t.Errorf("hash is %s, want %s", tt.plan.Hash, tt.want)
			}
			before := tt.plan
			tt.plan.Seal(testInstallation, testNonce)
			if !reflect.DeepEqual(tt.plan, before) {
				t.Error("sealing twice gives two hashes")
			}
		})
	}
}

// planFields says of every field of a plan whether the approval is about it. A new field fails the test until it
// stands here.
func planFields() map[string]bool {
	cluster := func(m map[string]bool, at string, hashed ...string) {
		for _, name := range []string{
			"Backend", "Kind", "Origin", "ProjectID", "ProjectName", "ID", "Name", "Type", "Shards", "Versions", "Paused",
			"Backup", "PIT", "Filled", "Bytes", "Keys",
		} {
			m[at+"."+name] = slices.Contains(hashed, name)
		}
	}
	m := map[string]bool{
		"Revision": true, "Hash": false, "Made": false, "BackendKind": true, "ExpectedJobs": true, "Guard": true,
		"Start": true, "PolicyDigest": true, "Findings": false, "Backing.Taken": false, "Backing.Told": false,

		"Spec.Point.Kind": true, "Spec.Point.SnapshotID": true, "Spec.Point.CheckpointID": true, "Spec.Point.Millis": true,
		"Spec.Point.Seconds": true, "Spec.Point.Increment": true, "Spec.Point.Taken": false, "Spec.Point.Newest": false,
		"Spec.Point.Zone": false,
		"Spec.Scope.Kind": true, "Spec.Scope.Namespaces": true, "Spec.Scope.Write": true, "Spec.Scope.Indexes": true,
		"Spec.Delivery.Kind": true, "Spec.Delivery.Hours": true, "Spec.Delivery.MaxDownloads": true,

		"Snapshot.ID": false, "Snapshot.ClusterID": false, "Snapshot.Created": false, "Snapshot.Expires": false,
		"Snapshot.Complete": false, "Snapshot.Inconsistent": false, "Snapshot.MissingShards": false,
		"Snapshot.Parts": false, "Snapshot.FCV": true, "Snapshot.Version": false, "Snapshot.Encrypted": true,
		"Snapshot.Bytes": false,
	}
	cluster(m, "Spec.Source", "Origin", "ProjectID", "ID", "Type", "Shards")
	cluster(m, "Spec.Delivery.Target", "Origin", "ProjectID", "ID", "Name", "Type", "Shards", "Versions", "Keys")
	return m
}

// leaves calls visit with every field below v that is no struct of ours, and its path.
func leaves(v reflect.Value, path string, visit func(path string, v reflect.Value)) {
	for i := range v.NumField() {
		at := strings.TrimPrefix(path+"."+v.Type().Field(i).Name, ".")
		if f := v.Field(i); f.Kind() == reflect.Struct && f.Type() != reflect.TypeFor[time.Time]() {
			leaves(f, at, visit)
		} else {
			visit(at, f)
		}
	}
}

// alter gives a field another value.
func alter(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = x.Add(time.Hour)
	case *[]string:
		*x = append(slices.Clone(*x), "9.9.9")
	case *[]Namespace:
		*x = append(slices.Clone(*x), Namespace{Source: "a.b", Target: "c.d"})
	case *[]Finding:
		*x = append(slices.Clone(*x), Finding{Code: FindInPlace, Level: LevelDanger})
	default:
		switch v.Kind() {
		case reflect.String:
			v.SetString(v.String() + "x")
		case reflect.Int, reflect.Int64:
			v.SetInt(v.Int() + 1)
		case reflect.Uint64:
			v.SetUint(v.Uint() + 1)
		case reflect.Bool:
			v.SetBool(!v.Bool())
		default:
			t.Fatalf("%s has a type that the test cannot alter: %s", path, v.Type())
		}
	}
}

// TestHashFields alters every field of a plan, found by reflection, and looks whether the hash follows.
func TestHashFields(t *testing.T) {
	for name, build := range map[string]func() Plan{"snapshot": plan, "all fields": goldenPlan, "download": download, "collections": collections} {
		t.Run(name, func(t *testing.T) {
			base := build()
			base.Seal(testInstallation, testNonce)
			hashes, want := map[string]string{base.Hash: "the plan itself"}, planFields()
			var paths []string
			leaves(reflect.ValueOf(&base).Elem(), "", func(path string, _ reflect.Value) { paths = append(paths, path) })
			for _, path := range paths {
				hashed, known := want[path]
				if !known {
					t.Errorf("%s: say in planFields whether the approval is about it", path)
					continue
				}
				delete(want, path)
				p := build()
				p.Hash = base.Hash
				leaves(reflect.ValueOf(&p).Elem(), "", func(at string, v reflect.Value) {
					if at == path {
						alter(t, path, v)
					}
				})
				changed := p.Changed(&base)
				p.Seal(testInstallation, testNonce)
				if (p.Hash != base.Hash) != hashed {
					t.Errorf("%s: hash changes %v, want %v", path, p.Hash != base.Hash, hashed)
				}
				if other, ok := hashes[p.Hash]; hashed && ok {
					t.Errorf("%s and %s give the same hash", path, other)
				}
				hashes[p.Hash] = path
				if (len(changed) > 0) != (hashed && path != "Revision") {
					t.Errorf("%s: Changed names %v", path, changed)
				}
			}
			for path := range want {
				t.Errorf("%s is no field of a plan", path)
			}
		})
	}
}

// TestHashBelongsToOneRequest checks that the same plan of another installation or request has another hash.
func TestHashBelongsToOneRequest(t *testing.T) {
	hashes := make(map[string]string)
	for _, of := range [][2]string{
		{testInstallation, testNonce},
		{"inst-2", testNonce},
		{testInstallation, "fedcba9876543210"},
		{testInstallation + testNonce, ""},
		{"", testInstallation + testNonce},
	} {
		p := plan()
		p.Seal(of[0], of[1])
		if other, ok := hashes[p.Hash]; ok {
			t.Errorf("%q and %s give the same hash", of, other)
		}
		hashes[p.Hash] = fmt.Sprint(of)
	}
}

// TestHashIsNotAmbiguous moves text from one field into the next: lengths keep them apart.
func TestHashIsNotAmbiguous(t *testing.T) {
	tests := map[string][2]func(*Plan){
		"project and cluster": {
			func(p *Plan) { p.Spec.Source.ProjectID, p.Spec.Source.ID = "ab", "c" },
			func(p *Plan) { p.Spec.Source.ProjectID, p.Spec.Source.ID = "a", "bc" },
		},
		"a value that looks like the next field": {
			func(p *Plan) { p.Spec.Source.ProjectID, p.Spec.Source.ID = "a\x00\x00\x00\x0esource cluster", "" },
			func(p *Plan) { p.Spec.Source.ProjectID, p.Spec.Source.ID = "a", "\x00\x00\x00\x0esource cluster" },
		},
		"seconds and increment": {
			func(p *Plan) { p.Spec.Point = Point{Kind: Oplog, Seconds: 12, Increment: 3} },
			func(p *Plan) { p.Spec.Point = Point{Kind: Oplog, Seconds: 1, Increment: 23} },
		},
		"one namespace or two": {
			func(p *Plan) { p.Spec.Scope.Namespaces = sources("a.b\x00c.d") },
			func(p *Plan) { p.Spec.Scope.Namespaces = sources("a.b", "c.d") },
		},
		"a namespace that looks like two": {
			func(p *Plan) { p.Spec.Scope.Namespaces = sources("a.b3:c.d") },
			func(p *Plan) { p.Spec.Scope.Namespaces = sources("a.b", "c.d") },
		},
		"no namespace or an empty one": {
			func(p *Plan) { p.Spec.Scope.Namespaces = nil },
			func(p *Plan) { p.Spec.Scope.Namespaces = sources("") },
		},
		"which becomes which": {
			func(p *Plan) { p.Spec.Scope.Namespaces = []Namespace{{"a.b", "x.y"}, {"c.d", "x.z"}} },
			func(p *Plan) { p.Spec.Scope.Namespaces = []Namespace{{"a.b", "x.z"}, {"c.d", "x.y"}} },
		},
		"writing and indexes": {
			func(p *Plan) { p.Spec.Scope.Write, p.Spec.Scope.Indexes = "all", "" },
			func(p *Plan) { p.Spec.Scope.Write, p.Spec.Scope.Indexes = "", "all" },
		},
		"until a point or including it": {
			func(p *Plan) { p.Spec.Point = Point{Kind: PointInTime, Millis: 1000} },
			func(p *Plan) { p.Spec.Point = Point{Kind: Oplog, Millis: 1000} },
		},
	}
	for name, pair := range tests {
		t.Run(name, func(t *testing.T) {
			a, b := plan(), plan()
			pair[0](&a)
			pair[1](&b)
			a.Seal(testInstallation, testNonce)
			b.Seal(testInstallation, testNonce)
			if a.Hash == b.Hash {
				t.Error("two plans have one hash")
			}
		})
	}
}

// TestHashDoesNotDrift changes what may drift without changing the restore.
func TestHashDoesNotDrift(t *testing.T) {
	base := goldenPlan()
	base.Seal(testInstallation, testNonce)
	for name, change := range map[string]func(*Plan){
		"order of namespaces": func(p *Plan) { slices.Reverse(p.Spec.Scope.Namespaces) },
		"patch versions":      func(p *Plan) { p.Spec.Delivery.Target.Versions = []string{"7.0.99", "6.0.99"} },
		"order of shards":     func(p *Plan) { slices.Reverse(p.Spec.Source.Shards) },
		"zone of the start":   func(p *Plan) { p.Start = p.Start.UTC() },
		"asked for as latest": func(p *Plan) { p.Spec.Point.Newest = true },
		"size":                func(p *Plan) { p.Snapshot.Bytes *= 2 },
		"name of a project":   func(p *Plan) { p.Spec.Source.ProjectName = "renamed" },
	} {
		t.Run(name, func(t *testing.T) {
			p := goldenPlan()
			change(&p)
			p.Seal(testInstallation, testNonce)
			if p.Hash != base.Hash {
				t.Error("the hash changed")
			}
		})
	}
}
