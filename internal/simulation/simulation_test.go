package simulation

import (
	"flag"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"snapback/internal/restore"
	"snapback/storage/storetest"
)

// The flags of the test binary.
var (
	oneSeed = flag.Uint64("seed", 0, "make the run of this seed only, and tell its story")
	runs    = flag.Int("runs", defaultRuns, "make so many runs")
)

// TestSimulation makes runs, each with its own seed, and demands that nothing contradicts the rules.
func TestSimulation(t *testing.T) {
	t.Parallel()
	if *oneSeed != 0 {
		s := simulate(t, *oneSeed, filepath.Join(storetest.Dir(t), "snapback.db"), nil)
		t.Log(s.story())
		s.report(t)
		return
	}
	reach := &reach{steps: make(map[string]int)}
	t.Cleanup(func() { // after the last run
		t.Log(reach)
		if missing := reach.missing(); len(missing) > 0 && *runs >= 500 {
			t.Errorf("no run got to %v", missing)
		}
	})
	for i := range *runs {
		t.Run(fmt.Sprint("seed=", i+1), func(t *testing.T) {
			t.Parallel()
			s := simulate(t, uint64(i)+1, filepath.Join(storetest.Dir(t), "snapback.db"), nil)
			s.report(t)
			reach.add(s)
		})
	}
}

// reach counts what happened in all runs.
type reach struct {
	mu    sync.Mutex
	steps map[string]int
}

func (r *reach) add(s *simulation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range s.steps {
		r.steps[name]++
	}
}

// missing returns the steps of the state table that no run took, so that runs in which nothing happens are no success.
func (r *reach) missing() []string {
	var out []string
	for kind, from := range arrows() {
		for state := range from {
			name := stepName(state, kind)
			if why := unreachable(state, kind); why == "" && r.steps[name] == 0 && (*runs >= manyRuns || !rare(state, kind)) {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return out
}

// unreachable returns why no run can take a step of the table, "" where it can.
func unreachable(from restore.State, kind restore.Kind) string {
	switch {
	case kind == restore.KindReplanned:
		return "nothing that a plan is made of changes in a run"
	case kind == restore.KindKept && from == restore.Canceled:
		return "a batch is stopped in part just before its source can no longer be seen: not in ten thousand runs"
	case kind == restore.KindRuled:
		return "the policies of a run stay as they are"
	case kind == restore.KindWithdrawn:
		return "nobody in a run takes an approval back"
	case kind == restore.KindReminded && from == restore.InDoubt:
		return "no doubt in a run lasts for a day"
	case kind == restore.KindReopened && from != restore.Preparing:
		return "approvals are looked at again only before something is sent"
	}
	return ""
}

// manyRuns is how many runs come to what is rare as well.
const manyRuns = 5000

// rare reports whether a step takes a coincidence that a few hundred runs may miss.
func rare(from restore.State, kind restore.Kind) bool {
	switch kind {
	case restore.KindExpired:
		return from == restore.Preparing // the time is over within the second or the minute that preparing takes
	case restore.KindLapsed:
		return true // a link works for an hour at least, and few runs last for so long after a download
	case restore.KindKept:
		return true // the list cannot be seen any more just when it is needed
	case restore.KindReleased:
		return from == restore.Canceled // of a batch one is stopped while others write
	case restore.KindFinished:
		return true // the record is gone long enough, and people say that it is finished before it comes back
	default:
		return false
	}
}

func stepName(from restore.State, kind restore.Kind) string {
	return fmt.Sprintf("%s in %q", kind, from)
}

// String lists the counts.
func (r *reach) String() string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(r.steps)) {
		fmt.Fprintf(&out, "\n%7d %s", r.steps[name], name)
	}
	return out.String()
}

// TestReplay makes some runs twice and demands the same story.
func TestReplay(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{1, 5, 8, 21, 34, 55, 144, 610} {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			t.Parallel()
			dir := storetest.Dir(t)
			one := simulate(t, seed, filepath.Join(dir, "one.db"), nil).story()
			two := simulate(t, seed, filepath.Join(dir, "two.db"), nil).story()
			if one != two {
				t.Errorf("not the same:\n%s", difference(one, two))
			}
		})
	}
}

// difference returns where two stories part, and what comes next in both.
func difference(one, two string) string {
	a, b := strings.Split(one, "\n"), strings.Split(two, "\n")
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	next := func(lines []string) string { return strings.Join(lines[same:min(same+5, len(lines))], "\n") }
	return fmt.Sprintf("from line %d\n%s\n\n%s", same+1, next(a), next(b))
}

// report fails the test with what is wrong with a run, and how to see it again.
func (s *simulation) report(t *testing.T) {
	t.Helper()
	for i, v := range s.found {
		if i == 10 {
			break
		}
		t.Errorf("%s: %s", v.rule, v.text)
	}
	if len(s.found) > 0 {
		t.Logf("replay: go test ./internal/simulation -run TestSimulation -seed=%d -v", s.seed)
	}
}

// tell adds what the log says and what the server saw to the story.
func (s *simulation) tell(e *evidence) {
	for _, l := range e.lives {
		for _, st := range l.steps {
			s.steps = append(s.steps, stepName(st.from, st.Kind))
			if b, ok := st.body.(restore.BodyDoubted); ok {
				s.steps = append(s.steps, fmt.Sprintf("doubt of %s with %d candidates", b.Cause, len(b.Candidates)))
			}
			if st.Kind == restore.KindAdopted {
				s.steps = append(s.steps, fmt.Sprintf("adopted by people: %t", st.By != restore.ByBot))
			}
			s.notes = append(s.notes, note{st.At, fmt.Sprintf("  %s %d %s by %s (%s → %s) %s", l.subject, st.N, st.Kind, st.By, st.from, st.to, facts(st.body))})
		}
	}
	for _, p := range e.posts {
		s.steps = append(s.steps, fmt.Sprintf("POST answered %d, %d jobs", p.Status, len(p.Created)))
		s.notes = append(s.notes, note{p.Time, fmt.Sprintf("  POST %s: %d, made %v, faults %v", p.RequestBody, p.Status, p.Created, p.Faults)})
	}
	for _, j := range e.jobs {
		s.notes = append(s.notes, note{j.Created, fmt.Sprintf("  job %s of %s from %s onto %s, ended %s %s", j.ID, j.SnapshotID, j.ClusterID, j.TargetClusterID, clock(j.Ended), j.Status)})
	}
}

// facts tells of an event's body what the story needs.
func facts(body restore.Body) string {
	switch b := body.(type) {
	case restore.BodyHeld:
		return fmt.Sprintf("wait %s %s, outcome %s", b.Wait.Code, b.Wait.Detail, b.Outcome.Kind)
	case restore.BodyWaiting:
		return fmt.Sprintf("%s %s %s", b.Wait.Code, b.Wait.Detail, b.Wait.Holder)
	case restore.BodyUnanswered:
		return fmt.Sprintf("%s %s until %s", b.Outcome.Kind, b.Outcome.Detail, clock(b.Until))
	case restore.BodyDoubted:
		return fmt.Sprintf("%s %v", b.Cause, jobsOf(b))
	case restore.BodyReopened:
		return fmt.Sprint(b.Cause, b.People)
	}
	if ids := jobsOf(body); len(ids) > 0 {
		return fmt.Sprint(ids)
	}
	return ""
}

// story returns what happened, in order.
func (s *simulation) story() string {
	slices.SortStableFunc(s.notes, func(a, b note) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return strings.Compare(a.text, b.text)
	})
	var out strings.Builder
	fmt.Fprintf(&out, "seed %d\n", s.seed)
	for _, n := range s.notes {
		fmt.Fprintf(&out, "%s %s\n", clock(n.at), n.text)
	}
	return out.String()
}
