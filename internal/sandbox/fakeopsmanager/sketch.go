package fakeopsmanager

import (
	"cmp"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

// Sketch is a cluster of a world that is made from names.
type Sketch struct {
	Project, Name string
	Shards        int    // 0: a replica set
	Version       string // of MongoDB, whose first two places are the FCV; empty: 8.0.13
	Encrypted     bool   // its snapshots are
	NoBackup      bool
	Gap           bool // in its oplog, between 26 and 20 hours ago
	Checkpoints   bool // of the last day; the newest cannot be restored
}

// SketchWorld returns a world with these clusters at the instant now, with the usual history of snapshots and three days
// of oplog, in the projects that they name; one key that may do everything, and a service account that may, too. The
// same arguments give the same world. Sketches of a name that another one has had make nothing.
func SketchWorld(now time.Time, seed uint64, sketches []Sketch) World {
	d := &demo{now: now.UTC().Truncate(time.Second), ids: fakeapi.NewIDs(seed, 0)}
	org := d.ids.ObjectID(d.now.Add(-500 * day))
	projects, made := make(map[string]string), make(map[[2]string]bool)
	for _, s := range sketches {
		if made[[2]string{s.Project, s.Name}] {
			continue
		}
		made[[2]string{s.Project, s.Name}] = true
		if projects[s.Project] == "" {
			projects[s.Project] = d.project(org, s.Project)
		}
		d.sketch(s, projects[s.Project], int64(len(made))*20*gigabyte)
	}
	d.world.Keys = []APIKey{{Public: "rehearse", Private: d.ids.UUID()}}
	d.world.Accounts = []ServiceAccount{{ID: "mdb_sa_id_" + d.ids.ObjectID(d.now), Secret: "mdb_sa_sk_" + d.ids.Secret()}}
	return d.world
}

func (d *demo) sketch(s Sketch, project string, size int64) {
	version := cmp.Or(s.Version, "8.0.13")
	create := d.replicaSet
	if s.Shards > 0 {
		create = func(project, name, version string, size int64) Cluster {
			return d.sharded(project, name, version, s.Shards, size)
		}
	}
	c := create(project, s.Name, version, size)
	if s.NoBackup {
		d.backup(c, false)
		return
	}
	d.history(c, s.Encrypted)
	if s.Gap {
		d.gap(c)
	}
	if s.Checkpoints {
		d.checkpoints(c)
	}
}

// checkpoints gives a sharded cluster one every two hours, as it has them between its snapshots.
func (d *demo) checkpoints(c Cluster) {
	for back := 24 * time.Hour; back >= 2*time.Hour; back -= 2 * time.Hour {
		at := d.now.Add(-back)
		d.world.Checkpoints = append(d.world.Checkpoints, Checkpoint{
			ID: d.ids.ObjectID(at), ClusterID: c.ID, Started: at.Add(-time.Minute), Completed: at, Timestamp: at,
			Restorable: back > 2*time.Hour,
		})
	}
}
