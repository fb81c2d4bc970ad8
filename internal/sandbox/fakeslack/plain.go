package fakeslack

import (
	"fmt"
	"strings"
)

// Plain renders the message as text for transcripts: its blocks, or its text if it has
// none, with mentions as names, dates as their fallback and buttons as [Label].
func (m Message) Plain() string {
	r := renderer{names: m.names}
	if m.Blocks == nil {
		return r.mrkdwn(m.Text)
	}
	return r.blocks(m.blocks())
}

// Plain renders the view as text: title, blocks with what is filled in, errors below
// their inputs, and the buttons at the bottom.
func (v View) Plain() string {
	r := renderer{names: v.names, errors: v.Errors}
	var blocks []object
	_ = decode(v.Blocks, &blocks)  // written by encode
	_ = decode(v.State, &r.filled) // likewise
	lines := []string{r.blocks(blocks)}
	if v.Title != "" {
		lines = append([]string{"== " + v.Title + " =="}, lines...)
	}
	var buttons []string
	for _, label := range []string{v.SubmitLabel, v.CloseLabel} {
		if label != "" {
			buttons = append(buttons, "["+label+"]")
		}
	}
	if len(buttons) > 0 {
		lines = append(lines, strings.Join(buttons, " "))
	}
	return strings.Join(lines, "\n")
}

// renderer turns blocks into text.
type renderer struct {
	names  map[string]string
	filled map[string]map[string]object
	errors map[string]string
}

func (r renderer) blocks(blocks []object) string {
	var lines []string
	for _, b := range blocks {
		if s := r.block(b); s != "" {
			lines = append(lines, s)
		}
	}
	return strings.Join(lines, "\n")
}

func (r renderer) block(b object) string {
	switch getString(b, "type") {
	case "header":
		return r.text(getObject(b, "text"))
	case "divider":
		return "----"
	case "section":
		lines := []string{}
		for _, t := range append([]object{getObject(b, "text")}, getList(b, "fields")...) {
			if s := r.text(t); s != "" {
				lines = append(lines, s)
			}
		}
		if accessory := getObject(b, "accessory"); accessory != nil {
			lines = append(lines, r.element(getString(b, "block_id"), accessory))
		}
		return strings.Join(lines, "\n")
	case "context":
		return r.join(b, " · ")
	case "actions":
		return r.join(b, " ")
	case "input":
		return r.input(b)
	case "image":
		return "[image: " + getString(b, "alt_text") + "]"
	case "rich_text":
		return r.richText(b)
	}
	return ""
}

func (r renderer) join(b object, between string) string {
	var parts []string
	for _, el := range getList(b, "elements") {
		parts = append(parts, r.element(getString(b, "block_id"), el))
	}
	return strings.Join(parts, between)
}

func (r renderer) input(b object) string {
	id := getString(b, "block_id")
	line := r.text(getObject(b, "label")) + ": " + r.element(id, getObject(b, "element"))
	if hint := r.text(getObject(b, "hint")); hint != "" {
		line += "\n  (" + hint + ")"
	}
	if problem := r.errors[id]; problem != "" {
		line += "\n  ! " + problem
	}
	return line
}

func (r renderer) text(t object) string {
	if getString(t, "type") == "mrkdwn" {
		return r.mrkdwn(getString(t, "text"))
	}
	return getString(t, "text")
}

// element renders what stands in an actions or context block, or is an accessory.
func (r renderer) element(blockID string, el object) string {
	state := r.filled[blockID][getString(el, "action_id")]
	switch typ := getString(el, "type"); typ {
	case "plain_text", "mrkdwn":
		return r.text(el)
	case "image":
		return "[image: " + getString(el, "alt_text") + "]"
	case "button":
		return "[" + r.text(getObject(el, "text")) + "]"
	case "overflow":
		return "[… " + strings.Join(r.labels(el), " | ") + "]"
	case "checkboxes", "radio_buttons":
		return r.ticks(el, state)
	case "plain_text_input":
		return "[" + getString(state, "value") + "]"
	case "datetimepicker":
		if at := state["selected_date_time"]; at != nil {
			return fmt.Sprintf("[%v]", at)
		}
		return "[date and time]"
	default: // the selects
		chosen := r.text(getObject(getObject(state, "selected_option"), "text"))
		if chosen == "" {
			chosen = r.text(getObject(el, "placeholder"))
		}
		return "[" + chosen + " v]"
	}
}

func (r renderer) labels(el object) []string {
	var out []string
	for _, o := range allOptions(el) {
		out = append(out, r.text(getObject(o, "text")))
	}
	return out
}

func (r renderer) ticks(el, state object) string {
	chosen := map[string]bool{getString(getObject(state, "selected_option"), "value"): true}
	for _, o := range getList(state, "selected_options") {
		chosen[getString(o, "value")] = true
	}
	var parts []string
	for _, o := range allOptions(el) {
		mark := "( ) "
		if chosen[getString(o, "value")] {
			mark = "(x) "
		}
		parts = append(parts, mark+r.text(getObject(o, "text")))
	}
	return strings.Join(parts, " ")
}

// mrkdwn resolves what stands in angle brackets and the three entities.
func (r renderer) mrkdwn(text string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "<")
		out.WriteString(before)
		inside, after, closed := strings.Cut(rest, ">")
		if !found || !closed {
			out.WriteString(rest)
			break
		}
		out.WriteString(r.escape(inside))
		text = after
	}
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(out.String())
}

// escape renders one <…>: a mention, a date or a link.
func (r renderer) escape(inside string) string {
	target, label, labeled := strings.Cut(inside, "|")
	switch {
	case strings.HasPrefix(target, "!date^"):
		return label
	case strings.HasPrefix(target, "!subteam^"):
		return r.name(strings.TrimPrefix(target, "!subteam^"), "@")
	case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "#"):
		return r.name(target[1:], target[:1])
	case strings.HasPrefix(target, "!"):
		return "@" + target[1:]
	case labeled:
		return label
	default:
		return target
	}
}

// name returns the name that belongs to an id, or the id behind the sign.
func (r renderer) name(id, sign string) string {
	if n := r.names[id]; n != "" {
		return n
	}
	return sign + id
}
