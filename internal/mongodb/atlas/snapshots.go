package atlas

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

// snapshotDoc is a snapshot (Return All Replica Set Cloud Backups, Return All Sharded Cluster Backups, Return All Snapshots of
// One Flex Cluster). Those of Flex clusters have other names for their dates.
type snapshotDoc struct {
	ID          string              `json:"id"`
	Status      string              `json:"status"` // completed, or COMPLETED for Flex clusters
	CreatedAt   rest.Time           `json:"createdAt"`
	ExpiresAt   rest.Time           `json:"expiresAt"`
	FinishTime  rest.Time           `json:"finishTime"`
	Expiration  rest.Time           `json:"expiration"`
	Version     string              `json:"mongodVersion"`
	FlexVersion string              `json:"mongoDBVersion"`
	Bytes       rest.Hint[rest.Int] `json:"storageSizeBytes"`
	MasterKey   string              `json:"masterKeyUUID"`
	Members     []struct{}          `json:"members"` // the shards and, unless a shard is those, the config servers
}

func (d snapshotDoc) id() string { return d.ID }

// Snapshots implements [restore.Backend]. Those of sharded clusters have a list of their own, which has no pages; it is asked
// for one nevertheless, so that it can be one.
func (b *Backend) Snapshots(ctx context.Context, c restore.Cluster) ([]restore.Snapshot, error) {
	where := path(c, "backup", "snapshots")
	if c.Type == restore.Sharded {
		where = path(c, "backup", "snapshots", "shardedClusters")
	}
	docs, err := rest.ReadAll(ctx, b.client(c), where, nil, pageSize, snapshotDoc.id)
	if err != nil {
		return nil, fmt.Errorf("list snapshots of %s: %w", c.Path(), rest.Lacking(err, restore.ListSnapshots, c.Path(), roleRead))
	}
	out := make([]restore.Snapshot, 0, len(docs))
	for _, d := range docs {
		out = append(out, d.snapshot(c))
	}
	return out, nil
}

func (d snapshotDoc) snapshot(c restore.Cluster) restore.Snapshot {
	s := restore.Snapshot{
		ID:        d.ID,
		ClusterID: c.ID,
		Created:   d.CreatedAt.Time,
		Expires:   d.ExpiresAt.Time,
		Complete:  strings.EqualFold(d.Status, "completed"),
		Version:   cmp.Or(d.Version, d.FlexVersion),
		Encrypted: d.MasterKey != "",
		Bytes:     int64(d.Bytes.Value),
		Parts:     len(d.Members),
	}
	if s.Created.IsZero() {
		s.Created = d.FinishTime.Time
	}
	if s.Expires.IsZero() {
		s.Expires = d.Expiration.Time
	}
	return s
}

// Ranges implements [restore.Backend]. Atlas tells whether a cluster can be restored to points in time at all, but not to
// which.
func (b *Backend) Ranges(ctx context.Context, c restore.Cluster) ([]restore.Range, error) {
	if c.Type == restore.Flex {
		return nil, nil
	}
	d, err := b.look(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("list restorable times: %w", err)
	}
	if restore.Told(d.PITEnabled) == restore.No {
		return nil, nil
	}
	return nil, fmt.Errorf("list restorable times of %s: %w", c.Path(), restore.ErrNotFound)
}
