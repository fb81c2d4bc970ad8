// Package opsmanager is the [restore.Backend] for MongoDB Ops Manager's Public API v1.0: it lists clusters, snapshots
// and restore jobs, and submits restores. It decides nothing: outcomes are classified here
// and judged in package restore. Links of downloads are decoded by [Backend.Link] only.
package opsmanager
