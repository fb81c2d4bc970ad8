package fakeatlas

import (
	"time"

	"snapback/internal/sandbox/fakeapi"
)

const day = 24 * time.Hour

// DemoWorld is a small company at the instant now: the project Payments with the replica sets orders-prod, orders-staging,
// ledger-prod (encrypted) and idle (paused), the sharded clusters events-prod and events-new and the Flex cluster tiny; the
// project Analytics with reports-prod; and the project Legacy, which is Cloud Manager's. Their snapshots go back a week. The
// same now and seed give the same world, ids and keys included. The first key and the service account may do everything, the
// second key only read, the third sees Analytics only.
func DemoWorld(now time.Time, seed uint64) World {
	d := &demo{now: now.UTC().Truncate(time.Second), ids: fakeapi.NewIDs(seed, 3)}
	org := d.ids.ObjectID(d.now.Add(-500 * day))
	payments, analytics := d.project(org, "Payments"), d.project(org, "Analytics")
	d.project(org, "Legacy")
	d.world.Projects[2].CloudManager = true

	d.cluster(Cluster{GroupID: payments, Name: "orders-prod", Type: TypeReplicaSet})
	d.cluster(Cluster{GroupID: payments, Name: "orders-staging", Type: TypeReplicaSet})
	d.cluster(Cluster{GroupID: payments, Name: "ledger-prod", Type: TypeReplicaSet, Encryption: "AWS"})
	d.cluster(Cluster{GroupID: payments, Name: "idle", Type: TypeReplicaSet, Paused: true})
	d.cluster(Cluster{GroupID: payments, Name: "events-prod", Type: TypeSharded, Shards: d.shards()})
	d.cluster(Cluster{GroupID: payments, Name: "events-new", Type: TypeSharded, Shards: d.shards()})
	d.cluster(Cluster{GroupID: payments, Name: "tiny", Type: TypeFlex})
	d.cluster(Cluster{GroupID: analytics, Name: "reports-prod", Type: TypeReplicaSet})

	d.world.Keys = []APIKey{
		{Public: "atlasowner", Private: d.ids.UUID()},
		{Public: "atlasread", Private: d.ids.UUID(), Roles: []Role{RoleReadOnly}},
		{Public: "atlaspart", Private: d.ids.UUID(), Projects: []string{analytics}},
	}
	d.world.Accounts = []ServiceAccount{{ID: "mdb_sa_id_" + d.ids.ObjectID(now), Secret: "mdb_sa_sk_" + d.ids.Secret()}}
	return d.world
}

// demo builds a World.
type demo struct {
	now   time.Time
	ids   *fakeapi.IDs
	world World
}

func (d *demo) project(org, name string) string {
	p := Project{ID: d.ids.ObjectID(d.now.Add(-400 * day)), Name: name, OrgID: org}
	d.world.Projects = append(d.world.Projects, p)
	return p.ID
}

func (d *demo) shards() []string {
	made := d.now.Add(-300 * day)
	return []string{d.ids.ObjectID(made), d.ids.ObjectID(made)}
}

// cluster adds a cluster with backup and a snapshot a day.
func (d *demo) cluster(c Cluster) {
	c.ID, c.Version, c.FCV, c.Backup, c.PIT = d.ids.ObjectID(d.now.Add(-300*day)), "8.0.13", "8.0", true, c.Type != TypeFlex
	c.DiskSizeGB = 40
	if c.Type != TypeFlex {
		c.Namespaces = usualNamespaces()
	}
	d.world.Clusters = append(d.world.Clusters, c)
	for n := range 7 {
		at := d.now.Add(-time.Duration(n)*day - 2*time.Hour)
		snap := Snapshot{
			ID: d.ids.ObjectID(at), ClusterID: c.ID, Created: at, Expires: at.Add(10 * day), Version: "8.0.13", StorageSize: 7 << 30,
		}
		if c.encrypted() {
			snap.MasterKeyUUID = d.ids.UUID()
		}
		if c.Type == TypeSharded {
			for _, name := range []string{"-shard-0", "-shard-1", "-config-0"} {
				snap.Members = append(snap.Members, Member{ID: d.ids.ObjectID(at), ReplicaSetName: c.Name + name})
			}
		}
		d.world.Snapshots = append(d.world.Snapshots, snap)
	}
}

// usualNamespaces are the collections of each cluster.
func usualNamespaces() []string {
	return []string{"crm.customers", "crm.notes", "shop.carts", "shop.order_lines", "shop.orders"}
}

// Named returns the cluster of a name, which must be there. Names of the demo's clusters are unique.
func (w World) Named(name string) Cluster {
	for _, c := range w.Clusters {
		if c.Name == name {
			return c
		}
	}
	panic("no cluster " + name)
}

// Newest returns the newest snapshot of a cluster, which must have one.
func (w World) Newest(c Cluster) Snapshot {
	var out Snapshot
	for _, s := range w.Snapshots {
		if s.ClusterID == c.ID && s.Created.After(out.Created) {
			out = s
		}
	}
	return out
}
