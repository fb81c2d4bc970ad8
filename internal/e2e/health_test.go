package e2e

import (
	"encoding/json"
	"net/http"
	"syscall"
	"testing"
	"time"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
)

// TestReadiness takes away what the bot needs, and gives it back.
func TestReadiness(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{})
	p := r.start(t, plain)
	s := &tale{r: r}
	ready := func(want int, status string) {
		t.Helper()
		must(t, r.awaitPage(p.ctx, "/readyz", func(got int, body string) bool {
			var page struct {
				Status  string   `json:"status"`
				Reasons []string `json:"reasons"`
			}
			if err := json.Unmarshal([]byte(body), &page); err != nil || page.Reasons == nil {
				t.Errorf("/readyz says %s", body)
			}
			return got == want && page.Status == status && (status == "ready") == (len(page.Reasons) == 0)
		}))
		if got, body, err := r.page(p.ctx, "/healthz"); got != http.StatusOK {
			t.Errorf("/healthz: %d %s, %v", got, body, err)
		}
	}
	ready(http.StatusOK, "ready")

	// A channel that is archived stops nobody: the requester is told everything in direct messages.
	must(t, s.fileOrders(p.ctx))
	must(t, r.lines(p.ctx, orders, 1))
	channel := r.slack.Channels()[0]
	channel.Archived = true
	r.slack.PutChannel(channel)
	out, err := r.slack.As(lead).Slash(p.ctx, ledgers, command, "deny "+orders+" not today")
	must(t, err)
	if out.Failure != "" {
		t.Fatalf("deny: %s", out.Failure)
	}
	must(t, r.direct(p.ctx, orders, "not today"))
	ready(http.StatusOK, "degraded")

	r.slack.Inject(fakeslack.Fault{Method: "*", DropBefore: true})
	r.slack.DropSockets()
	ready(http.StatusServiceUnavailable, "down")

	channel.Archived = false
	r.slack.PutChannel(channel)
	r.slack.ClearFaults()
	ready(http.StatusOK, "degraded") // nothing was posted to the channel yet
	out, err = r.slack.As(engineer).Slash(p.ctx, restores, command, wantOrders)
	must(t, err)
	if out.Failure != "" {
		t.Fatalf("file again: %s", out.Failure)
	}
	ready(http.StatusOK, "ready")
	p.stop(t)
}

// TestTerm asks the process to end while a POST is under way: it waits for the answer and records it.
func TestTerm(t *testing.T) {
	t.Parallel()
	done, release := make(chan struct{}), make(chan struct{})
	r := newRig(t, options{
		jobs:   forever,
		around: func(h http.Handler) http.Handler { return muted(h, done, release) },
	})
	s := &tale{r: r}
	p := r.start(t, plain)
	must(t, s.fileOrders(p.ctx))
	must(t, s.approve(p.ctx, dba))
	must(t, s.approve(p.ctx, lead))
	select {
	case <-done:
	case <-p.ctx.Done():
		t.Fatal("nothing is submitted")
	}
	news := r.slack.Subscribe()
	must(t, p.cmd.Process.Signal(syscall.SIGTERM))
	for range connections { // it does as it is told
		_, err := news.Await(p.ctx, func(e fakeslack.Event) bool { return e.Kind == fakeslack.SocketClosed })
		must(t, err)
	}
	close(release)
	if status := p.await(t); status.ExitStatus() != 0 {
		t.Errorf("ended: %s", p.cmd.ProcessState)
	}
	end := r.read(t)
	jobs, posts := r.accepted()
	if len(jobs) != 1 || posts != 1 {
		t.Fatalf("Ops Manager heard %d POSTs and started %v", posts, jobs)
	}
	request := end.requests[orders]
	if got := request.State; got != restore.Running {
		t.Errorf("%s is %s", orders, got)
	}
	if known := request.Jobs(); len(known) != 1 || known[0].ID != jobs[0] {
		t.Errorf("jobs %v, want %v", known, jobs)
	}
}

// TestTermTellsNothingTwice asks the process to end while a message is on its way to Slack. That is no crash, so the
// next process does not repeat it.
func TestTermTellsNothingTwice(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{})
	s := &tale{r: r}
	r.slack.Inject(fakeslack.Fault{Method: "chat.postMessage", DelayAnswer: time.Second, Times: 1})
	p := r.start(t, plain)
	must(t, s.fileOrders(p.ctx))
	_, err := r.slack.Await(p.ctx, func(e fakeslack.Event) bool { return e.Kind == fakeslack.MessagePosted && e.Message.ByApp })
	must(t, err)
	p.stop(t)
	p = r.start(t, plain)
	must(t, s.goOn(p.ctx))
	r.checkEnd(t, r.finish(t, p))
	for key, texts := range r.posted() {
		if len(texts) > 1 {
			t.Errorf("%s of %s is there %d times", key.place, key.subject, len(texts))
		}
	}
}
