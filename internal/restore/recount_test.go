package restore

import (
	"slices"
	"testing"
	"time"

	"snapback/approvals"
)

// ruled lets the configuration say something else, and records what comes of it.
func (s *story) ruled(t Terms, members map[string][]approvals.Person) {
	s.t.Helper()
	s.record(s.Review(s.now, Ruling{Matches, t}, members)...)
}

// TestRotationEnds lets a group rotate no longer after somebody who joined it has approved.
func TestRotationEnds(t *testing.T) {
	rotating := terms("dba")
	rotating.Rotating = []string{"dba"}
	s := file(t)
	s.record(s.PutUp(s.now, testInstallation, proposal(plan(), rotating)))
	s.approve(dave, "dba")
	s.prepare()
	s.ruled(terms("dba"), nil)
	if s.State != Pending || len(s.Tally().Fills) != 0 || !slices.Equal(s.OpenGroups(), []string{"dba"}) {
		t.Errorf("%q, filled by %v, open are %v", s.State, s.Tally().Fills, s.OpenGroups())
	}
	if verdict, _ := s.Approve(s.vote(dave, "dba")); verdict != approvals.JoinedLater {
		t.Errorf("who joined later is told %s", verdict)
	}
	if s.approve(alice, "dba"); s.State != Approved {
		t.Errorf("who was there from the beginning approved: %q", s.State)
	}
}

// TestRotationEndsToday is the same for a group that only today's policy names.
func TestRotationEndsToday(t *testing.T) {
	s, rotating := pend(t, "leads"), terms("leads", "dba")
	rotating.Rotating = []string{"dba"}
	s.ruled(rotating, nil)
	s.approve(dave, "dba")
	if s.approve(carol, "leads"); s.State != Approved {
		t.Fatalf("%q, open are %v", s.State, s.OpenGroups())
	}
	if s.ruled(terms("leads", "dba"), nil); s.State != Pending || !slices.Equal(s.OpenGroups(), []string{"dba"}) {
		t.Errorf("%q, filled by %v, open are %v", s.State, s.TallyToday().Fills, s.OpenGroups())
	}
}

// TestReviewAfterDeadline lets a change remove the seat that is open, when the time to decide is over.
func TestReviewAfterDeadline(t *testing.T) {
	hasty := terms("dba")
	hasty.ExpiresAfter = time.Hour
	tests := map[string]struct {
		after time.Duration
		today Terms
		want  State
	}{
		"in time":                         {3 * time.Hour, terms("dba"), Approved},
		"just in time":                    {4*time.Hour - 1, terms("dba"), Approved},
		"at the deadline":                 {4 * time.Hour, terms("dba"), Pending},
		"after it, before it is recorded": {4*time.Hour + time.Second, terms("dba"), Pending},
		"after the one that it brings":    {3 * time.Hour, hasty, Pending},
		"before the one that it brings":   {time.Hour - 1, hasty, Approved},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := pend(t, "dba")
			s.ruled(terms("dba", "leads"), map[string][]approvals.Person{"leads": {carol}})
			s.approve(alice, "dba")
			s.now = noon.Add(tt.after)
			if s.ruled(tt.today, nil); s.State != tt.want {
				t.Errorf("%q, want %q", s.State, tt.want)
			}
			if tt.want == Pending && s.Expire(s.Deadline.Add(limits().Grace), limits().Grace) == nil {
				t.Error("it does not expire")
			}
		})
	}
}

// TestPolicyAloneAgain takes away the seat that came after a request had approved itself.
func TestPolicyAloneAgain(t *testing.T) {
	auto := terms()
	auto.Auto = true
	s := file(t)
	s.record(s.AutoApprove(s.now, testInstallation, proposal(plan(), auto)))
	s.now = noon.Add(time.Hour)
	s.ruled(terms("dba"), map[string][]approvals.Person{"dba": {alice}})
	if s.State != Pending || !s.Deadline.Equal(noon.Add(5*time.Hour)) {
		t.Errorf("with a seat: %q until %v", s.State, s.Deadline)
	}
	s.now = noon.Add(2 * time.Hour)
	s.ruled(auto, nil)
	if s.State != Approved || !s.Deadline.Equal(noon.Add(5*time.Hour)) || !s.Approved.Equal(s.now) {
		t.Errorf("without: %q until %v", s.State, s.Deadline)
	}
}

// TestMayApproveTaken leaves out whose groups' seats are all taken by others.
func TestMayApproveTaken(t *testing.T) {
	s, p := file(t), proposal(plan(), terms("dba", "leads"))
	p.Members = map[string][]approvals.Person{"dba": {alice, dave}, "leads": {carol}}
	s.record(s.PutUp(s.now, testInstallation, p))
	if s.approve(alice, "dba"); !slices.Equal(s.MayApprove(), []approvals.Person{carol}) {
		t.Errorf("%v may approve", s.MayApprove())
	}
}

// TestMayApproveAgain has people who approved already, and would add nothing or a group that was not counted.
func TestMayApproveAgain(t *testing.T) {
	s := file(t)
	p := proposal(plan(), terms("dba", "leads", "leads"))
	p.Members = map[string][]approvals.Person{"dba": {alice, bob, bob, erin}, "leads": {alice, bob, carol, dave}}
	s.record(s.PutUp(s.now, testInstallation, p))
	tests := []struct {
		who    approvals.Person
		groups []string
		want   []approvals.Person
	}{
		{approvals.Person{}, nil, []approvals.Person{alice, bob, carol, dave}},
		{alice, []string{"dba", "leads"}, []approvals.Person{bob, carol, dave}},
		{bob, []string{"leads"}, []approvals.Person{carol, dave}},
		{carol, []string{"leads"}, nil},
	}
	for _, tt := range tests {
		if tt.groups != nil {
			s.approve(tt.who, tt.groups...)
		}
		for range 20 { // whatever the order of a map
			if got := s.MayApprove(); s.State == Pending && !slices.Equal(got, tt.want) {
				t.Fatalf("after %s: %v may approve, want %v", tt.who, got, tt.want)
			}
		}
	}
}

// TestWants agrees with who may approve, and tells people apart who may not at all.
func TestWants(t *testing.T) {
	guest := standing(bob, "dba")
	guest.Guest = true
	tests := map[string]struct {
		who  approvals.Standing
		want bool
	}{
		"fills the open seat":        {standing(bob, "dba", "leads"), true},
		"approved already":           {standing(carol, "leads"), false},
		"the requester":              {standing(erin, "dba"), false},
		"a guest":                    {guest, false},
		"in another group":           {standing(bob, "leads"), false},
		"joined later":               {standing(dave, "dba"), false},
		"fills the seat of dba only": {standing(alice, "dba"), true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := pend(t, "dba", "leads")
			s.approve(carol, "leads")
			if got := s.Wants(tt.who); got != tt.want {
				t.Errorf("Wants() = %v, want %v", got, tt.want)
			}
		})
	}
}

// TestDroppedForSure has somebody who left one group, while another cannot be read: that does not matter any more.
func TestDroppedForSure(t *testing.T) {
	for _, groups := range [][]string{{"dba", "leads"}, {"leads", "dba"}} {
		s := pend(t, "dba", "leads")
		s.approve(bob, groups...)
		for unread, left := range map[string]string{"dba": "leads", "leads": "dba"} {
			now := standing(bob)
			now.Unread = []string{unread}
			gone, unclear := s.Dropped(map[approvals.Person]approvals.Standing{bob: now})
			if unclear || !slices.Equal(gone, []approvals.Person{bob}) {
				t.Errorf("%v, left %s: dropped %v, unclear %v", groups, left, gone, unclear)
			}
			now.Groups = []string{left}
			gone, unclear = s.Dropped(map[approvals.Person]approvals.Standing{bob: now})
			if !unclear || len(gone) > 0 {
				t.Errorf("%v, %s unread: dropped %v, unclear %v", groups, unread, gone, unclear)
			}
		}
	}
}
