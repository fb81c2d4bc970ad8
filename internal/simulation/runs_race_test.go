//go:build race

package simulation

// defaultRuns is how many runs a test makes unless told otherwise. With the race detector each takes many times as long.
const defaultRuns = 40

// planted tells the rules whose planted bugs are looked for with the race detector: those that are found soon. What the checker
// finds has nothing to do with races.
func planted(rule string) bool { return rule == "agents" || rule == "states" || rule == "lost" }
