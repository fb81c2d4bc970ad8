package restore

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the state table into docs/architecture.md")

// TestArchitectureShowsTheStates compares the arrows in docs/architecture.md with the table; -update writes them.
func TestArchitectureShowsTheStates(t *testing.T) {
	const (
		file  = "../../docs/architecture.md"
		begin = "<!-- states:begin -->\n"
		end   = "<!-- states:end -->"
	)
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(raw), begin)
	got, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("docs/architecture.md has no %q and %q", begin, end)
	}
	want := "```\n" + strings.Join(arrowLines(), "\n") + "\n```\n"
	if got == want {
		return
	}
	if !*update {
		t.Fatalf("docs/architecture.md shows another state table; go test ./internal/restore -update writes\n%s", want)
	}
	if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o600); err != nil {
		t.Fatal(err)
	}
}
