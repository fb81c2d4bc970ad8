//go:build race

package reconcile_test

// many is how many restores run at once where their number is what counts. The race detector makes each of them cost ten times
// as much.
const many = 15
