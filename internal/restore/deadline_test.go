package restore

import (
	"fmt"
	"testing"
	"time"

	"snapback/approvals"
)

// TestDeadline is the race between a decision and the deadline: it counts if it was read before the deadline, is
// committed within the grace after it, and the request has not expired.
func TestDeadline(t *testing.T) {
	const grace = 10 * time.Second
	reads := map[string]struct {
		after time.Duration
		ok    bool
	}{
		"read long before": {-time.Hour, true},
		"read just before": {-time.Nanosecond, true},
		"read at":          {0, false},
		"read after":       {time.Nanosecond, false},
		"read long after":  {time.Hour, false},
	}
	commits := map[string]struct {
		after time.Duration
		ok    bool
	}{
		"committed before the deadline":  {-time.Nanosecond, true},
		"committed at the deadline":      {0, true},
		"committed within the grace":     {3 * time.Second, true},
		"committed at the grace's end":   {grace, true},
		"committed after the grace":      {grace + time.Nanosecond, false},
		"committed long after the grace": {time.Hour, false},
	}
	decisions := map[string]func(*story, Vote) (approvals.Verdict, []Body){
		"approve": func(s *story, v Vote) (approvals.Verdict, []Body) { return s.Approve(v) },
		"deny":    func(s *story, v Vote) (approvals.Verdict, []Body) { return s.Deny(v) },
	}
	for verb, decide := range decisions {
		for read, r := range reads {
			for commit, c := range commits {
				for _, expired := range []bool{false, true} {
					name := fmt.Sprintf("%s/%s/%s/expired %v", verb, read, commit, expired)
					t.Run(name, func(t *testing.T) {
						s := in(t, Pending)
						deadline := s.Deadline
						v := s.vote(alice, "dba")
						v.Read, v.Now = deadline.Add(r.after), deadline.Add(c.after)
						v.Standing.At = v.Now
						if expired {
							s.record(s.Expire(deadline.Add(grace), grace))
						}
						want := approvals.TooLate
						if r.ok && c.ok && !expired {
							want = approvals.Counts
						}
						if got, _ := decide(s, v); got != want {
							t.Errorf("verdict %q, want %q", got, want)
						}
					})
				}
			}
		}
	}
}

// TestExpire checks who expires when: never before the grace has passed, never once something may have been sent.
func TestExpire(t *testing.T) {
	const grace = 10 * time.Second
	expires := map[State]bool{Checking: true, Pending: true, Approved: true, Preparing: true}
	times := map[string]struct {
		after time.Duration
		want  bool
	}{
		"before the deadline": {-time.Second, false},
		"at the deadline":     {0, false},
		"within the grace":    {grace - 1, false},
		"at the grace's end":  {grace, true},
		"after the grace":     {time.Hour, true},
	}
	for _, state := range allStates() {
		for name, tt := range times {
			t.Run(string(state)+"/"+name, func(t *testing.T) {
				s := in(t, state)
				if s.Deadline.IsZero() && !expires[state] {
					s.Deadline = noon // even if one were left
				}
				deadline := s.Deadline
				got := s.Expire(deadline.Add(tt.after), grace)
				if want := tt.want && expires[state]; (got != nil) != want {
					t.Fatalf("expires: %v, want %v", got, want)
				}
				if got == nil {
					return
				}
				s.record(got)
				body := as[BodyExpired](t, got)
				if s.State != Expired || body.From != state || !body.Deadline.Equal(deadline) {
					t.Errorf("%q by %+v", s.State, body)
				}
			})
		}
	}
	s := in(t, Approved)
	s.Deadline = time.Time{}
	if got := s.Expire(noon.AddDate(100, 0, 0), grace); got != nil {
		t.Errorf("a request without a deadline expired: %v", got)
	}
}

// TestExpireTellsTheWait checks that the end says what the request was waiting for, though the request forgets it.
func TestExpireTellsTheWait(t *testing.T) {
	s := in(t, Approved)
	s.record(s.WaitFor(Wait{Code: WaitTarget, Holder: "R-2", Since: noon}))
	s.record(s.Expire(s.Deadline.Add(time.Hour), 0))
	log := s.store.state.log
	body, err := log[len(log)-1].Decode()
	if err != nil {
		t.Fatal(err)
	}
	if w := as[BodyExpired](t, body).Wait; w == nil || w.Code != WaitTarget || w.Holder != "R-2" {
		t.Errorf("waited for %+v", w)
	}
}

// TestOneEndOnly lets every two ends of a request race: the second finds the first.
func TestOneEndOnly(t *testing.T) {
	ends := []Kind{KindExpired, KindDenied, KindCanceled, KindSending}
	for _, first := range ends {
		for _, second := range ends {
			s := in(t, Preparing)
			s.record(sample(t, first))
			if err := s.try(sample(t, second)); err == nil {
				t.Errorf("%s after %s", second, first)
			}
		}
	}
}

// TestDue checks when a request wants to be looked at.
func TestDue(t *testing.T) {
	for _, state := range allStates() {
		s := in(t, state)
		want := time.Time{}
		switch state {
		case Checking:
			want = noon.Add(15 * time.Minute)
		case Pending: // to remind people at half of the time
			want = noon.Add(2 * time.Hour)
		case Approved, Preparing, InDoubt: // in doubt: to remind people
			want = noon.Add(24 * time.Hour)
		case Succeeded: // to see whether the target has a snapshot
			want = noon
		default:
		}
		if got := s.Due(); !got.Equal(want) {
			t.Errorf("%q is due at %v, want %v", state, got, want)
		}
	}
}
