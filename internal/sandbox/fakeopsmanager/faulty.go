package fakeopsmanager

import (
	"cmp"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"snapback/internal/sandbox/fakeapi"
)

// faulty makes the answer of a fault; honest is the true one if the request was carried out. The caller holds
// the lock.
func (s *Server) faulty(x *exchange, f *Fault, honest *fakeapi.Answer) *fakeapi.Answer {
	switch f.Kind {
	case Redirect:
		ans := &fakeapi.Answer{Status: cmp.Or(f.Status, http.StatusFound), Header: http.Header{}}
		ans.Header.Set("Location", f.Location)
		return ans
	case OldJobs:
		return s.oldJobs(x)
	case Empty:
		return &fakeapi.Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}}
	case Garbled:
		body := []byte(`{"results":[{"id":`)
		if honest != nil {
			body = honest.Body[:len(honest.Body)/2]
		}
		return &fakeapi.Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
	case HTML:
		status := cmp.Or(f.Status, http.StatusForbidden)
		body := "<html><body><h1>" + strconv.Itoa(status) + " " + http.StatusText(status) + "</h1></body></html>\n"
		return &fakeapi.Answer{Status: status, Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte(body)}
	case Failure:
		err := errUnexpected(cmp.Or(f.Status, http.StatusInternalServerError))
		err.Code = cmp.Or(f.Code, err.Code)
		return s.refusal(x, err, false)
	case Unauthorized:
		return s.refusal(x, errUnauthorized(), true)
	case AccessList:
		host, _, _ := net.SplitHostPort(x.req.RemoteAddr)
		return s.refusal(x, errAccessList(cmp.Or(host, x.req.RemoteAddr)), false)
	case RateLimit:
		return s.rateLimited(x, f.RetryAfter)
	case Conflict:
		ids := x.created
		if f.JobID != "" {
			ids = []string{f.JobID}
		}
		return s.refusal(x, errConcurrent(ids), false)
	default: // Drop and Hang have no answer
		return nil
	}
}

func (s *Server) rateLimited(x *exchange, retry time.Duration) *fakeapi.Answer {
	ans := s.refusal(x, errRateLimited(x.req.URL.Path), false)
	if retry > 0 {
		seconds := int((retry + time.Second - 1) / time.Second)
		ans.Header.Set("Retry-After", strconv.Itoa(seconds))
	}
	return ans
}

// oldJobs lists what the cluster had before the request, as a client gets to see that follows a redirect from
// POST to GET.
func (s *Server) oldJobs(x *exchange) *fakeapi.Answer {
	c, err := s.located(x)
	if err != nil {
		return s.refusal(x, err, false)
	}
	var out []*job
	for _, j := range s.jobs {
		if j.under(c.ID) && slices.Contains(x.older, j.ID) {
			out = append(out, j)
		}
	}
	s.sort(x, out)
	doc, err := fakeapi.Page(x.req, out, maxItems, func(j *job) any { return s.jobDoc(x, j, c.ID) })
	if err != nil {
		return s.refusal(x, err, false)
	}
	return fakeapi.JSON(x.req, http.StatusOK, doc)
}

// sideEffects remembers the jobs before the request and lets somebody else start one. The caller holds the
// lock.
func (s *Server) sideEffects(x *exchange) {
	for _, j := range s.jobs {
		x.older = append(x.older, j.ID)
	}
	f := x.faults.Get(ForeignJob)
	if f == nil {
		return
	}
	if f.Foreign != nil {
		s.addJob(*f.Foreign, x.now)
		return
	}
	c, err := s.located(x)
	if err != nil {
		return
	}
	if o, err := s.order(x, c); err == nil {
		s.start(o, x.now)
	}
}

// located is the cluster of the path, for a request that may not have been routed yet.
func (s *Server) located(x *exchange) (Cluster, *apiError) {
	segments, ok := fakeapi.Split(x.req.URL.EscapedPath(), Base)
	for _, r := range s.routes {
		if params, match := r.pattern.Match(segments); ok && match && r.method == x.req.Method {
			x.params = params
			return s.cluster(x)
		}
	}
	return Cluster{}, fakeapi.NoResource(x.req.URL.Path)
}
