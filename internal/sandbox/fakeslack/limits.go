package fakeslack

// Limits that belong to no single field of a block. Counts are Unicode code points.
const (
	maxMessageBlocks = 50
	maxViewBlocks    = 100
	maxBlockText     = 13_200    // of all texts in a message; seen, not documented
	maxViewBytes     = 250 << 10 // of the whole view
	maxViewStack     = 3
	maxMessageText   = 40_000 // longer text is cut
	maxUpdateText    = 4_000  // longer text is refused by chat.update
	maxMetadata      = 4_096  // bytes; Slack documents none, this is on the safe side
	maxAckBytes      = 20_480 // acks of this size and more are ignored
	maxOptions       = 100
)

// kind says how one field of a Block Kit object is checked.
type kind int

const (
	kindString kind = iota
	kindBool
	kindInt
	kindEnum  // a string of field.of
	kindText  // a text object, plain_text or mrkdwn
	kindPlain // a text object, plain_text only
	kindTexts // a list of text objects
	kindTyped // an object whose type is one of field.of
	kindList  // a list of such objects
	kindShape // an object without a type, of the shape field.of[0]
	kindShapes
)

// field is one row of the table: what a field of an object may hold. min and max
// bound the length of strings, the length of lists or the value of numbers; 0 for max
// is no bound. In of, "image=image_element" means type image, checked as image_element.
type field struct {
	name     string
	kind     kind
	required bool
	min, max int
	textMax  int
	of       []string
}

func (f field) must() field { f.required = true; return f }

func str(name string, limit int) field { return field{name: name, kind: kindString, max: limit} }
func flag(name string) field           { return field{name: name, kind: kindBool} }
func enum(name string, of ...string) field {
	return field{name: name, kind: kindEnum, of: of}
}

func num(name string, lowest, highest int) field {
	return field{name: name, kind: kindInt, min: lowest, max: highest}
}

func text(name string, limit int) field { return field{name: name, kind: kindText, textMax: limit} }

func plain(name string, limit int) field { return field{name: name, kind: kindPlain, textMax: limit} }

func typed(name string, of ...string) field {
	return field{name: name, kind: kindTyped, of: of}
}

func list(name string, fewest, most int, of ...string) field {
	return field{name: name, kind: kindList, min: fewest, max: most, of: of}
}

func shaped(name, shape string) field {
	return field{name: name, kind: kindShape, of: []string{shape}}
}

func shapes(name string, fewest, most int, shape string) field {
	return field{name: name, kind: kindShapes, min: fewest, max: most, of: []string{shape}}
}

// kit maps the name of an object's shape to its fields.
type kit map[string][]field

// newKit returns the one table of Block Kit limits.
// Source: https://docs.slack.dev/reference/block-kit.
func newKit() kit {
	k := kit{}
	k.addBlocks()
	k.addElements()
	k.addObjects()
	k.addRichText()
	k.addViews()
	return k
}

func blockTypes() []string {
	return []string{"section", "divider", "header", "context", "actions", "input", "image", "rich_text"}
}

func (k kit) addBlocks() {
	id := str("block_id", 255)
	k["section"] = []field{
		id, text("text", 3000), flag("expand"),
		{name: "fields", kind: kindTexts, min: 1, max: 10, textMax: 2000},
		typed("accessory", "image=image_element", "button", "overflow", "static_select", "external_select", "checkboxes", "radio_buttons"),
	}
	k["divider"] = []field{id}
	k["header"] = []field{id, plain("text", 150).must()}
	k["context"] = []field{id, list("elements", 1, 10, "image=image_element", "mrkdwn", "plain_text").must()}
	k["actions"] = []field{
		id,
		list("elements", 1, 25, "button", "overflow", "static_select", "external_select", "datetimepicker", "checkboxes", "radio_buttons").must(),
	}
	k["input"] = []field{
		id, plain("label", 2000).must(), plain("hint", 2000), flag("optional"), flag("dispatch_action"),
		typed("element", "plain_text_input", "static_select", "external_select", "datetimepicker", "checkboxes", "radio_buttons").must(),
	}
	k["image"] = []field{id, str("image_url", 3000).must(), str("alt_text", 2000).must(), plain("title", 2000)}
	k["rich_text"] = []field{
		id,
		list("elements", 1, 0, "rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote").must(),
	}
}

func (k kit) addElements() {
	id, confirm, focus := str("action_id", 255), shaped("confirm", "confirm"), flag("focus_on_load")
	hint := plain("placeholder", 150)
	k["image_element"] = []field{str("image_url", 3000).must(), str("alt_text", 2000).must()}
	k["button"] = []field{
		id, plain("text", 75).must(), str("value", 2000), str("url", 3000), enum("style", "primary", "danger"), confirm,
		str("accessibility_label", 75),
	}
	k["plain_text_input"] = []field{
		id, hint, focus, str("initial_value", 3000), flag("multiline"),
		num("min_length", 0, 3000), num("max_length", 1, 3000), shaped("dispatch_action_config", "dispatch_action_config"),
	}
	k["static_select"] = []field{
		id, hint, focus, confirm, shapes("options", 1, maxOptions, "option"),
		shapes("option_groups", 1, maxOptions, "option_group"), shaped("initial_option", "option"),
	}
	k["external_select"] = []field{id, hint, focus, confirm, num("min_query_length", 0, 0), shaped("initial_option", "option")}
	k["datetimepicker"] = []field{id, focus, confirm, num("initial_date_time", 1_000_000_000, 9_999_999_999)}
	k["checkboxes"] = []field{
		id, focus, confirm, shapes("options", 1, 10, "rich_option").must(), shapes("initial_options", 1, 10, "rich_option"),
	}
	k["radio_buttons"] = []field{
		id, focus, confirm, shapes("options", 1, 10, "rich_option").must(), shaped("initial_option", "rich_option"),
	}
	k["overflow"] = []field{id, confirm, shapes("options", 1, 5, "link_option").must()}
}

func (k kit) addObjects() {
	value := str("value", 150).must()
	k["option"] = []field{plain("text", 75).must(), value, plain("description", 75)}
	k["link_option"] = []field{plain("text", 75).must(), value, plain("description", 75), str("url", 3000)}
	k["rich_option"] = []field{text("text", 75).must(), value, text("description", 75)}
	k["option_group"] = []field{plain("label", 75).must(), shapes("options", 1, maxOptions, "option").must()}
	k["confirm"] = []field{
		plain("title", 100).must(), text("text", 300).must(), plain("confirm", 30).must(), plain("deny", 30).must(),
		enum("style", "primary", "danger"),
	}
	k["dispatch_action_config"] = []field{
		{name: "trigger_actions_on", kind: kindEnum, of: []string{"on_enter_pressed", "on_character_entered"}},
	}
	// The bodies of text objects; their length depends on where they stand. Slack
	// documents no limit for those in a context block: this one is on the safe side.
	k["plain_text"] = []field{{name: "text", kind: kindString, required: true, min: 1, max: 2000}, flag("emoji")}
	k["mrkdwn"] = []field{{name: "text", kind: kindString, required: true, min: 1, max: 2000}, flag("verbatim")}
}

func (k kit) addRichText() {
	inline := []string{"text=rich_text_text", "link", "user", "usergroup", "channel", "emoji", "broadcast", "date"}
	style := shaped("style", "rich_text_style")
	need := func(name string) field { return field{name: name, kind: kindString, required: true, min: 1} }
	k["rich_text_section"] = []field{list("elements", 0, 0, inline...).must()}
	k["rich_text_quote"] = []field{list("elements", 0, 0, inline...).must(), num("border", 0, 1)}
	k["rich_text_preformatted"] = []field{list("elements", 0, 0, "text=rich_text_text", "link").must(), num("border", 0, 1)}
	k["rich_text_list"] = []field{
		enum("style", "bullet", "ordered").must(), num("indent", 0, 8), num("offset", 0, 0), num("border", 0, 1),
		list("elements", 1, 0, "rich_text_section").must(),
	}
	k["rich_text_text"] = []field{need("text"), style}
	k["link"] = []field{need("url"), str("text", 0), flag("unsafe"), style}
	k["user"] = []field{need("user_id"), style}
	k["usergroup"] = []field{need("usergroup_id"), style}
	k["channel"] = []field{need("channel_id"), style}
	k["emoji"] = []field{need("name"), str("unicode", 0), style}
	k["broadcast"] = []field{enum("range", "here", "channel", "everyone").must(), style}
	k["date"] = []field{num("timestamp", 0, 0).must(), need("format"), str("url", 0), str("fallback", 0), style}
	k["rich_text_style"] = []field{
		flag("bold"), flag("italic"), flag("strike"), flag("code"), flag("underline"),
		flag("highlight"), flag("client_highlight"), flag("unlink"),
	}
}

func (k kit) addViews() {
	common := []field{
		str("private_metadata", 3000), str("callback_id", 255), str("external_id", 255),
		list("blocks", 0, maxViewBlocks, blockTypes()...).must(),
	}
	k["home"] = common
	k["modal"] = append([]field{
		plain("title", 24).must(), plain("submit", 24), plain("close", 24),
		flag("clear_on_close"), flag("notify_on_close"), flag("submit_disabled"),
	}, common...)
	k["message"] = []field{list("blocks", 0, maxMessageBlocks, blockTypes()...).must()}
}
