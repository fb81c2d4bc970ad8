package restore

import (
	"maps"
	"slices"
	"testing"
	"time"

	"snapback/approvals"
)

// sighted makes a request in doubt one that people are shown jobs for.
func sighted(jobs ...Job) func(*story) {
	return func(s *story) { s.See(s.Sight(jobs, nobody)) }
}

// started makes a request in doubt one whose jobs are gone.
func started(s *story) {
	s.record(s.Take(Group{ID: "job-1", Jobs: []Job{job("job-1", JobRunning)}}, nil))
	s.record(s.Doubt(DoubtGone, Outcome{}, s.Jobs()))
}

func seatless(s *story) { s.Terms.Seats = nil }

// all does several things to a request; nil does nothing.
func all(setups ...func(*story)) func(*story) {
	return func(s *story) {
		for _, set := range setups {
			if set != nil {
				set(s)
			}
		}
	}
}

// doubtRows are the rows that every decision about a doubt has.
func doubtRows(setup func(*story)) map[string]decides {
	dba := []string{"dba"}
	rows := judgedAlike(InDoubt)
	maps.Copy(rows, map[string]decides{
		"typed carries no card": {InDoubt, nil, by(alice, dba, typed), approvals.Outdated},
		"wrong target typed":    {InDoubt, nil, by(alice, dba, func(v *Vote) { v.Typed = "orders" }), approvals.WrongTarget},
		"nothing typed":         {InDoubt, nil, by(alice, dba, func(v *Vote) { v.Typed = "" }), approvals.WrongTarget},
		"no seats, others":      {InDoubt, seatless, by(alice, dba), approvals.NotEntitled},
		"no seats, wrong name":  {InDoubt, seatless, by(erin, nil, func(v *Vote) { v.Typed = "x" }), approvals.WrongTarget},
		"no seats, guest":       {InDoubt, seatless, by(erin, nil, func(v *Vote) { v.Standing.Guest = true }), approvals.Guest},
		"no seats, stale":       {InDoubt, seatless, by(erin, nil, func(v *Vote) { v.Standing.At = time.Time{} }), approvals.Stale},
	})
	for name, row := range rows {
		row.setup = all(setup, row.setup)
		rows[name] = row
	}
	for _, state := range allStates() {
		if state != InDoubt {
			rows["closed in "+string(state)] = decides{state, nil, by(alice, dba), approvals.Closed}
		}
	}
	return rows
}

func TestAdoptFound(t *testing.T) {
	dba := []string{"dba"}
	one, two := like("a"), like("b", nearly)
	owner := nobody
	adopt := func(s *story, v Vote) (approvals.Verdict, []Body) { return s.AdoptFound(v, "a", owner) }
	rows := doubtRows(sighted(one, two))
	maps.Copy(rows, map[string]decides{
		"no seats, requester": {InDoubt, all(sighted(one), seatless), by(erin, nil), approvals.Counts},
		"nothing is sighted":  {InDoubt, nil, by(alice, dba), approvals.Gone},
		"only others are":     {InDoubt, sighted(two), by(alice, dba), approvals.Gone},
		"a near one":          {InDoubt, sighted(like("a", nearly)), by(alice, dba), approvals.Counts},
		"a batch by its job":  {InDoubt, sighted(like("a", batch("x"))), by(alice, dba), approvals.Gone},
		"a batch":             {InDoubt, sighted(like("j", batch("a")), like("k", batch("a"))), by(alice, dba), approvals.Counts},
		"it has jobs of its own": {InDoubt, all(started, func(s *story) {
			s.Sighted = Sighting{Alike: []Group{{ID: "a", Jobs: []Job{one}}}}
		}), by(alice, dba), approvals.NotPossible},
	})
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			s, bodies := row.check(t, adopt)
			if len(bodies) == 0 {
				return
			}
			body := as[BodyAdopted](t, bodies[0])
			if s.State != Running || len(s.Jobs()) != len(body.Jobs) || body.Standing.Person.IsZero() || len(s.Sighted.Jobs()) > 0 {
				t.Errorf("%q with %+v, told %+v", s.State, s.Jobs(), body)
			}
			if !slices.Equal(s.held(), []LockKey{TargetLock(target())}) {
				t.Errorf("held %v", s.held())
			}
		})
	}
	t.Run("owned meanwhile", func(t *testing.T) {
		owner = func(id string) bool { return id == "a" }
		decides{InDoubt, sighted(one, two), by(alice, dba), approvals.Gone}.check(t, adopt)
	})
	t.Run("owned in part", func(t *testing.T) {
		owner = func(id string) bool { return id == "k" }
		decides{InDoubt, sighted(like("j", batch("a")), like("k", batch("a"))), by(alice, dba), approvals.Gone}.check(t, adopt)
	})
}

func TestResend(t *testing.T) {
	dba := []string{"dba"}
	found := Sighting{}
	resend := func(s *story, v Vote) (approvals.Verdict, []Body) { return s.Resend(v, found) }
	rows := doubtRows(nil)
	maps.Copy(rows, map[string]decides{
		"no seats, requester":    {InDoubt, seatless, by(erin, nil), approvals.NotPossible},
		"it has jobs of its own": {InDoubt, started, by(alice, dba), approvals.NotPossible},
		"accepted once": {InDoubt, func(s *story) {
			s.Attempts = append([]Submission{{Attempt: 1, Outcome: Outcome{Kind: Accepted}}}, s.Attempts...)
		}, by(alice, dba), approvals.NotPossible},
		"the list may lag behind": {InDoubt, func(s *story) { s.Attempt().Until = s.now.Add(1) }, by(alice, dba), approvals.LookFirst},
		"the list had its time":   {InDoubt, func(s *story) { s.Attempt().Until = s.now }, by(alice, dba), approvals.Counts},
		"gone from the list":      {InDoubt, sighted(like("a")), by(alice, dba), approvals.Counts},
	})
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			s, bodies := row.check(t, resend)
			if len(bodies) == 0 {
				return
			}
			if s.State != Approved || len(s.held()) > 0 || len(s.Sighted.Jobs()) > 0 || !s.Deadline.Equal(s.now.Add(s.Terms.SubmitWithin)) {
				t.Errorf("%q until %v with %v, %+v", s.State, s.Deadline, s.held(), s.Sighted)
			}
			if !slices.Equal(s.Seen, []string{"job-old"}) || !s.Tally().Approved() {
				t.Errorf("baseline %v, approved %v", s.Seen, s.Tally().Approved())
			}
		})
	}
	for name, jobs := range map[string][]Job{"alike": {like("a")}, "near": {like("a", nearly)}, "near and over": {like("a", nearly, func(j *Job) { j.Phase = JobFinished })}} {
		t.Run(name+" is listed", func(t *testing.T) {
			found = in(t, Sending).Sight(jobs, nobody)
			decides{InDoubt, nil, by(alice, dba), approvals.LookFirst}.check(t, resend)
		})
	}
}

func TestFinish(t *testing.T) {
	finish := func(s *story, v Vote) (approvals.Verdict, []Body) { return s.Finish(v) }
	rows := doubtRows(started)
	maps.Copy(rows, map[string]decides{
		"no seats, requester": {InDoubt, all(started, seatless), by(erin, nil), approvals.Counts},
		"nothing was started": {InDoubt, nil, by(alice, []string{"dba"}), approvals.NotPossible},
		"something is sighted": {
			InDoubt, sighted(like("a")), by(alice, []string{"dba"}), approvals.NotPossible,
		},
	})
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			if s, bodies := row.check(t, finish); len(bodies) > 0 && (s.State != Succeeded || len(s.held()) > 0) {
				t.Errorf("%q with %v", s.State, s.held())
			}
		})
	}
}

// TestAbandonWaitsForTheList looks at a kept lock no sooner than the list can show what was started.
func TestAbandonWaitsForTheList(t *testing.T) {
	for _, settle := range []time.Duration{time.Minute, time.Hour} {
		s := in(t, Sending)
		s.record(s.Unanswered(Outcome{Kind: Unknown}, settle))
		s.record(s.Doubt(DoubtAnswer, Outcome{Kind: Unknown}, nil))
		_, bodies := s.Abandon(s.vote(alice, "dba"), s.now.Add(2*time.Minute))
		s.record(bodies...)
		if want := noon.Add(max(settle, 2*time.Minute)); !s.Due().Equal(want) {
			t.Errorf("after %s due at %v, want %v", settle, s.Due(), want)
		}
	}
}

// TestReappeared finds jobs of a request's own again.
func TestReappeared(t *testing.T) {
	gone := func(ids ...string) *story {
		s := run(t, len(ids), ids...)
		s.record(s.Doubt(DoubtGone, Outcome{}, s.Jobs()))
		return s
	}
	s := gone("a", "b")
	if _, ok := s.Reappeared([]Job{like("c")}); ok {
		t.Error("somebody else's job was taken for it")
	}
	back, ok := s.Reappeared([]Job{like("c"), like("b", func(j *Job) { j.Phase = JobFinished })})
	if !ok || len(back.Jobs) != 2 || back.Jobs[0].ID != "a" || back.Jobs[1].Phase != JobFinished {
		t.Fatalf("found %+v, %v", back, ok)
	}
	s.Absent, s.Misses = noon, 3
	s.record(s.Take(back, nil))
	if s.State != Running || len(s.Jobs()) != 2 || s.Misses != 0 || !s.Absent.IsZero() || s.EverUnknown() {
		t.Errorf("%q with %+v, %d misses", s.State, s.Jobs(), s.Misses)
	}
	if _, ok := in(t, InDoubt).Reappeared([]Job{like("a")}); ok {
		t.Error("a request that never had a job found its own")
	}
}

// TestSent tells the doubts in which something may have been started.
func TestSent(t *testing.T) {
	for cause, want := range map[DoubtCause]bool{DoubtAnswer: true, DoubtCrash: true, DoubtGuard: false, DoubtGone: false, DoubtMissing: false} {
		if got := (&Request{Cause: cause}).Sent(); got != want {
			t.Errorf("%s: %v", cause, got)
		}
	}
}
