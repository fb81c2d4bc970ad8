package restore

import (
	"slices"
	"testing"

	"snapback/approvals"
)

// TestWithdrawStates takes an approval back until the request is sent.
func TestWithdrawStates(t *testing.T) {
	reopens := []Kind{KindWithdrawn, KindReopened}
	want := map[State][]Kind{Approved: reopens, Preparing: reopens}
	for _, state := range allStates() {
		s := in(t, state)
		verdict, bodies := s.Withdraw(s.vote(alice, "dba"))
		if got := written(bodies); !slices.Equal(got, want[state]) {
			t.Errorf("%q: %v, want %v", state, got, want[state])
		}
		expected := approvals.Closed
		switch state {
		case Approved, Preparing:
			expected = approvals.Counts
		case Pending: // nobody has approved
			expected = approvals.NotApproved
		default:
		}
		if verdict != expected {
			t.Errorf("%q: %s, want %s", state, verdict, expected)
		}
		if len(bodies) > 1 && as[BodyReopened](t, bodies[1]).Cause != ReopenWithdraw {
			t.Errorf("%q: told %+v", state, bodies[1])
		}
		if s.record(bodies...); len(bodies) > 0 && (s.State != Pending || len(s.Usable()) != 0 || len(s.held()) != 0) {
			t.Errorf("%q: %s with %v, locks %v", state, s.State, s.Usable(), s.held())
		}
	}
}

// TestWithdraw takes back one's own approval only, without any standing, and leaves the others'.
func TestWithdraw(t *testing.T) {
	s := pend(t, "dba", "leads", "leads")
	s.approve(alice, "dba")
	s.approve(bob, "leads")
	gone := Vote{Standing: approvals.Standing{Person: alice, Inactive: true}, Now: s.now}
	for name, tt := range map[string]struct {
		change func(*Vote)
		want   approvals.Verdict
	}{
		"another card":          {func(v *Vote) { v.Nonce = "fedcba9876543210" }, approvals.Outdated},
		"who has not approved":  {func(v *Vote) { v.Standing.Person = carol }, approvals.NotApproved},
		"the requester":         {func(v *Vote) { v.Standing.Person = erin }, approvals.NotApproved},
		"after all, by button":  {func(v *Vote) { v.Nonce, v.Revision = s.Nonce, 1 }, approvals.Counts},
		"after all, typed only": {func(*Vote) {}, approvals.Counts},
	} {
		q := clone(t, s.Request)
		v := gone
		tt.change(&v)
		if got, _ := q.Withdraw(v); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
	n := s.Usable()[0].N
	_, bodies := s.Withdraw(gone)
	body := as[BodyWithdrawn](t, bodies[0])
	if body.Decision != n || body.Reopens || !slices.Equal(body.Open, []string{"dba", "leads"}) || len(bodies) != 1 {
		t.Errorf("%+v", bodies)
	}
	s.record(bodies...)
	if len(s.Usable()) != 1 || s.Usable()[0].Standing.Person != bob {
		t.Errorf("usable %v", s.Usable())
	}
	if got, _ := s.Withdraw(gone); got != approvals.NotApproved {
		t.Errorf("again: %s", got)
	}
	s.approve(alice, "dba") // minds may change
}

// TestWithdrawSpare leaves a request approved that does not need the approval.
func TestWithdrawSpare(t *testing.T) {
	s := pend(t, "dba", "leads")
	s.approve(alice, "dba")
	verdict, bodies := s.Approve(s.vote(bob, "dba"))
	if verdict != approvals.NoSeatOpen {
		t.Fatalf("bob: %s", verdict)
	}
	s.record(bodies...)
	s.approve(carol, "leads")
	_, bodies = s.Withdraw(Vote{Standing: standing(alice), Now: s.now})
	if s.record(bodies...); s.State != Approved || len(bodies) != 1 {
		t.Errorf("%s after %v", s.State, written(bodies))
	}
}
