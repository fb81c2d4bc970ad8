package fakeslack

import (
	"context"
	"fmt"
	"maps"
	"time"
)

// Control says which button or menu a person uses: in a message, in the top modal if
// Channel is empty, or on the home tab.
type Control struct {
	Channel, TS string
	Home        bool
	ActionID    string
	BlockID     string // needed only where several controls have the action id
	Value       string // likewise: the value of the button
	Option      string // what is chosen or entered; not for buttons
	Dismiss     bool   // answer the confirm dialog with no
}

// place is where controls stand: a message or a view.
type place struct {
	channel *channel
	message *Message
	view    *view
}

func (pl place) blocks() []object {
	if pl.view != nil {
		return pl.view.blocks()
	}
	return pl.message.blocks()
}

// Press presses a button in a message and says yes to its confirm dialog. It fails
// with ErrNotThere if the person sees no such button.
func (p *Person) Press(ctx context.Context, channelID, ts, actionID string) (*Outcome, error) {
	return p.Use(ctx, Control{Channel: channelID, TS: ts, ActionID: actionID})
}

// PressInView presses a button in the top modal.
func (p *Person) PressInView(ctx context.Context, actionID string) (*Outcome, error) {
	return p.Use(ctx, Control{ActionID: actionID})
}

// Use presses a button, or chooses from a menu. What stands in an input block is only
// filled in, and nothing is sent, unless the block says dispatch_action.
func (p *Person) Use(ctx context.Context, want Control) (*Outcome, error) {
	o := &Outcome{srv: p.srv}
	payload, send, err := p.prepare(ctx, o, want)
	if err != nil {
		return nil, fmt.Errorf("use %q: %w", want.ActionID, err)
	}
	if !send {
		return o, nil
	}
	if err := p.interact(ctx, o, payload); err != nil {
		return nil, fmt.Errorf("use %q: %w", want.ActionID, err)
	}
	if !o.Acked {
		p.srv.failed(o, p, want.Channel, WarningSign, "⚠ "+want.ActionID)
	}
	return o, nil
}

// interact delivers an interactive payload.
func (p *Person) interact(ctx context.Context, o *Outcome, payload any) error {
	d, err := p.srv.deliver(ctx, object{"type": typeInteractive, "payload": payload, "accepts_response_payload": true})
	o.settle(d)
	return err
}

// prepare finds the control, shows its dialog, changes what is filled in, and returns
// the payload and whether to send it.
func (p *Person) prepare(ctx context.Context, o *Outcome, want Control) (payload object, send bool, err error) {
	pl, c, err := p.locate(want)
	if err != nil {
		return nil, false, err
	}
	o.Dialog = dialogOf(c.el)
	if want.Dismiss {
		if o.Dialog == nil {
			return nil, false, fmt.Errorf("its confirm dialog: %w", ErrNotThere)
		}
		o.Dismissed = true
		return nil, false, nil
	}
	options, err := p.options(ctx, pl, c, want.Option)
	if err != nil {
		return nil, false, err
	}
	s := p.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	act, state, err := useOf(c, want.Option, options)
	if err != nil {
		return nil, false, err
	}
	if pl.view != nil && state != nil {
		if err := pl.view.enter(c, state); err != nil {
			return nil, false, err
		}
	}
	if !c.dispatches() {
		return nil, false, nil
	}
	e := Event{Kind: ControlUsed, Person: p.id, Text: c.actionID}
	if pl.view != nil {
		shown := s.show(pl.view)
		e.View = &shown
	} else {
		e.Channel, e.Message = pl.channel.data.ID, s.copyOf(pl.message)
	}
	s.emit(e)
	return s.actionPayload(p, o, pl, act, state), true, nil
}

// locate finds the place and the one control in it that fits.
func (p *Person) locate(want Control) (place, control, error) {
	s := p.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := p.session(); err != nil {
		return place{}, control{}, err
	}
	pl, err := p.place(want)
	if err != nil {
		return place{}, control{}, err
	}
	var fit []control
	for _, c := range allControls(pl.blocks()) {
		if c.actionID == want.ActionID && (want.BlockID == "" || c.blockID == want.BlockID) &&
			(want.Value == "" || getString(c.el, "value") == want.Value) {
			fit = append(fit, c)
		}
	}
	switch len(fit) {
	case 0:
		return place{}, control{}, fmt.Errorf("control: %w", ErrNotThere)
	case 1:
		return pl, fit[0], nil
	default:
		return place{}, control{}, fmt.Errorf("%d controls: %w", len(fit), ErrAmbiguous)
	}
}

func (p *Person) place(want Control) (place, error) {
	s := p.srv
	var v *view
	switch {
	case want.Channel != "":
		c, err := p.enter(want.Channel)
		if err != nil {
			return place{}, err
		}
		m := c.find(want.TS)
		if m == nil || m.EphemeralTo != "" && m.EphemeralTo != p.id {
			return place{}, fmt.Errorf("message %s: %w", want.TS, ErrNotThere)
		}
		return place{channel: c, message: s.copyOf(m)}, nil
	case want.Home:
		v = s.homes[p.id]
	default:
		v = s.top(p.id)
	}
	if v == nil {
		return place{}, fmt.Errorf("view: %w", ErrNotThere)
	}
	return place{view: v}, nil
}

func dialogOf(el object) *Dialog {
	c := getObject(el, "confirm")
	if c == nil {
		return nil
	}
	body := func(name string) string { return getString(getObject(c, name), "text") }
	return &Dialog{Title: body("title"), Text: body("text"), Confirm: body("confirm"), Deny: body("deny")}
}

// useOf returns the element of "actions" for using a control, and its new state if it
// has one.
func useOf(c control, chosen string, options []object) (act, state object, err error) {
	act = object{"type": c.typ, "action_id": c.actionID, "block_id": c.blockID, "action_ts": tsOf(time.Now())}
	switch c.typ {
	case "button":
		for _, name := range []string{"text", "value", "style", "url"} {
			if c.el[name] != nil {
				act[name] = c.el[name]
			}
		}
		return act, nil, nil
	case "overflow":
		act["selected_option"], err = pick(c, options, chosen)
		return act, nil, err
	}
	if state, err = chosenState(c, chosen, options); err != nil {
		return nil, nil, err
	}
	maps.Copy(act, state)
	return act, state, nil
}
