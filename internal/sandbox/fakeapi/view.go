package fakeapi

import "time"

// View is what an API knows at a moment, for people to look at.
type View struct {
	Projects []ProjectView
	Jobs     []JobView
}

// ProjectView is a project with its clusters.
type ProjectView struct {
	Name     string
	Clusters []ClusterView
}

// ClusterView is a whole cluster.
type ClusterView struct {
	ID        string
	Name      string
	Kind      string // replica set, sharded cluster, Flex cluster
	Version   string
	Size      int64 // in bytes; 0: nobody knows
	Backup    bool
	Paused    bool
	Snapshots int       // complete ones
	Latest    time.Time // when the newest of them was taken
	Done      int       // agents that have done what was asked of them
	Agents    int       // 0: they are no affair of the API
	Held      bool      // its agents do not move
}

// JobView is a restore job. Source and Target are PROJECT/CLUSTER; a download has no target.
type JobView struct {
	ID       string
	Source   string
	Target   string
	Status   string // IN_PROGRESS, FINISHED, BROKEN, KILLED
	Delivery string // what the API tells besides
	Created  time.Time
	Due      time.Time // when it ends if nothing happens to it; zero once it has ended
	Ended    time.Time
}
