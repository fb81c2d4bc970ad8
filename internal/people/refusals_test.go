package people

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "write the golden file")

// refusal is one way to be told no.
type refusal struct {
	name     string
	kind     string // of the answer: a verdict, a problem, or for what is filed a finding
	policies []string
	act      func(r *rig) string // returns what the person read in the end
}

// refusals is every row, in the order of the golden file.
func refusals() []refusal {
	return slices.Concat(ofPeople(), ofSeats(), ofTime(), ofPolicies(), ofDoubts(), ofFiling())
}

// TestRefusals shows what people read who are refused. Nothing comes of any of it: the answer has the kind that it is
// said to have, and no seat is filled by it.
func TestRefusals(t *testing.T) {
	t.Parallel()
	path := filepath.Join("testdata", "refusals.txt")
	golden := sections(t, path)
	var (
		mu   sync.Mutex
		told = make(map[string]string)
	)
	t.Cleanup(func() { // after the last row
		if *update && !t.Failed() {
			write(t, path, told)
		}
	})
	for _, row := range refusals() {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			inCompany(t, row.policies, func(r *rig) {
				got := final(row.act(r))
				if kind := r.refusedAs(); kind != row.kind {
					t.Errorf("answered with %q, want %q", kind, row.kind)
				}
				if got == "" {
					t.Error("nobody was told anything")
				}
				mu.Lock()
				defer mu.Unlock()
				if told[row.name] = got; !*update && got != golden[row.name] {
					t.Errorf("run with -update and read the difference; told:\n%s\nwant:\n%s", got, golden[row.name])
				}
			})
		})
	}
	for _, name := range slices.Sorted(maps.Keys(golden)) {
		if !*update && !slices.ContainsFunc(refusals(), func(row refusal) bool { return row.name == name }) {
			t.Errorf("%s: %q is no row", path, name)
		}
	}
}

// write writes the golden file: what was told in each row.
func write(t *testing.T, path string, told map[string]string) {
	t.Helper()
	var b strings.Builder
	for _, row := range refusals() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", row.name, told[row.name])
	}
	if err := os.WriteFile(path, []byte(strings.TrimPrefix(b.String(), "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
}

// final returns the last of several answers, without the card that it may show below.
func final(text string) string {
	parts := strings.Split(text, "\n--\n")
	text, _, _ = strings.Cut(parts[len(parts)-1], "\nRestore request ")
	return strings.TrimSpace(text)
}

// sections reads a golden file: what stands below each headline.
func sections(t *testing.T, path string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil && !*update {
		t.Fatal(err)
	}
	out := make(map[string]string)
	for part := range strings.SplitSeq("\n"+string(raw), "\n## ") {
		if name, text, ok := strings.Cut(part, "\n\n"); ok {
			out[name] = strings.TrimSpace(text)
		}
	}
	return out
}
