// Package opsmanager is the [restore.Backend] for MongoDB Ops Manager's Public API v1.0: it lists clusters, snapshots
// and restore jobs, and submits automated restores from snapshots. It decides nothing: outcomes are classified here
// and judged in package restore. Links for downloads are never decoded.
package opsmanager
