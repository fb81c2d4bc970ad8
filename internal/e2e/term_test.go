package e2e

import (
	"net/http"
	"syscall"
	"testing"
	"time"

	"snapback/internal/restore"
)

// submit has a request filed and approved in a new process, and returns when its POST was carried out, and not answered.
func (s *tale) submit(t *testing.T, done <-chan struct{}) *process {
	t.Helper()
	p := s.r.start(t, plain)
	must(t, s.fileOrders(p.ctx))
	must(t, s.approve(p.ctx, dba))
	must(t, s.approve(p.ctx, lead))
	select {
	case <-done:
	case <-p.ctx.Done():
		t.Fatal("nothing is submitted")
	}
	return p
}

// TestTermWhileNobodyAnswers asks the process to end while a POST gets no answer: it waits until post_timeout, records
// that the answer is not known, and ends well. The next process finds the job, and nothing is sent twice.
func TestTermWhileNobodyAnswers(t *testing.T) {
	t.Parallel()
	done := make(chan struct{})
	r := newRig(t, options{around: func(h http.Handler) http.Handler { return muted(h, done, nil) }})
	s := &tale{r: r}
	p := s.submit(t, done)
	must(t, p.cmd.Process.Signal(syscall.SIGTERM))
	must(t, r.awaitPage(p.ctx, "/readyz", is(http.StatusServiceUnavailable, "process ends")))
	if status := p.await(t); !status.Exited() || status.ExitStatus() != 0 {
		t.Errorf("ended: %s", p.cmd.ProcessState)
	}
	left := r.read(t)
	s.recall(t, left)
	request := left.requests[orders]
	kinds := left.kinds(orders)
	if request.State != restore.Sending || kinds[len(kinds)-1] != restore.KindUnanswered {
		t.Fatalf("%s is %s after %v", orders, request.State, kinds)
	}
	a := request.Attempt()
	if a.Outcome.Kind != restore.Unknown || a.Outcome.Code == restore.CodeCrash || !a.Until.After(a.Sent.Add(4*time.Second)) {
		t.Errorf("recorded %+v until %s, sent %s", a.Outcome, a.Until, a.Sent)
	}
	if waited := left.log[len(left.log)-1].At.Sub(a.Sent); waited < 4*time.Second {
		t.Errorf("gave the POST up after %s, before its time-out", waited)
	}
	p = r.start(t, plain)
	must(t, s.goOn(p.ctx))
	end := r.finish(t, p)
	s.recall(t, end)
	if got := end.kinds(orders)[len(kinds)]; got != restore.KindAdopted {
		t.Errorf("the next process began with %s", got)
	}
	r.checkEnd(t, end)
	if jobs, posts := r.accepted(); len(jobs) != 1 || posts != 1 || end.state(orders) != restore.Succeeded {
		t.Errorf("%d POSTs started %v, and %s is %s", posts, jobs, orders, end.state(orders))
	}
}
