package restore

import (
	"errors"
	"reflect"
	"slices"
	"testing"
)

// TestRecordArrows takes every arrow of the table through Record, from a request that came there by its own story.
func TestRecordArrows(t *testing.T) {
	for _, a := range Arrows() {
		t.Run(a.line(), func(t *testing.T) {
			s := in(t, a.From)
			checkStep(t, s, a.Kind, a.To)
			if s.State.Ended() != !s.Ended.IsZero() {
				t.Errorf("ended at %v in %q", s.Ended, s.State)
			}
		})
	}
}

func TestRecordNotes(t *testing.T) {
	for kind, states := range wantNotes() {
		for _, state := range states {
			t.Run(string(kind)+" in "+string(state), func(t *testing.T) {
				s := in(t, state)
				before, ended := s.held(), s.Ended
				checkStep(t, s, kind, state)
				if !slices.Equal(s.held(), before) || !s.Ended.Equal(ended) {
					t.Errorf("locks were %v, are %v; ended %v, then %v", before, s.held(), ended, s.Ended)
				}
			})
		}
	}
}

// checkStep records the sample of a kind and checks the request, the store and the log.
func checkStep(t *testing.T, s *story, kind Kind, want State) {
	t.Helper()
	n, events, body := s.N, len(s.store.state.log), sample(t, kind)
	s.record(body)
	if s.State != want || s.N != n+1 {
		t.Errorf("state %q with %d events, want %q with %d", s.State, s.N, want, n+1)
	}
	stored := s.store.request(t, s.Subject)
	if stored.State != s.State || stored.N != s.N || !slices.Equal(stored.Locks, s.Locks) {
		t.Errorf("stored in %q with %d events, not in %q with %d", stored.State, stored.N, s.State, s.N)
	}
	s.store.verify(t)
	log := s.store.state.log
	if len(log) != events+1 {
		t.Fatalf("%d events more, want 1", len(log)-events)
	}
	last := log[len(log)-1]
	if last.Subject != s.Subject || last.N != s.N || last.Kind != kind || last.By != ByBot || !last.At.Equal(s.now) {
		t.Errorf("event is %+v", last)
	}
	if got, err := last.Decode(); err != nil || !reflect.DeepEqual(got, body) {
		t.Errorf("event says %+v, %v; want %+v", got, err, body)
	}
}

// TestRecordRefuses tries every step that the table does not have.
func TestRecordRefuses(t *testing.T) {
	refused := 0
	for _, from := range allStates() {
		s := in(t, from)
		request, store := clone(t, s.Request), s.store.frozen()
		for _, kind := range Kinds() {
			if _, err := Next(from, kind); err == nil {
				continue
			}
			refused++
			if err := s.try(sample(t, kind)); !errors.Is(err, ErrTransition) {
				t.Errorf("%s in %q: %v, want ErrTransition", kind, from, err)
			}
			if !reflect.DeepEqual(clone(t, s.Request), request) {
				t.Fatalf("%s in %q changed the request", kind, from)
			}
			if !s.store.same(store) {
				t.Fatalf("%s in %q changed the store", kind, from)
			}
		}
	}
	open := len(wantArrows())
	for _, states := range wantNotes() {
		open += len(states)
	}
	if want := len(allStates())*len(Kinds()) - open; refused != want {
		t.Errorf("%d steps refused, want %d", refused, want)
	}
}

// TestRecordIsOneStep fails the second of two bodies and finds nothing of the first.
func TestRecordIsOneStep(t *testing.T) {
	s := in(t, Pending)
	store := s.store.frozen()
	err := s.try(sample(t, KindApproved), sample(t, KindApproved))
	if !errors.Is(err, ErrTransition) || !s.store.same(store) {
		t.Errorf("err %v, store unchanged: %v", err, s.store.same(store))
	}
}

// TestRecordNeedsKeys names too few records.
func TestRecordNeedsKeys(t *testing.T) {
	tests := map[string]struct {
		state State
		keys  func(s *story) []Key
		kind  Kind
	}{
		"not the request": {Pending, func(*story) []Key { return nil }, KindDenied},
		"another request": {Pending, func(*story) []Key { return []Key{RequestKey("R-2")} }, KindDenied},
		"not the locks that go": {
			Preparing, func(s *story) []Key { return []Key{RequestKey(s.Subject)} }, KindDenied,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := in(t, tt.state)
			store := s.store.frozen()
			err := s.store.update(tt.keys(s), func(tx Tx) error {
				return Record(tx, s.Request, ByBot, s.now, sample(t, tt.kind))
			})
			if !errors.Is(err, ErrKey) || !s.store.same(store) {
				t.Errorf("err %v, want ErrKey; store unchanged: %v", err, s.store.same(store))
			}
		})
	}
}

func TestRecordFailsWithTheLog(t *testing.T) {
	s := in(t, Pending)
	broken := errors.New("disk full")
	err := s.store.update(s.Keys(), func(tx Tx) error {
		return Record(noLog{tx, broken}, s.Request, ByBot, s.now, sample(t, KindDenied))
	})
	if !errors.Is(err, broken) {
		t.Errorf("err %v, want %v", err, broken)
	}
}

// noLog is a step whose log cannot be written.
type noLog struct {
	Tx

	err error
}

func (n noLog) Append(Draft) (Event, error) { return Event{}, n.err }

// TestRecordEnd checks what an end clears.
func TestRecordEnd(t *testing.T) {
	s := in(t, Approved)
	if b := s.WaitFor(Wait{Code: WaitClock, Since: s.now}); b != nil {
		s.record(b)
	}
	s.record(sample(t, KindDenied))
	if !s.Ended.Equal(s.now) || s.Wait != nil || !s.Deadline.IsZero() || !s.Due().IsZero() {
		t.Errorf("ended %v, wait %v, deadline %v, due %v", s.Ended, s.Wait, s.Deadline, s.Due())
	}
}

// TestKeys checks that every step's locks are among the keys.
func TestKeys(t *testing.T) {
	for _, state := range allStates() {
		s := in(t, state)
		keys := s.Keys()
		if !slices.Contains(keys, RequestKey(s.Subject)) {
			t.Errorf("%q: the request is not among %v", state, keys)
		}
		for _, k := range locksOf(append(s.WantedLocks(), s.Locks...)) {
			if !slices.Contains(keys, k) {
				t.Errorf("%q: %v is not among %v", state, k, keys)
			}
		}
	}
}
