package restore

import (
	"slices"
	"testing"
	"time"
)

// run tells a story to a running request with the given jobs, of as many as expected.
func run(t *testing.T, expected int, ids ...string) *story {
	t.Helper()
	s := in(t, Sending)
	s.Plan.ExpectedJobs = expected
	var jobs []Job
	for _, id := range ids {
		jobs = append(jobs, job(id, JobRunning))
	}
	s.record(s.Accept(accepted(jobs...)))
	return s
}

func found(jobs ...Job) map[string]Job {
	out := make(map[string]Job)
	for _, j := range jobs {
		out[j.ID] = j
	}
	return out
}

func TestFollow(t *testing.T) {
	status := func(id string, phase JobPhase, word string) Job {
		j := job(id, phase)
		j.Status = word
		return j
	}
	tests := map[string]struct {
		expected int
		looks    []map[string]Job
		want     []Kind // of all looks together
		state    State
	}{
		"nothing new":         {1, []map[string]Job{found(job("a", JobRunning))}, nil, Running},
		"another word for it": {1, []map[string]Job{found(status("a", JobRunning, "IN_PROGRESS"))}, []Kind{KindProgress}, Running},
		"the same word again": {
			1, []map[string]Job{found(status("a", JobRunning, "X")), found(status("a", JobRunning, "X"))}, []Kind{KindProgress}, Running,
		},
		"a word that nobody knows": {1, []map[string]Job{found(status("a", "thinking", "HM"))}, []Kind{KindProgress}, Running},
		"finished":                 {1, []map[string]Job{found(job("a", JobFinished))}, []Kind{KindSucceeded}, Succeeded},
		"broken":                   {1, []map[string]Job{found(job("a", JobBroken))}, []Kind{KindFailed}, Failed},
		"killed":                   {1, []map[string]Job{found(job("a", JobKilled))}, []Kind{KindCanceled}, Canceled},
		"others' jobs do not count": {
			1, []map[string]Job{found(job("a", JobRunning), job("x", JobBroken))}, nil, Running,
		},
		"one of two finished": {
			2, []map[string]Job{found(job("a", JobFinished), job("b", JobRunning))}, []Kind{KindProgress}, Running,
		},
		"both finished": {
			2, []map[string]Job{found(job("a", JobFinished), job("b", JobFinished))}, []Kind{KindSucceeded}, Succeeded,
		},
		"one after the other": {
			2, []map[string]Job{found(job("a", JobFinished)), found(job("b", JobFinished))}, []Kind{KindProgress, KindSucceeded}, Succeeded,
		},
		"one broken, one not seen": {2, []map[string]Job{found(job("b", JobBroken))}, []Kind{KindFailed}, Failed},
		"one killed, one running":  {2, []map[string]Job{found(job("a", JobKilled), job("b", JobRunning))}, []Kind{KindCanceled}, Canceled},
		"fewer known than expected": {
			3, []map[string]Job{found(job("a", JobFinished), job("b", JobFinished))}, []Kind{KindProgress}, Running,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := run(t, tt.expected, []string{"a", "b"}[:min(2, tt.expected)]...)
			var got []Kind
			for _, look := range tt.looks {
				bodies := s.follows(s.now, look)
				got = append(got, kindsOf(bodies)...)
				s.record(bodies...)
			}
			if !slices.Equal(got, tt.want) || s.State != tt.state {
				t.Errorf("recorded %v and is in %q, want %v, %q", got, s.State, tt.want, tt.state)
			}
		})
	}
}

// TestFollowTells checks what the bodies say.
func TestFollowTells(t *testing.T) {
	s := run(t, 2, "a", "b")
	s.record(s.Follow(s.now, found(job("a", JobFinished)), limits().JobGone)...)
	body := as[BodyFailed](t, s.Follow(s.now, found(job("b", JobBroken)), limits().JobGone)[0])
	want := []JobFact{{ID: "a", Phase: JobFinished, Status: "finished"}, {ID: "b", Phase: JobBroken, Status: "broken"}}
	if body.Cause != FailBroken || !slices.Equal(body.Jobs, want) {
		t.Errorf("failed by %+v", body)
	}
	s = run(t, 1, "a")
	if body := as[BodyCanceled](t, s.Follow(s.now, found(job("a", JobKilled)), limits().JobGone)[0]); body.Cause != CancelKilled {
		t.Errorf("canceled by %+v", body)
	}
}

// TestFollowGone looks for a job that is not there: each look is an offset from noon, and whether the job was seen.
func TestFollowGone(t *testing.T) {
	type look struct {
		after time.Duration
		seen  bool
	}
	minute := func(m int) time.Duration { return time.Duration(m) * time.Minute }
	tests := map[string]struct {
		looks []look
		gone  bool
	}{
		"one miss":                      {[]look{{0, false}}, false},
		"two misses over long":          {[]look{{0, false}, {minute(60), false}}, false},
		"three misses, too quick":       {[]look{{0, false}, {minute(1), false}, {minute(2), false}}, false},
		"three misses, just too quick":  {[]look{{0, false}, {minute(5), false}, {minute(10) - 1, false}}, false},
		"three misses over ten minutes": {[]look{{0, false}, {minute(5), false}, {minute(10), false}}, true},
		"many misses, at last":          {[]look{{0, false}, {minute(1), false}, {minute(2), false}, {minute(3), false}, {minute(11), false}}, true},
		"seen in between": {
			[]look{{0, false}, {minute(5), false}, {minute(8), true}, {minute(10), false}, {minute(15), false}}, false,
		},
		"seen, then gone": {
			[]look{{0, false}, {minute(5), true}, {minute(10), false}, {minute(15), false}, {minute(20), false}}, true,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := run(t, 1, "a")
			for i, l := range tt.looks {
				look := found(job("x", JobRunning))
				if l.seen {
					look = found(job("a", JobRunning))
				}
				bodies := s.Follow(noon.Add(l.after), look, limits().JobGone)
				if last := i == len(tt.looks)-1; (len(bodies) > 0) != (tt.gone && last) {
					t.Fatalf("look %d recorded %v", i, kindsOf(bodies))
				}
				s.record(bodies...)
			}
			if !tt.gone {
				return
			}
			body, err := s.store.state.log[len(s.store.state.log)-1].Decode()
			if err != nil {
				t.Fatal(err)
			}
			if d := as[BodyDoubted](t, body); s.State != InDoubt || d.Cause != DoubtGone || len(d.Candidates) != 1 {
				t.Errorf("%q by %+v", s.State, d)
			}
			if s.Attempt().Outcome.Kind != Accepted || len(s.Jobs()) != 1 {
				t.Errorf("the attempt forgot that it was accepted: %+v", s.Attempt())
			}
		})
	}
}

// TestFollowSomeFound has two jobs and sees one at a time: none counts as gone.
func TestFollowSomeFound(t *testing.T) {
	s := run(t, 2, "a", "b")
	for m := range 60 {
		id := []string{"a", "b"}[m%2]
		bodies := s.Follow(noon.Add(time.Duration(m)*time.Minute), found(job(id, JobRunning)), limits().JobGone)
		if len(bodies) > 0 || s.Misses != 0 || !s.Absent.IsZero() {
			t.Fatalf("look %d: %v, %d misses", m, kindsOf(bodies), s.Misses)
		}
	}
}

// TestFollowOnlyRunning looks for jobs of requests that have none to follow.
func TestFollowOnlyRunning(t *testing.T) {
	for _, state := range allStates() {
		if state == Running {
			continue
		}
		s := in(t, state)
		before := s.Misses
		if got := s.Follow(noon, found(job("job-1", JobFinished)), limits().JobGone); got != nil || s.Misses != before {
			t.Errorf("%q: %v", state, kindsOf(got))
		}
	}
	if got := (&Request{State: Running}).Follow(noon, nil, 0); got != nil {
		t.Errorf("without an attempt: %v", kindsOf(got))
	}
}

// part returns a job of a batch in a phase.
func part(id string, phase JobPhase) Job {
	j := job(id, phase)
	j.Group = "batch"
	return j
}

// TestFollowBatch follows a batch of which the answer named the jobs in known.
func TestFollowBatch(t *testing.T) {
	const early, late = time.Minute, 4 * time.Minute // before and after the list has had its time
	run := func(ids ...string) map[string]Job {
		out := make(map[string]Job)
		for _, id := range ids {
			out[id] = part(id, JobRunning)
		}
		return out
	}
	all := func(phase JobPhase, ids ...string) map[string]Job {
		out := run(ids...)
		for id := range out {
			out[id] = part(id, phase)
		}
		return out
	}
	type look struct {
		after time.Duration
		found map[string]Job
	}
	tests := map[string]struct {
		expected int
		known    []string
		looks    []look
		want     []Kind
		jobs     []string
	}{
		"the rest is found": {3, []string{"b"}, []look{{early, run("c", "b", "a")}}, []Kind{KindProgress}, []string{"b", "a", "c"}},
		"the rest is found at the end": {
			3, []string{"a"}, []look{{late, all(JobFinished, "a", "b", "c")}}, []Kind{KindSucceeded}, []string{"a", "b", "c"},
		},
		"two of three are finished": {
			3, []string{"a"}, []look{{early, all(JobFinished, "a", "b")}}, []Kind{KindProgress}, []string{"a", "b"},
		},
		"two of three, for long: told once": {
			3,
			[]string{"a"},
			[]look{{late, all(JobFinished, "a", "b")}, {late + 1, all(JobFinished, "a", "b")}, {2 * late, all(JobFinished, "a", "b")}},
			[]Kind{KindProgress},
			[]string{"a", "b"},
		},
		"some are missing: told once": {
			3, []string{"a"}, []look{{early, run("a")}, {late, run("a")}, {late + 1, run("a")}}, []Kind{KindProgress}, []string{"a"},
		},
		"another batch": {
			3, []string{"a"}, []look{{early, found(part("a", JobRunning), like("x", batch("other")), like("y"))}}, nil, []string{"a"},
		},
		"the rest without what is known": {3, []string{"a"}, []look{{early, run("b")}}, []Kind{KindProgress}, []string{"a", "b"}},
		"a shard broke": {
			3, []string{"a"}, []look{{early, found(part("a", JobFinished), part("b", JobBroken))}}, []Kind{KindFailed}, []string{"a", "b"},
		},
		"a shard was killed": {
			3, []string{"a", "b", "c"}, []look{{early, found(part("b", JobKilled))}}, []Kind{KindCanceled}, []string{"a", "b", "c"},
		},
		"nobody knows how many, early": {
			0, []string{"a"}, []look{{early, all(JobFinished, "a", "b")}}, []Kind{KindProgress}, []string{"a", "b"},
		},
		"nobody knows how many, late": {
			0,
			[]string{"a"},
			[]look{{early, all(JobFinished, "a", "b")}, {late, all(JobFinished, "a", "b")}},
			[]Kind{KindProgress, KindSucceeded},
			[]string{"a", "b"},
		},
		"nobody knows how many, one runs": {
			0, []string{"a", "b"}, []look{{late, found(part("a", JobFinished), part("b", JobRunning))}}, []Kind{KindProgress}, []string{"a", "b"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := in(t, Sending)
			s.Plan.ExpectedJobs = tt.expected
			var jobs []Job
			for _, id := range tt.known {
				jobs = append(jobs, part(id, JobRunning))
			}
			s.Attempt().Until = noon.Add(late)
			s.record(s.Accept(accepted(jobs...)))
			var got []Kind
			for _, l := range tt.looks {
				bodies := s.follows(noon.Add(l.after), l.found)
				got = append(got, kindsOf(bodies)...)
				s.record(bodies...)
			}
			if !slices.Equal(got, tt.want) || !slices.Equal(ids(s.Jobs()), tt.jobs) {
				t.Errorf("recorded %v with jobs %v, want %v, %v", got, ids(s.Jobs()), tt.want, tt.jobs)
			}
		})
	}
}

// TestFollowBatchKeepsTheTarget ends a batch as a whole while one of its jobs writes on: the target stays locked.
func TestFollowBatchKeepsTheTarget(t *testing.T) {
	tests := map[string]struct {
		phases []JobPhase
		state  State
		kept   bool
	}{
		"one runs on":             {[]JobPhase{JobBroken, JobRunning, JobFinished}, Failed, true},
		"one runs on, one killed": {[]JobPhase{JobKilled, JobRunning, JobFinished}, Canceled, true},
		"one was never seen":      {[]JobPhase{JobBroken, JobFinished}, Failed, true},
		"all are over":            {[]JobPhase{JobBroken, JobKilled, JobFinished}, Failed, false},
		"all are finished":        {[]JobPhase{JobFinished, JobFinished, JobFinished}, Succeeded, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := in(t, Sending)
			s.Plan.ExpectedJobs = 3
			s.record(s.Accept(accepted(part("0", JobRunning))))
			look := make(map[string]Job)
			for i, p := range tt.phases {
				id := string(rune('0' + i))
				look[id] = part(id, p)
			}
			s.record(s.follows(noon, look)...)
			if s.State != tt.state || (len(s.held()) == 1) != tt.kept || s.Linger.IsZero() == tt.kept {
				t.Errorf("%q with %v, due at %v", s.State, s.held(), s.Due())
			}
		})
	}
}

func TestShort(t *testing.T) {
	for _, tt := range []struct {
		expected int
		known    []string
		want     bool
	}{{1, []string{"a"}, false}, {3, []string{"a"}, true}, {2, []string{"a", "b"}, false}, {0, []string{"a"}, true}} {
		if got := run(t, tt.expected, tt.known...).Short(); got != tt.want {
			t.Errorf("%d of %d are known: Short() = %v", len(tt.known), tt.expected, got)
		}
	}
}
