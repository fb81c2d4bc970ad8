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
				bodies := s.Follow(s.now, look, limits().JobGone)
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
