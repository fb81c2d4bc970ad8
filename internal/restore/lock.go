package restore

import "time"

// LockKey names what a lock protects.
type LockKey string

// TargetLock returns the key that lets one restore at a time write to a cluster. It holds ids: a name may be another cluster's
// tomorrow.
func TargetLock(c Cluster) LockKey {
	system := "om/"
	if c.Kind == Atlas {
		system = "atlas/"
	}
	return LockKey(system + c.Origin + "/" + c.ProjectID + "/" + c.ID)
}

// SourceLock returns the key that lets one submission at a time be made from a cluster, so that its list of jobs
// tells which one is new.
func SourceLock(c Cluster) LockKey {
	return LockKey("src/" + c.Origin + "/" + c.ProjectID + "/" + c.ID)
}

// Lock is a held lock.
type Lock struct {
	Key    LockKey   `json:"key"`
	Holder Subject   `json:"holder"`
	Since  time.Time `json:"since"`
	Why    KeptWhy   `json:"why,omitempty"` // set when the lock outlives its request
}
