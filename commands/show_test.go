package commands_test

import (
	"slices"
	"testing"

	"snapback/approvals"
	"snapback/commands"
	"snapback/internal/restore"
)

// TestShow checks who sees what: a request that was never put up is its requester's alone.
func TestShow(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		for _, state := range states() {
			s := d.in(state)
			shown := answer[commands.Shown](d, "engineer", commands.Show{Subject: s})
			if shown.Why != commands.ShowAsked || shown.Request.State != state {
				d.t.Errorf("%s: its requester sees %+v", state, shown)
			}
			others := []commands.Command{
				commands.Show{Subject: s},
				commands.Approve{Card: typed(s)},
				commands.Deny{Card: typed(s)},
				commands.Deny{Card: typed(s), Reason: "no"},
				commands.Cancel{Card: typed(s)},
			}
			if state == restore.Checking || state == restore.Refused {
				for _, cmd := range others {
					if p := d.wrong("dba1", cmd); p.Code != commands.ProblemUnknown || p.Word != string(s) {
						d.t.Errorf("%s: %+v: %+v", state, cmd, p)
					}
				}
				continue
			}
			if shown := answer[commands.Shown](d, "nobody", commands.Show{Subject: s}); shown.Request.Subject != s {
				d.t.Errorf("%s: others see %+v", state, shown)
			}
		}
		if p := d.wrong("engineer", commands.Show{Subject: "R-99"}); p.Code != commands.ProblemUnknown || p.Word != "R-99" {
			d.t.Errorf("%+v", p)
		}
	})
}

func TestActions(t *testing.T) {
	t.Parallel()
	want := map[restore.State][]commands.ActionID{
		restore.Checking:  {commands.ActionCancel},
		restore.Pending:   {commands.ActionApprove, commands.ActionDeny, commands.ActionCancel},
		restore.Approved:  {commands.ActionDeny, commands.ActionWithdraw, commands.ActionCancel},
		restore.Preparing: {commands.ActionDeny, commands.ActionWithdraw, commands.ActionCancel},
		restore.InDoubt:   {commands.ActionResend, commands.ActionAbandon},
		restore.Refused:   {commands.ActionFileAnyway},
		restore.Denied:    {commands.ActionAgain},
		restore.Expired:   {commands.ActionAgain},
		restore.Canceled:  {commands.ActionAgain},
		restore.Succeeded: {commands.ActionAgain},
		restore.Failed:    {commands.ActionAgain},
	}
	sit(t, func(d *desk) {
		for _, state := range states() {
			q := d.get(d.in(state))
			var got []commands.ActionID
			for _, a := range commands.Actions(q) {
				got = append(got, a.ID)
				confirm := a.ID == commands.ActionCancel || a.ID == commands.ActionWithdraw ||
					a.ID == commands.ActionApprove || // the policy wants a dialog
					a.ID == commands.ActionAgain
				if a.Card != commands.CardOf(q) || a.Confirm != confirm {
					d.t.Errorf("%s: %+v", state, a)
				}
			}
			if !slices.Equal(got, want[state]) {
				d.t.Errorf("%s: %v, want %v", state, got, want[state])
			}
		}
	})
	if got := commands.Actions(&restore.Request{
		State: restore.Refused, Findings: []restore.Finding{{Code: restore.FindNoPolicy}},
	}); len(got) != 1 || got[0].ID != commands.ActionAgain {
		t.Errorf("what no policy allows can be filed anyway: %v", got)
	}
	if got := commands.Actions(&restore.Request{
		State: restore.Refused, Findings: []restore.Finding{{Code: restore.FindPerson}},
	}); got != nil {
		t.Errorf("who may ask for nothing may ask again: %v", got)
	}
}

// TestValue checks what a button carries, and that nothing else is taken for it.
func TestValue(t *testing.T) {
	t.Parallel()
	card := commands.Card{Subject: "R-17", Revision: 3, Nonce: "0123456789abcdef"}
	if got, err := commands.ParseValue(card.Value()); err != nil || got != card || card.Value() != "R-17:3:0123456789abcdef" {
		t.Errorf("%q is read as %+v, %v", card.Value(), got, err)
	}
	for _, value := range []string{
		"", "R-17", "R-17:3", "R-17:3:", "R-17:3:0123456789abcde", "R-17:3:0123456789abcdef:", "R-17:-1:0123456789abcdef",
		"R-17:x:0123456789abcdef", "S-17:3:0123456789abcdef", ":3:0123456789abcdef", "R-0:3:0123456789abcdef",
	} {
		if got, err := commands.ParseValue(value); err == nil {
			t.Errorf("%q is read as %+v", value, got)
		}
	}
}

func TestPress(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		dialog, asksName := d.in(restore.Pending), d.pending("engineer", func(p *restore.Proposal) { p.Terms.Confirm = restore.ConfirmTarget })
		danger := d.pending("engineer", func(p *restore.Proposal) {
			p.Plan.Findings = []restore.Finding{{Code: restore.FindInPlace, Level: restore.LevelDanger}}
		})
		old := d.card(asksName)
		old.Revision = 0
		a, b, c := d.card(dialog), d.card(asksName), d.card(danger)
		for _, tt := range []struct {
			action commands.ActionID
			card   commands.Card
			want   commands.Command
		}{
			{commands.ActionApprove, a, commands.Approve{Card: a}},
			{commands.ActionApprove, b, commands.Open{Form: commands.FormApprove, Card: b}},
			{commands.ActionApprove, c, commands.Open{Form: commands.FormApprove, Card: c}},
			{commands.ActionApprove, old, commands.Approve{Card: old}}, // to be told that it is out of date
			{commands.ActionDeny, a, commands.Open{Form: commands.FormDeny, Card: a}},
			{commands.ActionAbandon, a, commands.Open{Form: commands.FormAbandon, Card: a}},
			{commands.ActionRelease, a, commands.Open{Form: commands.FormRelease, Card: a}},
			{commands.ActionCancel, a, commands.Cancel{Card: a}},
			{commands.ActionShow, a, commands.Show{Subject: dialog}},
			{commands.ActionFileAnyway, a, commands.Again{Card: a}},
			{commands.ActionReveal, a, commands.Reveal{Card: a}},
			{commands.ActionAgain, a, commands.Repeat{Subject: dialog, Typed: "again " + string(dialog), Key: "click:7"}},
		} {
			if got, err := d.Press(d.t.Context(), commands.Click{Action: tt.action, Value: tt.card.Value(), Key: "click:7"}); err != nil || got != tt.want {
				d.t.Errorf("%s of %+v: %+v, %v, want %+v", tt.action, tt.card, got, err, tt.want)
			}
		}
		if got := d.decides("dba1", commands.Approve{Card: old}); got.Verdict != approvals.Outdated {
			d.t.Errorf("an old card: %s", got.Verdict)
		}
		foreign, unknown := a, a
		foreign.Nonce, unknown.Subject = "fedcba9876543210", "R-99"
		for name, press := range map[string]struct {
			action commands.ActionID
			value  string
		}{
			"another installation's card": {commands.ActionApprove, foreign.Value()},
			"of a request that is not":    {commands.ActionApprove, unknown.Value()},
			"no value":                    {commands.ActionApprove, ""},
			"a later version's button":    {"reveal_all", a.Value()},
			"another request's card": {
				commands.ActionDeny, commands.Card{Subject: dialog, Revision: 1, Nonce: b.Nonce}.Value(),
			},
		} {
			cmd, err := d.Press(d.t.Context(), commands.Click{Action: press.action, Value: press.value})
			if p := commands.AsProblem(err); cmd != nil || p == nil || p.Code != commands.ProblemForeign {
				d.t.Errorf("%s: %+v, %v", name, cmd, err)
			}
		}
	})
}

// TestForeignCardDecidesNothing checks the same again behind the buttons, where forms and forgers come in.
func TestForeignCardDecidesNothing(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		s, doubt := d.in(restore.Pending), d.in(restore.InDoubt)
		card, doubted := d.card(s), d.card(doubt)
		card.Nonce, doubted.Nonce = "fedcba9876543210", "fedcba9876543210"
		for _, cmd := range []commands.Command{
			commands.Approve{Card: card},
			commands.Deny{Card: card, Reason: "no"},
			commands.Abandon{Card: doubted, Typed: d.get(doubt).ConfirmName()},
		} {
			if got := d.decides("dba1", cmd); got.Verdict != approvals.Outdated {
				d.t.Errorf("%+v: %s", cmd, got.Verdict)
			}
		}
		if got := d.decides("engineer", commands.Cancel{Card: card}); got.Verdict != approvals.Outdated {
			d.t.Errorf("cancel: %s", got.Verdict)
		}
		if p := d.wrong("dba1", commands.Open{Form: commands.FormDeny, Card: card}); p.Code != commands.ProblemForeign {
			d.t.Errorf("a form: %+v", p)
		}
	})
}

func TestOpen(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		s := d.pending("engineer", func(p *restore.Proposal) { p.Terms.Confirm = restore.ConfirmTarget })
		card := d.card(s)
		for _, form := range []commands.Form{commands.FormApprove, commands.FormDeny} {
			if got := answer[commands.Opened](d, "dba1", commands.Open{Form: form, Card: card}); got.Form != form || got.Request.Subject != s {
				d.t.Errorf("%+v", got)
			}
		}
		stale := card
		stale.Revision = 7
		for name, open := range map[string]commands.Open{
			"an old card":           {Form: commands.FormDeny, Card: stale},
			"what does not apply":   {Form: commands.FormAbandon, Card: card},
			"a form that is no one": {Form: "new", Card: card},
		} {
			if got := answer[commands.Shown](d, "dba1", open); got.Why != commands.ShowOutdated {
				d.t.Errorf("%s: %+v", name, got)
			}
		}
		if p := d.wrong("dba1", commands.Open{Form: commands.FormDeny, Card: commands.Card{Subject: "R-99"}}); p.Code != commands.ProblemUnknown {
			d.t.Errorf("%+v", p)
		}
	})
}

func TestSubmit(t *testing.T) {
	t.Parallel()
	card := commands.Card{Subject: "R-17", Revision: 1, Nonce: "0123456789abcdef"}
	inputs := map[string]string{commands.InputConfirmTarget: "orders-test", commands.InputReason: "no"}
	for form, want := range map[commands.Form]commands.Command{
		commands.FormApprove: commands.Approve{Card: card, Typed: "orders-test"},
		commands.FormDeny:    commands.Deny{Card: card, Reason: "no"},
		commands.FormAbandon: commands.Abandon{Card: card, Typed: "orders-test"},
		commands.FormRelease: commands.Release{Card: card, Typed: "orders-test"},
	} {
		if got, err := commands.Submit(form, card, inputs); err != nil || got != want {
			t.Errorf("%s: %+v, %v", form, got, err)
		}
	}
	if cmd, err := commands.Submit("new", card, inputs); cmd != nil || commands.AsProblem(err) == nil {
		t.Errorf("%+v, %v", cmd, err)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		if got := answer[commands.Helped](d, "guest", commands.Help{Verb: commands.VerbDeny}); got.Verb != commands.VerbDeny {
			d.t.Errorf("%+v", got)
		}
	})
}

// listed returns the requests of a list.
func (d *desk) listed(user string, cmd commands.List) []restore.Subject {
	d.t.Helper()
	var out []restore.Subject
	reply := answer[commands.Listed](d, user, cmd)
	for _, q := range reply.Requests {
		out = append(out, q.Subject)
	}
	if reply.List != cmd || reply.More {
		d.t.Errorf("%+v: %+v", cmd, reply)
	}
	return out
}

func TestList(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		by := make(map[restore.State]restore.Subject)
		for _, state := range states() {
			by[state] = d.in(state)
		}
		of := func(states ...restore.State) []restore.Subject {
			var out []restore.Subject
			for _, state := range states {
				out = append(out, by[state])
			}
			slices.SortFunc(out, func(a, b restore.Subject) int { return int(b.Number()) - int(a.Number()) })
			return out
		}
		known := slices.DeleteFunc(states(), func(s restore.State) bool { return s == restore.Checking || s == restore.Refused })
		for name, tt := range map[string]struct {
			user string
			list commands.List
			want []restore.Subject
		}{
			"mine":            {"engineer", commands.List{Filter: commands.FilterMine}, of(states()...)},
			"mine, of nobody": {"nobody", commands.List{Filter: commands.FilterMine}, nil},
			"open, mine":      {"engineer", commands.List{Filter: commands.FilterOpen}, of(restore.OpenStates()...)},
			"open": {
				"nobody", commands.List{Filter: commands.FilterOpen}, of(restore.OpenStates()[1:]...),
			},
			"running": {
				"nobody",
				commands.List{Filter: commands.FilterRunning},
				of(restore.Preparing, restore.Sending, restore.Running, restore.InDoubt),
			},
			"waiting":            {"dba2", commands.List{Filter: commands.FilterWaiting}, of(restore.Pending)},
			"waiting, my own":    {"engineer", commands.List{Filter: commands.FilterWaiting}, nil},
			"waiting, nobody":    {"nobody", commands.List{Filter: commands.FilterWaiting}, nil},
			"all, mine":          {"engineer", commands.List{Filter: commands.FilterAll}, of(states()...)},
			"all":                {"nobody", commands.List{Filter: commands.FilterAll}, of(known...)},
			"cluster":            {"nobody", commands.List{Filter: commands.FilterCluster, Cluster: "om/Payments/orders-prod"}, of(known...)},
			"cluster, mine":      {"engineer", commands.List{Filter: commands.FilterCluster, Cluster: "orders-prod"}, of(states()...)},
			"cluster, by target": {"nobody", commands.List{Filter: commands.FilterCluster, Cluster: d.get(by[restore.Denied]).Asked.Target}, of(restore.Denied)},
			"cluster, none":      {"nobody", commands.List{Filter: commands.FilterCluster, Cluster: "orders"}, nil},
		} {
			if got := d.listed(tt.user, tt.list); !slices.Equal(got, tt.want) {
				d.t.Errorf("%s: %v, want %v", name, got, tt.want)
			}
		}
	})
}

// TestListWaiting checks that only seats count that the caller could really fill.
func TestListWaiting(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		s := d.in(restore.Pending)
		double := d.pending("engineer", func(p *restore.Proposal) { p.Terms.Seats = []approvals.Seat{{From: "dba"}, {From: "dba"}} })
		waiting := commands.List{Filter: commands.FilterWaiting}
		both := []restore.Subject{double, s}
		if got := d.listed("dba1", waiting); !slices.Equal(got, both) {
			d.t.Errorf("dba1 could fill %v", got)
		}
		d.people.groups["dba"] = append(d.people.groups["dba"], "dba3")
		if got := d.listed("dba3", waiting); len(got) != 0 {
			d.t.Errorf("who joined later could fill %v", got)
		}
		for _, card := range []commands.Card{d.card(s), d.card(double)} {
			d.decides("dba1", commands.Approve{Card: card})
		}
		if got := d.listed("dba1", waiting); len(got) != 0 {
			d.t.Errorf("who approved could fill %v", got)
		}
		if got := d.listed("dba2", waiting); !slices.Equal(got, []restore.Subject{double}) {
			d.t.Errorf("dba2 could fill %v", got)
		}
		if got := d.listed("guest", waiting); len(got) != 0 {
			d.t.Errorf("a guest could fill %v", got)
		}
	})
}

func TestListIsCut(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		for range 20 {
			d.file("engineer", nil)
		}
		reply := answer[commands.Listed](d, "engineer", commands.List{Filter: commands.FilterMine})
		if len(reply.Requests) != 15 || !reply.More || reply.Requests[0].Subject != "R-20" || reply.Requests[14].Subject != "R-6" {
			d.t.Errorf("%d requests, more: %v", len(reply.Requests), reply.More)
		}
	})
}
