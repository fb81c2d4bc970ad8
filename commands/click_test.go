package commands_test

import (
	"testing"

	"snapback/commands"
	"snapback/internal/restore"
)

// mark returns the mark of the desk's store.
func (d *desk) mark() *restore.Recovery {
	d.t.Helper()
	var mark *restore.Recovery
	err := d.store.View(d.t.Context(), func(r restore.Reader) error {
		var err error
		mark, err = r.Recovery()
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return mark
}

// TestCardProvesAge presses buttons that this store cannot have drawn as it is, and others like them that prove nothing.
func TestCardProvesAge(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*commands.Card)
		click  commands.Click
		proves bool
	}{
		"as it is":                    {func(*commands.Card) {}, commands.Click{Ours: true, N: 2}, false},
		"of an earlier event":         {func(*commands.Card) {}, commands.Click{Ours: true, N: 1}, false},
		"of an earlier plan":          {func(c *commands.Card) { c.Revision-- }, commands.Click{Ours: true}, false},
		"of a later event":            {func(*commands.Card) {}, commands.Click{Ours: true, N: 3}, true},
		"of a later plan":             {func(c *commands.Card) { c.Revision++ }, commands.Click{Ours: true}, true},
		"of an unknown request":       {func(c *commands.Card) { c.Subject = "R-99" }, commands.Click{Ours: true}, true},
		"of a number given out twice": {func(c *commands.Card) { c.Nonce = "fedcba9876543210" }, commands.Click{Ours: true}, true},

		"another's of a later event":       {func(*commands.Card) {}, commands.Click{N: 3}, false},
		"another's of a later plan":        {func(c *commands.Card) { c.Revision++ }, commands.Click{}, false},
		"another's of an unknown request":  {func(c *commands.Card) { c.Subject = "R-99" }, commands.Click{}, false},
		"another's of one with our number": {func(c *commands.Card) { c.Nonce = "fedcba9876543210" }, commands.Click{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sit(t, func(d *desk) {
				s := d.in(restore.Pending)
				card := d.card(s)
				c.change(&card)
				before := d.get(s)
				c.click.Action, c.click.Value = commands.ActionDeny, card.Value()
				for range 2 { // the second proof changes nothing
					cmd, err := d.Press(d.t.Context(), c.click)
					p := commands.AsProblem(err)
					if proved := p != nil && p.Code == commands.ProblemOld; proved != c.proves || proved && cmd != nil {
						d.t.Errorf("%+v, %v", cmd, err)
					}
				}
				if mark := d.mark(); (mark != nil) != c.proves || mark != nil && mark.Cause != restore.OldCard {
					d.t.Errorf("marked %+v", mark)
				}
				if after := d.get(s); after.N != before.N {
					d.t.Error("the request changed")
				}
			})
		})
	}
}

// TestCardOfADroppedRequest presses a button of a request that was dropped because it had been kept long enough: that
// proves nothing about the store.
func TestCardOfADroppedRequest(t *testing.T) {
	t.Parallel()
	sit(t, func(d *desk) {
		s := d.in(restore.Denied)
		card := d.card(s)
		err := restore.Change(d.t.Context(), d.store, s, restore.Drop)
		if err != nil {
			d.t.Fatal(err)
		}
		cmd, err := d.Press(d.t.Context(), commands.Click{Action: commands.ActionShow, Value: card.Value(), Ours: true, N: 2})
		if p := commands.AsProblem(err); p == nil || p.Code != commands.ProblemUnknown || cmd != nil {
			d.t.Errorf("%+v, %v", cmd, err)
		}
		if mark := d.mark(); mark != nil {
			d.t.Errorf("marked %+v", mark)
		}
		if p := d.wrong("dba1", commands.Show{Subject: s}); p.Code != commands.ProblemUnknown {
			d.t.Errorf("show: %+v", p)
		}
	})
}
