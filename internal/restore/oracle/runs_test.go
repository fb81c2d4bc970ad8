//go:build !race

package oracle

// defaultRuns is how many seeds a test run plays unless it is told otherwise.
const defaultRuns = 12_000
