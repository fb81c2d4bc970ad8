package opsmanager

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

// snapshotDoc is an entry of GET …/snapshots.
type snapshotDoc struct {
	ID            string            `json:"id"`
	ClusterID     string            `json:"clusterId"`
	Created       rest.Time         `json:"created"`
	Expires       rest.Time         `json:"expires"`
	DoNotDelete   bool              `json:"doNotDelete"`
	Complete      bool              `json:"complete"`
	Inconsistent  bool              `json:"isPossiblyInconsistent"`
	MissingShards []json.RawMessage `json:"missingShards"`
	Parts         []partDoc         `json:"parts"`
}

// partDoc is the snapshot of one shard, of the config servers, or of the replica set. Older servers leave out some of
// its fields.
type partDoc struct {
	FCV       string   `json:"fcv"`
	Version   string   `json:"mongodVersion"`
	Bytes     rest.Int `json:"dataSizeBytes"`
	Encrypted bool     `json:"encryptionEnabled"`
}

// Snapshots implements [restore.Backend].
func (b *Backend) Snapshots(ctx context.Context, c restore.Cluster) ([]restore.Snapshot, error) {
	path := rest.Resource("groups", c.ProjectID, "clusters", c.ID, "snapshots")
	// Left to itself, the list hides those that are not complete.
	query := url.Values{"completed": {"all"}}
	docs, err := rest.ReadAll(ctx, b.client, path, query, pageSize, func(d snapshotDoc) string { return d.ID })
	if err != nil {
		return nil, fmt.Errorf("list snapshots of %s: %w", c.Path(), rest.Lacking(err, restore.ListSnapshots, c.Path(), roleBackup))
	}
	out := make([]restore.Snapshot, 0, len(docs))
	for _, d := range docs {
		out = append(out, d.snapshot(c))
	}
	return out, nil
}

func (d snapshotDoc) snapshot(c restore.Cluster) restore.Snapshot {
	s := restore.Snapshot{
		ID:            d.ID,
		ClusterID:     d.ClusterID,
		Created:       d.Created.Time,
		Expires:       d.Expires.Time,
		Complete:      d.Complete,
		Inconsistent:  d.Inconsistent,
		MissingShards: len(d.MissingShards),
		Parts:         len(d.Parts),
	}
	if s.ClusterID == "" {
		s.ClusterID = c.ID
	}
	if d.DoNotDelete {
		s.Expires = restore.Snapshot{}.Expires // kept for ever
	}
	for _, p := range d.Parts {
		s.FCV = newer(s.FCV, p.FCV)
		s.Version = newer(s.Version, p.Version)
		s.Encrypted = s.Encrypted || p.Encrypted
		s.Bytes += int64(p.Bytes)
	}
	return s
}

// newer returns the later of two versions: parts differ in the middle of an upgrade, and a target must suit them all.
func newer(a, b string) string {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		x, errX := strconv.Atoi(as[i])
		y, errY := strconv.Atoi(bs[i])
		switch {
		case errX != nil && errY != nil:
			return a
		case errX != nil || (errY == nil && y > x):
			return b
		case errY != nil || x > y:
			return a
		}
	}
	if len(bs) > len(as) {
		return b
	}
	return a
}

// Databases implements [restore.Backend]: Ops Manager does not tell.
func (b *Backend) Databases(_ context.Context, c restore.Cluster, _ string) ([]string, error) {
	return nil, fmt.Errorf("list databases in a snapshot of %s: %w", c.Path(), restore.ErrNotFound)
}

// Collections implements [restore.Backend]: Ops Manager does not tell.
func (b *Backend) Collections(_ context.Context, c restore.Cluster, _, _ string) ([]string, error) {
	return nil, fmt.Errorf("list collections in a snapshot of %s: %w", c.Path(), restore.ErrNotFound)
}
