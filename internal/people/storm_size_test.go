//go:build !race

package people

// stormy is how many restores run in the storm.
const stormy = 60
