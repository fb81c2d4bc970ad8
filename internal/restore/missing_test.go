package restore

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

// TestFollowMissing takes looks at a batch of three whose answer named a and b, five minutes apart. F is finished, R
// runs, and a job that is not named is not listed.
func TestFollowMissing(t *testing.T) {
	phase := map[byte]JobPhase{'F': JobFinished, 'R': JobRunning}
	tests := map[string]struct {
		looks    []string // the phases of a, b and c; a blank is not listed
		expected int
		doubt    bool // after the last look
	}{
		"the third never shows":          {[]string{"RR", "FF", "FF", "FF"}, 3, true},
		"too few looks":                  {[]string{"FF", "FF"}, 3, false},
		"one still runs":                 {[]string{"FR", "FR", "FR", "FR", "FR"}, 3, false},
		"it shows late":                  {[]string{"FF", "FF", "FFR", "FFR", "FFR"}, 3, false},
		"it shows finished":              {[]string{"FF", "FF", "FFF"}, 3, false},
		"a fourth is missing, too":       {[]string{"FF", "FF", "FFF", "FFF", "FFF"}, 4, false},
		"a fourth never shows":           {[]string{"FF", "FF", "FFF", "FFF", "FFF", "FFF"}, 4, true},
		"one is lost while it runs":      {[]string{"FRF", "F F", "F F", "F F"}, 3, true},
		"one is lost, the other runs":    {[]string{"FRR", "F R", "F R", "F R", "F R"}, 3, false},
		"lost in between":                {[]string{"FRF", "F F", "F F", "FRF", "F F", "F F"}, 3, false},
		"the lost one shows finished":    {[]string{"FRF", "F F", "F F", "FFF"}, 3, false},
		"all are known, one has no word": {[]string{"FF", "FF", "FF", "FF"}, 0, false},
		"nobody knows how many, one is lost": {
			[]string{"FRF", "F F", "F F", "F F"}, 0, true,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := in(t, Sending)
			s.Plan.ExpectedJobs = tt.expected
			s.record(s.Accept(accepted(part("a", JobRunning), part("b", JobRunning))))
			for i, look := range tt.looks {
				s.now = s.now.Add(5 * time.Minute)
				found := make(map[string]Job)
				for n := range look {
					if p, ok := phase[look[n]]; ok {
						id := string(rune('a' + n))
						found[id] = part(id, p)
					}
				}
				s.record(s.Follow(s.now, found, limits().JobGone)...)
				if last := i == len(tt.looks)-1; (s.State == InDoubt) != (tt.doubt && last) {
					t.Fatalf("look %d: %q", i, s.State)
				}
			}
			if !tt.doubt {
				return
			}
			if s.Cause != DoubtMissing || s.Attempt().Outcome.Kind != Accepted || !s.Started() || len(s.held()) != 1 {
				t.Errorf("in doubt by %s with %+v, holds %v", s.Cause, s.Attempt(), s.held())
			}
		})
	}
}

// TestFollowMissingWaits counts nothing before the list has had its time, and too quick looks do not make it sooner.
func TestFollowMissingWaits(t *testing.T) {
	s := in(t, Sending)
	s.Plan.ExpectedJobs = 3
	s.record(s.Accept(accepted(part("a", JobRunning))))
	s.Attempt().Until = noon.Add(time.Hour)
	look := found(part("a", JobFinished))
	for m := range 60 {
		if s.record(s.Follow(noon.Add(time.Duration(m)*time.Minute), look, limits().JobGone)...); s.Lack != (Lack{}) {
			t.Fatalf("after %d min: %+v", m, s.Lack)
		}
	}
	for m := range 10 {
		if s.record(s.Follow(noon.Add(time.Duration(60+m)*time.Minute), look, limits().JobGone)...); s.State != Running {
			t.Fatalf("after %d min: %q", 60+m, s.State)
		}
	}
	if s.record(s.Follow(noon.Add(70*time.Minute), look, limits().JobGone)...); s.State != InDoubt {
		t.Errorf("%q", s.State)
	}
}

// TestFollowMissingLooks needs three looks, however far apart they are.
func TestFollowMissingLooks(t *testing.T) {
	s := in(t, Sending)
	s.Plan.ExpectedJobs = 3
	s.record(s.Accept(accepted(part("a", JobRunning))))
	for hour, want := range []State{Running, Running, InDoubt} {
		s.record(s.Follow(noon.Add(time.Duration(hour)*time.Hour), found(part("a", JobFinished)), limits().JobGone)...)
		if s.State != want {
			t.Fatalf("look %d: %q, want %q", hour, s.State, want)
		}
	}
}

// TestFollowMissingUncounted begins to count at the very moment in which the list has had its time, where nobody knows how
// many jobs there are.
func TestFollowMissingUncounted(t *testing.T) {
	s := in(t, Sending)
	s.Plan.ExpectedJobs = 0
	s.record(s.Accept(accepted(part("a", JobRunning), part("b", JobRunning))))
	s.Attempt().Until = noon.Add(5 * time.Minute)
	for look, want := range []State{Running, Running, Running, InDoubt} {
		s.record(s.Follow(noon.Add(time.Duration(5*look)*time.Minute), found(part("a", JobFinished)), limits().JobGone)...)
		if s.State != want {
			t.Fatalf("look %d: %q, want %q", look, s.State, want)
		}
	}
}

// TestMissingShow has a list show some of what was missing.
func TestMissingShow(t *testing.T) {
	missing := func() *story {
		s := in(t, Sending)
		s.Plan.ExpectedJobs = 4
		s.record(s.Accept(accepted(part("a", JobFinished), part("b", JobRunning))))
		s.record(s.Doubt(DoubtMissing, Outcome{}, nil))
		return s
	}
	for name, tt := range map[string]struct {
		list []Job
		jobs int // of the request afterwards; 0: nothing shows
	}{
		"nothing":                {nil, 0},
		"what had finished":      {[]Job{part("a", JobFinished)}, 0},
		"somebody else's":        {[]Job{part("a", JobFinished), job("x", JobRunning)}, 0},
		"one that was lost":      {[]Job{part("a", JobFinished), part("b", JobFinished)}, 2},
		"one that was unknown":   {[]Job{part("a", JobFinished), part("c", JobRunning)}, 3},
		"all":                    {[]Job{part("d", JobRunning), part("c", JobRunning), part("b", JobRunning), part("a", JobFinished)}, 4},
		"the unknown one alone":  {[]Job{part("c", JobBroken)}, 3},
		"an unknown one is done": {[]Job{part("c", JobFinished), part("a", JobFinished)}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			s := missing()
			before := slices.Clone(s.Jobs())
			back, ok := s.Reappeared(tt.list)
			if !reflect.DeepEqual(s.Jobs(), before) {
				t.Errorf("a look changed the request's jobs to %+v", s.Jobs())
			}
			if ok != (tt.jobs > 0) || len(back.Jobs) != tt.jobs {
				t.Fatalf("%+v, %v", back, ok)
			}
			if !ok {
				return
			}
			for _, j := range tt.list {
				if back.ID != "a" || !slices.ContainsFunc(back.Jobs, func(o Job) bool { return reflect.DeepEqual(o, j) }) {
					t.Errorf("%s is not as it is listed: %+v", j.ID, back)
				}
			}
			s.Lack = Lack{Since: noon, Looks: 3}
			body := s.Take(back, nil)
			s.record(body)
			if s.State != Running || s.Lack != (Lack{}) || body.Cause != DoubtMissing || len(s.Jobs()) != tt.jobs {
				t.Errorf("%q with %+v, told %+v", s.State, s.Jobs(), body)
			}
		})
	}
}
