// Package opsmanager is the [restore.Backend] for the Public API v1.0 of MongoDB Ops Manager and Cloud Manager: it lists clusters, snapshots
// and restore jobs, and submits restores. It decides nothing: outcomes are classified here
// and judged in package restore. Links of downloads are decoded by [Backend.Link] only.
package opsmanager
