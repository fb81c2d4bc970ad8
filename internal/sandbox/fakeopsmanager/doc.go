// Package fakeopsmanager answers like MongoDB Ops Manager's Public API v1.0 on any listener: digest
// authentication, projects, clusters, snapshots, restore jobs that make progress, and faults on demand. It
// does not restore anything, keeps nothing on disk, serves no downloads, and knows only the endpoints that a
// restore needs.
package fakeopsmanager
