package opsmanager

import (
	"context"
	"encoding/json"
	"fmt"

	"snapback/internal/mongodb/rest"
	"snapback/internal/restore"
)

func jobsPath(c restore.Cluster) string {
	return rest.Resource("groups", c.ProjectID, "clusters", c.ID, "restoreJobs")
}

// only refuses kinds of restore jobs that there are none of here: whole clusters are all that is restored.
func only(kind restore.SubmissionKind) error {
	if kind != restore.SubmissionRestore {
		return fmt.Errorf("restore jobs of kind %s: %w", kind, restore.ErrNotFound)
	}
	return nil
}

// Jobs implements [restore.Backend].
func (b *Backend) Jobs(ctx context.Context, kind restore.SubmissionKind, c restore.Cluster) (restore.JobList, error) {
	if err := only(kind); err != nil {
		return restore.JobList{}, err
	}
	docs, date, err := rest.ReadStill(ctx, b.client, jobsPath(c), pageSize, jobDoc.id)
	if err != nil {
		return restore.JobList{}, fmt.Errorf("list restore jobs of %s: %w", c.Path(), rest.Lacking(err, restore.ListJobs, c.Path(), roleBackup))
	}
	jobs, err := normalized(docs)
	if err != nil {
		return restore.JobList{}, fmt.Errorf("list restore jobs of %s: %w", c.Path(), err)
	}
	return restore.JobList{
		Jobs: jobs, Total: len(jobs), Date: date, Complete: true, Ease: b.client.Ease(jobsPath(c)),
	}, nil
}

// Recent implements [restore.Backend]. It never claims to be complete. It is a look that can wait, like that at one job.
func (b *Backend) Recent(ctx context.Context, kind restore.SubmissionKind, c restore.Cluster) (restore.JobList, error) {
	if err := only(kind); err != nil {
		return restore.JobList{}, err
	}
	p, err := rest.ReadPage[jobDoc](ctx, b.client.Polling(), jobsPath(c), nil, 1, pageSize)
	if err != nil {
		return restore.JobList{}, fmt.Errorf("list recent restore jobs of %s: %w", c.Path(), err)
	}
	jobs, err := normalized(p.Results)
	if err != nil {
		return restore.JobList{}, fmt.Errorf("list recent restore jobs of %s: %w", c.Path(), err)
	}
	return restore.JobList{
		Jobs: jobs, Total: max(int(p.Total), len(jobs)), Date: p.Date, Ease: b.client.Ease(jobsPath(c)),
	}, nil
}

// Job implements [restore.Backend].
func (b *Backend) Job(ctx context.Context, kind restore.SubmissionKind, c restore.Cluster, id string) (restore.Job, error) {
	if err := only(kind); err != nil {
		return restore.Job{}, err
	}
	if id == "" {
		return restore.Job{}, fmt.Errorf("read restore job of %s: %w: no id", c.Path(), restore.ErrNotFound)
	}
	var d jobDoc
	path := rest.Resource("groups", c.ProjectID, "clusters", c.ID, "restoreJobs", id)
	if _, err := b.client.Polling().Get(ctx, path, nil, &d); err != nil {
		return restore.Job{}, fmt.Errorf("read restore job %s of %s: %w", id, c.Path(), err)
	}
	if d.ID != id {
		return restore.Job{}, fmt.Errorf("read restore job %s of %s: the answer is about another", id, c.Path())
	}
	return d.job(), nil
}

// decodeJobs reads the answer to a POST: a list, though the page says that it holds one job only (Create One Restore
// Job for One Cluster, results embedded document); of a sharded cluster it may be one per shard and one more.
func decodeJobs(body []byte) ([]restore.Job, error) {
	var p rest.Page[jobDoc]
	if err := json.Unmarshal(body, &p); err != nil {
		return nil, err
	}
	jobs := make([]restore.Job, 0, len(p.Results))
	for _, d := range p.Results {
		jobs = append(jobs, d.job())
	}
	return jobs, nil
}

func normalized(docs []jobDoc) ([]restore.Job, error) {
	jobs := make([]restore.Job, 0, len(docs))
	for _, d := range docs {
		if d.ID == "" {
			return nil, rest.ErrNoID
		}
		jobs = append(jobs, d.job())
	}
	return jobs, nil
}
