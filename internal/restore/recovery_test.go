package restore

import (
	"errors"
	"slices"
	"testing"
	"time"

	"snapback/approvals"
)

// TestRecovery proves a store old twice and ends that twice: the first proof stands, and both are in the log.
func TestRecovery(t *testing.T) {
	m := newMemory()
	step := func(fn func(Tx) error) error { return m.update(nil, fn) }
	end := func(tx Tx) error { return EndRecovery(tx, noon.Add(time.Hour), "root on bot-1", []Subject{"R-7"}) }
	if err := step(end); !errors.Is(err, ErrNotOld) || len(m.state.log) != 0 {
		t.Errorf("a store that is not old: %v, %d events", err, len(m.state.log))
	}
	for i, cause := range []OldCause{OldBehind, OldCard} {
		err := step(func(tx Tx) error { return ProveOld(tx, noon.Add(time.Duration(i)*time.Minute), cause, "why") })
		if err != nil {
			t.Fatal(err)
		}
		if want := (Recovery{Cause: OldBehind, Detail: "why", Since: noon}); m.state.mark == nil || *m.state.mark != want {
			t.Errorf("marked %+v, want %+v", m.state.mark, want)
		}
	}
	if err := step(end); err != nil || m.state.mark != nil {
		t.Errorf("ended: %v, marked %+v", err, m.state.mark)
	}
	m.verify(t)
	if n := len(m.state.log); n != 2 {
		t.Fatalf("%d events", n)
	}
	proved, recovered := m.state.log[0], m.state.log[1]
	if proved.Kind != KindProvedOld || proved.By != ByBot || proved.Subject != SubjectSystem {
		t.Errorf("first event %+v", proved)
	}
	if recovered.Kind != KindRecovered || recovered.By != ByOperator || recovered.N != 2 {
		t.Errorf("second event %+v", recovered)
	}
	body, err := recovered.Decode()
	if err != nil {
		t.Fatal(err)
	}
	if b := as[BodyRecovered](t, body); b.Cause != OldBehind || b.Operator != "root on bot-1" || !slices.Equal(b.TakenBack, []Subject{"R-7"}) {
		t.Errorf("it says %+v", b)
	}
}

// TestTakeBack takes requests back in each state: only what might be submitted again is touched.
func TestTakeBack(t *testing.T) {
	for _, state := range allStates() {
		if state == None {
			continue
		}
		s := in(t, state)
		body := s.TakeBack(s.now)
		if touched := state == Approved || state == Preparing; (body != nil) != touched {
			t.Errorf("in %q: %+v", state, body)
			continue
		}
		if body == nil {
			continue
		}
		s.record(body)
		b := as[BodyReopened](t, body)
		if s.State != Pending || b.Cause != ReopenRecovered || len(b.People) == 0 || len(s.Usable()) != 0 || len(s.Locks) != 0 {
			t.Errorf("from %q: %s, %+v, usable %+v, locks %v", state, s.State, b, s.Usable(), s.Locks)
		}
		verdict, bodies := s.Approve(s.vote(b.People[0], "dba", "leads"))
		if verdict != approvals.Counts || len(bodies) == 0 {
			t.Errorf("from %q: who approved before is told %s", state, verdict)
		}
	}
}

// TestTakeBackAutoApproved cancels what nobody could approve again.
func TestTakeBackAutoApproved(t *testing.T) {
	s := in(t, Approved)
	s.Terms.Seats, s.Decisions = nil, nil
	if b := as[BodyCanceled](t, s.TakeBack(s.now)); b.Cause != CancelRecovered {
		t.Errorf("canceled by %s", b.Cause)
	}
}
