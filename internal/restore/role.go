package restore

import (
	"fmt"
	"strings"
)

// Listing is something of a backend that is read in lists.
type Listing string

// The lists that a plan is made from.
const (
	ListClusters    Listing = "clusters"
	ListSnapshots   Listing = "snapshots"
	ListCheckpoints Listing = "checkpoints"
	ListJobs        Listing = "restore_jobs"
)

// RoleError says that a credential sees a project, but may not read a list of it: whoever runs Snapback has to give it a
// role. It wraps what the backend said.
type RoleError struct {
	List  Listing
	Where string // path of a cluster, or for clusters their backend
	Role  string // that reads the list, as the backend calls it
	Err   error
}

// Error implements error.
func (e *RoleError) Error() string {
	return fmt.Sprintf("list %s of %s, which takes the role %s: %v", strings.ReplaceAll(string(e.List), "_", " "), e.Where, e.Role, e.Err)
}

// Unwrap returns what the backend said.
func (e *RoleError) Unwrap() error { return e.Err }

// Finding returns the error as what refuses a request.
func (e *RoleError) Finding() Finding {
	return Finding{Code: FindRole, Level: LevelRefuse, Name: string(e.List), Cluster: e.Where, Near: []string{e.Role}}
}
