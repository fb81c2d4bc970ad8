package restore

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/approvals"
)

// left tells a story to a request that was given up, and keeps its target.
func left(t *testing.T) *story {
	t.Helper()
	s := in(t, InDoubt)
	_, bodies := s.Abandon(s.vote(alice, "dba"), s.now.Add(time.Minute))
	s.record(bodies...)
	return s
}

// look takes a look that finds the target still in need of its lock.
func (s *story) look(why KeptWhy, at time.Time) Body {
	s.t.Helper()
	body := s.LookAgain(why, at)
	if body != nil {
		s.record(body)
		return body
	}
	if err := s.store.update(s.Keys(), func(tx Tx) error { return tx.PutRequest(s.Request) }); err != nil {
		s.t.Fatal(err)
	}
	return nil
}

// TestLinger looks again and again at the target of an abandoned request, then frees it. The lock's record says why it
// outlives its request, and since when it is held.
func TestLinger(t *testing.T) {
	s := left(t)
	key, again := TargetLock(target()), s.now.Add(time.Minute)
	for i, look := range []struct {
		why  KeptWhy
		told bool
	}{{KeptJobs, false}, {KeptJobs, false}, {KeptUnseen, true}, {KeptUnseen, false}, {KeptJobs, true}} {
		again = again.Add(time.Minute)
		if body := s.look(look.why, again); (body != nil) != look.told {
			t.Errorf("look %d: told %+v", i, body)
		}
		kept, lock := s.store.request(t, s.Subject), s.store.state.locks[key]
		if !kept.Due().Equal(again) || !slices.Equal(s.held(), []LockKey{key}) || !kept.Lingers() || !kept.Ended.Equal(s.now) {
			t.Errorf("look %d: due at %v, held %v", i, kept.Due(), s.held())
		}
		if lock.Why != look.why || kept.Kept != look.why || lock.Holder != s.Subject || !lock.Since.Equal(noon) {
			t.Errorf("look %d: lock %+v, kept for %s", i, lock, kept.Kept)
		}
	}
	s.record(s.Release())
	kept := s.store.request(t, s.Subject)
	if !kept.Due().IsZero() || kept.Lingers() || kept.Kept != "" || len(s.held()) > 0 || kept.State != Failed {
		t.Errorf("%q, due at %v, held %v", kept.State, kept.Due(), s.held())
	}
}

// TestLingersUntilSettled ends a batch of three, of which the answer named one, when that one breaks or is stopped. The
// target is not looked at before the list has had the time to show the others.
func TestLingersUntilSettled(t *testing.T) {
	for _, phase := range []JobPhase{JobBroken, JobKilled} {
		for name, settled := range map[string]time.Duration{"before": time.Hour, "after": time.Second} {
			s := in(t, Sending)
			s.Plan.ExpectedJobs = 3
			s.Attempt().Until = s.now.Add(settled)
			s.record(s.Accept(accepted(part("a", JobRunning))))
			s.now = s.now.Add(time.Minute)
			due := s.now
			if name == "before" {
				due = s.Attempt().Until
			}
			s.record(s.Follow(s.now, map[string]Job{"a": part("a", phase)}, limits().JobGone)...)
			if !s.Lingers() || !s.Due().Equal(due) {
				t.Errorf("%s, %s: %q, due at %v, not %v", phase, name, s.State, s.Due(), due)
			}
		}
	}
}

// TestLingersOnlyWithALock gives up a download, which holds no target: there is nothing to look after.
func TestLingersOnlyWithALock(t *testing.T) {
	s := in(t, InDoubt)
	*s.Plan = download()
	_, bodies := s.Abandon(s.vote(alice, "dba"), s.now.Add(time.Minute))
	s.record(bodies...)
	if s.State != Failed || s.Lingers() || !s.Due().IsZero() || s.Kept != "" {
		t.Errorf("%q, due at %v, kept for %q, holds %v", s.State, s.Due(), s.Kept, s.Locks)
	}
}

func TestReleaseBy(t *testing.T) {
	dba := []string{"dba"}
	giveUp := func(s *story) {
		_, bodies := s.Abandon(s.vote(alice, "dba"), s.now.Add(time.Minute))
		s.record(bodies...)
	}
	rows := make(map[string]decides)
	for name, row := range doubtRows(nil) {
		if !strings.HasPrefix(name, "closed in") {
			row.setup = all(giveUp, row.setup)
			rows[name] = row
		}
	}
	for _, state := range allStates() {
		if state != Checking && state != None && state != Refused {
			rows["nothing kept in "+string(state)] = decides{state, nil, by(alice, dba), approvals.Closed}
		}
	}
	maps.Copy(rows, map[string]decides{
		"no seats, requester": {InDoubt, all(giveUp, seatless), by(erin, nil), approvals.Counts},
		"unseen":              {InDoubt, all(giveUp, func(s *story) { s.look(KeptUnseen, s.now) }), by(alice, dba), approvals.Counts},
		"released before": {
			InDoubt, all(giveUp, func(s *story) { s.record(s.Release()) }), by(alice, dba), approvals.Closed,
		},
	})
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			s, bodies := row.check(t, func(s *story, v Vote) (approvals.Verdict, []Body) { return s.ReleaseBy(v) })
			if len(bodies) == 0 {
				return
			}
			body := as[BodyReleased](t, bodies[0])
			if body.Standing.Person.IsZero() || !slices.Equal(body.Locks, []LockKey{TargetLock(target())}) || body.Why == "" {
				t.Errorf("told %+v", body)
			}
			if len(s.held()) > 0 || s.Lingers() || !s.Due().IsZero() || s.State != Failed {
				t.Errorf("%q holds %v, due at %v", s.State, s.held(), s.Due())
			}
		})
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
