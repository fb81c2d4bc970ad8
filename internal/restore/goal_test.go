package restore

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

// follows takes a look at the jobs and, once they have all finished, one at agents that are all there.
func (s *story) follows(now time.Time, found map[string]Job) []Body {
	bodies := s.Follow(now, found, limits().JobGone)
	return append(bodies, s.Await(now, atGoal(7, 7), nil, limits().GoalState)...)
}

// atGoal returns agents of the target that have achieved versions on the way to a goal.
func atGoal(goal int64, achieved ...int64) Agents {
	a := Agents{Goal: goal}
	for i, v := range achieved {
		name := fmt.Sprint("copy_", i+1)
		a.Processes = append(a.Processes, Process{Host: name + ".example.net", Name: name, Clusters: []string{target().ID}, Achieved: v})
	}
	return a
}

// restoredAt returns a running request whose only job was seen finished at noon.
func restoredAt(t *testing.T) *story {
	t.Helper()
	s := run(t, 1, "a")
	if bodies := s.Follow(noon, found(job("a", JobFinished)), limits().JobGone); len(bodies) != 0 || !s.Awaits() {
		t.Fatalf("recorded %v, awaits %v", kindsOf(bodies), s.Awaits())
	}
	return s
}

func TestAwait(t *testing.T) {
	const limit = 30 * time.Minute
	var (
		outage  = errors.New("502 Bad Gateway")
		denied  = fmt.Errorf("read: %w", ErrDenied)
		missing = fmt.Errorf("read: %w", ErrNotFound)
	)
	type look struct {
		after  time.Duration
		agents Agents
		err    error
	}
	// stray is a process that nobody knows where to put, elsewhere one of another cluster.
	stray, elsewhere := atGoal(7, 7, 7), atGoal(7, 7, 7, 3)
	stray.Processes = append(stray.Processes, Process{Host: "alias", Name: "x_1", Achieved: 6})
	elsewhere.Processes[2].Clusters = []string{"c-other"}
	shared := atGoal(7, 7, 3)
	shared.Processes[1].Clusters = []string{"c-other", target().ID}
	tests := map[string]struct {
		looks []look
		want  []Kind
		goal  GoalState // Since and Told aside
	}{
		"all there":          {[]look{{0, atGoal(7, 7, 7, 8), nil}}, []Kind{KindSucceeded}, GoalState{Version: 7, There: 3, Of: 3, End: GoalVerified}},
		"one behind":         {[]look{{0, atGoal(7, 7, 6, 7), nil}}, []Kind{KindProgress}, GoalState{Version: 7, There: 2, Of: 3}},
		"told once":          {[]look{{0, atGoal(7, 6, 6), nil}, {1, atGoal(7, 6, 7), nil}}, []Kind{KindProgress}, GoalState{Version: 7, There: 1, Of: 2}},
		"one after another":  {[]look{{0, atGoal(7, 6, 6), nil}, {1, atGoal(7, 6, 7), nil}, {2, atGoal(7, 7, 7), nil}}, []Kind{KindProgress, KindSucceeded}, GoalState{Version: 7, There: 2, Of: 2, End: GoalVerified}},
		"others move on":     {[]look{{0, atGoal(7, 6), nil}, {1, atGoal(9, 7), nil}}, []Kind{KindProgress, KindSucceeded}, GoalState{Version: 7, There: 1, Of: 1, End: GoalVerified}},
		"no processes":       {[]look{{0, atGoal(7), nil}}, []Kind{KindProgress}, GoalState{Version: 7}},
		"no processes, late": {[]look{{limit, atGoal(7), nil}}, []Kind{KindSucceeded}, GoalState{Version: 7, End: GoalLate}},
		"not quite late":     {[]look{{0, atGoal(7, 6), nil}, {limit - 1, atGoal(7, 6), nil}}, []Kind{KindProgress}, GoalState{Version: 7, Of: 1}},
		"late":               {[]look{{0, atGoal(7, 6), nil}, {limit, atGoal(7, 6), nil}}, []Kind{KindProgress, KindSucceeded}, GoalState{Version: 7, Of: 1, End: GoalLate}},
		"there at the last":  {[]look{{limit, atGoal(7, 7), nil}}, []Kind{KindSucceeded}, GoalState{Version: 7, There: 1, Of: 1, End: GoalVerified}},
		"denied":             {[]look{{0, Agents{}, denied}}, []Kind{KindSucceeded}, GoalState{End: GoalDenied}},
		"not told":           {[]look{{0, Agents{}, missing}}, []Kind{KindSucceeded}, GoalState{End: GoalDenied}},
		"denied later":       {[]look{{0, atGoal(7, 6), nil}, {1, Agents{}, denied}}, []Kind{KindProgress, KindSucceeded}, GoalState{Version: 7, Of: 1, End: GoalDenied}},
		"an outage":          {[]look{{0, Agents{}, outage}, {1, Agents{}, outage}}, []Kind{KindProgress}, GoalState{}},
		"an outage, to the end": {
			[]look{{0, Agents{}, outage}, {limit, Agents{}, outage}}, []Kind{KindProgress, KindSucceeded}, GoalState{End: GoalLate},
		},
		"an outage hides nothing": {
			[]look{{0, atGoal(7, 7, 6), nil}, {1, Agents{}, outage}}, []Kind{KindProgress}, GoalState{Version: 7, There: 1, Of: 2},
		},
		"after an outage": {
			[]look{{0, Agents{}, outage}, {1, atGoal(8, 8), nil}},
			[]Kind{KindProgress, KindSucceeded},
			GoalState{Version: 8, There: 1, Of: 1, End: GoalVerified},
		},
		"somewhere unknown": {[]look{{0, stray, nil}}, []Kind{KindProgress}, GoalState{Version: 7, There: 2, Of: 3}},
		"elsewhere":         {[]look{{0, elsewhere, nil}}, []Kind{KindSucceeded}, GoalState{Version: 7, There: 2, Of: 2, End: GoalVerified}},
		"shared":            {[]look{{0, shared, nil}}, []Kind{KindProgress}, GoalState{Version: 7, There: 1, Of: 2}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := restoredAt(t)
			var got []Kind
			var last *GoalState
			for _, l := range tt.looks {
				bodies := s.Await(noon.Add(l.after), l.agents, l.err, limit)
				got = append(got, kindsOf(bodies)...)
				for _, b := range bodies {
					last = goalOf(b)
				}
				s.record(bodies...)
			}
			goal := *s.Goal
			goal.Since, goal.Told = time.Time{}, false
			if !slices.Equal(got, tt.want) || goal != tt.goal || (s.State == Succeeded) != (goal.End != "") {
				t.Errorf("recorded %v at %+v in %q, want %v at %+v", got, goal, s.State, tt.want, tt.goal)
			}
			if last.End != goal.End || len(s.held()) == 0 == (goal.End == "") {
				t.Errorf("told %+v, locks %v", last, s.held())
			}
		})
	}
}

func goalOf(b Body) *GoalState {
	switch b := b.(type) {
	case BodyProgress:
		return b.Goal
	case BodySucceeded:
		return b.Goal
	}
	return nil
}

// TestAwaitSharded counts the processes of every shard, whether they are told to belong to it or to the whole cluster.
func TestAwaitSharded(t *testing.T) {
	for _, ids := range [][]string{{"c-whole", "c-whole"}, {"s-0", "s-1"}} {
		s := restoredAt(t)
		s.Plan.Spec.Delivery.Target.ID, s.Plan.Spec.Delivery.Target.Shards = "c-whole", []string{"s-0", "s-1"}
		seen := atGoal(7, 7, 6)
		for i := range seen.Processes {
			seen.Processes[i].Clusters = ids[i : i+1]
		}
		if got := kindsOf(s.Await(noon, seen, nil, time.Hour)); !slices.Equal(got, []Kind{KindProgress}) || s.Goal.There != 1 || s.Goal.Of != 2 {
			t.Errorf("%v: recorded %v at %+v", ids, got, s.Goal)
		}
		seen.Processes[1].Achieved = 7
		if got := kindsOf(s.Await(noon, seen, nil, time.Hour)); !slices.Equal(got, []Kind{KindSucceeded}) {
			t.Errorf("%v: recorded %v at %+v", ids, got, s.Goal)
		}
	}
}

// TestAwaitOnlyAfterTheJobs asks for agents of requests that do not wait for any, and looks at jobs that are over.
func TestAwaitOnlyAfterTheJobs(t *testing.T) {
	for _, state := range allStates() {
		s := in(t, state)
		if got := s.Await(noon, atGoal(7, 7), nil, 0); got != nil {
			t.Errorf("%q: %v", state, kindsOf(got))
		}
	}
	s := restoredAt(t)
	for range 3 {
		if got := s.Follow(noon.Add(time.Hour), nil, 0); got != nil || s.Misses != 0 {
			t.Errorf("the record is missed although the job has finished: %v", kindsOf(got))
		}
	}
	s = run(t, 1, "a")
	s.Plan.Spec.Delivery = Delivery{Kind: Download}
	body := as[BodySucceeded](t, s.Follow(noon, found(job("a", JobFinished)), 0)[0])
	if body.Goal != nil || s.Awaits() {
		t.Errorf("agents are waited for after a download: %+v", body.Goal)
	}
}

// TestOldSuccess reads the event of a version that asked for no agents.
func TestOldSuccess(t *testing.T) {
	body, err := Event{Kind: KindSucceeded, Version: 1, Body: []byte(`{"jobs":[{"id":"a","phase":"finished"}]}`)}.Decode()
	if err != nil {
		t.Fatal(err)
	}
	if b := as[BodySucceeded](t, body); b.Goal != nil || len(b.Jobs) != 1 {
		t.Errorf("read %+v", b)
	}
}
