package restore

import (
	"slices"
	"testing"
	"time"
)

// TestLinger looks again and again at the target of an abandoned request, then frees it.
func TestLinger(t *testing.T) {
	s := in(t, InDoubt)
	again := s.now.Add(time.Minute)
	_, bodies := s.Abandon(s.vote(alice, "dba"), again)
	s.record(bodies...)
	for range 3 {
		again = again.Add(time.Minute)
		if err := s.store.update(s.Keys(), func(tx Tx) error { return s.LookAgain(tx, again) }); err != nil {
			t.Fatal(err)
		}
		kept := s.store.request(t, s.Subject)
		if !kept.Due().Equal(again) || !slices.Equal(s.held(), []LockKey{TargetLock(target())}) {
			t.Errorf("due at %v, held %v", kept.Due(), s.held())
		}
	}
	if err := s.store.update(s.Keys(), s.Release); err != nil {
		t.Fatal(err)
	}
	kept := s.store.request(t, s.Subject)
	if !kept.Due().IsZero() || len(kept.Locks) > 0 || len(s.held()) > 0 || kept.State != Failed {
		t.Errorf("%q, due at %v, held %v", kept.State, kept.Due(), s.held())
	}
}

func TestWrites(t *testing.T) {
	other := job("b", JobRunning)
	other.TargetCluster = "c-other"
	near := job("c", JobRunning)
	near.SnapshotID = "snap-2"
	tests := map[string]struct {
		jobs []Job
		want bool
	}{
		"none":                  {nil, false},
		"running":               {[]Job{job("a", JobRunning)}, true},
		"finished":              {[]Job{job("a", JobFinished)}, false},
		"broken":                {[]Job{job("a", JobBroken)}, false},
		"killed":                {[]Job{job("a", JobKilled)}, false},
		"onto another":          {[]Job{other}, false},
		"of another snapshot":   {[]Job{near}, true},
		"one of several at end": {[]Job{job("a", JobFinished), other, near}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := plan().Writes(tt.jobs); got != tt.want {
				t.Errorf("Writes() = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestRepeats(t *testing.T) {
	tests := map[string]struct {
		change func(r, o *Request, spec *Spec)
		want   bool
	}{
		"the same":            {func(*Request, *Request, *Spec) {}, true},
		"of somebody else":    {func(_, o *Request, _ *Spec) { o.Requester = alice }, false},
		"another snapshot":    {func(_, _ *Request, s *Spec) { s.Point.SnapshotID = "snap-2" }, false},
		"another source":      {func(_, _ *Request, s *Spec) { s.Source.ID = "c-2" }, false},
		"another target":      {func(_, _ *Request, s *Spec) { s.Delivery.Target.ID = "c-2" }, false},
		"a download":          {func(_, _ *Request, s *Spec) { s.Delivery = download().Spec.Delivery }, false},
		"typed otherwise":     {func(r, _ *Request, _ *Spec) { r.Asked.Source = "prod/orders" }, true},
		"not planned yet":     {func(_, o *Request, _ *Spec) { o.Plan = nil }, true},
		"not planned, source": {func(r, o *Request, _ *Spec) { o.Plan, r.Asked.Source = nil, "prod/orders" }, false},
		"not planned, target": {func(r, o *Request, _ *Spec) { o.Plan, r.Asked.Target = nil, "x" }, false},
		"not planned, point":  {func(r, o *Request, _ *Spec) { o.Plan, r.Asked.Point = nil, OfSnapshot }, false},
		"not planned, which":  {func(r, o *Request, _ *Spec) { o.Plan, r.Asked.Snapshot = nil, "snap-2" }, false},
		"not planned, reason": {func(r, o *Request, _ *Spec) { o.Plan, r.Asked.Reason = nil, "once more" }, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, o, spec := in(t, Checking).Request, in(t, Pending).Request, plan().Spec
			tt.change(r, o, &spec)
			if got := r.Repeats(o, spec); got != tt.want {
				t.Errorf("Repeats() = %v, want %v", got, tt.want)
			}
		})
	}
}
