//go:build race

package reconcile_test

// The race detector makes everything cost ten times as much, and finds no more in more of the same.
const (
	// many is how many restores run at once where their number is what counts.
	many = 15
	// shorter is how much less it is watched that a state is for good.
	shorter = 8
)
