package fakeopsmanager

import (
	"time"

	"snapback/internal/sandbox/fakeapi"
)

// createJob answers 200 with a list: one job for a replica set, one per shard and one for the config servers
// of a sharded cluster.
func (s *Server) createJob(x *exchange) (any, *apiError) {
	c, err := s.cluster(x)
	if err != nil {
		return nil, err
	}
	if err := s.check(x, RoleBackupAdmin); err != nil {
		return nil, err
	}
	if c.ParentID != "" {
		return nil, errNotFound("CLUSTER_NOT_FOUND", "replica set or sharded cluster", c.ID)
	}
	o, err := s.order(x, c)
	if err != nil {
		return nil, err
	}
	jobs := s.start(o, x.now)
	for i, j := range jobs {
		x.created = append(x.created, j.ID)
		if f := x.faults.Get(ListLag); f != nil && i >= f.Keep {
			j.hidden = f.Lists
		}
	}
	if f := x.faults.Get(PartialBatch); f != nil {
		jobs = jobs[:min(f.Keep, len(jobs))]
	}
	return fakeapi.Page(x.req, jobs, maxItems, func(j *job) any { return s.jobDoc(x, j, c.Name) })
}

// start makes the jobs of an order.
func (s *Server) start(o *order, now time.Time) []*job {
	shape := s.shape(o)
	batch := ""
	if len(shape) > 1 {
		batch = s.ids.ObjectID(now)
	}
	goal := 0
	if o.automated {
		s.goals[o.target.GroupID]++
		goal = s.goal(o.target.GroupID)
	}
	jobs := make([]*job, 0, len(shape))
	for i, pair := range shape {
		seed := o.seed(now)
		seed.BatchID = batch
		if s.opts.ShardIDs {
			seed.ClusterID, seed.TargetClusterID = pair.source, pair.target
		}
		// The jobs of a batch end one after the other, so that a batch can be seen half done.
		j := s.newJob(seed, now, s.duration*time.Duration(i+1)/time.Duration(len(shape)))
		j.goal = goal
		jobs = append(jobs, j)
	}
	return jobs
}

// pair is a replica set to restore from and, if automated, the one to restore onto.
type pair struct{ source, target string }

func (s *Server) shape(o *order) []pair {
	if o.source.Type != TypeSharded {
		return []pair{{source: o.source.ID, target: o.target.ID}}
	}
	var targets []Cluster
	if o.automated {
		targets = s.world.members(o.target.ID)
	}
	var out []pair
	for i, m := range s.world.members(o.source.ID) {
		p := pair{source: m.ID}
		if i < len(targets) {
			p.target = targets[i].ID
		}
		out = append(out, p)
	}
	return out
}

// seed is a job of the order. Like the real thing, a job does not tell its point in time: its timestamp is
// that of the base snapshot, and pointInTime appears only where the data is exactly a snapshot.
func (o *order) seed(now time.Time) Job {
	seed := Job{
		GroupID:         o.source.GroupID,
		ClusterID:       o.source.ID,
		Created:         now,
		SnapshotID:      o.snapshot.ID,
		CheckpointID:    o.checkpoint.ID,
		Timestamp:       o.snapshot.Created,
		ExpirationHours: o.hours,
		Expires:         o.expires,
		MaxDownloads:    o.downloads,
	}
	seed.EncryptionEnabled, seed.MasterKeyUUID = o.snapshot.encryption()
	if o.exact {
		seed.PointInTime = new(false)
	}
	if o.checkpoint.ID != "" {
		seed.Timestamp = Timestamp{Time: o.checkpoint.Timestamp, Increment: 1}
	}
	if o.automated {
		seed.TargetGroupID, seed.TargetClusterID = o.target.GroupID, o.target.ID
	}
	return seed
}
