//go:build !race

package simulation

// defaultRuns is how many runs a test makes unless told otherwise.
const defaultRuns = 500
