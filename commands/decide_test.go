package commands_test

import (
	"slices"
	"testing"
	"time"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
)

// typed returns what a typed command carries: the request, and nothing that shows which plan was looked at.
func typed(s restore.Subject) commands.Card { return commands.Card{Subject: s} }

// TestTypedApproveShowsTheCard checks that one approves what one sees.
func TestTypedApproveShowsTheCard(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		s := d.in(restore.Pending)
		n := d.get(s).N
		for _, user := range []string{"dba1", "engineer", "nobody"} {
			shown := answer[commands.Shown](d, user, commands.Approve{Card: typed(s)})
			if shown.Why != commands.ShowApprove || shown.Request.Subject != s ||
				!slices.ContainsFunc(shown.Actions, func(a commands.Action) bool {
					return a.ID == commands.ActionApprove && a.Card == d.card(s)
				}) {
				d.t.Errorf("%s sees %+v", user, shown)
			}
		}
		if d.get(s).N != n || d.people.asked != 0 {
			d.t.Errorf("%d events after %d, asked %d times", d.get(s).N, n, d.people.asked)
		}
	})
}

func TestApprove(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		s := d.in(restore.Pending)
		card := d.card(s)
		if got := d.decides("dba1", commands.Approve{Card: card}); got.Verdict != approvals.Counts || got.Request.State != restore.Pending {
			d.t.Errorf("%+v", got)
		}
		if got := d.decides("dba1", commands.Approve{Card: card}); got.Verdict != approvals.Repeated {
			d.t.Errorf("the second click is %s", got.Verdict)
		}
		got := d.decides("lead1", commands.Approve{Card: card})
		if got.Verdict != approvals.Counts || got.Verb != commands.VerbApprove || got.Request.State != restore.Approved || d.get(s).State != restore.Approved {
			d.t.Errorf("%+v", got)
		}
		if got := d.decides("lead2", commands.Approve{Card: card}); got.Verdict != approvals.Closed {
			d.t.Errorf("too much: %s", got.Verdict)
		}
		if !slices.Equal(d.counts.all, []string{"approve", "approve"}) {
			d.t.Errorf("counted %v", d.counts.all)
		}
		if p := d.wrong("dba1", commands.Approve{Card: commands.Card{Subject: "R-99", Revision: 1, Nonce: card.Nonce}}); p.Code != commands.ProblemUnknown {
			d.t.Errorf("%+v", p)
		}
	})
}

// TestOwnRequestIsNobodysOwn has the requester, who is in a group of the seats, try every way to approve.
func TestOwnRequestIsNobodysOwn(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		s := d.in(restore.Pending)
		card := d.card(s)
		if got := d.decides("engineer", commands.Approve{Card: card}); got.Verdict != approvals.OwnRequest {
			d.t.Errorf("the button: %s", got.Verdict)
		}
		if shown := answer[commands.Shown](d, "engineer", commands.Approve{Card: typed(s)}); shown.Why != commands.ShowApprove {
			d.t.Errorf("typed: %+v", shown)
		}
		for _, form := range []commands.Form{commands.FormApprove, commands.FormDeny} {
			if got := d.decides("engineer", commands.Open{Form: form, Card: card}); got.Verdict != approvals.OwnRequest {
				d.t.Errorf("the form %s: %s", form, got.Verdict)
			}
		}
		filled, err := commands.Submit(commands.FormApprove, card, map[string]string{commands.InputConfirmTarget: d.get(s).ConfirmName()})
		if err != nil {
			d.t.Fatal(err)
		}
		if got := d.decides("engineer", filled); got.Verdict != approvals.OwnRequest {
			d.t.Errorf("the filled form: %s", got.Verdict)
		}
		if got := d.decides("engineer", commands.Deny{Card: typed(s), Reason: "no"}); got.Verdict != approvals.OwnRequest {
			d.t.Errorf("denial: %s", got.Verdict)
		}
		if q := d.get(s); q.State != restore.Pending || len(q.Decisions) != 0 || len(d.counts.all) != 0 {
			d.t.Errorf("%s with %+v, counted %v", q.State, q.Decisions, d.counts.all)
		}
	})
}

func TestDeny(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		s := d.in(restore.Pending)
		if shown := answer[commands.Shown](d, "dba1", commands.Deny{Card: typed(s), Reason: "  "}); shown.Why != commands.ShowDeny {
			d.t.Errorf("without a reason: %+v", shown)
		}
		if got := d.decides("dba1", commands.Deny{Card: d.card(s)}); got.Verdict != approvals.ReasonNeeded {
			d.t.Errorf("a form without a reason: %s", got.Verdict)
		}
		if got := d.decides("nobody", commands.Deny{Card: typed(s), Reason: "no"}); got.Verdict != approvals.NotEntitled {
			d.t.Errorf("nobody: %s", got.Verdict)
		}
		got := d.decides("dba1", commands.Deny{Card: typed(s), Reason: " not on a Friday "})
		if got.Verdict != approvals.Counts || got.Request.State != restore.Denied || got.Verb != commands.VerbDeny {
			d.t.Errorf("%+v", got)
		}
		if ds := d.get(s).Decisions; len(ds) != 1 || ds[0].Reason != "not on a Friday" {
			d.t.Errorf("decisions %+v", ds)
		}
		for _, state := range []restore.State{restore.Approved, restore.Preparing} {
			s := d.in(state)
			if got := d.decides("lead2", commands.Deny{Card: typed(s), Reason: "no"}); got.Request.State != restore.Denied {
				d.t.Errorf("%s: %+v", state, got)
			}
		}
	})
}

func TestCancel(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		for _, state := range states() {
			d.people.fails = nil
			s := d.in(state)
			d.people.fails = errSlack // it asks nobody
			want := approvals.Closed
			if slices.Contains([]restore.State{restore.Checking, restore.Pending, restore.Approved, restore.Preparing}, state) {
				want = approvals.Counts
			}
			if q := d.get(s); q.Plan != nil {
				others := approvals.NotEntitled
				if state == restore.Running {
					others, want = approvals.NotPossible, approvals.NotPossible
				}
				if got := d.decides("dba1", commands.Cancel{Card: typed(s)}); got.Verdict != others {
					d.t.Errorf("%s: somebody else's cancel: %s", state, got.Verdict)
				}
			}
			got := d.decides("engineer", commands.Cancel{Card: typed(s), Reason: "found it"})
			if got.Verdict != want || (want == approvals.Counts) != (d.get(s).State == restore.Canceled && state != restore.Canceled) {
				d.t.Errorf("%s: %s, now %s", state, got.Verdict, d.get(s).State)
			}
		}
	})
}

func TestAbandon(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		s := d.in(restore.InDoubt)
		card, name := d.card(s), d.get(s).ConfirmName()
		if got := d.decides("lead1", commands.Abandon{Card: card, Typed: "another"}); got.Verdict != approvals.WrongTarget {
			d.t.Errorf("a wrong name: %s", got.Verdict)
		}
		if got := d.decides("nobody", commands.Abandon{Card: card, Typed: name}); got.Verdict != approvals.NotEntitled {
			d.t.Errorf("nobody: %s", got.Verdict)
		}
		if got := d.decides("engineer", commands.Abandon{Card: card, Typed: name}); got.Verdict != approvals.OwnRequest {
			d.t.Errorf("the requester: %s", got.Verdict)
		}
		got := d.decides("lead1", commands.Abandon{Card: card, Typed: " " + name + " "})
		if got.Verdict != approvals.Counts || got.Request.State != restore.Failed {
			d.t.Errorf("%+v", got)
		}
		if q := d.get(s); !q.Linger.Equal(time.Now().Add(15*time.Second)) || len(q.Locks) != 1 {
			d.t.Errorf("looked at again at %s, locks %v", q.Linger, q.Locks)
		}
	})
}

// TestNobodyDecidesUnknown has the look-up fail, or know too little: nothing is decided, and people are told.
func TestNobodyDecidesUnknown(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		s, doubt := d.in(restore.Pending), d.in(restore.InDoubt)
		n := d.get(s).N + d.get(doubt).N
		d.people.fails = errSlack
		for _, cmd := range []commands.Command{
			commands.Approve{Card: d.card(s)},
			commands.Deny{Card: d.card(s), Reason: "no"},
			commands.Deny{Card: typed(s), Reason: "no"},
			commands.Abandon{Card: d.card(doubt), Typed: d.get(doubt).ConfirmName()},
			commands.List{Filter: commands.FilterWaiting},
			commands.Plan{Asked: asked(nil)},
		} {
			if p := d.wrong("dba1", cmd); p.Code != commands.ProblemIdentity {
				d.t.Errorf("%+v: %+v", cmd, p)
			}
		}
		d.people.fails, d.people.unread = nil, []string{"dba"}
		if got := d.decides("dba1", commands.Approve{Card: d.card(s)}); got.Verdict != approvals.GroupUnread {
			d.t.Errorf("an unreadable group: %s", got.Verdict)
		}
		if d.get(s).N+d.get(doubt).N != n {
			d.t.Error("something was decided")
		}
	})
}
