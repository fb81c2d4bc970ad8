package restore

import (
	"testing"
	"time"

	"snapback/approvals"
)

// fetching is a download of Atlas that runs.
func fetching(t *testing.T) *story {
	t.Helper()
	s := run(t, 1, "a")
	s.Plan.BackendKind, s.Plan.Spec.Delivery = Atlas, Delivery{Kind: Download}
	return s
}

// stop has somebody entitled ask to have it canceled.
func (s *story) stop() {
	s.t.Helper()
	verdict, bodies := s.Cancel(s.vote(alice, "dba"))
	if verdict != approvals.Counts {
		s.t.Fatalf("cancel: %s", verdict)
	}
	s.record(bodies...)
}

func TestCancelRunningVerdicts(t *testing.T) {
	dba := []string{"dba"}
	change := func(fn func(*story)) func(*story) { return fn }
	for name, row := range map[string]struct {
		setup func(*story)
		vote  func(*story) Vote
		want  approvals.Verdict
	}{
		"who may fill a seat":       {nil, by(alice, dba), approvals.Counts},
		"who joined later":          {nil, by(dave, dba), approvals.Counts},
		"the requester, in it":      {nil, by(erin, dba), approvals.Counts},
		"the requester":             {nil, by(erin, nil), approvals.NotEntitled},
		"anybody":                   {nil, by(dave, nil), approvals.NotEntitled},
		"a guest":                   {nil, by(alice, dba, func(v *Vote) { v.Standing.Guest = true }), approvals.Guest},
		"standing is old":           {nil, by(alice, dba, func(v *Vote) { v.Standing.At = v.Now.Add(-time.Hour) }), approvals.Stale},
		"group unread":              {nil, by(dave, nil, func(v *Vote) { v.Standing.Unread = dba }), approvals.GroupUnread},
		"today's policy says so":    {nil, by(dave, []string{"security"}, func(v *Vote) { v.Today = today(nil, "security") }), approvals.Counts},
		"another card":              {nil, by(alice, dba, func(v *Vote) { v.Nonce = "fedcba9876543210" }), approvals.Outdated},
		"an older plan":             {nil, by(alice, dba, func(v *Vote) { v.Revision = 7 }), approvals.Counts},
		"twice":                     {change((*story).stop), by(bob, dba), approvals.Repeated},
		"the API took it":           {change(func(s *story) { s.stop(); s.StopTaken(s.now) }), by(bob, dba), approvals.Repeated},
		"the API never does":        {change(func(s *story) { s.stop(); s.record(s.StopRefused(RefusedNever, "")) }), by(bob, dba), approvals.NotPossible},
		"the API did not like us":   {change(func(s *story) { s.stop(); s.record(s.StopRefused(RefusedDenied, "")) }), by(bob, dba), approvals.Counts},
		"onto a cluster":            {change(func(s *story) { s.Plan.Spec.Delivery = Delivery{Kind: Automated, Target: target()} }), by(alice, dba), approvals.NotPossible},
		"of a Flex cluster":         {change(func(s *story) { s.Plan.Spec.Source.Type = Flex }), by(alice, dba), approvals.NotPossible},
		"of Ops Manager":            {change(func(s *story) { s.Plan.BackendKind = OpsManager }), by(alice, dba), approvals.NotPossible},
		"of Cloud Manager, anybody": {change(func(s *story) { s.Plan.BackendKind = CloudManager }), by(dave, nil), approvals.NotPossible},
	} {
		t.Run(name, func(t *testing.T) {
			s := fetching(t)
			if row.setup != nil {
				row.setup(s)
			}
			verdict, bodies := s.Cancel(row.vote(s))
			if verdict != row.want || (len(bodies) == 1) != (verdict == approvals.Counts) {
				t.Fatalf("%s with %v, want %s", verdict, kindsOf(bodies), row.want)
			}
			s.record(bodies...)
			if s.State != Running || s.Stops() != (verdict == approvals.Counts || name == "twice") {
				t.Errorf("%q, wanted %v", s.State, s.Stop)
			}
		})
	}
}

// TestStopEnds says how a request ends that somebody wanted canceled.
func TestStopEnds(t *testing.T) {
	taken := func(s *story) { s.stop(); s.StopTaken(s.now) }
	for name, tt := range map[string]struct {
		setup func(*story)
		found map[string]Job
		want  Kind
		cause CancelCause
	}{
		"canceled":                  {(*story).stop, found(job("a", JobKilled)), KindCanceled, CancelStopped},
		"canceled, taken":           {taken, found(job("a", JobKilled)), KindCanceled, CancelStopped},
		"by others":                 {func(*story) {}, found(job("a", JobKilled)), KindCanceled, CancelKilled},
		"by others, refused to us":  {func(s *story) { s.stop(); s.record(s.StopRefused(RefusedNever, "")) }, found(job("a", JobKilled)), KindCanceled, CancelKilled},
		"finished before":           {(*story).stop, found(job("a", JobFinished)), KindSucceeded, ""},
		"finished although taken":   {taken, found(job("a", JobFinished)), KindSucceeded, ""},
		"broken":                    {taken, found(job("a", JobBroken)), KindFailed, ""},
		"taken, the record is gone": {taken, nil, KindCanceled, CancelStopped},
		"asked, the record is gone": {(*story).stop, nil, KindDoubted, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := fetching(t)
			tt.setup(s)
			var last Body
			for range goneAfter {
				s.now = s.now.Add(limits().JobGone)
				bodies := s.Follow(s.now, tt.found, limits().JobGone)
				s.record(bodies...)
				if len(bodies) > 0 {
					last = bodies[len(bodies)-1]
					break
				}
			}
			if last == nil || last.Kind() != tt.want {
				t.Fatalf("ends with %v", last)
			}
			if tt.want != KindCanceled {
				return
			}
			body := as[BodyCanceled](t, last)
			if body.Cause != tt.cause || (body.Reason == "not today") != (tt.cause == CancelStopped) || body.Jobs[0].Phase != JobKilled || len(s.held()) != 0 {
				t.Errorf("%+v, locks %v", body, s.held())
			}
		})
	}
}

// TestStopIsForgotten erases what somebody wrote, too.
func TestStopIsForgotten(t *testing.T) {
	s := fetching(t)
	s.stop()
	s.record(s.Follow(s.now, found(job("a", JobKilled)), limits().JobGone)...)
	err := s.store.update(s.Keys(), func(tx Tx) error { return EraseTexts(tx, s.Request, s.now) })
	if kept := s.store.request(t, s.Subject); err != nil || kept.Stop == nil || kept.Stop.Reason != "" {
		t.Errorf("%v, kept %+v", err, kept.Stop)
	}
}
