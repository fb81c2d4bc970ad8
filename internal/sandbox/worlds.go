package sandbox

import (
	"net"
	"time"

	"snapback/internal/sandbox/fakeatlas"
	"snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/page"
)

// server is a fake management API on a listener of its own.
type server interface {
	page.Server

	Serve(l net.Listener) error
	Close() error
}

// system is a management API, what it is called in the transcript and in the configuration, and a key or a service account
// for it.
type system struct {
	name    string
	backend string
	server  server
	access  Access
}

// manager returns an Ops Manager or a Cloud Manager.
func manager(name, backend string, world fakeopsmanager.World, cloud, account bool, seed uint64) system {
	access := Access{Public: world.Keys[0].Public, Private: world.Keys[0].Private}
	if account {
		access = Access{Account: true, Public: world.Accounts[0].ID, Private: world.Accounts[0].Secret}
	}
	return system{name: name, backend: backend, access: access, server: fakeopsmanager.New(world, fakeopsmanager.Options{
		Seed: seed, JobDuration: jobTime, AgentLag: agentTime, CloudManager: cloud,
	})}
}

// sky returns an Atlas.
func sky(name, backend string, world fakeatlas.World, account bool, seed uint64) system {
	access := Access{Public: world.Keys[0].Public, Private: world.Keys[0].Private}
	if account {
		access = Access{Account: true, Public: world.Accounts[0].ID, Private: world.Accounts[0].Secret}
	}
	return system{name: name, backend: backend, access: access, server: fakeatlas.New(world, fakeatlas.Options{Seed: seed, JobDuration: jobTime})}
}

// The seeds of the demonstration's systems, by which their ids differ.
const (
	seedOpsManager = iota + 1
	seedCloudManager
	seedAtlas
)

// cloudClusters are those of the demonstration's Cloud Manager. The sharded ones have an FCV that knows checkpoints, and
// no points in time.
func cloudClusters() []fakeopsmanager.Sketch {
	return []fakeopsmanager.Sketch{
		{Project: "Shop", Name: "carts-prod"},
		{Project: "Shop", Name: "carts-staging"},
		{Project: "Shop", Name: "coupons-prod", Gap: true},
		{Project: "Depot", Name: "stock-prod", Shards: 2, Version: "4.0.28", Checkpoints: true},
		{Project: "Depot", Name: "stock-staging", Shards: 2, Version: "4.0.28", Checkpoints: true},
		{Project: "Depot", Name: "labels", NoBackup: true},
	}
}

// atlasClusters are those of the demonstration's Atlas.
func atlasClusters() []fakeatlas.Sketch {
	return []fakeatlas.Sketch{
		{Project: "Mobile", Name: "sessions-prod"},
		{Project: "Mobile", Name: "sessions-staging"},
		{Project: "Mobile", Name: "sessions-old", Paused: true},
		{Project: "Mobile", Name: "profiles-prod", Shards: 2},
		{Project: "Mobile", Name: "profiles-staging", Shards: 2},
		{Project: "Mobile", Name: "wallet-prod", Encrypted: true},
		{Project: "Mobile", Name: "wallet-staging", Encrypted: true},
		{Project: "Labs", Name: "notes", Flex: true},
		{Project: "Labs", Name: "notes-copy", Flex: true},
		{Project: "Labs", Name: "bench", NoBackup: true},
	}
}

// worlds is what there is to restore in the demonstration.
type worlds struct {
	manager fakeopsmanager.World
	cloud   fakeopsmanager.World
	atlas   fakeatlas.World
}

func newWorlds(now time.Time) worlds {
	return worlds{
		manager: fakeopsmanager.DemoWorld(now, seedOpsManager),
		cloud:   fakeopsmanager.SketchWorld(now, seedCloudManager, cloudClusters()),
		atlas:   fakeatlas.SketchWorld(now, seedAtlas, atlasClusters()),
	}
}

// systems are Ops Manager, behind a key, and Cloud Manager and Atlas, each behind a service account.
func (w worlds) systems() []system {
	return []system{
		manager("Ops Manager", "om", w.manager, false, false, seedOpsManager),
		manager("Cloud Manager", "cm", w.cloud, true, true, seedCloudManager),
		sky("Atlas", "atlas", w.atlas, true, seedAtlas),
	}
}

// checkpoint returns the newest of a cluster that can be restored.
func (w worlds) checkpoint(cluster string) string {
	id := ""
	for _, c := range w.cloud.Clusters {
		for _, k := range w.cloud.Checkpoints {
			if c.Name == cluster && c.ID == k.ClusterID && k.Restorable {
				id = k.ID // they are in the order of time
			}
		}
	}
	return id
}

// staging returns the id of the cluster that the story restores onto.
func (w worlds) staging() string {
	for _, c := range w.manager.Clusters {
		if c.Name == "orders-staging" {
			return c.ID
		}
	}
	return ""
}
