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

func jobsPath(c restore.Cluster) string { return path(c, "backup", "restoreJobs") }

// Jobs implements [restore.Backend]. Jobs are listed under their source, wherever they write to.
func (b *Backend) Jobs(ctx context.Context, c restore.Cluster) (restore.JobList, error) {
	if c.Type == restore.Flex {
		return allJobs[flexJobDoc](ctx, b.flex, c)
	}
	return allJobs[jobDoc](ctx, b.backup, c)
}

func allJobs[D document](ctx context.Context, client *rest.Client, c restore.Cluster) (restore.JobList, error) {
	docs, date, err := rest.ReadStill(ctx, client, jobsPath(c), pageSize, D.id)
	if err != nil {
		return restore.JobList{}, fmt.Errorf("list restore jobs of %s: %w", c.Path(), err)
	}
	return restore.JobList{
		Jobs: jobs(docs), Total: len(docs), Date: date, Complete: true, Ease: client.Ease(jobsPath(c)),
	}, nil
}

// Recent implements [restore.Backend]. It never claims to be complete. It is a look that can wait, like that at one job.
func (b *Backend) Recent(ctx context.Context, c restore.Cluster) (restore.JobList, error) {
	if c.Type == restore.Flex {
		return recentJobs[flexJobDoc](ctx, b.flex.Polling(), c)
	}
	return recentJobs[jobDoc](ctx, b.backup.Polling(), c)
}

func recentJobs[D document](ctx context.Context, client *rest.Client, c restore.Cluster) (restore.JobList, error) {
	p, err := rest.ReadPage[D](ctx, client, jobsPath(c), nil, 1, pageSize)
	if err != nil {
		return restore.JobList{}, fmt.Errorf("list recent restore jobs of %s: %w", c.Path(), err)
	}
	for _, d := range p.Results {
		if d.id() == "" {
			return restore.JobList{}, fmt.Errorf("list recent restore jobs of %s: %w", c.Path(), rest.ErrNoID)
		}
	}
	return restore.JobList{
		Jobs: jobs(p.Results), Total: max(int(p.Total), len(p.Results)), Date: p.Date, Ease: client.Ease(jobsPath(c)),
	}, nil
}

// Job implements [restore.Backend].
func (b *Backend) Job(ctx context.Context, c restore.Cluster, id string) (restore.Job, error) {
	if id == "" {
		return restore.Job{}, fmt.Errorf("read restore job of %s: %w: no id", c.Path(), restore.ErrNotFound)
	}
	if c.Type == restore.Flex {
		return oneJob[flexJobDoc](ctx, b.flex.Polling(), c, id)
	}
	return oneJob[jobDoc](ctx, b.backup.Polling(), c, id)
}

func oneJob[D document](ctx context.Context, client *rest.Client, c restore.Cluster, id string) (restore.Job, error) {
	var d D
	if _, err := client.Get(ctx, path(c, "backup", "restoreJobs", id), nil, &d); err != nil {
		return restore.Job{}, fmt.Errorf("read restore job %s of %s: %w", id, c.Path(), err)
	}
	if d.id() != id {
		return restore.Job{}, fmt.Errorf("read restore job %s of %s: the answer is about another", id, c.Path())
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
