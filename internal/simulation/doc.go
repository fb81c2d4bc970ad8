// Package simulation holds a test that runs Snapback for hours in a few milliseconds: the heart, the store on disk, the
// reconcile loop, the command handler and the courier as they are, against an Ops Manager and a Slack at the other end
// of the wire, while people, networks, servers and the process itself do what a seed says. It has no code of its own for
// others to use, and it knows no right answers in advance: a checker, written from the rules and not from the code,
// reads what the servers saw and what the log says, and reports every contradiction.
//
// A run is decided by its seed alone. Everything happens in a bubble of virtual time, every step over the store and
// every call takes a little time that depends only on the seed and on what it is about, so that no two things happen at
// once and the scheduler decides nothing. To see a run's story again:
//
//	go test ./internal/simulation -run TestSimulation -seed=17 -v
//
// More runs than the gate makes:
//
//	go test ./internal/simulation -run TestSimulation -runs=10000 -timeout=1h
//
// TestChecker plants bugs around the product, in the wrappers that the runs use anyway, and demands that the checker
// finds each within a few runs.
package simulation
