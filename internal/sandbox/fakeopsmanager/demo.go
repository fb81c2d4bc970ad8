package fakeopsmanager

import (
	"time"

	"snapback/internal/sandbox/fakeapi"
)

const (
	gigabyte = int64(1) << 30
	day      = 24 * time.Hour
)

// DemoWorld is a small company at the instant now: the project Payments with the replica sets orders-prod,
// orders-staging and ledger-prod (encrypted, with a gap in its oplog) and the sharded cluster events-prod,
// the project Analytics with reports-prod, scratch-1 and scratch-2 (without backup). Their snapshots go back
// eight weeks. The same now and seed give the same world, ids and keys included. The first key may do
// everything, the second only read, the third sees Analytics only.
func DemoWorld(now time.Time, seed uint64) World {
	d := &demo{now: now.UTC().Truncate(time.Second), ids: fakeapi.NewIDs(seed, 0)}
	org := d.ids.ObjectID(d.now.Add(-500 * day))
	payments := d.project(org, "Payments")
	analytics := d.project(org, "Analytics")

	orders := d.replicaSet(payments, "orders-prod", "8.0.13", 412*gigabyte)
	d.history(orders, false)
	staging := d.replicaSet(payments, "orders-staging", "8.0.13", 380*gigabyte)
	d.history(staging, false)
	ledger := d.replicaSet(payments, "ledger-prod", "7.0.24", 96*gigabyte)
	d.history(ledger, true)
	events := d.sharded(payments, "events-prod", "7.0.24", 2, 640*gigabyte)
	d.history(events, false)
	reports := d.replicaSet(analytics, "reports-prod", "7.0.24", 55*gigabyte)
	d.history(reports, false)
	scratch := d.replicaSet(analytics, "scratch-1", "8.0.13", 2*gigabyte)
	d.history(scratch, false)
	bare := d.replicaSet(analytics, "scratch-2", "8.0.13", gigabyte)
	d.backup(bare, false)

	d.spoil(orders, ledger, events)
	d.pastJobs(orders, staging, reports)
	d.keys(analytics)
	return d.world
}

// demo builds a World.
type demo struct {
	now   time.Time
	ids   *fakeapi.IDs
	world World
}

func (d *demo) project(org, name string) string {
	p := Project{ID: d.ids.ObjectID(d.now.Add(-400 * day)), Name: name, OrgID: org, OrgName: "Example"}
	d.world.Projects = append(d.world.Projects, p)
	return p.ID
}

func (d *demo) replicaSet(project, name, version string, size int64) Cluster {
	c := Cluster{
		ID:             d.ids.ObjectID(d.now.Add(-390 * day)),
		GroupID:        project,
		Name:           name,
		Type:           TypeReplicaSet,
		ReplicaSetName: name,
		Versions:       []string{version},
		FCV:            version[:3],
		BackupEnabled:  true,
		DataSize:       size,
		Nodes:          3,
	}
	d.world.Clusters = append(d.world.Clusters, c)
	return c
}

func (d *demo) sharded(project, name, version string, shards int, size int64) Cluster {
	whole := Cluster{
		ID:            d.ids.ObjectID(d.now.Add(-390 * day)),
		GroupID:       project,
		Name:          name,
		Type:          TypeSharded,
		Versions:      []string{version},
		FCV:           version[:3],
		BackupEnabled: true,
		DataSize:      size,
		Nodes:         3*shards + 3,
	}
	d.world.Clusters = append(d.world.Clusters, whole)
	for i := range shards {
		shard := d.member(whole, name+"-shard-"+string(rune('0'+i)), size/int64(shards))
		shard.Type, shard.ShardName = TypeReplicaSet, shard.ReplicaSetName
		d.world.Clusters = append(d.world.Clusters, shard)
	}
	config := d.member(whole, name+"-config", gigabyte/4)
	config.Type = TypeConfigServer
	d.world.Clusters = append(d.world.Clusters, config)
	return whole
}

func (d *demo) member(whole Cluster, replicaSet string, size int64) Cluster {
	m := whole
	m.ID = d.ids.ObjectID(d.now.Add(-390 * day))
	m.ReplicaSetName, m.ParentID, m.DataSize, m.Nodes = replicaSet, whole.ID, size, 3
	return m
}

// backup switches the backup of a cluster.
func (d *demo) backup(c Cluster, on bool) {
	for i := range d.world.Clusters {
		if d.world.Clusters[i].ID == c.ID {
			d.world.Clusters[i].BackupEnabled = on
		}
	}
}

func (d *demo) keys(analytics string) {
	for _, k := range []APIKey{
		{Public: "demoownr"},
		{Public: "demoread", Roles: []Role{RoleReadOnly}},
		{Public: "demoanly", Projects: []string{analytics}},
	} {
		k.Private = d.ids.UUID()
		d.world.Keys = append(d.world.Keys, k)
	}
}
