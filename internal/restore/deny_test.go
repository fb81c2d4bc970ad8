package restore

import (
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"snapback/approvals"
)

// decides is one row about a denial, a cancellation or the end of a doubt.
type decides struct {
	state State
	setup func(s *story)
	vote  func(s *story) Vote
	want  approvals.Verdict
}

// by returns the vote of a person, changed.
func by(p approvals.Person, groups []string, changes ...func(*Vote)) func(*story) Vote {
	return func(s *story) Vote {
		v := s.vote(p, groups...)
		for _, change := range changes {
			change(&v)
		}
		return v
	}
}

// typed makes a vote that of a typed command, which carries no card.
func typed(v *Vote) { v.Revision, v.Nonce, v.Typed = 0, "", "" }

// judgedAlike are the rows that every decision of other people than the requester has.
func judgedAlike(state State) map[string]decides {
	dba := []string{"dba"}
	return map[string]decides{
		"own request by button":        {state, nil, by(erin, dba), approvals.OwnRequest},
		"own request by typed command": {state, nil, by(erin, dba, typed), approvals.OwnRequest},
		"owner of the schedule":        {state, func(s *story) { s.Owner = alice }, by(alice, dba), approvals.OwnRequest},
		"author of the repeated":       {state, func(s *story) { s.Author = alice }, by(alice, dba), approvals.OwnRequest},
		"guest":                        {state, nil, by(alice, dba, func(v *Vote) { v.Standing.Guest = true }), approvals.Guest},
		"bot":                          {state, nil, by(alice, dba, func(v *Vote) { v.Standing.Bot = true }), approvals.Bot},
		"stranger":                     {state, nil, by(alice, dba, func(v *Vote) { v.Standing.Stranger = true }), approvals.Stranger},
		"inactive":                     {state, nil, by(alice, dba, func(v *Vote) { v.Standing.Inactive = true }), approvals.Inactive},
		"stale standing":               {state, nil, by(alice, dba, func(v *Vote) { v.Standing.At = noon.Add(-time.Hour) }), approvals.Stale},
		"unread group":                 {state, nil, by(alice, nil, func(v *Vote) { v.Standing.Unread = dba }), approvals.GroupUnread},
		"not entitled":                 {state, nil, by(carol, []string{"leads"}), approvals.NotEntitled},
		"outdated nonce":               {state, nil, by(alice, dba, func(v *Vote) { v.Nonce = "fedcba9876543210" }), approvals.Outdated},
		"outdated revision":            {state, nil, by(alice, dba, func(v *Vote) { v.Revision = 7 }), approvals.Outdated},
		"counts":                       {state, nil, by(alice, dba), approvals.Counts},
		"may not fill a seat any more": {state, nil, by(bob, dba), approvals.Counts},
	}
}

// check runs a row and returns the bodies it gave.
func (d decides) check(t *testing.T, decide func(*story, Vote) (approvals.Verdict, []Body)) (*story, []Body) {
	t.Helper()
	s := in(t, d.state)
	if d.setup != nil {
		d.setup(s)
	}
	before := clone(t, s.Request)
	verdict, bodies := decide(s, d.vote(s))
	if verdict != d.want || (len(bodies) > 0) != (verdict == approvals.Counts) {
		t.Fatalf("verdict %q with %v, want %q", verdict, kindsOf(bodies), d.want)
	}
	if verdict != approvals.Counts && !reflect.DeepEqual(clone(t, s.Request), before) {
		t.Error("a refused decision changed the request")
	}
	s.record(bodies...)
	return s, bodies
}

func TestDenyVerdicts(t *testing.T) {
	dba := []string{"dba"}
	for _, state := range []State{Pending, Approved, Preparing} {
		rows := judgedAlike(state)
		rows["typed, with a reason"] = decides{state, nil, by(alice, dba, typed), approvals.Counts}
		rows["joined later may still stop it"] = decides{state, nil, by(dave, dba), approvals.Counts}
		rows["who approved may deny"] = decides{state, nil, by(alice, dba), approvals.Counts}
		rows["reason missing"] = decides{state, nil, by(alice, dba, func(v *Vote) { v.Reason = "" }), approvals.ReasonNeeded}
		rows["reason of spaces"] = decides{state, nil, by(alice, dba, func(v *Vote) { v.Reason = " \t\n" }), approvals.ReasonNeeded}
		rows["no target needed"] = decides{state, nil, by(alice, dba, func(v *Vote) { v.Typed = "" }), approvals.Counts}
		rows["too late"] = decides{state, func(s *story) { s.now = s.Deadline }, by(alice, dba), approvals.TooLate}
		rows["no seats at all"] = decides{state, func(s *story) { s.Terms.Seats = nil }, by(alice, dba), approvals.NotEntitled}
		for name, row := range rows {
			t.Run(string(state)+"/"+name, func(t *testing.T) {
				s, bodies := row.check(t, func(s *story, v Vote) (approvals.Verdict, []Body) { return s.Deny(v) })
				if len(bodies) == 0 {
					return
				}
				d := as[BodyDenied](t, bodies[0]).Decision
				if s.State != Denied || d.Choice != approvals.Deny || d.N != s.N || d.Reason != "not today" || d.PlanHash != s.Plan.Hash {
					t.Errorf("%q by %+v", s.State, d)
				}
			})
		}
	}
	for _, state := range allStates() {
		if slices.Contains([]State{Pending, Approved, Preparing}, state) {
			continue
		}
		t.Run("closed in "+string(state), func(t *testing.T) {
			want := approvals.Closed
			if state == Expired {
				want = approvals.TooLate
			}
			decides{state, nil, by(alice, dba), want}.check(t, func(s *story, v Vote) (approvals.Verdict, []Body) {
				return s.Deny(v)
			})
		})
	}
}

// TestDenyAfterEnoughApprovals lets a lead stop what is approved already, and nobody approve it again.
func TestDenyAfterEnoughApprovals(t *testing.T) {
	s := pend(t, "dba", "leads")
	s.approve(alice, "dba")
	s.approve(carol, "leads")
	if s.State != Approved {
		t.Fatalf("state %q", s.State)
	}
	s.prepare()
	verdict, bodies := s.Deny(s.vote(carol, "leads"))
	if verdict != approvals.Counts {
		t.Fatalf("denied: %s", verdict)
	}
	s.record(bodies...)
	if s.State != Denied || len(s.held()) > 0 {
		t.Errorf("state %q, locks %v", s.State, s.held())
	}
	if verdict, _ := s.Approve(s.vote(bob, "dba")); verdict != approvals.Closed {
		t.Errorf("approved again: %s", verdict)
	}
}

// TestDenialIsEvidence checks what a denial leaves behind.
func TestDenialIsEvidence(t *testing.T) {
	s := pend(t, "dba")
	s.now = noon.Add(time.Hour)
	s.record(s.Replan(s.now, testInstallation, plan()))
	v := s.vote(dave, "other", "security") // today's policy has a seat for them, the card has none
	v.Today = today(nil, "security")
	_, bodies := s.Deny(v)
	s.record(bodies...)
	want := approvals.Decision{
		N: s.N, Choice: approvals.Deny, Revision: 2, PlanHash: s.Plan.Hash, Nonce: testNonce, Standing: v.Standing,
		Groups: []string{"other", "security"}, At: s.now, Reason: "not today",
	}
	note := as[BodyDenied](t, bodies[0])
	if !reflect.DeepEqual(note.Decision, want) || !reflect.DeepEqual(s.Decisions, []approvals.Decision{want}) {
		t.Errorf("decision is %+v, kept %+v, want %+v", note.Decision, s.Decisions, want)
	}
	if note.PolicyDigest != "digest-1" || note.Today != "digest-2" {
		t.Errorf("note is %+v", note)
	}
}

func TestCancelVerdicts(t *testing.T) {
	open := []State{Checking, Pending, Approved, Preparing}
	tests := map[string]decides{
		"requester":                  {"", nil, by(erin, nil), approvals.Counts},
		"typed":                      {"", nil, by(erin, nil, typed), approvals.Counts},
		"standing is not asked for":  {"", nil, by(erin, nil, func(v *Vote) { v.Standing.At = time.Time{} }), approvals.Counts},
		"without a reason":           {"", nil, by(erin, nil, func(v *Vote) { v.Reason = "" }), approvals.Counts},
		"outdated nonce":             {"", nil, by(erin, nil, func(v *Vote) { v.Nonce = "fedcba9876543210" }), approvals.Outdated},
		"who may approve":            {"", nil, by(alice, []string{"dba"}), approvals.NotEntitled},
		"anybody":                    {"", nil, by(dave, nil), approvals.NotEntitled},
		"same id, another workspace": {"", nil, by(approvals.Person{Team: "T2", User: erin.User}, nil), approvals.NotEntitled},
	}
	for _, state := range allStates() {
		for name, row := range tests {
			t.Run(string(state)+"/"+name, func(t *testing.T) {
				row.state = state
				if state == Running {
					row.want = approvals.NotPossible
				} else if !slices.Contains(open, state) && row.want != approvals.NotEntitled {
					row.want = approvals.Closed
				}
				s, bodies := row.check(t, func(s *story, v Vote) (approvals.Verdict, []Body) { return s.Cancel(v) })
				if len(bodies) == 0 {
					return
				}
				told := as[BodyCanceled](t, bodies[0])
				if s.State != Canceled || told.Cause != CancelRequester || (told.Reason == "not today") != (name != "without a reason") {
					t.Errorf("%q by %+v", s.State, told)
				}
			})
		}
	}
}

func TestAbandonVerdicts(t *testing.T) {
	dba := []string{"dba"}
	abandon := func(s *story, v Vote) (approvals.Verdict, []Body) { return s.Abandon(v, s.now.Add(time.Hour)) }
	rows := judgedAlike(InDoubt)
	maps.Copy(rows, map[string]decides{
		"typed carries no card":     {InDoubt, nil, by(alice, dba, typed), approvals.Outdated},
		"wrong target typed":        {InDoubt, nil, by(alice, dba, func(v *Vote) { v.Typed = "orders" }), approvals.WrongTarget},
		"nothing typed":             {InDoubt, nil, by(alice, dba, func(v *Vote) { v.Typed = "" }), approvals.WrongTarget},
		"without a reason":          {InDoubt, nil, by(alice, dba, func(v *Vote) { v.Reason = "" }), approvals.Counts},
		"no seats, requester":       {InDoubt, seatless, by(erin, nil), approvals.Counts},
		"no seats, wrong target":    {InDoubt, seatless, by(erin, nil, func(v *Vote) { v.Typed = "" }), approvals.WrongTarget},
		"no seats, stale requester": {InDoubt, seatless, by(erin, nil, func(v *Vote) { v.Standing.At = time.Time{} }), approvals.Stale},
		"no seats, guest":           {InDoubt, seatless, by(erin, nil, func(v *Vote) { v.Standing.Guest = true }), approvals.Guest},
		"no seats, somebody else":   {InDoubt, seatless, by(alice, dba), approvals.NotEntitled},
	})
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			s, bodies := row.check(t, abandon)
			if len(bodies) > 0 && s.State != Failed {
				t.Errorf("ended in %q", s.State)
			}
			if len(bodies) == 0 && !s.Linger.IsZero() {
				t.Errorf("lingers until %v", s.Linger)
			}
		})
	}
	for _, state := range allStates() {
		if state == InDoubt {
			continue
		}
		t.Run("closed in "+string(state), func(t *testing.T) {
			decides{state, nil, by(alice, dba), approvals.Closed}.check(t, abandon)
		})
	}
}

// TestConfirmName checks what an approver types for each delivery.
func TestConfirmName(t *testing.T) {
	onto, down := plan(), download()
	tests := map[string]struct {
		plan    Plan
		confirm Confirm
		risky   bool
		want    Confirm
		name    string
	}{
		"onto a cluster":         {onto, "", false, ConfirmTarget, "orders-copy"},
		"onto, by dialog":        {onto, ConfirmDialog, false, ConfirmDialog, "orders-copy"},
		"onto, dialog, danger":   {onto, ConfirmDialog, true, ConfirmTarget, "orders-copy"},
		"download":               {down, "", false, ConfirmDialog, "orders"},
		"download, by name":      {down, ConfirmTarget, false, ConfirmTarget, "orders"},
		"download with a danger": {down, "", true, ConfirmTarget, "orders"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tm := terms("dba")
			tm.Confirm = tt.confirm
			r := &Request{Plan: &tt.plan, Terms: &tm}
			if tt.risky {
				r.Plan.Findings = []Finding{{Code: FindInPlace, Level: LevelDanger}, {Code: FindOverwrites, Level: LevelWarn}}
			}
			if r.Confirmation() != tt.want || r.ConfirmName() != tt.name {
				t.Errorf("confirmed by %s of %q, want %s of %q", r.Confirmation(), r.ConfirmName(), tt.want, tt.name)
			}
		})
	}
}
