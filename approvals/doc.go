// Package approvals says who may decide about a restore and whether the decisions given so far are enough.
// It knows no restores, does no I/O and has no clock: everything it needs is in its arguments.
//
// The pieces: a policy has [Seat] values, each one required approval. A person acts with a [Standing], a dated
// fact about who they are. An act is kept as a [Decision]. [Tally] assigns people to seats; [Ban] is the one
// place that keeps people from approving their own request.
package approvals
