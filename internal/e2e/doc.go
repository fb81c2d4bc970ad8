// Package e2e holds the tests of the whole program: the real binary as a process of its own, between a Slack and an
// Ops Manager that answer on loopback. It holds nothing else, and no program imports it.
package e2e
