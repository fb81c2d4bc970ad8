//go:build race

package people

// stormy is how many restores run in the storm. The race detector makes each of them cost eight times as much.
const stormy = 15
