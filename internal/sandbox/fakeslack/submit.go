package fakeslack

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// trouble is what a client shows when a submission is not answered as it should be.
const trouble = "We had some trouble connecting. Try again?"

// Submit fills in the top modal and presses its submit button. The keys of values are
// action ids; what a value means says Control.Option, and "" empties an input. Inputs
// without a value keep what they hold. A client that finds a required input empty
// sends nothing: Failure is Incomplete, and Errors says where.
func (p *Person) Submit(ctx context.Context, values map[string]string) (*Outcome, error) {
	o := &Outcome{srv: p.srv}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if err := p.fillIn(ctx, name, values[name]); err != nil {
			return nil, fmt.Errorf("fill in %q: %w", name, err)
		}
	}
	v, payload, send, err := p.submission(o)
	if err != nil {
		return nil, fmt.Errorf("submit: %w", err)
	}
	if !send {
		return o, nil
	}
	if err := p.interact(ctx, o, payload); err != nil {
		return nil, fmt.Errorf("submit %s: %w", v.id, err)
	}
	if !o.Acked || !p.srv.submitted(p, o, v) {
		p.srv.failed(o, p, "", Trouble, trouble)
	}
	return o, nil
}

// fillIn gives an input of the top modal a value; nothing is sent.
func (p *Person) fillIn(ctx context.Context, actionID, value string) error {
	pl, c, err := p.locate(Control{ActionID: actionID})
	if err != nil {
		return err
	}
	options, err := p.options(ctx, pl, c, value)
	if err != nil {
		return err
	}
	state, err := chosenState(c, value, options)
	if err != nil {
		return err
	}
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	return pl.view.enter(c, state)
}

// enter keeps what was filled in, unless an update took the input away meanwhile.
func (v *view) enter(c control, state object) error {
	if _, ok := v.state[c.blockID][c.actionID]; !ok {
		return fmt.Errorf("the view has changed: %w", ErrNotThere)
	}
	v.state[c.blockID][c.actionID] = state
	return nil
}

// submission returns the payload, and whether the client agrees to send it.
func (p *Person) submission(o *Outcome) (v *view, payload object, send bool, err error) {
	s := p.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := p.session(); err != nil {
		return nil, nil, false, err
	}
	v = s.top(p.id)
	if v == nil || v.body["submit"] == nil {
		return nil, nil, false, fmt.Errorf("submit button: %w", ErrNotThere)
	}
	if v.errors = clientErrors(v); len(v.errors) > 0 {
		o.Failure, o.Errors = Incomplete, v.errors
		s.emitView(ViewRefused, v, "")
		return v, nil, false, nil
	}
	s.emitView(ViewSubmitted, v, "")
	payload = s.basePayload(p.id, "view_submission")
	o.Trigger = s.newTrigger(p.id).id
	payload["trigger_id"], payload["view"], payload["response_urls"] = o.Trigger, s.viewJSON(v, true), []object{}
	return v, payload, true, nil
}

// submitted does what the ack of a submission asks for; false if it makes no sense.
func (s *Server) submitted(p *Person, o *Outcome, v *view) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.stacks[p.id], v) {
		return true // closed meanwhile: nothing is left to change
	}
	if o.Answer == nil {
		if s.top(p.id) == v {
			s.closeView(p.id, false)
		}
		return true
	}
	var answer object
	if decode(o.Answer, &answer) != nil {
		return false
	}
	switch getString(answer, "response_action") {
	case "clear":
		s.closeView(p.id, true)
		return true
	case "errors":
		o.Errors = inputErrors(v, getObject(answer, "errors"))
		v.errors = o.Errors
		if len(v.errors) > 0 {
			s.emitView(ViewRefused, v, "")
		}
		return len(v.errors) > 0
	case "update", "push":
		return s.changeStack(o, v, getString(answer, "response_action"), answer["view"])
	default:
		return false
	}
}

// inputErrors returns nil if one of the keys is not the block id of an input.
func inputErrors(v *view, errs object) map[string]string {
	inputs := map[string]bool{}
	for _, c := range allControls(v.blocks()) {
		inputs[c.blockID] = c.isInput()
	}
	out := map[string]string{}
	for id, message := range errs {
		text, ok := message.(string)
		if !ok || !inputs[id] {
			return nil
		}
		out[id] = text
	}
	return out
}

// changeStack handles the response actions update and push.
func (s *Server) changeStack(o *Outcome, v *view, action string, wanted any) bool {
	body, err := s.kit.checkView(string(encode(wanted)), "modal")
	if err != nil {
		return false
	}
	if action == "update" {
		return s.replace(v, body, "") == nil
	}
	pushed, err := s.newView(v.user, body)
	return err == nil && s.push(pushed, o.Trigger) == nil
}

// CloseView closes the top modal, as its close button does.
func (p *Person) CloseView(ctx context.Context) error { return p.close(ctx, false) }

// CloseViews closes the whole stack, as the X in the corner does.
func (p *Person) CloseViews(ctx context.Context) error { return p.close(ctx, true) }

// close tells the app about the views that asked for it. What the app answers makes no
// difference to the person.
func (p *Person) close(ctx context.Context, all bool) error {
	s := p.srv
	s.mu.Lock()
	v := s.top(p.id)
	if v == nil {
		s.mu.Unlock()
		return fmt.Errorf("close a view: %w", ErrNotThere)
	}
	var payloads []object
	for _, gone := range s.closeView(p.id, all || v.is("clear_on_close")) {
		if !gone.is("notify_on_close") {
			continue
		}
		payload := s.basePayload(p.id, "view_closed")
		payload["view"], payload["is_cleared"] = s.viewJSON(gone, false), all
		payloads = append(payloads, payload)
	}
	s.mu.Unlock()
	for _, payload := range payloads {
		if err := p.interact(ctx, &Outcome{srv: s}, payload); err != nil {
			return fmt.Errorf("close a view: %w", err)
		}
	}
	return nil
}
