// Package oracle holds a test that replays random histories of requests, from the plan to the POST, against a second
// implementation of the rules about approval. It has no code of its own for others to use.
//
// The second implementation, a book, is written from the rules and shares nothing with the heart but the names of its
// states: people and groups are bits of a number, seats are filled by trying everybody for each, and who counts is
// found by reading the whole list of acts again. A play draws policies, groups, people, clocks and acts from a seed,
// tells both sides the same, and demands after each step that they agree. To see a play's story again:
//
//	go test ./internal/restore/oracle -run TestOracle -seed=17 -v
//
// More plays than the gate makes:
//
//	go test ./internal/restore/oracle -run TestOracle -runs=1000000 -timeout=2h -v
package oracle
