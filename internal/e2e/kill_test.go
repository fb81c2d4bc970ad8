package e2e

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"snapback/internal/restore"
	"snapback/internal/sandbox/fakeopsmanager"
	"snapback/internal/sandbox/fakeslack"
)

// forever is longer than any test takes.
const forever = time.Hour

// killing is one kill at a certain place, and what the process leaves behind there.
type killing struct {
	name    string
	options options
	before  []string // who has approved, after the request was filed and everything was delivered; nil: nothing is filed
	point   string   // where the process kills itself; empty: the test kills it
	prepare func(*rig)
	act     func(ctx context.Context, s *tale) error // what people do until then
	hang    func(ctx context.Context, r *rig) error  // returns when it is time to kill
	after   func(ctx context.Context, s *tale) error // what people do first in the next process

	state     restore.State
	approvals int
	jobs      int // that Ops Manager has started
	cards     int // at the end
}

func TestKill(t *testing.T) {
	t.Parallel()
	all := append(append(killedFiling(), killedDeciding()...), append(killedSubmitting(), killedTelling()...)...)
	concurrently(t, all, func(k killing) string { return k.name }, tellAndKill)
}

// tellAndKill tells the story with a kill in it.
func tellAndKill(t *testing.T, k killing) {
	t.Helper()
	r := newRig(t, k.options)
	s := &tale{r: r}
	if k.before != nil {
		k.tellBefore(t, s)
	}
	if k.prepare != nil {
		k.prepare(r)
	}
	p := r.start(t, armed, "SNAPBACK_CRASHPOINT="+k.point)
	var acting sync.WaitGroup
	acting.Go(func() {
		if err := k.act(p.ctx, s); errors.Is(err, errRefused) {
			t.Error(err) // any other is what people see of the crash
		}
	})
	if k.hang != nil {
		must(t, k.hang(p.ctx, r))
		must(t, p.cmd.Process.Kill())
	}
	p.awaitKill(t)
	acting.Wait()
	crash := r.read(t)
	k.check(t, s, crash)
	s.recall(t, crash)
	r.slack.ClearFaults()
	r.manager.ClearFaults()

	p = r.start(t, plain)
	if k.after != nil {
		must(t, k.after(p.ctx, s))
	}
	must(t, s.goOn(p.ctx))
	end := r.finish(t, p)
	s.recall(t, end)
	s.checkAfter(t, crash, end)
	r.checkEnd(t, end)
	if got := len(r.posted()[message{"card", orders}]); got != max(1, k.cards) {
		t.Errorf("%d cards of %s", got, orders)
	}
	if jobs, _ := r.accepted(); crash.state(orders) == restore.Sending && len(jobs) != k.jobs {
		t.Errorf("Ops Manager started %d jobs after the crash", len(jobs)-k.jobs)
	}
}

// tellBefore tells the beginning in a process that ends well, so that the next one's first commit is what people do.
func (k killing) tellBefore(t *testing.T, s *tale) {
	t.Helper()
	p := s.r.start(t, plain)
	must(t, s.fileOrders(p.ctx))
	must(t, s.r.lines(p.ctx, orders, 1))
	for i, who := range k.before {
		must(t, s.approve(p.ctx, who))
		must(t, s.r.lines(p.ctx, orders, i+2))
	}
	p.stop(t)
}

// check checks that the kill hit its place.
func (k killing) check(t *testing.T, s *tale, crash image) {
	t.Helper()
	if got := crash.state(orders); got != k.state {
		t.Errorf("killed in %q, want %q", got, k.state)
	}
	if got := len(crash.approvers(orders)); got != k.approvals {
		t.Errorf("killed after %d approvals, want %d", got, k.approvals)
	}
	if jobs, _ := s.r.accepted(); len(jobs) != k.jobs {
		t.Errorf("killed after Ops Manager started %v, want %d", jobs, k.jobs)
	}
}

func killedFiling() []killing {
	file := func(ctx context.Context, s *tale) error { return s.fileOrders(ctx) }
	return []killing{
		{name: "before a filing is committed", point: "store.commit:1", act: file, state: restore.None},
		{
			name: "before a filing is acknowledged", point: "store.committed:1", act: file, state: restore.Checking,
			after: func(ctx context.Context, s *tale) error { // who got no answer types it again
				again, err := s.r.file(ctx, engineer, wantOrders)
				if err != nil {
					return err
				}
				return s.r.direct(ctx, again, orders)
			},
		},
		{
			name: "while names are checked", act: file, state: restore.Checking,
			prepare: func(r *rig) { hangManager(r, fakeopsmanager.Match{Method: http.MethodGet}) },
			hang: func(ctx context.Context, r *rig) error {
				_, err := r.manager.Await(ctx, func(c fakeopsmanager.Call) bool { return !c.Done })
				return err
			},
		},
	}
}

func hangManager(r *rig, m fakeopsmanager.Match) {
	err := r.manager.Inject(fakeopsmanager.Fault{Kind: fakeopsmanager.Hang, Match: m, Times: fakeopsmanager.Always})
	if err != nil {
		panic(err) // the table is wrong
	}
}

func killedDeciding() []killing {
	nobody, one := []string{}, []string{dba}
	first := func(ctx context.Context, s *tale) error { return s.approve(ctx, dba) }
	last := func(ctx context.Context, s *tale) error { return s.approve(ctx, lead) }
	again := func(ctx context.Context, s *tale) error {
		if err := s.r.open(ctx, dba, orders, "approve"); err != nil {
			return err
		}
		return s.r.fill(ctx, dba, "confirm_target", "orders-staging", "before")
	}
	return []killing{
		{
			name: "before an approval is committed", before: nobody, point: "store.commit:1", act: first,
			state: restore.Pending, approvals: 0,
		},
		{
			name: "before an approval is acknowledged", before: nobody, point: "store.committed:1", act: first, after: again,
			state: restore.Pending, approvals: 1,
		},
		{
			name: "before the last approval is committed", before: one, point: "store.commit:1", act: last,
			state: restore.Pending, approvals: 1,
		},
		{
			name: "before the last approval is acknowledged", before: one, point: "store.committed:1", act: last,
			state: restore.Approved, approvals: 2,
		},
	}
}

// killedSubmitting kills around each commit of a submission and its POST. The first commit is that of the last
// approval; no edit of the card goes through, so that the courier commits nothing in between.
func killedSubmitting() []killing {
	held := func(r *rig) { r.slack.Inject(fakeslack.Fault{Method: "chat.update", Delay: forever}) }
	base := killing{
		before: []string{dba}, prepare: held, approvals: 2,
		act: func(ctx context.Context, s *tale) error { return s.approve(ctx, lead) },
	}
	at := func(name, point string, state restore.State, jobs int) killing {
		k := base
		k.name, k.point, k.state, k.jobs = name, point, state, jobs
		return k
	}
	refusing := base
	refusing.name, refusing.state = "while the POST hangs that was not carried out", restore.Sending
	refusing.prepare = func(r *rig) { hangManager(r, fakeopsmanager.Creations()) }
	refusing.hang = func(ctx context.Context, r *rig) error {
		_, err := r.manager.Await(ctx, fakeopsmanager.Call.Posted)
		return err
	}
	carried := base
	done := make(chan struct{})
	carried.name, carried.state, carried.jobs = "while the POST hangs that was carried out", restore.Sending, 1
	carried.options.around = func(h http.Handler) http.Handler { return muted(h, done, nil) }
	carried.hang = func(ctx context.Context, _ *rig) error {
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return []killing{
		at("before preparing is committed", "store.commit:2", restore.Approved, 0),
		at("while preparing", "store.committed:2", restore.Preparing, 0),
		at("before sending is committed", "store.commit:3", restore.Preparing, 0),
		at("before the POST", "store.committed:3", restore.Sending, 0),
		at("before the outcome is committed", "store.commit:4", restore.Sending, 1),
		at("after the outcome", "store.committed:4", restore.Running, 1),
		refusing, carried,
	}
}

// muted carries POSTs out and tells so by closing done, but answers them only when release is closed.
func muted(h http.Handler, done, release chan struct{}) http.Handler {
	tell := sync.OnceFunc(func() { close(done) }) // a second POST is for the test to find
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodPost || req.Header.Get("Authorization") == "" {
			h.ServeHTTP(w, req)
			return
		}
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, req)
		tell()
		select {
		case <-release:
		case <-req.Context().Done():
			return
		}
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

func killedTelling() []killing {
	first := func(ctx context.Context, s *tale) error { return s.approve(ctx, dba) }
	file := func(ctx context.Context, s *tale) error { return s.fileOrders(ctx) }
	card := killing{
		name: "before the record of a card", act: file, state: restore.Pending, cards: 2,
		prepare: func(r *rig) {
			r.slack.Inject(fakeslack.Fault{Method: "chat.postMessage", DelayAnswer: forever, Times: 1})
		},
		hang: func(ctx context.Context, r *rig) error {
			_, err := r.slack.Await(ctx, func(e fakeslack.Event) bool {
				return e.Kind == fakeslack.MessagePosted && e.Message.ByApp
			})
			return err
		},
		after: pressBoth,
	}
	found := card
	found.name, found.cards, found.after = "before the record of a card that can be looked for", 1, nil
	found.options.scopes = []string{"channels:history", "groups:history", "im:history"}
	return []killing{
		card, found,
		{
			// The commits are those of the approval, the edited card, and the line that is about to be posted.
			name: "before a line of the thread is posted", before: []string{}, point: "store.committed:3", act: first,
			state: restore.Pending, approvals: 1,
		},
		{
			name: "before the record of a line of the thread", before: []string{}, point: "store.commit:4", act: first,
			state: restore.Pending, approvals: 1, after: func(ctx context.Context, s *tale) error {
				return s.r.lines(ctx, orders, 3) // one of them for the second time
			},
		},
	}
}

// pressBoth shows that both copies of a card work.
func pressBoth(ctx context.Context, s *tale) error {
	cards := func() (out []fakeslack.Message) {
		for _, m := range s.r.slack.Messages(restores) {
			if m.ThreadTS == "" && shows(m, orders, "approve") {
				out = append(out, m)
			}
		}
		return out
	}
	if err := s.r.until(ctx, "the card is there twice", func() bool { return len(cards()) == 2 }); err != nil {
		return err
	}
	for _, m := range cards() {
		out, err := s.r.slack.As(dba).Press(ctx, m.Channel, m.TS, "approve")
		if err != nil {
			return err
		}
		if _, err := out.AwaitView(ctx); err != nil {
			return err
		}
	}
	return nil
}
