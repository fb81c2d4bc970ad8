package restore

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"snapback/approvals"
)

// TestLocks follows both locks along every way a submission can go.
func TestLocks(t *testing.T) {
	src, dst := SourceLock(source()), TargetLock(target())
	both, none := []LockKey{dst, src}, []LockKey(nil)
	tests := map[string]struct {
		from  State
		kinds []Kind
		want  []LockKey
	}{
		"approved has none":                {Approved, nil, none},
		"preparing has both":               {Preparing, nil, both},
		"sending has both":                 {Sending, nil, both},
		"held before sending":              {Preparing, []Kind{KindHeld}, none},
		"held after sending":               {Sending, []Kind{KindHeld}, none},
		"replanned while preparing":        {Preparing, []Kind{KindReplanned}, none},
		"reopened while preparing":         {Preparing, []Kind{KindReopened}, none},
		"denied while preparing":           {Preparing, []Kind{KindDenied}, none},
		"canceled while preparing":         {Preparing, []Kind{KindCanceled}, none},
		"expired while preparing":          {Preparing, []Kind{KindExpired}, none},
		"refused for good":                 {Sending, []Kind{KindFailed}, none},
		"outcome known: source is free":    {Sending, []Kind{KindAccepted}, []LockKey{dst}},
		"progress keeps the target":        {Running, []Kind{KindProgress}, []LockKey{dst}},
		"succeeded":                        {Running, []Kind{KindSucceeded}, none},
		"failed":                           {Running, []Kind{KindFailed}, none},
		"killed":                           {Running, []Kind{KindCanceled}, none},
		"doubt keeps both":                 {Sending, []Kind{KindDoubted}, both},
		"doubt of the guard keeps both":    {Preparing, []Kind{KindDoubted}, both},
		"a gone job keeps the target":      {Running, []Kind{KindDoubted}, []LockKey{dst}},
		"candidates keep both":             {InDoubt, []Kind{KindCandidate}, both},
		"adopted: source is free":          {InDoubt, []Kind{KindAdopted}, []LockKey{dst}},
		"resent: back to approved":         {InDoubt, []Kind{KindResent}, none},
		"finished":                         {InDoubt, []Kind{KindFinished}, none},
		"abandoned without a place to go":  {InDoubt, []Kind{KindAbandoned}, none},
		"gone, then adopted, then success": {Running, []Kind{KindDoubted, KindAdopted, KindSucceeded}, none},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := in(t, tt.from)
			for _, k := range tt.kinds {
				s.record(sample(t, k))
			}
			if got := s.held(); !slices.Equal(got, tt.want) {
				t.Errorf("the store holds %v, want %v", got, tt.want)
			}
			if got := slices.Sorted(slices.Values(s.Locks)); !slices.Equal(got, tt.want) {
				t.Errorf("the request holds %v, want %v", got, tt.want)
			}
		})
	}
}

// TestLockLingers checks that an abandoned request keeps the target, and only that, and says when to look again.
func TestLockLingers(t *testing.T) {
	s := in(t, InDoubt)
	again := s.now.Add(5 * time.Minute)
	verdict, bodies := s.Abandon(s.vote(alice, "dba"), again)
	if verdict != approvals.Counts {
		t.Fatalf("abandon: %s", verdict)
	}
	s.record(bodies...)
	if want := []LockKey{TargetLock(target())}; !slices.Equal(s.held(), want) || !slices.Equal(s.Locks, want) {
		t.Errorf("the store holds %v, the request %v, want %v", s.held(), s.Locks, want)
	}
	if s.State != Failed || !s.Due().Equal(again) {
		t.Errorf("%q, due at %v", s.State, s.Due())
	}
}

func TestTakeLocks(t *testing.T) {
	for _, k := range []LockKey{SourceLock(source()), TargetLock(target())} {
		for holder, free := range map[Subject]bool{"R-2": false, testSubject: true} {
			s := in(t, Approved)
			s.store.state.locks[k] = Lock{Key: k, Holder: holder, Since: noon}
			before := s.held()
			err := s.store.update(s.Keys(), func(tx Tx) error {
				held, err := s.TakeLocks(tx, s.now)
				if (held == nil) != free || held != nil && (held.Key != k || held.Holder != holder) {
					t.Errorf("%s held by %s: told %+v", k, holder, held)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if !free && (!slices.Equal(s.held(), before) || len(s.Locks) > 0) {
				t.Errorf("%s held by %s: took %v, holds %v", k, holder, s.held(), s.Locks)
			}
			if free && (len(s.held()) != 2 || len(s.Locks) != 2) {
				t.Errorf("%s held by %s: took only %v, holds %v", k, holder, s.held(), s.Locks)
			}
		}
	}
	s := in(t, Approved)
	err := s.store.update(nil, func(tx Tx) error {
		_, err := s.TakeLocks(tx, s.now)
		return err
	})
	if !errors.Is(err, ErrKey) || len(s.Locks) > 0 {
		t.Errorf("locks taken without naming them: %v, holds %v", err, s.Locks)
	}
}

func TestWantedLocks(t *testing.T) {
	inPlace := plan()
	inPlace.Spec.Delivery.Target = source()
	down := download()
	other := plan()
	tests := map[string]struct {
		plan *Plan
		want []LockKey
	}{
		"no plan yet": {nil, nil},
		"onto a cluster": {
			&other, []LockKey{"src/https://om.example.net/p-prod/c-orders", "om/https://om.example.net/p-stage/c-copy"},
		},
		"in place": {
			&inPlace, []LockKey{"src/https://om.example.net/p-prod/c-orders", "om/https://om.example.net/p-prod/c-orders"},
		},
		"a download writes nowhere": {&down, []LockKey{"src/https://om.example.net/p-prod/c-orders"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := &Request{Subject: testSubject, Plan: tt.plan}
			if got := r.WantedLocks(); !slices.Equal(got, tt.want) {
				t.Errorf("wants %v, want %v", got, tt.want)
			}
		})
	}
}

// TestLockKeysGoByIDs checks that one cluster has one lock under any name, and two clusters never share one.
func TestLockKeysGoByIDs(t *testing.T) {
	renamed := target()
	renamed.Backend, renamed.Name, renamed.ProjectName = "om2", "other", "other"
	if TargetLock(renamed) != TargetLock(target()) || SourceLock(renamed) != SourceLock(target()) {
		t.Error("a cluster has another lock under another name")
	}
	for name, change := range map[string]func(*Cluster){
		"origin":  func(c *Cluster) { c.Origin = "https://om2.example.net" },
		"project": func(c *Cluster) { c.ProjectID = "p-2" },
		"cluster": func(c *Cluster) { c.ID = "c-2" },
	} {
		other := target()
		change(&other)
		if TargetLock(other) == TargetLock(target()) || SourceLock(other) == SourceLock(target()) {
			t.Errorf("clusters with another %s share a lock", name)
		}
	}
	if strings.HasPrefix(string(TargetLock(target())), "src/") {
		t.Error("target and source locks share their keys")
	}
}
