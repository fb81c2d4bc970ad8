package text

import "snapback/internal/restore"

// aboutRole says which role of the credential is missing, and where.
func aboutRole(f restore.Finding) advice {
	what := say("the restore jobs of {}", code(f.Cluster))
	switch restore.Listing(f.Name) {
	case restore.ListClusters:
		what = say("the clusters of every project that it sees on {}", code(f.Cluster))
	case restore.ListSnapshots:
		what = say("the snapshots of {}", code(f.Cluster))
	case restore.ListCheckpoints:
		what = say("the checkpoints of {}", code(f.Cluster))
	case restore.ListJobs:
	}
	return advice{
		say("Snapback's own credential may not read {}.", what),
		say("Have whoever runs Snapback give it the role {} there, then file again.", bold(first(f.Near))),
	}
}
