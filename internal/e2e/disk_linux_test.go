package e2e

import (
	"context"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"snapback/internal/restore"
)

// fill lets no file of the process grow beyond the first pages of a store: what a commit writes comes after them, so
// that from now on every commit fails while it writes, as on a full disk.
func (p *process) fill(t *testing.T) {
	t.Helper()
	const pages = 2 * 4096 // the store's own; the log stays below
	limit := syscall.Rlimit{Cur: pages, Max: pages}
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(p.cmd.Process.Pid), syscall.RLIMIT_FSIZE,
		uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	if errno != 0 {
		t.Fatalf("limit the process's files: %v", errno)
	}
}

// honest are the words for an outcome that nobody knows.
const honest = "whether this was recorded is not known"

// TestDiskFull fills the disk while people do something. They are told the truth, the process ends with 1 and says why,
// and the next one goes on: nothing is lost that was acknowledged, nothing is done twice.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	type row struct {
		name   string
		before []string // who has approved; nil: nothing is filed
		act    func(ctx context.Context, s *tale) error
		who    string // acts, and is told what came of it
		state  restore.State
	}
	rows := []row{
		{
			name: "slash", who: engineer, state: restore.None,
			act: func(ctx context.Context, s *tale) error { _, err := s.r.slash(ctx, engineer, wantOrders); return err },
		},
		{
			name: "button", before: []string{}, who: engineer, state: restore.Pending,
			act: func(ctx context.Context, s *tale) error {
				_, err := s.r.press(ctx, engineer, orders, "cancel")
				return err
			},
		},
		{
			name: "form", before: []string{dba}, who: lead, state: restore.Pending,
			act: func(ctx context.Context, s *tale) error {
				if err := s.r.open(ctx, lead, orders, "approve"); err != nil {
					return err
				}
				_, err := s.r.slack.As(lead).Submit(ctx, map[string]string{"confirm_target": "orders-staging"})
				return err
			},
		},
	}
	concurrently(t, rows, func(c row) string { return c.name }, func(t *testing.T, c row) {
		t.Helper()
		r := newRig(t, options{})
		s := &tale{r: r}
		if c.before != nil {
			killing{before: c.before}.tellBefore(t, s)
		}
		p := r.start(t, plain)
		p.fill(t)
		must(t, c.act(p.ctx, s))
		must(t, r.told(r.ctx, c.who, honest))
		p.breaks(t)
		if _, posts := r.accepted(); posts != 0 {
			t.Errorf("%d POSTs while the store was broken", posts)
		}
		r.goesOn(t, s, c.state)
		if jobs, posts := r.accepted(); len(jobs) != 1 || posts != 1 {
			t.Errorf("Ops Manager heard %d POSTs and started %v", posts, jobs)
		}
	})
}

// breaks waits for the end of a process whose store cannot be written.
func (p *process) breaks(t *testing.T) {
	t.Helper()
	if status := p.await(t); !status.Exited() || status.ExitStatus() != 1 {
		t.Errorf("ended: %s", p.cmd.ProcessState)
	}
	text, err := os.ReadFile(p.stderr)
	must(t, err)
	if !strings.Contains(string(text), "snapback: commit: store is broken: ") || !strings.Contains(string(text), "file too large") {
		t.Errorf("it does not say why:\n%s", text)
	}
}

// goesOn checks what a process left whose store broke, and tells the rest of the story in the next one.
func (r *rig) goesOn(t *testing.T, s *tale, state restore.State) {
	t.Helper()
	left := r.read(t)
	if got := left.state(orders); got != state {
		t.Errorf("%s is %q, want %q", orders, got, state)
	}
	s.recall(t, left)
	p := r.start(t, plain)
	must(t, s.goOn(p.ctx))
	end := r.finish(t, p)
	s.recall(t, end)
	s.checkAfter(t, left, end)
	r.checkEnd(t, end)
}

// TestDiskFullSubmitting fills the disk at the last approval's POST, whose answer can then not be written. It is neither
// repeated nor lost: while the answer is on its way readiness says why nothing goes on, and the next process finds the
// job.
func TestDiskFullSubmitting(t *testing.T) {
	t.Parallel()
	done, release := make(chan struct{}), make(chan struct{})
	r := newRig(t, options{around: func(h http.Handler) http.Handler { return muted(h, done, release) }})
	s := &tale{r: r}
	p := s.submit(t, done)
	p.fill(t)
	_, err := r.slash(p.ctx, engineer, wantLedger)
	must(t, err)
	must(t, r.told(r.ctx, engineer, honest))
	must(t, r.awaitPage(p.ctx, "/readyz", is(http.StatusServiceUnavailable, "a commit failed")))
	close(release)
	p.breaks(t)
	r.goesOn(t, s, restore.Sending)
}

// TestDiskFullAtTheEnd fills the disk when the process was asked to end and waits for a POST: it cannot say that all is
// well.
func TestDiskFullAtTheEnd(t *testing.T) {
	t.Parallel()
	done, release := make(chan struct{}), make(chan struct{})
	r := newRig(t, options{around: func(h http.Handler) http.Handler { return muted(h, done, release) }})
	s := &tale{r: r}
	p := s.submit(t, done)
	must(t, p.cmd.Process.Signal(syscall.SIGTERM))
	must(t, r.awaitPage(p.ctx, "/readyz", is(http.StatusServiceUnavailable, "process ends")))
	p.fill(t)
	close(release)
	p.breaks(t)
	r.goesOn(t, s, restore.Sending)
}
