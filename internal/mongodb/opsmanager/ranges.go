package opsmanager

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

// stampDoc is a BSON timestamp.
type stampDoc struct {
	Date      rest.Time `json:"date"`
	Increment rest.Int  `json:"increment"`
}

func (d stampDoc) stamp() restore.Stamp {
	return restore.Stamp{Seconds: d.Date.Unix(), Increment: int64(d.Increment)}
}

// rangeDoc is an element of the answer to POST …/restoreJobs/restorableTimeRanges, a bare array.
type rangeDoc struct {
	Start            stampDoc `json:"start"`
	End              stampDoc `json:"end"`
	ShardCount       rest.Int `json:"shardCount"`       // sharded clusters only
	ConfigServerType string   `json:"configServerType"` // likewise; EMBEDDED: a shard is the config servers, too
}

var errNoRange = errors.New("a range without its ends")

// Ranges implements [restore.Backend]. A server that does not know the resource answers with 404 or 405; it is asked
// with a POST, which changes nothing.
func (b *Backend) Ranges(ctx context.Context, c restore.Cluster) ([]restore.Range, error) {
	var docs []rangeDoc
	_, err := b.client.Ask(ctx, jobsPath(c)+"/restorableTimeRanges", &docs)
	if e, ok := errors.AsType[*rest.APIError](err); ok && e.Status == http.StatusMethodNotAllowed {
		err = fmt.Errorf("%w: %w", restore.ErrNotFound, err)
	}
	if err != nil {
		return nil, fmt.Errorf("list restorable times of %s: %w", c.Path(), err)
	}
	out := make([]restore.Range, 0, len(docs))
	for _, d := range docs {
		if d.Start.Date.IsZero() || d.End.Date.IsZero() {
			return nil, fmt.Errorf("list restorable times of %s: %w", c.Path(), errNoRange)
		}
		r := restore.Range{Start: d.Start.stamp(), End: d.End.stamp(), Members: int(d.ShardCount)}
		if d.ShardCount > 0 && d.ConfigServerType != "EMBEDDED" {
			r.Members++
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b restore.Range) int { return a.Start.Compare(b.Start) })
	return out, nil
}

// checkpointDoc is an entry of GET …/checkpoints.
type checkpointDoc struct {
	ID         string     `json:"id"`
	Timestamp  rest.Time  `json:"timestamp"`
	Completed  rest.Time  `json:"completed"`
	Restorable rest.YesNo `json:"restorable"`
	Parts      []struct{} `json:"parts"`
}

// Checkpoints implements [restore.Backend].
func (b *Backend) Checkpoints(ctx context.Context, c restore.Cluster) ([]restore.StoredCheckpoint, error) {
	path := rest.Resource("groups", c.ProjectID, "clusters", c.ID, "checkpoints")
	docs, err := rest.ReadAll(ctx, b.client, path, nil, pageSize, func(d checkpointDoc) string { return d.ID })
	if err != nil {
		return nil, fmt.Errorf("list checkpoints of %s: %w", c.Path(), rest.Lacking(err, restore.ListCheckpoints, c.Path(), roleBackup))
	}
	out := make([]restore.StoredCheckpoint, 0, len(docs))
	for _, d := range docs {
		taken := d.Timestamp.Time
		if taken.IsZero() {
			taken = d.Completed.Time
		}
		out = append(out, restore.StoredCheckpoint{
			ID: d.ID, Taken: taken, Restorable: restore.Told(d.Restorable) == restore.Yes, Members: len(d.Parts),
		})
	}
	return out, nil
}
