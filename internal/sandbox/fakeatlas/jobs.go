package fakeatlas

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

func unix(seconds int64) time.Time { return time.Unix(seconds, 0) }

// listJobs shows the jobs of a source, the newest first, whatever their targets.
func (s *Server) listJobs(x *exchange) (any, *fakeapi.Refusal) {
	c, err := s.jobsOf(x)
	if err != nil {
		return nil, err
	}
	var out []*job
	for _, j := range s.jobs {
		switch {
		case j.ClusterID != c.ID || s.hides(x, j.ID):
		case j.hidden > 0:
			j.hidden--
		default:
			out = append(out, j)
		}
	}
	s.sort(x, out)
	doc, err := fakeapi.Page(x.req, out, maxItems, func(j *job) any { return s.jobDoc(x, j) })
	return count(x, doc, err)
}

func (s *Server) getJob(x *exchange) (any, *fakeapi.Refusal) {
	j, err := s.oneJob(x)
	if err != nil {
		return nil, err
	}
	return s.jobDoc(x, j), nil
}

// cancelJob takes back a download, of a sharded cluster as a whole. In practice nothing else can be taken back.
func (s *Server) cancelJob(x *exchange) (any, *fakeapi.Refusal) {
	j, err := s.oneJob(x)
	switch {
	case err != nil:
		return nil, err
	case !x.who.has(RoleRecoveryOperator):
		return nil, errRole()
	case j.DeliveryType != Download:
		return nil, errBad("CANNOT_CANCEL_AUTOMATED_RESTORE", "Automated restores cannot be canceled.", j.ID)
	}
	if end, _ := j.at(x.now); end == "" || end == Finished {
		j.End, j.Ended = Canceled, x.now
	}
	return nil, nil
}

// jobsOf returns the source of the path, for a credential that may read its jobs.
func (s *Server) jobsOf(x *exchange) (Cluster, *fakeapi.Refusal) {
	c, err := s.cluster(x)
	if err == nil && !x.who.has(RoleBackupManager, RoleRecoveryOperator) {
		err = errRole()
	}
	return c, err
}

func (s *Server) oneJob(x *exchange) (*job, *fakeapi.Refusal) {
	c, err := s.jobsOf(x)
	if err != nil {
		return nil, err
	}
	id := x.params["J"]
	i := slices.IndexFunc(s.jobs, func(j *job) bool { return j.ID == id && j.ClusterID == c.ID })
	if i < 0 || s.hides(x, id) {
		return nil, errNotFound("RESTORE_JOB_NOT_FOUND", "restore job", id)
	}
	return s.jobs[i], nil
}

// hides reports whether a fault pretends that the record of the job is gone.
func (s *Server) hides(x *exchange, id string) bool {
	f := x.faults.Get(RecordGone)
	return f != nil && (f.JobID == "" || f.JobID == id)
}

// sort puts the newest first or, with the fault, into an order that is random but the same for all pages.
func (s *Server) sort(x *exchange, jobs []*job) {
	slices.Reverse(jobs)
	slices.SortStableFunc(jobs, func(a, b *job) int { return b.Created.Compare(a.Created) })
	if f := x.faults.Get(Shuffle); f != nil {
		slices.SortFunc(jobs, func(a, b *job) int { return cmp.Compare(s.scatter(a.ID), s.scatter(b.ID)) })
	}
}

func (s *Server) scatter(id string) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %s", s.opts.Seed, id)
	return h.Sum64()
}
