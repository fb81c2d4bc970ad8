package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"snapback/internal/sandbox/fakeopsmanager"
)

var (
	kills = flag.Int("kills", 2*killsARun, "processes to kill in TestCampaign, rounded up to whole runs")
	seed  = flag.Uint64("seed", 1, "decides what happens in TestCampaign; when it happens is up to the machine")
)

// TestCampaign has a company of people ask for restores, approve, deny, cancel and decide doubts, while Ops Manager
// answers badly and the process is killed again and again. After that nothing may be there twice, lost, orphaned or
// unapproved; see [inquest].
func TestCampaign(t *testing.T) {
	t.Parallel()
	var (
		numbers []int
		mu      sync.Mutex
		total   = make(figures)
	)
	for n := range (*kills + killsARun - 1) / killsARun {
		numbers = append(numbers, n+1)
	}
	began := time.Now()
	concurrently(t, numbers, func(n int) string { return fmt.Sprintf("seed=%d/run=%d", *seed, n) }, func(t *testing.T, n int) {
		t.Helper()
		f := perform(t, newScript(*seed, n))
		mu.Lock()
		defer mu.Unlock()
		total.add(f)
	})
	t.Logf("seed %d, %d runs, %s:\n%s", *seed, len(numbers), time.Since(began).Round(time.Second), total)
}

// perform acts one script out and looks at what is left.
func perform(t *testing.T, s script) figures {
	t.Helper()
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(s)
		}
	})
	c := newCrew(t, s)
	f := make(figures)
	var meddling sync.WaitGroup
	ctx, stop := context.WithCancel(c.r.ctx)
	meddling.Go(func() { c.meddle(ctx) })
	defer meddling.Wait()
	defer stop()
	for _, l := range s.lives {
		c.release(t, l.released)
		f[c.live(t, l)]++
		if crash, ok := c.crashed(t); ok {
			for _, r := range crash.requests {
				f["killed with a request in "+r.State.Name()]++
			}
			i := inquest{c: c, end: crash, figures: make(figures)}
			i.answers()
			i.report(t)
		}
	}
	i := inquest{c: c, end: c.lastLife(t), figures: f}
	i.hold()
	i.report(t)
	return f
}

// report ends a run in which something is wrong.
func (i *inquest) report(t *testing.T) {
	t.Helper()
	for _, what := range i.wrong {
		t.Error(what)
	}
	if len(i.wrong) > 0 {
		t.Fatalf("the log:\n%s", i.end)
	}
}

// live has people work with a process until it is killed, and returns how that was.
func (c *crew) live(t *testing.T, l life) string {
	t.Helper()
	if l.hangs {
		must(t, c.r.manager.Inject(fakeopsmanager.Fault{Kind: fakeopsmanager.Hang, Match: fakeopsmanager.Creations(), After: l.carried}))
	}
	sockets := c.r.slack.Subscribe()
	p := c.r.launch(t, armed, fmt.Sprintf("SNAPBACK_CRASHPOINT=%s:%d", l.place, l.number))
	crash := "killed at a commit"
	var how atomic.Pointer[string]
	how.Store(&crash)
	kill := func(why string) {
		if how.CompareAndSwap(&crash, &why) {
			_ = p.cmd.Process.Kill() // fails if it has ended
		}
	}
	var all sync.WaitGroup
	all.Go(func() {
		if c.connected(p.ctx, sockets) {
			all.Go(func() { c.work(p.ctx) })
			rest(p.ctx, l.longest)
			kill("killed at some instant")
		}
	})
	all.Go(func() {
		began := time.Now()
		hanging := func(call fakeopsmanager.Call) bool {
			return call.Posted() && !call.Done && call.Time.After(began) &&
				slices.Contains(call.Faults, fakeopsmanager.Hang)
		}
		if _, err := c.r.manager.Await(p.ctx, hanging); err == nil {
			rest(p.ctx, l.instant)
			kill("killed while a POST hung")
		}
	})
	p.awaitKill(t)
	all.Wait()
	return *how.Load()
}

// crashed reads what a process left that was killed; false if there is no store yet.
func (c *crew) crashed(t *testing.T) (image, bool) {
	t.Helper()
	if _, err := os.Stat(c.r.store); errors.Is(err, os.ErrNotExist) {
		return image{}, false
	}
	return c.r.read(t), true
}

// lastLife has people work with a process that nobody kills until every request has ended, no target is kept, and
// everything is told.
func (c *crew) lastLife(t *testing.T) image {
	t.Helper()
	c.r.manager.ClearFaults()
	c.release(t, len(c.s.wishes))
	for {
		p := c.r.start(t, plain)
		c.settle(t, p)
		c.pressOld(t, p)
		end := c.r.finish(t, p)
		kept := false
		for _, r := range end.requests {
			kept = kept || len(r.Locks) > 0
		}
		if !kept { // the card that says so may have come too late to be seen
			return end
		}
	}
}

// settle has people work until there is nothing to do.
func (c *crew) settle(t *testing.T, p *process) {
	t.Helper()
	ctx, stop := context.WithCancel(p.ctx)
	var working sync.WaitGroup
	working.Go(func() { c.work(ctx) })
	err := c.r.awaitPage(p.ctx, "/metrics", func(_ int, body string) bool { return quiet(body) && c.content() })
	now := c.String()
	stop()
	working.Wait()
	if err != nil {
		t.Fatalf("requests do not end: %.2000v\n%s%s", err, now, c.image(t, p))
	}
}

// content reports whether everybody has filed what they wish for, and no ended request keeps its target.
func (c *crew) content() bool {
	for _, who := range people() {
		if c.unfiled(who) != nil {
			return false
		}
	}
	for _, k := range c.cards() {
		if k.has("release") {
			return false
		}
	}
	return true
}

// image kills a process that hangs and reads what it left.
func (c *crew) image(t *testing.T, p *process) image {
	t.Helper()
	_ = p.cmd.Process.Kill()
	<-p.ctx.Done()
	return c.r.read(t)
}

// quiet reports whether a page of metrics shows no open request, and nothing that Slack does not show yet.
func quiet(metrics string) bool {
	for line := range strings.Lines(metrics) {
		line = strings.TrimSpace(line)
		for _, open := range []string{"checking", "pending", "approved", "submitting", "running", "in_doubt"} {
			if strings.HasPrefix(line, `snapback_requests{state="`+open+`"}`) && !strings.HasSuffix(line, " 0") {
				return false
			}
		}
		if strings.HasPrefix(line, "snapback_outbox_lag_seconds") && !strings.HasSuffix(line, " 0") {
			return false
		}
	}
	return strings.Contains(metrics, "snapback_requests{")
}

// asks reports whether a POST asks for a snapshot onto a target, as the API documents it.
func (r *rig) asks(call fakeopsmanager.Call, target, snapshot string) bool {
	var body struct {
		Snapshot string `json:"snapshotId"`
		Delivery struct {
			Method  string `json:"methodName"`
			Group   string `json:"targetGroupId"`
			Cluster string `json:"targetClusterId"`
		} `json:"delivery"`
	}
	onto := whole(r.world, target)
	return json.Unmarshal(call.RequestBody, &body) == nil && body.Snapshot == snapshot &&
		body.Delivery.Method == "AUTOMATED_RESTORE" && body.Delivery.Group == onto.GroupID && body.Delivery.Cluster == onto.ID
}
