package commands_test

import (
	"testing"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
)

// TestGallery keeps out bugs that other approval systems had between a click and what is stored.
func TestGallery(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(*desk){
		"a missing count is not an approval":      galleryNoSeats,
		"one click answers one request":           galleryOneClick,
		"the first click after a restart counts":  galleryRestart,
		"what is asked is awaited":                galleryAwaits,
		"one vanished approver does not stop all": galleryVanished,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sit(t, test)
		})
	}
}

func galleryNoSeats(d *desk) {
	s := d.pending("engineer", func(p *restore.Proposal) { p.Terms.Seats = nil })
	for _, user := range []string{"dba1", "lead1", "nobody"} {
		if got := d.decides(user, commands.Approve{Card: d.card(s)}); got.Verdict != approvals.NotEntitled {
			d.t.Errorf("%s: %s", user, got.Verdict)
		}
	}
	if q := d.get(s); q.State != restore.Pending || len(q.Decisions) > 0 {
		d.t.Errorf("%s with %+v", q.State, q.Decisions)
	}
}

// galleryOneClick has two requests wait whose buttons do the same.
func galleryOneClick(d *desk) {
	a, b := d.in(restore.Pending), d.in(restore.Pending)
	crossed := d.card(a)
	crossed.Subject = b
	if got := d.decides("dba1", commands.Approve{Card: crossed}); got.Verdict != approvals.Outdated {
		d.t.Errorf("the click on another card: %s", got.Verdict)
	}
	for _, user := range []string{"dba1", "lead1"} {
		d.decides(user, commands.Approve{Card: d.card(a)})
	}
	if p, q := d.get(a), d.get(b); p.State != restore.Approved || q.State != restore.Pending || len(q.Decisions) > 0 {
		d.t.Errorf("%s, the other one %s with %+v", p.State, q.State, q.Decisions)
	}
}

// galleryRestart has a process without any memory meet the clicks.
func galleryRestart(d *desk) {
	s := d.in(restore.Pending)
	d.decides("dba1", commands.Approve{Card: d.card(s)})
	card := d.card(s)
	if err := d.store.Close(); err != nil {
		d.t.Fatal(err)
	}
	d.store = open(d.t, d.path)
	d.Handler = commands.NewHandler(commands.Options{
		Store: d.store, Directory: d.people, Planner: unchanged{}, Observer: d.counts, Timings: timings(),
	})
	if got := d.decides("nobody", commands.Approve{Card: card}); got.Verdict != approvals.NotEntitled {
		d.t.Errorf("the first click, without the right: %s", got.Verdict)
	}
	if got := d.decides("lead1", commands.Approve{Card: card}); got.Verdict != approvals.Counts || d.get(s).State != restore.Approved {
		d.t.Errorf("the first click with the right: %s, %s", got.Verdict, d.get(s).State)
	}
}

// galleryAwaits opens the form that asks for the target's name. Nothing is decided until the name comes.
func galleryAwaits(d *desk) {
	s := d.pending("engineer", func(p *restore.Proposal) {
		p.Terms.Confirm, p.Terms.Seats = restore.ConfirmTarget, []approvals.Seat{{From: "dba"}}
	})
	q := d.get(s)
	cmd, err := d.Press(d.t.Context(), commands.Click{Action: commands.ActionApprove, Value: d.card(s).Value()})
	if err != nil {
		d.t.Fatal(err)
	}
	if form := answer[commands.Opened](d, "dba1", cmd); form.Form != commands.FormApprove {
		d.t.Errorf("the button opens %+v", form)
	}
	for _, typed := range []string{"", q.Plan.Spec.Source.Name} {
		if got := d.decides("dba1", commands.Approve{Card: d.card(s), Typed: typed}); got.Verdict != approvals.WrongTarget {
			d.t.Errorf("typed %q: %s", typed, got.Verdict)
		}
	}
	if q := d.get(s); q.State != restore.Pending || len(q.Decisions) > 0 {
		d.t.Fatalf("%s with %+v before anything was typed", q.State, q.Decisions)
	}
	if d.decides("dba1", commands.Approve{Card: d.card(s), Typed: q.ConfirmName()}); d.get(s).State != restore.Approved {
		d.t.Errorf("%s when it was", d.get(s).State)
	}
}

// galleryVanished has all but one of those who could approve be gone.
func galleryVanished(d *desk) {
	s := d.pending("engineer", func(p *restore.Proposal) {
		p.Terms.Seats = []approvals.Seat{{From: "dba"}}
		p.Members["dba"] = append([]approvals.Person{person("vanished"), person("guest")}, p.Members["dba"]...)
	})
	d.people.groups["dba"] = []string{"dba2"}
	if got := d.decides("dba1", commands.Approve{Card: d.card(s)}); got.Verdict != approvals.NotEntitled {
		d.t.Errorf("who left: %s", got.Verdict)
	}
	if got := d.decides("dba2", commands.Approve{Card: d.card(s)}); got.Verdict != approvals.Counts || d.get(s).State != restore.Approved {
		d.t.Errorf("who stayed: %s, %s", got.Verdict, d.get(s).State)
	}
}
