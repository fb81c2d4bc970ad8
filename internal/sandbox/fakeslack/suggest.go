package fakeslack

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"
)

// minQuery is how many characters an external_select waits for if it does not say.
const minQuery = 3

// Suggest types into an external_select of the top modal and returns what it offers.
// With fewer characters than its min_query_length nothing is sent.
func (p *Person) Suggest(ctx context.Context, actionID, typed string) (*Outcome, error) {
	pl, c, err := p.locate(Control{ActionID: actionID})
	if err != nil {
		return nil, fmt.Errorf("type into %q: %w", actionID, err)
	}
	if c.typ != "external_select" {
		return nil, fmt.Errorf("type into %q: external_select: %w", actionID, ErrNotThere)
	}
	return p.suggest(ctx, pl.view, c, typed)
}

func (p *Person) suggest(ctx context.Context, v *view, c control, typed string) (*Outcome, error) {
	s := p.srv
	o := &Outcome{srv: s}
	if utf8.RuneCountInString(typed) < bound(c.el, "min_query_length", minQuery) {
		return o, nil
	}
	s.mu.Lock()
	payload := s.basePayload(p.id, "block_suggestion")
	payload["container"] = object{"type": "view", "view_id": v.id}
	payload["block_id"], payload["action_id"], payload["value"] = c.blockID, c.actionID, typed
	payload["view"] = s.viewJSON(v, true)
	s.emit(Event{Kind: OptionsAsked, Person: p.id, Text: c.actionID + " " + typed})
	s.mu.Unlock()
	if err := p.interact(ctx, o, payload); err != nil {
		return nil, fmt.Errorf("type %q into %q: %w", typed, c.actionID, err)
	}
	options, ok := s.offered(o)
	if !ok {
		s.failed(o, p, "", NoResults, "No results")
		return o, nil
	}
	s.mu.Lock()
	v.offered[c.actionID] = options
	s.mu.Unlock()
	for _, option := range options {
		o.Choices = append(o.Choices, choiceOf(option))
	}
	return o, nil
}

func choiceOf(option object) Choice {
	return Choice{
		Text: getString(getObject(option, "text"), "text"), Value: getString(option, "value"),
		Description: getString(getObject(option, "description"), "text"),
	}
}

// offered reads the options from the ack; false if they are not valid.
func (s *Server) offered(o *Outcome) ([]object, bool) {
	if !o.Acked || o.Answer == nil {
		return nil, false
	}
	var answer object
	if decode(o.Answer, &answer) != nil {
		return nil, false
	}
	v := newValidator(s.kit)
	for _, f := range []field{shapes("options", 0, maxOptions, "option"), shapes("option_groups", 0, maxOptions, "option_group")} {
		if value, present := answer[f.name]; present {
			v.field(f, value, "/"+f.name)
		}
	}
	if len(v.problems) > 0 || answer["options"] == nil && answer["option_groups"] == nil {
		return nil, false
	}
	return allOptions(answer), true
}

// options returns what a person can choose from. An external_select in a modal is
// opened, and if it does not show what is wanted, that is typed into it.
func (p *Person) options(ctx context.Context, pl place, c control, wanted string) ([]object, error) {
	if c.typ != "external_select" || wanted == "" || pl.view == nil {
		return allOptions(c.el), nil
	}
	p.srv.mu.Lock()
	options := pl.view.offered[c.actionID]
	p.srv.mu.Unlock()
	for _, typed := range []string{"", wanted} {
		if _, err := pick(c, options, wanted); err == nil {
			return options, nil
		}
		o, err := p.suggest(ctx, pl.view, c, typed)
		if err != nil {
			return nil, err
		}
		if len(o.Choices) > 0 {
			p.srv.mu.Lock()
			options = slices.Clone(pl.view.offered[c.actionID])
			p.srv.mu.Unlock()
		}
	}
	return options, nil
}

// Choices returns the options of a menu in the top modal. Those of an external_select
// are the ones that were offered last.
func (p *Person) Choices(actionID string) ([]Choice, error) {
	pl, c, err := p.locate(Control{ActionID: actionID})
	if err != nil {
		return nil, fmt.Errorf("open %q: %w", actionID, err)
	}
	p.srv.mu.Lock()
	defer p.srv.mu.Unlock()
	options := allOptions(c.el)
	if c.typ == "external_select" {
		options = pl.view.offered[c.actionID]
	}
	var out []Choice
	for _, option := range options {
		out = append(out, choiceOf(option))
	}
	return out, nil
}
