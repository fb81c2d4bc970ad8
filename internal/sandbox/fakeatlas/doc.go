// Package fakeatlas answers like the MongoDB Atlas Administration API v2 on any listener: versioned media types, digest keys
// and service accounts, projects, clusters, Flex clusters, snapshots, restore jobs that make progress, restores of
// collections, rate limits, and faults on demand. It does not restore anything, keeps nothing on disk, serves no downloads,
// and knows only the endpoints that a restore needs.
package fakeatlas
