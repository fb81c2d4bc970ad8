package oracle

import (
	"flag"
	"maps"
	"slices"
	"testing"
)

// The flags of the test binary.
var (
	oneSeed = flag.Uint64("seed", 0, "play this seed only, and tell its story")
	first   = flag.Uint64("first", 1, "begin with this seed")
	runs    = flag.Uint64("runs", defaultRuns, "play so many seeds")
)

// enough plays get everywhere.
const enough = 10_000

// TestOracle plays seeds and demands that the heart says what the rules say.
func TestOracle(t *testing.T) {
	if *oneSeed != 0 {
		p := replay(*oneSeed, true)
		t.Logf("seed %d:\n%s", *oneSeed, p.story())
		if p.wrong != "" {
			t.Error(p.wrong)
		}
		return
	}
	reach := make(map[string]int)
	for seed := *first; seed < *first+*runs; seed++ {
		p := replay(seed, false)
		if p.wrong != "" {
			t.Fatalf("seed %d: %s; to see it again: -seed=%d\n%s", seed, p.wrong, seed, replay(seed, true).story())
		}
		for what := range p.seen {
			reach[what]++
		}
	}
	t.Logf("seeds %d to %d, and in how many of them what happened:", *first, *first+*runs-1)
	for _, what := range slices.Sorted(maps.Keys(reach)) {
		t.Logf("%8d  %s", reach[what], what)
	}
	for _, what := range worthwhile() {
		if reach[what] == 0 && *runs >= enough {
			t.Errorf("no play got to: %s", what)
		}
	}
}
