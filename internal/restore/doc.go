// Package restore is the heart of Snapback: what a request is, which steps its life has, and what must hold for
// each. It does no I/O, starts no goroutine and has no clock: time comes in as an argument, the outside world as
// [Backend], the store as [Tx].
//
// A [Request] holds what was [Asked], the [Plan] made from it, the [Terms] of its policy, the decisions and the
// [Submission]s. Its state moves only through [Record], which looks the step up in one table (see [Next]), writes
// the request and appends the [Event] that says so, in one transaction.
package restore
