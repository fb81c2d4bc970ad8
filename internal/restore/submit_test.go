package restore

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"snapback/approvals"
)

func TestWaitFor(t *testing.T) {
	first := Wait{Code: WaitTarget, Holder: "R-2", Since: noon, Until: noon.Add(time.Minute)}
	place := func(holder Subject, n int) Wait {
		return Wait{Code: WaitTarget, Holder: holder, Place: n, Since: noon}
	}
	tests := map[string]struct {
		first, next Wait
		told        bool
	}{
		"the same": {next: first},
		"the same, later": {next: Wait{
			Code: WaitTarget, Holder: "R-2", Since: noon.Add(time.Hour), Until: noon.Add(2 * time.Hour), Tries: 4,
		}},
		"another holder":           {next: Wait{Code: WaitTarget, Holder: "R-3", Since: noon}, told: true},
		"another reason":           {next: Wait{Code: WaitSource, Holder: "R-2", Since: noon}, told: true},
		"another explanation":      {next: Wait{Code: WaitTarget, Holder: "R-2", Detail: "x", Since: noon}, told: true},
		"another job":              {next: Wait{Code: WaitTarget, Holder: "R-2", Job: "x", Since: noon}, told: true},
		"in line":                  {next: place("R-2", 9), told: true},
		"far back, and nearer":     {first: place("R-2", 9), next: place("R-3", 8)},
		"from far back to third":   {first: place("R-2", 9), next: place("R-3", 3), told: true},
		"from third to fourth":     {first: place("R-2", 3), next: place("R-3", 4), told: true},
		"from second to next":      {first: place("R-2", 2), next: place("R-2", 1), told: true},
		"next, behind another one": {first: place("R-2", 1), next: place("R-3", 1), told: true},
		"next, as before":          {first: place("R-2", 1), next: place("R-2", 1)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := in(t, Approved)
			if tt.first.Code == "" {
				tt.first = first
			}
			s.record(s.WaitFor(tt.first))
			body := s.WaitFor(tt.next)
			if (body != nil) != tt.told {
				t.Fatalf("told %v", body)
			}
			if !s.Wait.Until.Equal(tt.next.Until) || s.Wait.Tries != tt.next.Tries {
				t.Errorf("waits for %+v, want %+v", s.Wait, tt.next)
			}
			if !tt.told && !s.Wait.Since.Equal(noon) {
				t.Errorf("waits since %v", s.Wait.Since)
			}
			if tt.told {
				s.record(body)
				if b, ok := body.(BodyWaiting); !ok || b.Moved != (tt.first.Place > 0) {
					t.Errorf("told %+v", body)
				}
			}
		})
	}
}

// TestAttempts submits twice and looks at what is kept.
func TestAttempts(t *testing.T) {
	s := in(t, Approved)
	if s.Attempt() != nil || s.Jobs() != nil {
		t.Error("an attempt before the first")
	}
	date := noon.Add(time.Second)
	s.prepare()
	s.record(s.Send(noon, JobList{Jobs: []Job{job("job-old", JobFinished), job("job-2", JobRunning)}, Date: date}))
	s.record(s.Hold(Wait{Code: WaitFixable, Detail: "key expired", Since: noon}, Outcome{Kind: Fixable, Status: 403, Code: "X"}))
	if s.State != Approved || s.Wait.Tries != 0 || s.Deadline.IsZero() {
		t.Errorf("%q, waits for %+v until %v", s.State, s.Wait, s.Deadline)
	}
	s.prepare()
	s.record(s.Hold(Wait{Code: WaitFixable, Detail: "key expired", Since: noon}, Outcome{}))
	if s.Wait.Tries != 1 {
		t.Errorf("after two holds %d tries", s.Wait.Tries)
	}
	s.prepare()
	s.record(s.Hold(Wait{Code: WaitTarget, Since: noon}, Outcome{}))
	if s.Wait.Tries != 0 || len(s.Attempts) != 3 || s.Attempt().Attempt != 3 {
		t.Errorf("after another hold %d tries, attempts %+v", s.Wait.Tries, s.Attempts)
	}
	first := s.Attempts[0]
	if !first.Sent.Equal(noon) || !first.ServerDate.Equal(date) || !slices.Equal(first.Seen, []string{"job-old", "job-2"}) || first.Outcome.Code != "X" {
		t.Errorf("first attempt is %+v", first)
	}
	if !slices.Equal(s.Seen, []string{"job-old"}) {
		t.Errorf("the first baseline became %v", s.Seen)
	}
}

// TestSend names the plan and the baseline in the event that goes before the POST.
func TestSend(t *testing.T) {
	s := in(t, Preparing)
	body := s.Send(noon, JobList{Jobs: []Job{job("job-old", JobFinished)}, Date: noon})
	if want := (BodySending{Attempt: 1, PlanHash: s.Plan.Hash, Seen: 1, ServerDate: noon}); body != want {
		t.Errorf("sends %+v, want %+v", body, want)
	}
}

func TestDoubt(t *testing.T) {
	lost := Outcome{Kind: Unknown, Status: 502}
	for _, cause := range []DoubtCause{DoubtAnswer, DoubtCrash} {
		s := in(t, Sending)
		body := s.Doubt(cause, lost, []Job{job("x", JobRunning)})
		s.record(body)
		if !reflect.DeepEqual(s.Attempt().Outcome, lost) || body.Cause != cause || len(body.Candidates) != 1 {
			t.Errorf("%s: %+v, attempt %+v", cause, body, s.Attempt())
		}
		if !s.Deadline.IsZero() || s.Wait != nil || len(s.Jobs()) != 0 {
			t.Errorf("%s: until %v, waits for %v, jobs %v", cause, s.Deadline, s.Wait, s.Jobs())
		}
	}
	s := in(t, Running)
	s.record(s.Doubt(DoubtGone, Outcome{}, nil))
	if s.Attempt().Outcome.Kind != Accepted {
		t.Errorf("gone: the outcome became %+v", s.Attempt().Outcome)
	}
}

// TestDropped looks at the approvers again before something is sent.
func TestDropped(t *testing.T) {
	barred := func(change func(*approvals.Standing)) approvals.Standing {
		st := standing(bob, "dba", "leads")
		change(&st)
		return st
	}
	tests := map[string]struct {
		bob     *approvals.Standing // nil: not looked up
		gone    bool
		unclear bool
	}{
		"as before":          {new(standing(bob, "dba", "leads")), false, false},
		"in one more":        {new(standing(bob, "dba", "leads", "sre")), false, false},
		"left both":          {new(standing(bob)), true, false},
		"left one":           {new(standing(bob, "leads")), true, false},
		"deactivated":        {new(barred(func(s *approvals.Standing) { s.Inactive = true })), true, false},
		"a guest now":        {new(barred(func(s *approvals.Standing) { s.Guest = true })), true, false},
		"a stranger now":     {new(barred(func(s *approvals.Standing) { s.Stranger = true })), true, false},
		"not looked up":      {nil, false, true},
		"groups unread":      {new(barred(func(s *approvals.Standing) { s.Groups, s.Unread = nil, []string{"dba", "leads"} })), false, true},
		"one unread":         {new(barred(func(s *approvals.Standing) { s.Groups, s.Unread = []string{"leads"}, []string{"dba"} })), false, true},
		"another one unread": {new(barred(func(s *approvals.Standing) { s.Unread = []string{"sre"} })), false, false},
		"deactivated, unread": {new(barred(func(s *approvals.Standing) {
			s.Inactive, s.Groups, s.Unread = true, nil, []string{"dba", "leads"}
		})), true, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := pend(t, "dba", "leads")
			s.approve(alice, "dba")
			s.approve(bob, "dba", "leads")
			fresh := map[approvals.Person]approvals.Standing{alice: standing(alice, "dba")}
			if tt.bob != nil {
				fresh[bob] = *tt.bob
			}
			gone, unclear := s.Dropped(fresh)
			var want []approvals.Person
			if tt.gone {
				want = []approvals.Person{bob}
			}
			if !slices.Equal(gone, want) || unclear != tt.unclear {
				t.Errorf("dropped %v, unclear %v; want %v, %v", gone, unclear, want, tt.unclear)
			}
		})
	}
	s := pend(t, "dba", "leads")
	s.approve(alice, "dba")
	s.record(s.Replan(s.now, testInstallation, plan()))
	if gone, unclear := s.Dropped(nil); gone != nil || unclear {
		t.Errorf("approvals that do not count are looked at: %v, %v", gone, unclear)
	}
}

func TestPostsDone(t *testing.T) {
	p := &Posts{Subject: testSubject}
	if p.Done(1) || !p.Done(0) {
		t.Error("nothing was delivered, and nothing is behind nothing")
	}
	p.Surfaces = map[string]Surface{SurfaceCard: {Through: 3}, SurfaceThread: {Through: 2}, SurfaceDM: {Through: 3}}
	if !p.Done(2) || p.Done(3) {
		t.Error("the surface that is behind counts")
	}
}
