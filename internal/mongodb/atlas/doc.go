// Package atlas is the [restore.Backend] for the MongoDB Atlas Administration API v2: it lists clusters, snapshots and restore
// jobs, and submits restores. It decides nothing: outcomes are classified here and judged in package restore. Clusters have
// names in the API's paths and ids everywhere else. Links of downloads are decoded by [Backend.Link] only.
//
// What the API tells is noted with the names of its reference, Atlas Administration API, version 2; the page Get All Cloud
// Backup Restore Jobs of version 1.0 tells of the same jobs.
package atlas
