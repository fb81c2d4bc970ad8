package fakeopsmanager

import "time"

// history gives a cluster its snapshots, as the usual retention leaves them: every six hours for two days,
// daily for two weeks, weekly for eight; and the oplog of the last three days.
func (d *demo) history(c Cluster, encrypted bool) {
	key := ""
	if encrypted {
		key = d.ids.UUID()
	}
	last := d.now.Truncate(6 * time.Hour).Add(time.Duration(len(d.world.Clusters)) * time.Minute)
	if last.After(d.now) {
		last = last.Add(-6 * time.Hour)
	}
	for back := 56 * day; back >= 0; back -= 6 * time.Hour {
		at := last.Add(-back)
		keep := retention(at)
		if !at.Add(keep).After(d.now) {
			continue
		}
		d.snapshot(c, at, keep, key)
	}
	start := d.now.Add(-3 * day)
	d.world.Ranges = append(d.world.Ranges, Range{
		ClusterID:  c.ID,
		SnapshotID: d.latestBefore(c, start),
		Start:      Timestamp{Time: start, Increment: 1},
		Open:       true,
	})
}

// retention is how long a snapshot is kept, by when it was taken.
func retention(at time.Time) time.Duration {
	switch {
	case at.Hour() < 6 && at.Weekday() == time.Sunday:
		return 56 * day
	case at.Hour() < 6:
		return 14 * day
	default:
		return 2 * day
	}
}

func (d *demo) snapshot(c Cluster, at time.Time, keep time.Duration, key string) {
	snap := Snapshot{
		ID:        d.ids.ObjectID(at),
		ClusterID: c.ID,
		Created:   Timestamp{Time: at, Increment: 1},
		Expires:   at.Add(keep),
		Complete:  true,
	}
	members := d.world.members(c.ID)
	if len(members) == 0 {
		members = []Cluster{c}
	}
	for _, m := range members {
		snap.Parts = append(snap.Parts, Part{
			ClusterID:         m.ID,
			ReplicaSetName:    m.ReplicaSetName,
			Type:              m.Type,
			MongodVersion:     m.Versions[0],
			FCV:               m.FCV,
			DataSize:          m.DataSize,
			FileSize:          m.DataSize * 6 / 10,
			StorageSize:       m.DataSize / 2,
			EncryptionEnabled: key != "",
			MasterKeyUUID:     key,
		})
	}
	d.world.Snapshots = append(d.world.Snapshots, snap)
}

// snapshotsOf returns the positions of a cluster's snapshots, oldest first.
func (d *demo) snapshotsOf(c Cluster) []int {
	var out []int
	for i, snap := range d.world.Snapshots {
		if snap.ClusterID == c.ID {
			out = append(out, i)
		}
	}
	return out
}

func (d *demo) latestBefore(c Cluster, at time.Time) string {
	id := ""
	for _, i := range d.snapshotsOf(c) {
		if snap := d.world.Snapshots[i]; id == "" || !snap.Created.Time.After(at) {
			id = snap.ID
		}
	}
	return id
}

// spoil makes the world less perfect: one snapshot under way, one that may be inconsistent, one that misses a
// shard, a gap in an oplog.
func (d *demo) spoil(underWay, gap, sharded Cluster) {
	d.snapshot(underWay, d.now.Add(-4*time.Minute), 2*day, "")
	d.world.Snapshots[len(d.world.Snapshots)-1].Complete = false

	positions := d.snapshotsOf(sharded)
	n := len(positions)
	d.world.Snapshots[positions[n-2]].PossiblyInconsistent = true
	d.world.Snapshots[positions[n-4]].MissingShards = []string{d.world.members(sharded.ID)[0].ShardName}

	d.gap(gap)
}

// gap parts the oplog of a cluster.
func (d *demo) gap(c Cluster) {
	for i, r := range d.world.Ranges {
		if r.ClusterID != c.ID {
			continue
		}
		after := r
		after.Start.Time = d.now.Add(-20 * time.Hour)
		after.SnapshotID = d.latestBefore(c, after.Start.Time)
		d.world.Ranges[i].Open = false
		d.world.Ranges[i].End = Timestamp{Time: d.now.Add(-26 * time.Hour), Increment: 1}
		d.world.Ranges = append(d.world.Ranges, after)
		break
	}
}

// pastJobs are restores that people made before: one onto staging, two downloads, one of them broken.
func (d *demo) pastJobs(orders, staging, reports Cluster) {
	add := func(source Cluster, age time.Duration, status Status, edit func(*Job)) {
		positions := d.snapshotsOf(source)
		snap := d.world.Snapshots[positions[0]]
		created := d.now.Add(-age)
		job := Job{
			ID:          d.ids.ObjectID(created),
			GroupID:     source.GroupID,
			ClusterID:   source.ID,
			Created:     created,
			Status:      status,
			Ended:       created.Add(40 * time.Minute),
			SnapshotID:  snap.ID,
			Timestamp:   snap.Created,
			PointInTime: new(false),
		}
		edit(&job)
		d.world.Jobs = append(d.world.Jobs, job)
	}
	add(orders, 20*day, StatusFinished, func(j *Job) { j.TargetGroupID, j.TargetClusterID = staging.GroupID, staging.ID })
	download := func(j *Job) { j.ExpirationHours, j.MaxDownloads = 4, 1 }
	add(reports, 9*day, StatusFinished, download)
	add(reports, 9*day+time.Hour, StatusBroken, download)
}
