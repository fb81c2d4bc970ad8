package atlas

import "strings"

// limit names the rate limit that calls of a resource count against (Rate limits, endpoint sets): a project has one for its
// clusters and one for all backups of them, and three more for what is Flex; the list of projects counts for the credential.
func limit(path string) string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if len(parts) < 3 { // groups, or groups/{id}
		return strings.Join(parts, "/")
	}
	set := parts[2] // clusters or flexClusters
	switch {
	case len(parts) > 5 && set == "flexClusters" && parts[5] == "snapshots":
		set = "flexSnapshots"
	case len(parts) > 4 && set == "flexClusters":
		set = "flexRestoreJobs"
	case len(parts) > 4:
		set = "backups"
	}
	return set + " of " + parts[1]
}
