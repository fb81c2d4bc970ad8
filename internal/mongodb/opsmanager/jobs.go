package opsmanager

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"snapback/internal/restore"
)

// listTries is how often a list of jobs that changes while it is read is read anew.
const listTries = 3

var errNoID = errors.New("a job without an id")

func jobsPath(c restore.Cluster) string {
	return resource("groups", c.ProjectID, "clusters", c.ID, "restoreJobs")
}

// Jobs implements [restore.Backend].
func (b *Backend) Jobs(ctx context.Context, c restore.Cluster) (restore.JobList, error) {
	for range listTries {
		list, still, err := b.readJobs(ctx, c)
		if err != nil {
			return restore.JobList{}, fmt.Errorf("list restore jobs of %s: %w", c.Path(), err)
		}
		if still {
			return list, nil
		}
	}
	return restore.JobList{}, fmt.Errorf("list restore jobs of %s: %w", c.Path(), restore.ErrUnstable)
}

// readJobs reads every page and then the first one again. The list stood still if its length and the ids on the first
// page are what they were, and no job was met twice or not at all.
func (b *Backend) readJobs(ctx context.Context, c restore.Cluster) (list restore.JobList, still bool, err error) {
	pages, err := readPages[jobDoc](ctx, b, jobsPath(c), nil)
	if err != nil {
		return list, false, err
	}
	again, err := readPage[jobDoc](ctx, b, jobsPath(c), nil, 1)
	if err != nil {
		return list, false, err
	}
	jobs, err := normalized(unique(pages, func(d jobDoc) string { return d.ID }))
	if err != nil {
		return list, false, err
	}
	first := pages[0]
	still = again.Total == first.Total && slices.Equal(sortedIDs(again), sortedIDs(first))
	if first.Total > 0 {
		still = still && len(jobs) == int(first.Total)
	}
	// The clock of the first page: what is made later may be missing.
	return restore.JobList{Jobs: jobs, Total: len(jobs), Date: first.date, Complete: true}, still, nil
}

// Recent implements [restore.Backend]. It never claims to be complete.
func (b *Backend) Recent(ctx context.Context, c restore.Cluster) (restore.JobList, error) {
	p, err := readPage[jobDoc](ctx, b, jobsPath(c), nil, 1)
	if err != nil {
		return restore.JobList{}, fmt.Errorf("list recent restore jobs of %s: %w", c.Path(), err)
	}
	jobs, err := normalized(p.Results)
	if err != nil {
		return restore.JobList{}, fmt.Errorf("list recent restore jobs of %s: %w", c.Path(), err)
	}
	return restore.JobList{Jobs: jobs, Total: max(int(p.Total), len(jobs)), Date: p.date}, nil
}

// Job implements [restore.Backend].
func (b *Backend) Job(ctx context.Context, c restore.Cluster, id string) (restore.Job, error) {
	if id == "" {
		return restore.Job{}, fmt.Errorf("read restore job of %s: %w: no id", c.Path(), restore.ErrNotFound)
	}
	var d jobDoc
	path := resource("groups", c.ProjectID, "clusters", c.ID, "restoreJobs", id)
	if _, err := b.client.Get(ctx, path, nil, &d); err != nil {
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
	var p page[jobDoc]
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
			return nil, errNoID
		}
		jobs = append(jobs, d.job())
	}
	return jobs, nil
}

func sortedIDs(p page[jobDoc]) []string {
	ids := make([]string, 0, len(p.Results))
	for _, d := range p.Results {
		ids = append(ids, d.ID)
	}
	slices.Sort(ids)
	return ids
}
