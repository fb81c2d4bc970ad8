package restore

import (
	"testing"
	"time"
)

// TestRemind takes looks at instants after a doubt began, in hours, and says which of them remind people.
func TestRemind(t *testing.T) {
	for name, looks := range map[string]map[int]bool{
		"each day once":          {23: false, 24: true, 25: false, 47: false, 48: true, 72: true},
		"once after a long time": {24*7 + 3: true, 24*7 + 4: false, 24 * 8: true, 24*8 + 1: false, 24 * 9: true},
		"at the first moment":    {24: true, 48: true},
		"late within a day":      {24 + 23: true, 48: true, 48 + 23: false},
	} {
		t.Run(name, func(t *testing.T) {
			s := in(t, InDoubt)
			began := s.now
			for h := range 24 * 10 {
				want, look := looks[h]
				if !look {
					continue
				}
				s.now = began.Add(time.Duration(h) * time.Hour)
				body := s.Remind(s.now)
				if (body != nil) != want {
					t.Fatalf("after %d h: %+v", h, body)
				}
				if body == nil {
					continue
				}
				if b := as[BodyReminded](t, body); !b.Since.Equal(began) {
					t.Errorf("after %d h: since %v", h, b.Since)
				}
				s.record(body)
				s.Request = clone(t, s.store.request(t, s.Subject)) // as after a restart
				if due := s.Due(); !due.After(s.now) || due.Sub(s.now) > 24*time.Hour || due.Sub(began)%(24*time.Hour) != 0 {
					t.Errorf("after %d h: next %v", h, due)
				}
			}
		})
	}
}

// TestRemindOnlyInDoubt reminds nobody of what is not in doubt, or is so again.
func TestRemindOnlyInDoubt(t *testing.T) {
	for _, state := range allStates() {
		s := in(t, state)
		s.Doubted = noon
		if body := s.Remind(noon.Add(100 * time.Hour)); (body != nil) != (state == InDoubt) {
			t.Errorf("%q: %+v", state, body)
		}
	}
	s := in(t, InDoubt)
	began := s.Doubted
	if s.Doubted = (time.Time{}); !s.remindAt().IsZero() {
		t.Errorf("nobody knows when the doubt began: at %v", s.remindAt())
	}
	s.Doubted = began
	s.now = noon.Add(49 * time.Hour)
	s.record(s.Remind(s.now))
	s.record(s.Take(Group{ID: "a", Jobs: []Job{job("a", JobRunning)}}, nil))
	if !s.Due().IsZero() || !s.Reminded.IsZero() {
		t.Errorf("due at %v after the doubt", s.Due())
	}
	s.now = noon.Add(60 * time.Hour)
	s.record(s.Doubt(DoubtGone, Outcome{}, nil))
	if want := noon.Add(84 * time.Hour); !s.Due().Equal(want) {
		t.Errorf("a new doubt: due at %v, want %v", s.Due(), want)
	}
}
