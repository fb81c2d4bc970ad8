package restore

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"snapback/approvals"
)

// TestApproveVerdicts reaches each verdict about an approval; only those that note something leave bodies.
func TestApproveVerdicts(t *testing.T) {
	dba := func(s *story) Vote { return s.vote(alice, "dba") }
	changed := func(change func(*Vote)) func(*story) Vote {
		return func(s *story) Vote {
			v := dba(s)
			change(&v)
			return v
		}
	}
	tests := map[string]struct {
		state State                 // Pending if empty
		setup func(s *story)        // what happened before
		vote  func(s *story) Vote   // the approval
		want  approvals.Verdict     //
		kinds []Kind                // of the bodies
		check func(r *Request) bool // what must hold afterwards, if anything
	}{
		"counts and fills the last seat": {
			vote: dba, want: approvals.Counts, kinds: []Kind{KindApproval, KindApproved},
		},
		"counts, a seat stays open": {
			setup: func(s *story) { s.Terms.Seats = append(s.Terms.Seats, approvals.Seat{From: "leads"}) },
			vote:  dba, want: approvals.Counts, kinds: []Kind{KindApproval},
		},
		"own request by button": {
			vote: func(s *story) Vote { return s.vote(erin, "dba") }, want: approvals.OwnRequest,
		},
		"own request by typed command": {
			vote: func(s *story) Vote {
				v := s.vote(erin, "dba")
				v.Revision, v.Nonce = 0, ""
				return v
			},
			want: approvals.OwnRequest,
		},
		"own request before anything else is looked at": {
			vote: func(s *story) Vote { return Vote{Standing: approvals.Standing{Person: erin}, Now: s.now} },
			want: approvals.OwnRequest,
		},
		"owner of the schedule": {
			setup: func(s *story) { s.Owner = alice }, vote: dba, want: approvals.OwnRequest,
		},
		"author of the repeated request": {
			setup: func(s *story) { s.Author = alice }, vote: dba, want: approvals.OwnRequest,
		},
		"guest":    {vote: changed(func(v *Vote) { v.Standing.Guest = true }), want: approvals.Guest},
		"bot":      {vote: changed(func(v *Vote) { v.Standing.Bot = true }), want: approvals.Bot},
		"stranger": {vote: changed(func(v *Vote) { v.Standing.Stranger = true }), want: approvals.Stranger},
		"inactive": {vote: changed(func(v *Vote) { v.Standing.Inactive = true }), want: approvals.Inactive},
		"a guest's own request": {
			vote: func(s *story) Vote {
				v := s.vote(erin, "dba")
				v.Standing.Guest = true
				return v
			},
			want: approvals.Guest,
		},
		"standing of 60 seconds": {
			vote: changed(func(v *Vote) { v.Standing.At = v.Now.Add(-time.Minute) }),
			want: approvals.Counts, kinds: []Kind{KindApproval, KindApproved},
		},
		"stale standing":   {vote: changed(func(v *Vote) { v.Standing.At = v.Now.Add(-time.Minute - 1) }), want: approvals.Stale},
		"standing unknown": {vote: changed(func(v *Vote) { v.Standing.At = time.Time{} }), want: approvals.Stale},
		"unread group": {
			vote: changed(func(v *Vote) { v.Standing.Groups, v.Standing.Unread = nil, []string{"dba"} }),
			want: approvals.GroupUnread,
		},
		"another group is unread": {
			vote: changed(func(v *Vote) { v.Standing.Groups, v.Standing.Unread = nil, []string{"leads"} }),
			want: approvals.NotEntitled,
		},
		"unread group that does not matter": {
			vote: changed(func(v *Vote) { v.Standing.Unread = []string{"leads"} }),
			want: approvals.Counts, kinds: []Kind{KindApproval, KindApproved},
		},
		"joined later": {vote: func(s *story) Vote { return s.vote(dave, "dba") }, want: approvals.JoinedLater},
		"was a member, is no longer": {
			vote: func(s *story) Vote { return s.vote(alice, "leads") }, want: approvals.NotEntitled,
		},
		"not entitled": {vote: func(s *story) Vote { return s.vote(carol, "leads") }, want: approvals.NotEntitled},
		"same user id of another workspace": {
			vote: func(s *story) Vote { return s.vote(approvals.Person{Team: "T2", User: alice.User}, "dba") },
			want: approvals.JoinedLater,
		},
		"no groups":        {vote: func(s *story) Vote { return s.vote(dave) }, want: approvals.NotEntitled},
		"older revision":   {vote: changed(func(v *Vote) { v.Revision = 0 }), want: approvals.Outdated},
		"later revision":   {vote: changed(func(v *Vote) { v.Revision = 2 }), want: approvals.Outdated},
		"outdated nonce":   {vote: changed(func(v *Vote) { v.Nonce = "fedcba9876543210" }), want: approvals.Outdated},
		"typed, no nonce":  {vote: changed(func(v *Vote) { v.Nonce = "" }), want: approvals.Outdated},
		"read too late":    {vote: changed(func(v *Vote) { v.Read = noon.Add(4 * time.Hour); v.Now = noon; v.Standing.At = noon }), want: approvals.TooLate},
		"repeated":         {setup: twoSeats, vote: dba, want: approvals.Repeated},
		"repeated, closed": {state: Approved, vote: dba, want: approvals.Repeated},
		"no seat open": {
			setup: twoSeats, vote: func(s *story) Vote { return s.vote(bob, "dba") },
			want: approvals.NoSeatOpen, kinds: []Kind{KindApproval},
			check: func(r *Request) bool { return r.State == Pending && slices.Equal(r.OpenGroups(), []string{"leads"}) },
		},
		"wrong target typed":    {vote: changed(func(v *Vote) { v.Typed = "orders" }), want: approvals.WrongTarget},
		"nothing typed":         {vote: changed(func(v *Vote) { v.Typed = "" }), want: approvals.WrongTarget},
		"target in other case":  {vote: changed(func(v *Vote) { v.Typed = "Orders-Copy" }), want: approvals.WrongTarget},
		"target by its path":    {vote: changed(func(v *Vote) { v.Typed = "om/stage/orders-copy" }), want: approvals.WrongTarget},
		"target amid spaces":    {vote: changed(func(v *Vote) { v.Typed = " orders-copy\n" }), want: approvals.Counts, kinds: []Kind{KindApproval, KindApproved}},
		"dialog types nothing":  {setup: func(s *story) { s.Terms.Confirm = ConfirmDialog }, vote: changed(func(v *Vote) { v.Typed = "" }), want: approvals.Counts, kinds: []Kind{KindApproval, KindApproved}},
		"a danger asks anyway":  {setup: danger, vote: changed(func(v *Vote) { v.Typed = "" }), want: approvals.WrongTarget},
		"still being checked":   {state: Checking, vote: dba, want: approvals.Closed},
		"already approved":      {state: Approved, vote: func(s *story) Vote { return s.vote(bob, "dba") }, want: approvals.Closed},
		"no seats at all":       {setup: func(s *story) { s.Terms.Seats = nil }, vote: dba, want: approvals.NotEntitled},
		"counted in two groups": {setup: twoSeats, vote: func(s *story) Vote { return s.vote(bob, "dba", "leads") }, want: approvals.Counts, kinds: []Kind{KindApproval, KindApproved}},
	}
	for _, state := range allStates() {
		if state == None || state == Pending || state == Checking {
			continue
		}
		t.Run("closed in "+string(state), func(t *testing.T) {
			s := in(t, state)
			want := approvals.Closed
			if state == Expired {
				want = approvals.TooLate // and the answer says when that was
			}
			if verdict, bodies := s.Approve(s.vote(bob, "dba")); verdict != want || bodies != nil || state == Expired && s.Deadline.IsZero() {
				t.Errorf("verdict %s, bodies %v, deadline %v; want %s", verdict, bodies, s.Deadline, want)
			}
		})
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			state := tt.state
			if state == "" {
				state = Pending
			}
			s := in(t, state)
			if tt.setup != nil {
				tt.setup(s)
			}
			decisions := len(s.Decisions)
			got, bodies := s.Approve(tt.vote(s))
			if got != tt.want || !slices.Equal(kindsOf(bodies), tt.kinds) {
				t.Fatalf("verdict %q with %v, want %q with %v", got, kindsOf(bodies), tt.want, tt.kinds)
			}
			if noted := len(s.Decisions) - decisions; noted != min(1, len(tt.kinds)) {
				t.Errorf("%d decisions noted", noted)
			}
			s.record(bodies...)
			if done := slices.Contains(tt.kinds, KindApproved); done != (s.State == Approved) && state == Pending {
				t.Errorf("ended in %q", s.State)
			}
			if tt.check != nil && !tt.check(s.Request) {
				t.Errorf("request is %+v", s.Request)
			}
		})
	}
}

// twoSeats adds a seat of leads and lets alice take that of dba.
func twoSeats(s *story) {
	s.Terms.Seats = append(s.Terms.Seats, approvals.Seat{From: "leads"})
	s.approve(alice, "dba")
}

func danger(s *story) {
	s.Terms.Confirm = ConfirmDialog
	s.Plan.Findings = []Finding{{Code: FindInPlace, Level: LevelDanger}}
}

func kindsOf(bodies []Body) []Kind {
	var out []Kind
	for _, b := range bodies {
		out = append(out, b.Kind())
	}
	return out
}

// TestApprovalIsEvidence checks what an approval leaves behind.
func TestApprovalIsEvidence(t *testing.T) {
	s := pend(t, "dba", "leads")
	s.now = noon.Add(time.Hour)
	v := s.vote(bob, "dba", "leads", "other")
	v.Today = today(nil, "dba", "leads") // the same under another name
	_, bodies := s.Approve(v)
	s.record(bodies...)
	note := as[BodyApproval](t, bodies[0])
	want := approvals.Decision{
		N: s.N, Choice: approvals.Approve, Revision: 1, PlanHash: s.Plan.Hash, Nonce: testNonce,
		Standing: v.Standing, Groups: []string{"dba", "leads"}, At: s.now,
	}
	if !reflect.DeepEqual(note.Decision, want) || !reflect.DeepEqual(s.Decisions, []approvals.Decision{want}) {
		t.Errorf("decision is %+v, kept %+v, want %+v", note.Decision, s.Decisions, want)
	}
	if note.PolicyDigest != "digest-1" || note.Today != "digest-2" || note.Verdict != approvals.Counts ||
		!slices.Equal(note.Open, []string{"leads"}) {
		t.Errorf("note is %+v", note)
	}
	if last := s.store.state.log[len(s.store.state.log)-1]; last.N != want.N || last.Kind != KindApproval {
		t.Errorf("decision %d is not event %d, %s", want.N, last.N, last.Kind)
	}
	_, bodies = s.Approve(s.vote(alice, "dba"))
	done := as[BodyApproved](t, bodies[1])
	fills := []approvals.Fill{{Seat: 0, From: "dba", Person: alice, N: 4}, {Seat: 1, From: "leads", Person: bob, N: 3}}
	if !reflect.DeepEqual(done.Fills, fills) || done.PlanHash != s.Plan.Hash || !done.SubmitBy.Equal(s.now.Add(24*time.Hour)) {
		t.Errorf("approved by %+v", done)
	}
	if !s.Approved.Equal(s.now) || !s.Deadline.Equal(done.SubmitBy) {
		t.Errorf("approved at %v until %v", s.Approved, s.Deadline)
	}
}

// TestApproverCountsOnce lets one person click again and again, in two groups and after a plan was replaced.
func TestApproverCountsOnce(t *testing.T) {
	s := pend(t, "dba", "leads")
	s.approve(bob, "dba", "leads")
	for range 3 {
		if verdict, bodies := s.Approve(s.vote(bob, "dba", "leads")); verdict != approvals.Repeated || bodies != nil {
			t.Fatalf("again: %s, %v", verdict, kindsOf(bodies))
		}
	}
	if len(s.Decisions) != 1 || len(s.Tally().Fills) != 1 {
		t.Errorf("%d decisions, %d seats filled", len(s.Decisions), len(s.Tally().Fills))
	}
}

// TestSecondPlanVoidsApprovals replaces the plan between two approvals.
func TestSecondPlanVoidsApprovals(t *testing.T) {
	s := pend(t, "dba", "leads")
	s.approve(alice, "dba")
	old := s.vote(carol, "leads")
	fresh := plan()
	fresh.Spec.Point.SnapshotID = "snap-2"
	s.record(s.Replan(s.now, testInstallation, fresh))
	if len(s.Usable()) != 0 || len(s.Tally().Fills) != 0 || !slices.Equal(s.OpenGroups(), []string{"dba", "leads"}) {
		t.Errorf("after a new plan %v count, open are %v", s.Usable(), s.OpenGroups())
	}
	if verdict, _ := s.Approve(old); verdict != approvals.Outdated {
		t.Errorf("approval of the old plan: %s", verdict)
	}
	s.approve(carol, "leads")
	if s.State != Pending {
		t.Errorf("the approval of the old plan filled a seat: %q", s.State)
	}
	s.approve(alice, "dba")
	if s.State != Approved {
		t.Errorf("two approvals of the new plan: %q", s.State)
	}
}
