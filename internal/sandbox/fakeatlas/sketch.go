package fakeatlas

import (
	"cmp"
	"strconv"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

// Sketch is a cluster of a world that is made from names.
type Sketch struct {
	Project, Name string
	Shards        int    // 0: a replica set
	Version       string // of MongoDB, whose first two places are the FCV; empty: 8.0.13
	Flex          bool
	Encrypted     bool // with keys of AWS
	Paused        bool
	NoBackup      bool
}

// SketchWorld returns a world with these clusters at the instant now, with the usual history of snapshots, in the projects
// that they name; one key that may do everything, and a service account that may, too. The same arguments give the same
// world. Sketches of a name that another one has had make nothing.
func SketchWorld(now time.Time, seed uint64, sketches []Sketch) World {
	d := &demo{now: now.UTC().Truncate(time.Second), ids: fakeapi.NewIDs(seed, 3)}
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
		d.sketch(s, projects[s.Project])
	}
	d.world.Keys = []APIKey{{Public: "rehearse", Private: d.ids.UUID()}}
	d.world.Accounts = []ServiceAccount{{ID: "mdb_sa_id_" + d.ids.ObjectID(d.now), Secret: "mdb_sa_sk_" + d.ids.Secret()}}
	return d.world
}

func (d *demo) sketch(s Sketch, project string) {
	version := cmp.Or(s.Version, "8.0.13")
	c := Cluster{
		ID: d.ids.ObjectID(d.now.Add(-300 * day)), GroupID: project, Name: s.Name, Type: TypeReplicaSet, Version: version, FCV: version[:3],
		Paused: s.Paused, Backup: !s.NoBackup, PIT: !s.NoBackup && !s.Flex, DiskSizeGB: 40,
	}
	if s.Encrypted {
		c.Encryption = "AWS"
	}
	if !s.Flex {
		c.Namespaces = usualNamespaces()
	}
	switch {
	case s.Flex:
		c.Type = TypeFlex
	case s.Shards > 0:
		c.Type = TypeSharded
		for range s.Shards {
			c.Shards = append(c.Shards, d.ids.ObjectID(d.now.Add(-300*day)))
		}
	}
	d.world.Clusters = append(d.world.Clusters, c)
	if c.Backup {
		d.history(c)
	}
}

// history gives a cluster its snapshots, as a usual schedule leaves them: every six hours for two days, daily for two weeks,
// weekly for eight. Those of Flex clusters are taken daily and kept for eight days (Flex Cluster Backups).
func (d *demo) history(c Cluster) {
	newest := d.now.Add(-2 * time.Hour)
	if c.Type == TypeFlex {
		for n := range 8 {
			d.snapshot(c, newest.Add(-time.Duration(n)*day), 8*day)
		}
		return
	}
	for n := range 8 {
		d.snapshot(c, newest.Add(-time.Duration(n)*6*time.Hour), 2*day)
	}
	for n := 2; n < 14; n++ {
		d.snapshot(c, newest.Add(-time.Duration(n)*day), 14*day)
	}
	for n := 2; n < 8; n++ {
		d.snapshot(c, newest.Add(-time.Duration(n)*7*day), 56*day)
	}
}

func (d *demo) snapshot(c Cluster, at time.Time, keep time.Duration) {
	snap := Snapshot{
		ID: d.ids.ObjectID(at), ClusterID: c.ID, Created: at, Expires: at.Add(keep), Version: c.Version, StorageSize: 7 << 30,
	}
	if c.encrypted() {
		snap.MasterKeyUUID = d.ids.UUID()
	}
	if c.Type == TypeSharded {
		for n := range c.Shards {
			snap.Members = append(snap.Members, Member{ID: d.ids.ObjectID(at), ReplicaSetName: c.Name + "-shard-" + strconv.Itoa(n)})
		}
		snap.Members = append(snap.Members, Member{ID: d.ids.ObjectID(at), ReplicaSetName: c.Name + "-config-0"})
	}
	d.world.Snapshots = append(d.world.Snapshots, snap)
}
