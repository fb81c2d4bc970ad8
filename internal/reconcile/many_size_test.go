//go:build !race

package reconcile_test

const (
	// many is how many restores run at once where their number is what counts.
	many = 60
	// shorter is how much less it is watched that a state is for good.
	shorter = 1
)
