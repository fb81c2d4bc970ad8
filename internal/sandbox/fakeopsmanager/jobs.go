package fakeopsmanager

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"

	"snapback/internal/sandbox/fakeapi"
)

// listJobs shows a cluster's restore jobs, newest first, or one batch of them.
func (s *Server) listJobs(x *exchange) (any, *apiError) {
	c, err := s.cluster(x)
	if err != nil {
		return nil, err
	}
	batch := x.req.URL.Query().Get("batchId")
	var out []*job
	for _, j := range s.jobs {
		if !j.under(c.ID) || (batch != "" && j.BatchID != batch) || s.hides(x, j) {
			continue
		}
		if j.hidden > 0 {
			j.hidden--
			continue
		}
		out = append(out, j)
	}
	s.sort(x, out)
	return fakeapi.Page(x.req, out, maxItems, func(j *job) any { return s.jobDoc(x, j, c.ID) })
}

// under reports whether the job appears in the list of the cluster.
func (j *job) under(cluster string) bool { return j.source == cluster || j.ClusterID == cluster }

// sort puts the newest jobs first, or in an order that is random but the same for all pages.
func (s *Server) sort(x *exchange, jobs []*job) {
	slices.Reverse(jobs)
	slices.SortStableFunc(jobs, func(a, b *job) int { return b.Created.Compare(a.Created) })
	if f := x.faults.Get(Shuffle); f != nil {
		at := make(map[*job]uint64, len(jobs))
		for _, j := range jobs {
			at[j] = scatter(s.opts.Seed, j.ID)
		}
		slices.SortFunc(jobs, func(a, b *job) int { return cmp.Compare(at[a], at[b]) })
	}
}

func scatter(seed uint64, id string) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %s", seed, id)
	return h.Sum64()
}

func (s *Server) getJob(x *exchange) (any, *apiError) {
	c, err := s.cluster(x)
	if err != nil {
		return nil, err
	}
	id := x.params["J"]
	if !fakeapi.IsObjectID(id) {
		return nil, errInvalidID("INVALID_JOB_ID", "restore job", id)
	}
	j, ok := s.job(id)
	switch {
	case !ok || s.hides(x, j):
		return nil, errNotFound("RESTORE_JOB_NOT_FOUND", "restore job", id)
	case j.GroupID != c.GroupID:
		return nil, errNotFound("RESTORE_JOB_NOT_FOUND_IN_GROUP", "restore job in this group", id)
	case !j.under(c.ID):
		return nil, errNotFound("RESTORE_JOB_NOT_FOUND", "restore job", id)
	}
	return s.jobDoc(x, j, c.ID), nil
}

func (s *Server) job(id string) (*job, bool) {
	i := slices.IndexFunc(s.jobs, func(j *job) bool { return j.ID == id })
	if i < 0 {
		return nil, false
	}
	return s.jobs[i], true
}

// hides reports whether a fault pretends that the record of the job is gone.
func (s *Server) hides(x *exchange, j *job) bool {
	f := x.faults.Get(RecordGone)
	return f != nil && (f.JobID == "" || f.JobID == j.ID)
}
