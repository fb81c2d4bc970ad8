package fakeslack

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// initialState returns what state.values holds for a control before anyone touches it,
// with nulls for what is empty. Buttons and overflow menus have no state: nil.
func initialState(c control) object {
	out := object{"type": c.typ}
	switch c.typ {
	case "plain_text_input":
		out["value"] = c.el["initial_value"]
	case "static_select", "external_select", "radio_buttons":
		out["selected_option"] = c.el["initial_option"]
	case "checkboxes":
		chosen, _ := c.el["initial_options"].([]any)
		out["selected_options"] = append([]any{}, chosen...)
	case "datetimepicker":
		out["selected_date_time"] = c.el["initial_date_time"]
	default:
		return nil
	}
	return out
}

// chosenState returns the state after a person entered value: the text itself, an
// option's value, several values separated by commas for checkboxes, or Unix seconds.
// An empty value clears the control. options are those a person can choose from.
func chosenState(c control, value string, options []object) (object, error) {
	out := initialState(control{typ: c.typ, el: object{}})
	if out == nil {
		return nil, fmt.Errorf("%s %q holds no value", c.typ, c.actionID)
	}
	if value == "" {
		return out, nil
	}
	switch c.typ {
	case "plain_text_input":
		out["value"] = value
	case "datetimepicker":
		if _, err := strconv.ParseInt(value, 10, 64); err != nil {
			return nil, fmt.Errorf("%q is not a time in Unix seconds for %q", value, c.actionID)
		}
		out["selected_date_time"] = json.Number(value)
	case "checkboxes":
		var chosen []any
		for one := range strings.SplitSeq(value, ",") {
			option, err := pick(c, options, one)
			if err != nil {
				return nil, err
			}
			chosen = append(chosen, option)
		}
		out["selected_options"] = chosen
	default:
		option, err := pick(c, options, value)
		if err != nil {
			return nil, err
		}
		out["selected_option"] = option
	}
	return out, nil
}

// pick finds an option by its value or, failing that, by the text a person reads.
func pick(c control, options []object, wanted string) (object, error) {
	for _, o := range options {
		if getString(o, "value") == wanted {
			return o, nil
		}
	}
	for _, o := range options {
		if getString(getObject(o, "text"), "text") == wanted {
			return o, nil
		}
	}
	return nil, fmt.Errorf("%q offers no option %q: %w", c.actionID, wanted, ErrNotThere)
}

// isEmpty reports whether a state holds nothing.
func isEmpty(state object) bool {
	chosen, _ := state["selected_options"].([]any)
	return state["value"] == nil && state["selected_option"] == nil && state["selected_date_time"] == nil && len(chosen) == 0
}

// clientErrors is what a client checks itself before it sends a submission: required
// inputs and the length of texts. The keys are block ids.
func clientErrors(v *view) map[string]string {
	found := map[string]string{}
	for _, c := range allControls(v.blocks()) {
		if !c.isInput() {
			continue
		}
		state := v.state[c.blockID][c.actionID]
		optional, _ := c.block["optional"].(bool)
		if isEmpty(state) {
			if !optional {
				found[c.blockID] = "Please complete this required field."
			}
			continue
		}
		if n := utf8.RuneCountInString(getString(state, "value")); c.typ == "plain_text_input" {
			if lowest := bound(c.el, "min_length", 0); n < lowest {
				found[c.blockID] = fmt.Sprintf("Must be at least %d characters.", lowest)
			}
			if highest := bound(c.el, "max_length", 3000); n > highest {
				found[c.blockID] = fmt.Sprintf("Must be at most %d characters.", highest)
			}
		}
	}
	return found
}

// bound reads a whole number of an element.
func bound(el object, name string, otherwise int) int {
	number, _ := el[name].(json.Number)
	if n, err := number.Int64(); err == nil {
		return int(n)
	}
	return otherwise
}
