//go:build race

package oracle

// defaultRuns is how many seeds a test run plays under the race detector, which makes them many times slower.
const defaultRuns = 1_000
