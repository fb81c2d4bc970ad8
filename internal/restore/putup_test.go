package restore

import (
	"slices"
	"testing"
	"time"

	"snapback/approvals"
)

func TestPutUp(t *testing.T) {
	s := pend(t, "dba", "leads")
	if s.State != Pending || s.Plan.Revision != 1 || !s.Deadline.Equal(noon.Add(4*time.Hour)) {
		t.Errorf("%q, revision %d until %v", s.State, s.Plan.Revision, s.Deadline)
	}
	want := plan()
	want.Seal(testInstallation, testNonce)
	if s.Plan.Hash != want.Hash || !slices.Equal(s.Seen, []string{"job-old"}) {
		t.Errorf("hash %s, seen %v", s.Plan.Hash, s.Seen)
	}
	if !slices.Equal(s.OpenGroups(), []string{"dba", "leads"}) {
		t.Errorf("open are %v", s.OpenGroups())
	}
}

func TestAutoApprove(t *testing.T) {
	s := file(t)
	s.record(s.AutoApprove(s.now, testInstallation, proposal(plan(), terms())))
	if s.State != Approved || s.Plan.Revision != 1 || !s.Deadline.Equal(noon.Add(24*time.Hour)) || !s.Approved.Equal(noon) {
		t.Errorf("%q, revision %d until %v", s.State, s.Plan.Revision, s.Deadline)
	}
	if s.Tally().Approved() {
		t.Error("no seats count as filled seats")
	}
}

func TestDrifted(t *testing.T) {
	tests := map[string]struct {
		known  []Finding
		change func(*Plan)
		want   bool
	}{
		"nothing":                   {nil, func(*Plan) {}, false},
		"its number does not count": {nil, func(p *Plan) { p.Revision, p.Hash = 9, "x" }, false},
		"today's policy digest":     {nil, func(p *Plan) { p.PolicyDigest = "digest-2" }, false},
		"sizes":                     {nil, func(p *Plan) { p.Snapshot.Bytes++ }, false},
		"another snapshot":          {nil, func(p *Plan) { p.Spec.Point.SnapshotID = "snap-2" }, true},
		"another cluster of the same name": {
			nil, func(p *Plan) { p.Spec.Delivery.Target.ID = "c-new" }, true,
		},
		"target renamed":  {nil, func(p *Plan) { p.Spec.Delivery.Target.Name = "orders" }, true},
		"more jobs":       {nil, func(p *Plan) { p.ExpectedJobs = 3 }, true},
		"target upgraded": {nil, func(p *Plan) { p.Spec.Delivery.Target.Versions = []string{"8.0.0"} }, true},
		"target patched":  {nil, func(p *Plan) { p.Spec.Delivery.Target.Versions = []string{"7.0.99"} }, false},
		"a new danger":    {nil, func(p *Plan) { p.Findings = []Finding{{Code: FindInPlace, Level: LevelDanger}} }, true},
		"a new warning":   {nil, func(p *Plan) { p.Findings = []Finding{{Code: FindOverwrites, Level: LevelWarn}} }, false},
		"a known danger": {
			[]Finding{{Code: FindInPlace, Level: LevelDanger}},
			func(p *Plan) { p.Findings = []Finding{{Code: FindInPlace, Level: LevelDanger}} }, false,
		},
		"one more danger": {
			[]Finding{{Code: FindInPlace, Level: LevelDanger}},
			func(p *Plan) {
				p.Findings = []Finding{{Code: FindInPlace, Level: LevelDanger}, {Code: FindOverwrites, Level: LevelDanger}}
			}, true,
		},
		"a warning that became a danger": {
			[]Finding{{Code: FindOverwrites, Level: LevelWarn}},
			func(p *Plan) { p.Findings = []Finding{{Code: FindOverwrites, Level: LevelDanger}} }, true,
		},
		"a danger less": {[]Finding{{Code: FindInPlace, Level: LevelDanger}}, func(*Plan) {}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := file(t)
			p := plan()
			p.Findings = tt.known
			s.record(s.PutUp(s.now, testInstallation, proposal(p, terms("dba"))))
			kept, fresh := *s.Plan, plan()
			tt.change(&fresh)
			if got := s.Drifted(fresh, testInstallation); got != tt.want {
				t.Errorf("Drifted() = %v, want %v", got, tt.want)
			}
			if s.Plan.Hash != kept.Hash || s.Plan.Revision != kept.Revision {
				t.Error("looking changed the plan")
			}
		})
	}
}

// TestBackToPending checks the deadlines of every way back: pending keeps its own, later states get a full waiting
// time from now, but never more than was left to submit.
func TestBackToPending(t *testing.T) {
	ways := map[string]func(*story) Body{
		"replanned": func(s *story) Body { return s.Replan(s.now, testInstallation, plan()) },
		"reopened":  func(s *story) Body { return s.Reopen(s.now, ReopenPolicy, nil) },
	}
	tests := map[string]struct {
		state State
		after time.Duration
		want  time.Duration // of the deadline after noon
	}{
		"pending, soon":        {Pending, time.Minute, 4 * time.Hour},
		"pending, late":        {Pending, 4*time.Hour - 1, 4 * time.Hour},
		"approved, soon":       {Approved, time.Hour, 5 * time.Hour},
		"approved, just fits":  {Approved, 20 * time.Hour, 24 * time.Hour},
		"approved, near end":   {Approved, 23 * time.Hour, 24 * time.Hour},
		"approved, at the end": {Approved, 24 * time.Hour, 24 * time.Hour},
		"preparing, soon":      {Preparing, time.Hour, 5 * time.Hour},
		"preparing, near end":  {Preparing, 23 * time.Hour, 24 * time.Hour},
	}
	for way, back := range ways {
		for name, tt := range tests {
			t.Run(way+"/"+name, func(t *testing.T) {
				s := in(t, tt.state)
				if tt.state == Approved {
					s.WaitFor(Wait{Code: WaitClock})
				}
				s.now = noon.Add(tt.after)
				s.record(back(s))
				if want := noon.Add(tt.want); s.State != Pending || !s.Deadline.Equal(want) {
					t.Errorf("%q until %v, want %v", s.State, s.Deadline, want)
				}
				if !s.Approved.IsZero() || s.Wait != nil {
					t.Errorf("approved at %v, waits for %v", s.Approved, s.Wait)
				}
			})
		}
	}
}

func TestReplan(t *testing.T) {
	s := in(t, Approved)
	old := *s.Plan
	fresh := plan()
	fresh.Revision, fresh.PolicyDigest = 77, "digest-2"
	fresh.Spec.Point.SnapshotID, fresh.Spec.Delivery.Target.Name = "snap-2", "orders-copy-2"
	body := s.Replan(s.now, testInstallation, fresh)
	if !slices.Equal(body.Changed, []string{"snapshot", "target name"}) {
		t.Errorf("changed are %v", body.Changed)
	}
	if s.Plan.Revision != 2 || s.Plan.PolicyDigest != "digest-1" || s.Plan.Hash == old.Hash || body.Plan.Hash != s.Plan.Hash {
		t.Errorf("plan is %+v", s.Plan)
	}
	if !slices.Equal(s.Seen, []string{"job-old"}) {
		t.Errorf("the first baseline became %v", s.Seen)
	}
	again := *s.Plan
	again.Seal(testInstallation, testNonce)
	if again.Hash != s.Plan.Hash {
		t.Error("the new plan is not sealed with the request's nonce")
	}
}

// TestReopen takes one approval back and lets its person give it again.
func TestReopen(t *testing.T) {
	s := pend(t, "dba", "leads")
	s.approve(alice, "dba")
	s.approve(carol, "leads")
	s.record(s.Reopen(s.now, ReopenStanding, []approvals.Person{carol}))
	if s.State != Pending || !slices.Equal(s.OpenGroups(), []string{"leads"}) {
		t.Errorf("%q, open are %v", s.State, s.OpenGroups())
	}
	if verdict, _ := s.Approve(s.vote(alice, "dba")); verdict != approvals.Repeated {
		t.Errorf("the other approval is %s", verdict)
	}
	s.approve(carol, "leads")
	if s.State != Approved {
		t.Errorf("approved anew: %q", s.State)
	}
}

// TestRefill takes approvals back from a request that has one to spare.
func TestRefill(t *testing.T) {
	tests := map[string]struct {
		gone  []approvals.Person
		state State
	}{
		"nobody":                  {nil, Approved},
		"whom the spare replaces": {[]approvals.Person{alice}, Approved},
		"the spare":               {[]approvals.Person{bob}, Approved},
		"both of one group":       {[]approvals.Person{alice, bob}, Pending},
		"whom nobody replaces":    {[]approvals.Person{carol}, Pending},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := pend(t, "dba", "leads")
			s.approve(alice, "dba")
			_, spare := s.Approve(s.vote(bob, "dba"))
			s.record(spare...)
			s.now = noon.Add(2 * time.Hour)
			s.approve(carol, "leads")
			s.prepare()
			s.now = noon.Add(20 * time.Hour)
			s.record(s.Reopen(s.now, ReopenStanding, tt.gone))
			body := s.Refill(s.now)
			if (body != nil) != (tt.state == Approved) {
				t.Fatalf("refilled: %v", body)
			}
			want := s.now.Add(4 * time.Hour)
			if body != nil {
				s.record(body)
				want = noon.Add(26 * time.Hour)
			}
			if s.State != tt.state || !s.Deadline.Equal(want) {
				t.Errorf("%q until %v, want %q until %v", s.State, s.Deadline, tt.state, want)
			}
		})
	}
}

// TestTallyRemembersNothing counts anew from what is stored.
func TestTallyRemembersNothing(t *testing.T) {
	s := pend(t, "dba", "leads")
	s.approve(bob, "dba", "leads")
	if got := clone(t, s.Request).OpenGroups(); !slices.Equal(got, []string{"leads"}) {
		t.Errorf("read back, open are %v", got)
	}
	if (&Request{}).Tally().Approved() || (&Request{}).Usable() != nil {
		t.Error("a request without plan and terms is approved")
	}
}
