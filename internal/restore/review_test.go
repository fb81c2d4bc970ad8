package restore

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"snapback/approvals"
)

// today is a ruling for terms like those of the stories, changed.
func today(change func(*Terms), groups ...string) Ruling {
	t := terms(groups...)
	t.Policy, t.Digest = "production-2", "digest-2"
	if change != nil {
		change(&t)
	}
	return Ruling{Matching: Matches, Terms: t}
}

// written returns the kinds of bodies.
func written(bodies []Body) []Kind {
	var out []Kind
	for _, b := range bodies {
		out = append(out, b.Kind())
	}
	return out
}

// review compares a story with a ruling, and records what comes of it.
func (s *story) review(r Ruling, members map[string][]approvals.Person) []Body {
	s.t.Helper()
	bodies := s.Review(s.now, r, members)
	s.record(bodies...)
	s.Request = clone(s.t, s.store.request(s.t, s.Subject)) // as after a restart
	return bodies
}

// TestReview has the policies say something else about a request with one seat for a DBA.
func TestReview(t *testing.T) {
	ruled, canceled := []Kind{KindRuled}, []Kind{KindCanceled}
	reopened := []Kind{KindRuled, KindReopened}
	auto := func(t *Terms) { t.Auto = true }
	tests := map[string]struct {
		today  Ruling
		states map[State][]Kind // what is recorded; other states: nothing
	}{
		"the same, under another name": {today(nil, "dba"), nil},
		"cannot tell":                  {Ruling{Matching: CannotTell, Terms: terms("leads")}, nil},
		"no match":                     {Ruling{}, map[State][]Kind{Pending: canceled, Approved: canceled, Preparing: canceled}},
		"another ticket": {
			today(func(t *Terms) { t.Reason.Ticket = "CHG-[0-9]+" }, "dba"),
			map[State][]Kind{Pending: canceled, Approved: canceled, Preparing: canceled},
		},
		"a ticket that the reason has": {
			today(func(t *Terms) { t.Reason.Ticket = "OPS-[0-9]+" }, "dba"),
			map[State][]Kind{Pending: ruled, Approved: ruled, Preparing: ruled},
		},
		"one more seat":       {today(nil, "dba", "leads"), map[State][]Kind{Pending: ruled, Approved: reopened, Preparing: reopened}},
		"another group":       {today(nil, "security"), map[State][]Kind{Pending: ruled, Approved: reopened, Preparing: reopened}},
		"no seats any more":   {today(auto), map[State][]Kind{Pending: ruled, Approved: ruled, Preparing: ruled}},
		"the group rotates":   {today(func(t *Terms) { t.Rotating = []string{"dba"} }, "dba"), map[State][]Kind{Pending: ruled, Approved: ruled, Preparing: ruled}},
		"a shorter time":      {today(func(t *Terms) { t.ExpiresAfter, t.SubmitWithin = time.Hour, time.Hour }, "dba"), map[State][]Kind{Pending: ruled, Approved: ruled, Preparing: ruled}},
		"a longer time":       {today(func(t *Terms) { t.ExpiresAfter, t.SubmitWithin = 90*time.Hour, 90*time.Hour }, "dba"), map[State][]Kind{Pending: ruled, Approved: ruled, Preparing: ruled}},
		"a weaker confirming": {today(func(t *Terms) { t.Confirm = ConfirmDialog }, "dba"), map[State][]Kind{Pending: ruled, Approved: ruled, Preparing: ruled}},
	}
	for name, tt := range tests {
		for _, state := range allStates() {
			if state == None {
				continue
			}
			s := in(t, state)
			before := s.Deadline
			s.now = noon.Add(time.Minute)
			bodies := s.review(tt.today, nil)
			if got := written(bodies); !slices.Equal(got, tt.states[state]) {
				t.Errorf("%s, %q: %v, want %v", name, state, got, tt.states[state])
			}
			for i, body := range bodies {
				switch b := body.(type) {
				case BodyRuled:
					if !reflect.DeepEqual(b.Terms, tt.today.Terms) || b.Deadline.IsZero() || i == len(bodies)-1 && !b.Deadline.Equal(s.Deadline) {
						t.Errorf("%s, %q: told %+v", name, state, b)
					}
					if state == Pending && !slices.Equal(b.Open, s.OpenGroups()) {
						t.Errorf("%s: open are %v, told %v", name, s.OpenGroups(), b.Open)
					}
				case BodyReopened:
					if b.Cause != ReopenPolicy || !b.Deadline.Equal(s.Deadline) {
						t.Errorf("%s, %q: told %+v", name, state, b)
					}
				}
			}
			if s.Deadline.After(before) {
				t.Errorf("%s, %q: the deadline moved from %v to %v", name, state, before, s.Deadline)
			}
			if state == Pending && s.State == Approved {
				t.Errorf("%s: a change approved it", name)
			}
			if again := s.Review(s.now, tt.today, nil); len(again) > 0 {
				t.Errorf("%s, %q: once more %v", name, state, written(again))
			}
		}
	}
}

// TestReviewCancels says why.
func TestReviewCancels(t *testing.T) {
	s := in(t, Preparing)
	body := as[BodyCanceled](t, s.review(today(func(t *Terms) { t.Reason.Ticket = "CHG-[0-9]+" }, "dba"), nil)[0])
	if body.Cause != CancelPolicyReason || body.Reason != "production-2" || len(s.held()) != 0 {
		t.Errorf("%+v, locks %v", body, s.held())
	}
	if body := as[BodyCanceled](t, in(t, Pending).review(Ruling{}, nil)[0]); body.Cause != CancelPolicyGone {
		t.Errorf("%+v", body)
	}
}

// TestBothHold counts approvals against the frozen and against today's seats, each on its own.
func TestBothHold(t *testing.T) {
	s := in(t, Approved) // alice, of the DBAs
	s.now = noon.Add(time.Hour)
	s.review(today(nil, "leads"), nil)
	if s.State != Pending || !slices.Equal(s.OpenGroups(), []string{"leads"}) || len(s.Tally().Fills) != 1 {
		t.Fatalf("%s, open %v", s.State, s.OpenGroups())
	}
	_, bodies := s.Approve(s.vote(carol, "leads"))
	s.record(bodies...)
	if s.State != Approved || len(s.TallyToday().Fills) != 1 || s.TallyToday().Fills[0].Person != carol {
		t.Errorf("%s, %+v", s.State, s.TallyToday())
	}
	told := as[BodyApproved](t, bodies[1])
	if len(told.Fills) != 1 || told.Fills[0].Person != alice || !slices.Equal(told.Today, s.TallyToday().Fills) {
		t.Errorf("told %+v", told)
	}
}

// TestNothingIsFilled has no plan, or terms without a seat: nobody approved that.
func TestNothingIsFilled(t *testing.T) {
	for name, s := range map[string]*story{"no plan": file(t), "no seats": pend(t)} {
		if s.Filled() {
			t.Errorf("%s: filled", name)
		}
	}
}

// TestLooserFillsNothing has today's policy ask for less: the frozen seats stay open, whatever it says.
func TestLooserFillsNothing(t *testing.T) {
	for name, r := range map[string]Ruling{
		"nobody": today(func(t *Terms) { t.Auto = true }), "fewer": today(nil, "dba"),
	} {
		s := pend(t, "dba", "leads")
		s.review(r, nil)
		s.approve(alice, "dba")
		if s.State != Pending {
			t.Errorf("%s: %s with %v", name, s.State, s.Tally().Fills)
		}
		s.approve(carol, "leads")
		if s.State != Approved {
			t.Errorf("%s: %s", name, s.State)
		}
	}
}

// TestRevertedPolicy approves by what people filled, when a policy that was stricter for a while is as before.
func TestRevertedPolicy(t *testing.T) {
	s := in(t, Approved)
	s.now = noon.Add(time.Hour)
	s.review(today(nil, "dba", "leads"), nil)
	s.now = noon.Add(2 * time.Hour)
	if got := written(s.review(today(nil, "dba"), nil)); !slices.Equal(got, []Kind{KindRuled, KindApproved}) {
		t.Fatalf("recorded %v", got)
	}
	if want := noon.Add(24 * time.Hour); s.Today != nil || !s.Deadline.Equal(want) || s.Tally().Fills[0].Person != alice {
		t.Errorf("today %+v, until %v, want %v", s.Today, s.Deadline, want)
	}
}

// TestAutoHoldsIfBothSaySo takes the approval by policy back when a policy with seats applies, and gives it again when it
// does not.
func TestAutoHoldsIfBothSaySo(t *testing.T) {
	s := file(t)
	alone := terms()
	alone.Auto = true
	s.record(s.AutoApprove(s.now, testInstallation, Proposal{Plan: plan(), Terms: alone}))
	s.now = noon.Add(time.Hour)
	s.review(today(nil, "dba"), map[string][]approvals.Person{"dba": {alice}})
	if s.State != Pending || !slices.Equal(s.MayApprove(), []approvals.Person{alice}) {
		t.Fatalf("%s, may approve %v", s.State, s.MayApprove())
	}
	until := s.Deadline
	s.now = noon.Add(2 * time.Hour)
	s.review(Ruling{Matching: Matches, Terms: alone}, nil)
	if s.State != Approved || !s.Deadline.Equal(until) {
		t.Errorf("%s until %v, want %v", s.State, s.Deadline, until)
	}
}

// TestNewGroupIsOfTheChange lets those fill the seats of a group that is newly named who were in it at the change, and of
// a known group those who were in it when the request was put up.
func TestNewGroupIsOfTheChange(t *testing.T) {
	s := pend(t, "dba")
	body := as[BodyRuled](t, s.review(today(nil, "dba", "security"), map[string][]approvals.Person{
		"security": {dave}, "dba": {alice, carol}, "leads": {carol},
	})[0])
	if len(body.Members) != 1 || !slices.Equal(body.Members["security"], []approvals.Person{dave}) {
		t.Errorf("told %v", body.Members)
	}
	for who, want := range map[approvals.Person]approvals.Verdict{
		dave: approvals.Counts, bob: approvals.JoinedLater,
	} {
		if got, _ := s.Approve(s.vote(who, "security")); got != want {
			t.Errorf("%s of security: %s, want %s", who, got, want)
		}
	}
	if got, _ := s.Approve(s.vote(carol, "dba")); got != approvals.JoinedLater {
		t.Errorf("carol of dba: %s", got)
	}
}

// TestRotating lets whoever is in a rotating group now fill its seats, if all terms that name it say so.
func TestRotating(t *testing.T) {
	rotates := func(t *Terms) { t.Rotating = []string{"dba"} }
	for name, tt := range map[string]struct {
		frozen, today func(*Terms)
		changed       []string // today's groups; nil: nothing changed
		want          approvals.Verdict
	}{
		"it does not":              {nil, nil, nil, approvals.JoinedLater},
		"it does":                  {rotates, nil, nil, approvals.Counts},
		"only today":               {nil, rotates, []string{"dba"}, approvals.JoinedLater},
		"not any more":             {rotates, nil, []string{"dba"}, approvals.JoinedLater},
		"today's does not name it": {rotates, nil, []string{"leads"}, approvals.Counts},
	} {
		s, frozen := file(t), terms("dba")
		if tt.frozen != nil {
			tt.frozen(&frozen)
		}
		s.record(s.PutUp(s.now, testInstallation, proposal(plan(), frozen)))
		if tt.changed != nil {
			s.review(today(tt.today, tt.changed...), nil)
		}
		if got, _ := s.Approve(s.vote(dave, "dba")); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
		if got, _ := s.Approve(s.vote(dave)); got != approvals.NotEntitled {
			t.Errorf("%s: outside the group %s", name, got)
		}
	}
}

// TestApprovesAgain has somebody approve once more when the policy asks for another of their groups.
func TestApprovesAgain(t *testing.T) {
	s := pend(t, "dba", "dba")
	s.approve(bob, "dba")
	if got, _ := s.Approve(s.vote(bob, "dba")); got != approvals.Repeated {
		t.Errorf("again: %s", got)
	}
	s.review(today(nil, "leads"), nil)
	if got, _ := s.Approve(s.vote(bob, "dba")); got != approvals.Repeated {
		t.Errorf("without the other group: %s", got)
	}
	s.approve(bob, "dba", "leads")
	if len(s.Usable()) != 1 || len(s.TallyToday().Fills) != 1 || len(s.Tally().Fills) != 1 || s.State != Pending {
		t.Errorf("%s, %v, today %v", s.State, s.Tally(), s.TallyToday())
	}
	s.approve(alice, "dba")
	if s.State != Approved {
		t.Errorf("%s, open %v", s.State, s.OpenGroups())
	}
}

// TestApprovesAgainElsewhere has somebody approve once more with a group that no seat is for: they hold the seat that they
// had.
func TestApprovesAgainElsewhere(t *testing.T) {
	s := pend(t, "dba", "security")
	s.approve(bob, "dba")
	s.approve(bob, "dba", "leads")
	if fills := s.Tally().Fills; len(s.Usable()) != 1 || len(fills) != 1 || fills[0].N != s.N {
		t.Errorf("%v count, filled by %v", s.Usable(), fills)
	}
}

// TestRulesBeforeAPlan has a request that stands under no ruling yet.
func TestRulesBeforeAPlan(t *testing.T) {
	if s := file(t); s.Rules(Ruling{Matching: Matches}) || s.Rules(s.Known()) {
		t.Error("a request without a plan stands under a policy")
	}
}

// TestRuledVerdicts decides nothing under a policy that the card does not show.
func TestRuledVerdicts(t *testing.T) {
	for name, tt := range map[string]struct {
		today Ruling
		want  approvals.Verdict
	}{
		"as the card": {today(nil, "dba"), approvals.Counts}, "stricter": {today(nil, "dba", "leads"), approvals.PolicyChanged},
		"looser":      {today(func(t *Terms) { t.Auto = true }), approvals.PolicyChanged},
		"none":        {Ruling{}, approvals.PolicyChanged},
		"none at all": {Ruling{Terms: terms("dba")}, approvals.PolicyChanged},
		"cannot tell": {Ruling{Matching: CannotTell, Terms: terms("dba")}, approvals.PolicyUnread},
	} {
		s := in(t, Pending)
		v := s.vote(alice, "dba")
		v.Today = tt.today
		if got, bodies := s.Approve(v); got != tt.want || (got == approvals.Counts) != (len(bodies) > 0) {
			t.Errorf("%s: %s with %v, want %s", name, got, written(bodies), tt.want)
		}
	}
}

// TestDenyByTodaysSeat lets those deny who could fill a seat of today's policy, although the card does not show it yet.
func TestDenyByTodaysSeat(t *testing.T) {
	for _, state := range []State{Pending, Approved, Preparing} {
		for name, tt := range map[string]struct {
			today Ruling
			want  approvals.Verdict
		}{
			"today's":     {today(nil, "security"), approvals.Counts},
			"neither":     {today(nil, "leads"), approvals.NotEntitled},
			"cannot tell": {Ruling{CannotTell, terms("security")}, approvals.NotEntitled},
		} {
			s := in(t, state)
			v := s.vote(dave, "security")
			v.Today = tt.today
			got, bodies := s.Deny(v)
			if got != tt.want {
				t.Errorf("%s, %s: %s, want %s", state, name, got, tt.want)
			}
			if s.record(bodies...); got == approvals.Counts && s.State != Denied {
				t.Errorf("%s, %s: %s", state, name, s.State)
			}
		}
	}
}

// TestStrongerConfirmation asks for the target's name if any of the terms does.
func TestStrongerConfirmation(t *testing.T) {
	for _, tt := range []struct{ frozen, today, want Confirm }{
		{ConfirmDialog, ConfirmDialog, ConfirmDialog},
		{ConfirmDialog, ConfirmTarget, ConfirmTarget},
		{ConfirmTarget, ConfirmDialog, ConfirmTarget},
		{ConfirmDialog, "", ConfirmTarget},
	} {
		s, frozen := file(t), terms("dba", "leads")
		frozen.Confirm = tt.frozen
		s.record(s.PutUp(s.now, testInstallation, proposal(plan(), frozen)))
		s.review(today(func(t *Terms) { t.Confirm = tt.today }, "dba", "leads"), nil)
		if got := s.Confirmation(); got != tt.want {
			t.Errorf("%q and %q: %q, want %q", tt.frozen, tt.today, got, tt.want)
		}
	}
}

// TestMayApprove lists exactly those whose approval would count for an open seat.
func TestMayApprove(t *testing.T) {
	check := func(s *story, when string, want ...approvals.Person) {
		t.Helper()
		if got := s.MayApprove(); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", when, got, want)
		}
		for _, who := range s.MayApprove() {
			var groups []string
			for g, people := range s.Members {
				if slices.Contains(people, who) {
					groups = append(groups, g)
				}
			}
			if got, _ := s.Approve(s.vote(who, groups...)); got != approvals.Counts {
				t.Errorf("%s: the approval of %s is %s", when, who, got)
			}
			s.Request = clone(t, s.store.request(t, s.Subject))
		}
	}
	s := pend(t, "dba", "leads")
	check(s, "at first", alice, bob, carol)
	s.approve(alice, "dba")
	check(s, "one seat open", bob, carol)
	s.review(today(nil, "security"), map[string][]approvals.Person{"security": {alice, dave, erin}})
	check(s, "another group", alice, bob, carol, dave)
}

// TestDeadlineStaysEarlier keeps the deadline of a policy that was shorter for a while.
func TestDeadlineStaysEarlier(t *testing.T) {
	for state, want := range map[State]time.Time{Pending: noon.Add(time.Hour), Approved: noon.Add(time.Hour)} {
		s := in(t, state)
		s.review(today(func(t *Terms) { t.ExpiresAfter, t.SubmitWithin = time.Hour, time.Hour }, "dba"), nil)
		s.review(today(nil, "dba"), nil)
		if s.Today != nil || !s.Deadline.Equal(want) {
			t.Errorf("%s: until %v, want %v", state, s.Deadline, want)
		}
	}
}
