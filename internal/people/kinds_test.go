package people

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"snapback/internal/restore"
)

// refusedAs returns the kind of the latest answer, or of what a filed request was refused for.
func (r *rig) refusedAs() string {
	r.t.Helper()
	if kind := r.heard.last(); kind != "commands.Filed" {
		return kind
	}
	var kinds []string
	err := r.store.View(r.t.Context(), func(rd restore.Reader) error {
		newest, err := rd.Newest(0, 1)
		if err != nil {
			return err
		}
		q, err := rd.Request(newest[0])
		for _, f := range q.Findings {
			if f.Level == restore.LevelRefuse {
				kinds = append(kinds, string(f.Code))
			}
		}
		return err
	})
	if err != nil || len(kinds) != 1 {
		r.t.Fatalf("refused for %v: %v", kinds, err)
	}
	return kinds[0]
}

// TestEveryRefusalHasARow demands a row for every verdict that there is, and for every finding about people, policies and
// their channel.
func TestEveryRefusalHasARow(t *testing.T) {
	t.Parallel()
	shown := make(map[string]bool)
	for _, row := range refusals() {
		shown[row.kind] = true
	}
	for _, verdict := range constants(t, filepath.Join("..", "..", "approvals", "verdict.go"), "Verdict") {
		if !shown[verdict] && verdict != "counts" {
			t.Errorf("no row shows what the verdict %q says to people", verdict)
		}
	}
	// These are about the data; the other findings are about who may have what done to it.
	data := []string{
		"cluster_unknown", "cluster_ambiguous", "snapshot_unknown", "no_snapshot", "snapshot_incomplete", "snapshot_shards", "snapshot_expiring",
		"snapshot_inconsistent", "type_mismatch", "in_place", "origins", "overwrites", "ttl", "search_indexes",
		"keys_untold", "unprotected", "protection_gap", // stand on the card, and refuse nothing
		"flex_mismatch", "key_mismatch", "snapshot_encrypted", "paused", // only Atlas tells; this company has Ops Manager
		"scope_backend", "scope_flex", "namespace_unknown", "namespace_earlier", "namespaces_untold", // likewise
		"namespaces_replaced", "scope_search", "scope_ttl",
		"time_zone", "time_skipped", "time_twice", "time_future", "ranges_untold", "no_range", "range_before", "range_after",
		"range_gap", "no_base", "snapshot_newer", "range_slides", "base_expiring", "point_fcv", "checkpoint_replica_set", "checkpoint_unknown", "checkpoint_unfit",
	}
	for _, finding := range constants(t, filepath.Join("..", "restore", "finding.go"), "Code") {
		if !shown[finding] && !slices.Contains(data, finding) {
			t.Errorf("no row shows what the finding %q says to people", finding)
		}
	}
}

// constants returns the values of a type's string constants in a file, so that a new one is found.
func constants(t *testing.T, path, typ string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != typ {
			return true
		}
		for _, v := range spec.Values {
			if lit, ok := v.(*ast.BasicLit); ok {
				value, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, value)
			}
		}
		return true
	})
	if len(out) == 0 {
		t.Fatalf("%s has no constants of type %s", path, typ)
	}
	return out
}
