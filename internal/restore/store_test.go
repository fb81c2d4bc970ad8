package restore

import (
	"context"
	"errors"
	"testing"
)

func TestChange(t *testing.T) {
	s := in(t, Preparing)
	err := Change(t.Context(), s.store, s.Subject, func(tx Tx, r *Request) error {
		return Record(tx, r, ByBot, s.now, sample(t, KindDenied))
	})
	if kept := s.store.request(t, s.Subject); err != nil || kept.State != Denied || len(s.held()) > 0 {
		t.Errorf("%v, %q, locks %v", err, kept.State, s.held())
	}
}

func TestChangeFails(t *testing.T) {
	broken := errors.New("broken")
	tests := map[string]struct {
		subject Subject
		err     error
		want    error
		runs    int
	}{
		"no such request":            {"R-2", nil, ErrNoRequest, 0},
		"the step fails":             {testSubject, broken, broken, 1},
		"a step that names too few":  {testSubject, ErrKey, ErrKey, changeTries},
		"a step that is not allowed": {testSubject, ErrTransition, ErrTransition, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, runs := in(t, Pending), 0
			store := s.store.frozen()
			err := Change(t.Context(), s.store, tt.subject, func(tx Tx, r *Request) error {
				runs++
				if err := Record(tx, r, ByBot, s.now, sample(t, KindDenied)); err != nil {
					return err
				}
				return tt.err
			})
			if !errors.Is(err, tt.want) || runs != tt.runs || !s.store.same(store) {
				t.Errorf("%v after %d runs, store unchanged: %v", err, runs, s.store.same(store))
			}
		})
	}
}

// overtaken lets something happen between reading a request and the step on it.
type overtaken struct {
	*memory

	meanwhile func()
}

func (o *overtaken) Update(ctx context.Context, keys []Key, step func(Tx) error) error {
	if happen := o.meanwhile; happen != nil {
		o.meanwhile = nil
		happen()
	}
	return o.memory.Update(ctx, keys, step)
}

// TestChangeLooksAgain has a request get its plan and its locks after the step's records were named.
func TestChangeLooksAgain(t *testing.T) {
	s := in(t, Checking)
	store := &overtaken{s.store, func() {
		s.record(s.AutoApprove(s.now, testInstallation, proposal(plan(), terms())))
		s.prepare()
	}}
	err := Change(t.Context(), store, s.Subject, func(tx Tx, r *Request) error {
		return Record(tx, r, ByBot, s.now, sample(t, KindCanceled))
	})
	if kept := s.store.request(t, s.Subject); err != nil || kept.State != Canceled || len(s.held()) > 0 {
		t.Errorf("%v, %q, locks %v", err, kept.State, s.held())
	}
}
