package atlas

import (
	"context"
	"fmt"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

// nameDoc is a database, or a collection, in a snapshot (Return All Databases in One Snapshot, Return Collections in One
// Database in One Snapshot).
type nameDoc struct {
	Name string `json:"name"`
}

func (d nameDoc) id() string { return d.Name }

// Databases implements [restore.Backend].
func (b *Backend) Databases(ctx context.Context, c restore.Cluster, snapshot string) ([]string, error) {
	out, err := b.names(ctx, path(c, "backup", "snapshots", snapshot, "databases"))
	if err != nil {
		return nil, fmt.Errorf("list databases in a snapshot of %s: %w", c.Path(), err)
	}
	return out, nil
}

// Collections implements [restore.Backend].
func (b *Backend) Collections(ctx context.Context, c restore.Cluster, snapshot, database string) ([]string, error) {
	out, err := b.names(ctx, path(c, "backup", "snapshots", snapshot, "databases", database, "collections"))
	if err != nil {
		return nil, fmt.Errorf("list collections in a snapshot of %s: %w", c.Path(), err)
	}
	return out, nil
}

func (b *Backend) names(ctx context.Context, where string) ([]string, error) {
	docs, err := rest.ReadAll(ctx, b.parts, where, nil, pageSize, nameDoc.id)
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, len(docs))
	for _, d := range docs {
		out = append(out, d.Name)
	}
	return out, nil
}
