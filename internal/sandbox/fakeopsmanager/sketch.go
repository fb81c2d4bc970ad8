package fakeopsmanager

import (
	"slices"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

// Sketch is a cluster of a world that is made from names.
type Sketch struct {
	Project, Name string
}

// SketchWorld returns a world with these clusters at the instant now: replica sets of one version with the usual history
// of snapshots and three days of oplog, in the projects that they name, and one key that may do everything. The same
// arguments give the same world. Sketches that repeat another make nothing.
func SketchWorld(now time.Time, seed uint64, sketches []Sketch) World {
	d := &demo{now: now.UTC().Truncate(time.Second), ids: fakeapi.NewIDs(seed, 0)}
	org := d.ids.ObjectID(d.now.Add(-500 * day))
	projects := map[string]string{}
	var made []Sketch
	for _, s := range sketches {
		if slices.Contains(made, s) {
			continue
		}
		made = append(made, s)
		if projects[s.Project] == "" {
			projects[s.Project] = d.project(org, s.Project)
		}
		c := d.replicaSet(projects[s.Project], s.Name, "8.0.13", int64(len(made))*20*gigabyte)
		d.history(c, false)
	}
	d.world.Keys = []APIKey{{Public: "rehearse", Private: d.ids.UUID()}}
	return d.world
}
