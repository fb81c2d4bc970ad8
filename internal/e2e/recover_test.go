package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeslack"
)

// TestOldCopy puts back a copy of the store that was made when a request was approved; the request was submitted since.
// Nothing is submitted twice, and people are told what to do.
func TestOldCopy(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{})
	s := &tale{r: r}
	r.runPastACopy(t, s)

	p := r.start(t, plain)
	must(t, r.awaitPage(p.ctx, "/readyz", is(503, "serve --recovered")))
	must(t, r.direct(p.ctx, orders, "looks like an older copy"))
	must(t, r.until(p.ctx, "the card says what to do", func() bool {
		return r.card(orders, "looks like an older copy") && r.card(orders, "serve --recovered")
	}))
	p.stop(t)
	p = r.start(t, plain) // a restart is no way out
	must(t, r.awaitPage(p.ctx, "/readyz", is(503, "serve --recovered")))
	if got := r.read(t); got.state(orders) != restore.Approved || got.count(orders, restore.KindPreparing) != 0 {
		t.Errorf("%s is %s, events %v", orders, got.state(orders), got.kinds(orders))
	}
	p.stop(t)

	r.flags = []string{"--recovered"}
	p = r.start(t, plain)
	must(t, r.awaitPage(p.ctx, "/readyz", is(200, "ready")))
	_, err := r.thread(p.ctx, orders, "no longer counts")
	must(t, err)
	s.done = slices.DeleteFunc(s.done, func(name string) bool { return name != "file "+orders })
	must(t, s.approve(p.ctx, dba))
	must(t, s.approve(p.ctx, lead))
	must(t, r.until(p.ctx, "the guard finds the job", func() bool { _, ok := r.button(lead, orders, "adopt"); return ok }))
	p.stop(t)
	end := r.read(t)
	if n := end.count(orders, restore.KindSending); end.state(orders) != restore.InDoubt || n != 0 {
		t.Errorf("%s is %s and was sent %d times by the copy", orders, end.state(orders), n)
	}
	if jobs, posts := r.accepted(); len(jobs) != 1 || posts != 1 {
		t.Errorf("Ops Manager heard %d POSTs and started %v", posts, jobs)
	}
	if got := end.kinds(string(restore.SubjectSystem)); !slices.Equal(got, []restore.Kind{restore.KindProvedOld, restore.KindRecovered}) {
		t.Errorf("the log tells %v", got)
	}
}

// TestCardOfALaterStore puts a copy back together with its head file, which proves nothing then: somebody presses a
// button that the copy cannot have drawn.
func TestCardOfALaterStore(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{})
	s := &tale{r: r}
	p := r.start(t, plain)
	must(t, s.fileOrders(p.ctx))
	must(t, r.lines(p.ctx, orders, 1))
	p.stop(t)
	kept := filepath.Join(t.TempDir(), "kept")
	copyFile(t, r.store, kept)
	copyFile(t, r.store+".head", kept+".head")
	p = r.start(t, plain)
	later, err := r.file(p.ctx, engineer, wantLedger)
	must(t, err)
	must(t, r.until(p.ctx, "its card is there", func() bool { _, ok := r.button(leadTwo, later, "deny"); return ok }))
	p.stop(t)
	copyFile(t, kept, r.store)
	copyFile(t, kept+".head", r.store+".head")

	p = r.start(t, plain)
	must(t, r.awaitPage(p.ctx, "/readyz", is(200, "ready")))
	r.pressLost(t, p, later, "looks like an older copy")
	must(t, r.awaitPage(p.ctx, "/readyz", is(503, "serve --recovered")))
	must(t, s.approve(p.ctx, dba))
	must(t, s.approve(p.ctx, lead))
	must(t, r.direct(p.ctx, orders, "looks like an older copy"))
	p.stop(t)

	r.flags = []string{"--recovered"}
	p = r.start(t, plain)
	_, err = r.thread(p.ctx, orders, "no longer counts")
	must(t, err)
	r.pressLost(t, p, later, "does not belong") // the lost card proves nothing any more
	s.done = slices.DeleteFunc(s.done, func(name string) bool { return name != "file "+orders })
	must(t, s.approve(p.ctx, dba))
	must(t, s.approve(p.ctx, lead))
	must(t, r.direct(p.ctx, orders, "succeeded"))
	p.stop(t)
	if jobs, posts := r.accepted(); len(jobs) != 1 || posts != 1 {
		t.Errorf("Ops Manager heard %d POSTs and started %v", posts, jobs)
	}
}

// runPastACopy has a request approved, makes a copy of the store, lets the request be submitted and succeed, and puts
// the copy in the store's place. The head file stays.
func (r *rig) runPastACopy(t *testing.T, s *tale) {
	t.Helper()
	killing{before: []string{dba}}.tellBefore(t, s)
	p := r.start(t, armed, "SNAPBACK_CRASHPOINT=store.committed:1") // when the last approval is durable
	_ = s.approve(p.ctx, lead)                                      // it is not answered
	p.awaitKill(t)
	kept := filepath.Join(t.TempDir(), "kept")
	copyFile(t, r.store, kept)
	p = r.start(t, plain)
	must(t, r.direct(p.ctx, orders, "succeeded"))
	p.stop(t)
	must(t, os.Remove(r.store))
	copyFile(t, kept, r.store)
}

// pressLost has somebody press a button of a request that the store does not know, and looks at the answer.
func (r *rig) pressLost(t *testing.T, p *process, subject, words string) {
	t.Helper()
	out, err := r.press(p.ctx, leadTwo, subject, "deny")
	must(t, err)
	answer, err := out.AwaitReply(p.ctx)
	must(t, err)
	if !says(answer.Plain(), words) || len(out.Views()) > 0 {
		t.Errorf("the click is answered: %s", answer.Plain())
	}
}

// card reports whether the card of a request says something.
func (r *rig) card(subject, words string) bool {
	return slices.ContainsFunc(r.slack.Messages(restores), func(m fakeslack.Message) bool {
		return m.ThreadTS == "" && metadata(m).Subject == subject && says(m.Plain(), words)
	})
}
