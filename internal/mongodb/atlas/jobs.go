package atlas

import (
	"context"
	"encoding/json"
	"fmt"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

// document is how a job is told.
type document interface {
	id() string
	job() restore.Job
}

// log is where the restore jobs of a kind of a cluster are listed, and in which version.
type log struct {
	client *rest.Client
	path   func(segments ...string) string
	of     restore.Cluster
}

func (b *Backend) log(kind restore.SubmissionKind, c restore.Cluster) log {
	if kind == restore.SubmissionCollections {
		return log{b.parts, func(more ...string) string { return path(c, append([]string{"collectionRestoreJobs"}, more...)...) }, c}
	}
	return log{b.client(c), func(more ...string) string { return path(c, append([]string{"backup", "restoreJobs"}, more...)...) }, c}
}

// polling makes the calls ones that can wait.
func (l log) polling() log {
	l.client = l.client.Polling()
	return l
}

// Jobs implements [restore.Backend]. Jobs are listed under their source, wherever they write to.
func (b *Backend) Jobs(ctx context.Context, kind restore.SubmissionKind, c restore.Cluster) (restore.JobList, error) {
	switch {
	case kind == restore.SubmissionCollections:
		return allJobs[partsJobDoc](ctx, b.log(kind, c))
	case c.Type == restore.Flex:
		return allJobs[flexJobDoc](ctx, b.log(kind, c))
	}
	return allJobs[jobDoc](ctx, b.log(kind, c))
}

func allJobs[D document](ctx context.Context, l log) (restore.JobList, error) {
	docs, date, err := rest.ReadStill(ctx, l.client, l.path(), pageSize, D.id)
	if err != nil {
		return restore.JobList{}, fmt.Errorf("list restore jobs of %s: %w", l.of.Path(), rest.Lacking(err, restore.ListJobs, l.of.Path(), roleJobs))
	}
	return restore.JobList{
		Jobs: jobs(docs), Total: len(docs), Date: date, Complete: true, Ease: l.client.Ease(l.path()),
	}, nil
}

// Recent implements [restore.Backend]. It never claims to be complete. It is a look that can wait, like that at one job.
func (b *Backend) Recent(ctx context.Context, kind restore.SubmissionKind, c restore.Cluster) (restore.JobList, error) {
	switch {
	case kind == restore.SubmissionCollections:
		return recentJobs[partsJobDoc](ctx, b.log(kind, c).polling())
	case c.Type == restore.Flex:
		return recentJobs[flexJobDoc](ctx, b.log(kind, c).polling())
	}
	return recentJobs[jobDoc](ctx, b.log(kind, c).polling())
}

func recentJobs[D document](ctx context.Context, l log) (restore.JobList, error) {
	p, err := rest.ReadPage[D](ctx, l.client, l.path(), nil, 1, pageSize)
	if err != nil {
		return restore.JobList{}, fmt.Errorf("list recent restore jobs of %s: %w", l.of.Path(), err)
	}
	for _, d := range p.Results {
		if d.id() == "" {
			return restore.JobList{}, fmt.Errorf("list recent restore jobs of %s: %w", l.of.Path(), rest.ErrNoID)
		}
	}
	return restore.JobList{
		Jobs: jobs(p.Results), Total: max(int(p.Total), len(p.Results)), Date: p.Date, Ease: l.client.Ease(l.path()),
	}, nil
}

// Job implements [restore.Backend].
func (b *Backend) Job(ctx context.Context, kind restore.SubmissionKind, c restore.Cluster, id string) (restore.Job, error) {
	switch {
	case id == "":
		return restore.Job{}, fmt.Errorf("read restore job of %s: %w: no id", c.Path(), restore.ErrNotFound)
	case kind == restore.SubmissionCollections:
		return oneJob[partsJobDoc](ctx, b.log(kind, c).polling(), id)
	case c.Type == restore.Flex:
		return oneJob[flexJobDoc](ctx, b.log(kind, c).polling(), id)
	}
	return oneJob[jobDoc](ctx, b.log(kind, c).polling(), id)
}

func oneJob[D document](ctx context.Context, l log, id string) (restore.Job, error) {
	var d D
	if _, err := l.client.Get(ctx, l.path(id), nil, &d); err != nil {
		return restore.Job{}, fmt.Errorf("read restore job %s of %s: %w", id, l.of.Path(), err)
	}
	if d.id() != id {
		return restore.Job{}, fmt.Errorf("read restore job %s of %s: the answer is about another", id, l.of.Path())
	}
	return d.job(), nil
}

// decodeJob reads the answer to a POST: the job itself, also for a sharded cluster (Create One Restore Job of One Cluster).
func decodeJob[D document](body []byte) ([]restore.Job, error) {
	var d D
	if err := json.Unmarshal(body, &d); err != nil {
		return nil, err
	}
	return []restore.Job{d.job()}, nil
}

func jobs[D document](docs []D) []restore.Job {
	out := make([]restore.Job, 0, len(docs))
	for _, d := range docs {
		out = append(out, d.job())
	}
	return out
}
