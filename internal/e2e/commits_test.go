package e2e

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
)

// commits is how many processes TestCommits kills: a number, spread over the story, or "all".
var commits = flag.String("commits", "12", `processes to kill in TestCommits, or "all"`)

// places are the crash points around every commit: before it, nothing of it is durable; after it, nobody knows yet.
func places() []string { return []string{"store.commit", "store.committed"} }

// TestCommits tells one story again and again, and each time kills the process at another commit of it.
func TestCommits(t *testing.T) {
	t.Parallel()
	all := undisturbed(t)
	c := ordeal{found: make(map[string]int)}
	concurrently(t, c.choose(t, all), moment.String, c.kill)
	t.Logf("%d commits in the story; killed %d processes:", all, c.killed)
	for _, what := range slices.Sorted(maps.Keys(c.found)) {
		t.Logf("%4d  %s", c.found[what], what)
	}
}

// undisturbed tells the story without a kill and returns how many commits it takes.
func undisturbed(t *testing.T) int {
	t.Helper()
	r := newRig(t, options{})
	s := &tale{r: r}
	p := r.start(t, armed)
	must(t, s.goOn(p.ctx))
	end := r.finish(t, p)
	r.checkEnd(t, end)
	s.checkAfter(t, end, end)
	return end.commits
}

// ordeal counts what the kills hit.
type ordeal struct {
	mu     sync.Mutex
	killed int
	found  map[string]int
}

// moment is where a process is killed: at the number-th time that it passes the place.
type moment struct {
	place  string
	number int
}

func (m moment) String() string { return fmt.Sprintf("%s:%d", m.place, m.number) }

// choose spreads the kills over the story, both ends included.
func (c *ordeal) choose(t *testing.T, all int) []moment {
	t.Helper()
	n := 2 * all
	if *commits != "all" {
		var err error
		n, err = strconv.Atoi(*commits)
		must(t, err)
	}
	var out []moment
	each := n / 2
	for _, place := range places() {
		for i := range each {
			out = append(out, moment{place, 1 + i*(all-1)/max(1, each-1)})
		}
	}
	return out
}

// kill tells the story until the process is killed, and goes on with it in another one. Commits differ a little in
// number from one telling to the next: a story that ends before the moment is told again with an earlier one.
func (c *ordeal) kill(t *testing.T, at moment) {
	t.Helper()
	r := newRig(t, options{})
	s := &tale{r: r}
	p := r.start(t, armed, "SNAPBACK_CRASHPOINT="+at.String())
	err := s.goOn(p.ctx)
	switch {
	case err == nil:
		_ = p.cmd.Process.Signal(syscall.SIGTERM) // its last commits are part of the story, if it did not end before
	case !errors.Is(err, errUnanswered) && p.ctx.Err() == nil:
		t.Fatal(err)
	}
	if status := p.await(t); status.Exited() && status.ExitStatus() == 0 {
		c.kill(t, moment{at.place, at.number - max(1, at.number/20)})
		return
	}
	p.awaitKill(t)
	crash := r.read(t)
	s.recall(t, crash)

	p = r.start(t, plain)
	must(t, s.goOn(p.ctx))
	end := r.finish(t, p)
	s.recall(t, end)
	s.checkAfter(t, crash, end)
	r.checkEnd(t, end)

	c.mu.Lock()
	defer c.mu.Unlock()
	c.killed++
	what := fmt.Sprintf("%-16s in %q", at.place, crash.state(orders))
	c.found[what]++
}
