package fakeslack

import (
	"strings"
	"unicode/utf8"
)

// extra holds the rules that concern several fields of an object at once, and gives
// ids to blocks and elements without one.
func (v *validator) extra(o object, shape, at string) {
	switch shape {
	case "section":
		if o["text"] == nil && o["fields"] == nil {
			v.reportf(at, "must define either `text` or `fields`")
		}
	case "static_select":
		if (o["options"] == nil) == (o["option_groups"] == nil) {
			v.reportf(at, "must define exactly one of `options` and `option_groups`")
		}
		v.initial(o, at)
	case "radio_buttons", "checkboxes":
		v.initial(o, at)
	case "modal":
		v.modal(o, at)
	}
	for _, f := range v.kit[shape] {
		switch f.name {
		case "block_id":
			v.block(o, at)
		case "action_id":
			giveID(o, "action_id")
		}
	}
}

// block checks that ids are unique: block ids in the surface, action ids in the block.
func (v *validator) block(o object, at string) {
	giveID(o, "block_id")
	if id := getString(o, "block_id"); v.blockIDs[id] {
		v.reportf(at+"/block_id", "must be unique: %s", id)
	} else {
		v.blockIDs[id] = true
	}
	seen := map[string]bool{}
	for _, c := range controlsOf(o) {
		if seen[c.actionID] {
			v.reportf(at, "`action_id` %q already exists in this block", c.actionID)
		}
		seen[c.actionID] = true
	}
}

// initial checks that what is chosen at first is one of the options.
func (v *validator) initial(o object, at string) {
	values := map[string]bool{}
	for _, option := range allOptions(o) {
		values[getString(option, "value")] = true
	}
	chosen := getList(o, "initial_options")
	if one := getObject(o, "initial_option"); one != nil {
		chosen = append(chosen, one)
	}
	for _, option := range chosen {
		if !values[getString(option, "value")] {
			v.reportf(at, "initial option must be one of the options: %s", getString(option, "value"))
		}
	}
}

func (v *validator) modal(o object, at string) {
	for _, b := range getList(o, "blocks") {
		if getString(b, "type") == "input" && o["submit"] == nil {
			v.reportf(at, "missing required field: submit (the view has an input block)")
			return
		}
	}
}

func giveID(o object, name string) {
	if getString(o, name) == "" {
		o[name] = newID()
	}
}

// allOptions returns the options of an element, those in groups included.
func allOptions(o object) []object {
	options := getList(o, "options")
	for _, group := range getList(o, "option_groups") {
		options = append(options, getList(group, "options")...)
	}
	return options
}

// control is an interactive element and where it stands.
type control struct {
	blockID, actionID string
	typ               string
	el                object
	block             object
}

// dispatches reports whether using the control sends block_actions at once: elements
// of input blocks do so only if the block says dispatch_action.
func (c control) dispatches() bool {
	if getString(c.block, "type") != "input" {
		return true
	}
	on, _ := c.block["dispatch_action"].(bool)
	return on
}

// isInput reports whether the control belongs to an input block.
func (c control) isInput() bool { return getString(c.block, "type") == "input" }

func controlsOf(block object) []control {
	var elements []object
	switch getString(block, "type") {
	case "section":
		elements = []object{getObject(block, "accessory")}
	case "actions":
		elements = getList(block, "elements")
	case "input":
		elements = []object{getObject(block, "element")}
	}
	var out []control
	for _, el := range elements {
		if id := getString(el, "action_id"); id != "" {
			out = append(out, control{
				blockID: getString(block, "block_id"), actionID: id, typ: getString(el, "type"), el: el, block: block,
			})
		}
	}
	return out
}

func allControls(blocks []object) []control {
	var out []control
	for _, b := range blocks {
		out = append(out, controlsOf(b)...)
	}
	return out
}

// checkBlocks validates the blocks of a message and returns them with all ids filled
// in. The error is an *apiError in Slack's words.
func (k kit) checkBlocks(raw string) ([]object, error) {
	var blocks []any
	if err := decode([]byte(raw), &blocks); err != nil {
		return nil, fail("invalid_blocks_format")
	}
	holder := object{"blocks": blocks}
	v := newValidator(k)
	v.object(holder, "message", "")
	if len(v.problems) > 0 {
		return nil, invalid("invalid_blocks", v.problems)
	}
	if textLength(blocks) > maxBlockText {
		return nil, fail("msg_blocks_too_long")
	}
	return getList(holder, "blocks"), nil
}

// textLength adds up every text in the blocks, whatever shows it.
func textLength(value any) int {
	total := 0
	switch x := value.(type) {
	case []any:
		for _, item := range x {
			total += textLength(item)
		}
	case object:
		for name, item := range x {
			if s, ok := item.(string); ok && name == "text" {
				total += utf8.RuneCountInString(s)
			} else {
				total += textLength(item)
			}
		}
	}
	return total
}

// checkView validates a view and returns it with all ids filled in.
func (k kit) checkView(raw string, types ...string) (object, error) {
	if len(raw) > maxViewBytes {
		return nil, fail("view_too_large")
	}
	var view object
	if err := decode([]byte(raw), &view); err != nil || view == nil {
		return nil, invalid("invalid_arguments", []problem{{text: "must provide an object", pointer: "/view"}})
	}
	v := newValidator(k)
	v.typed(field{of: types}, view, "/view")
	if len(v.problems) > 0 {
		return nil, invalid("invalid_arguments", v.problems)
	}
	return view, nil
}

// invalid is the answer to a payload that the validator refuses.
func invalid(word string, problems []problem) *apiError {
	var bare, marked []string
	for _, p := range problems {
		bare = append(bare, p.String())
		marked = append(marked, "[ERROR] "+p.String())
	}
	extra := object{"response_metadata": object{"messages": marked}}
	if strings.HasPrefix(word, "invalid_blocks") {
		extra["errors"] = bare
	}
	return &apiError{word: word, extra: extra}
}
