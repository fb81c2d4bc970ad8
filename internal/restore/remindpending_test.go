package restore

import (
	"slices"
	"testing"
	"time"
)

// TestRemindPending reminds people at half and at three quarters of the time, each once, and of the latest only after a
// downtime. Times are in minutes after the request was put up with four hours.
func TestRemindPending(t *testing.T) {
	shorten := today(func(t *Terms) { t.ExpiresAfter = 2 * time.Hour }, "dba")
	for name, tt := range map[string]struct {
		looks []int // when somebody looks
		rule  int   // when the deadline moves to two hours; 0: never
		want  []int
		due   int // at the end
	}{
		"each once":              {[]int{1, 119, 120, 121, 179, 180, 181, 239}, 0, []int{120, 180}, 240},
		"late, but each":         {[]int{150, 200, 239}, 0, []int{150, 200}, 240},
		"the latest after a gap": {[]int{185, 186, 239}, 0, []int{185}, 240},
		"none past the deadline": {[]int{240, 241, 300}, 0, nil, 120},
		"the deadline moves":     {[]int{59, 60, 90, 91, 119}, 10, []int{60, 90}, 120},
		"it moves in between":    {[]int{60, 75, 89, 90, 100}, 70, []int{75, 90}, 120},
		"it moves after half":    {[]int{120, 130}, 125, []int{120}, 120},
	} {
		s := in(t, Pending)
		var got []int
		for m := range 301 {
			s.now = noon.Add(time.Duration(m) * time.Minute)
			if tt.rule == m && m > 0 {
				s.review(shorten, nil)
			}
			if !slices.Contains(tt.looks, m) {
				continue
			}
			body := s.Remind(s.now)
			if body == nil {
				continue
			}
			got = append(got, m)
			b := as[BodyReminded](t, body)
			if !slices.Equal(b.Open, []string{"dba"}) || !b.Since.Equal(noon) || !b.Deadline.Equal(s.Deadline) {
				t.Errorf("%s: %+v", name, b)
			}
			s.record(body)
			if s.State != Pending || s.Filled() {
				t.Errorf("%s: %s", name, s.State)
			}
			s.Request = clone(t, s.store.request(t, s.Subject)) // as after a restart
		}
		if !slices.Equal(got, tt.want) || !s.Due().Equal(noon.Add(time.Duration(tt.due)*time.Minute)) {
			t.Errorf("%s: reminded at %v, want %v; due %v", name, got, tt.want, s.Due())
		}
	}
}

// TestRemindPendingAnew counts from when a request waits for approvals again.
func TestRemindPendingAnew(t *testing.T) {
	s := in(t, Pending)
	s.now = noon.Add(2 * time.Hour)
	s.record(s.Remind(s.now))
	s.approve(alice, "dba")
	s.now = noon.Add(3 * time.Hour)
	_, bodies := s.Withdraw(s.vote(alice, "dba"))
	s.record(bodies...)
	if want := noon.Add(5 * time.Hour); !s.Due().Equal(want) {
		t.Errorf("due at %v, want %v", s.Due(), want)
	}
}

// TestRemindPendingNever reminds nobody where nobody knows since when a request waits, or where it has no time.
func TestRemindPendingNever(t *testing.T) {
	for name, change := range map[string]func(*Request){
		"since nobody knows when": func(r *Request) { r.Pended = time.Time{} },
		"no time":                 func(r *Request) { r.Deadline = r.Pended },
		"less than no time":       func(r *Request) { r.Deadline = r.Pended.Add(-time.Hour) },
	} {
		s := in(t, Pending)
		if change(s.Request); !s.remindAt().IsZero() {
			t.Errorf("%s: at %v", name, s.remindAt())
		}
	}
}
