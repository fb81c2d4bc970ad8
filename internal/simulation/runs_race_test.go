//go:build race

package simulation

// defaultRuns is how many runs a test makes unless told otherwise. With the race detector each takes many times as long.
const defaultRuns = 40
