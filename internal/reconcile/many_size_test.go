//go:build !race

package reconcile_test

// many is how many restores run at once where their number is what counts.
const many = 60
