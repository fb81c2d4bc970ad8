package fakeatlas

import (
	"cmp"
	"net"
	"net/http"
	"slices"
	"strconv"

	"snapback/internal/sandbox/fakeapi"
)

// faulty makes the answer of a fault; honest is the true one if the request was carried out. The caller holds the lock.
func (s *Server) faulty(x *exchange, f *Fault, honest *fakeapi.Answer) *fakeapi.Answer {
	plain := http.Header{"Content-Type": {"application/json"}}
	switch f.Kind {
	case Redirect:
		return &fakeapi.Answer{Status: cmp.Or(f.Status, http.StatusFound), Header: http.Header{"Location": {f.Location}}}
	case Empty:
		return &fakeapi.Answer{Status: http.StatusOK, Header: plain}
	case Garbled:
		body := []byte(`{"id":`)
		if honest != nil {
			body = honest.Body[:len(honest.Body)/2]
		}
		return &fakeapi.Answer{Status: http.StatusOK, Header: plain, Body: body}
	case OldJob:
		return s.oldJob(x)
	case HTML:
		status := cmp.Or(f.Status, http.StatusForbidden)
		body := "<html><body><h1>" + strconv.Itoa(status) + " " + http.StatusText(status) + "</h1></body></html>\n"
		return &fakeapi.Answer{Status: status, Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte(body)}
	case Failure:
		err := fakeapi.Refuse(cmp.Or(f.Status, http.StatusInternalServerError), cmp.Or(f.Code, "UNEXPECTED_ERROR"), "Unexpected error.")
		return s.refusal(x, err, false)
	case Unauthorized:
		return s.refusal(x, errUnauthorized(), true)
	case AccessList:
		host, _, _ := net.SplitHostPort(x.req.RemoteAddr)
		return s.refusal(x, errAccessList(cmp.Or(host, x.req.RemoteAddr)), false)
	case RateLimit:
		return s.refusal(x, errBucket(x.req.URL.Path, int(f.RetryAfter.Seconds()), s.allowance(x, "")), false)
	case Conflict:
		return s.refusal(x, errBusy("of the request"), false)
	default: // Drop and Hang have no answer
		return nil
	}
}

// oldJob answers with the newest job that the source had before the request.
func (s *Server) oldJob(x *exchange) *fakeapi.Answer {
	c, err := s.located(x)
	if err != nil {
		return s.refusal(x, err, false)
	}
	for _, j := range slices.Backward(s.jobs) {
		if j.ClusterID == c.ID && slices.Contains(x.older, j.ID) {
			return fakeapi.JSON(x.req, http.StatusOK, s.jobDoc(x, j))
		}
	}
	return s.refusal(x, errNotFound("RESTORE_JOB_NOT_FOUND", "restore job", ""), false)
}

// startForeign lets somebody else start a job: that of the fault, or the one that the request asks for. The caller holds the
// lock.
func (s *Server) startForeign(x *exchange, f *Fault) {
	if f.Foreign != nil {
		s.newJob(*f.Foreign, x.now)
		return
	}
	c, err := s.located(x)
	if err != nil {
		return
	}
	if seed, err := s.order(x, c); err == nil {
		s.newJob(seed, x.now)
	}
}

// located is the cluster of the path, for a request that may not have been routed yet.
func (s *Server) located(x *exchange) (Cluster, *fakeapi.Refusal) {
	if _, err := s.find(x); err != nil {
		return Cluster{}, err
	}
	c, ok := s.world.named(x.params["P"], x.params["C"])
	if !ok {
		return c, fakeapi.NoResource(x.req.URL.Path)
	}
	return c, nil
}
