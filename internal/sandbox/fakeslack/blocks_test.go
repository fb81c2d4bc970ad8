package fakeslack_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"snapback/internal/sandbox/fakeslack"
)

func x(n int) string { return strings.Repeat("é", n) }

func txt(n int) string { return fmt.Sprintf(`{"type":"plain_text","text":%q}`, x(n)) }

func md(n int) string { return fmt.Sprintf(`{"type":"mrkdwn","text":%q}`, x(n)) }

func many(n int, one string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + "]"
}

func actions(element string) string { return `[{"type":"actions","elements":[` + element + `]}]` }

func input(element string) string {
	return `[{"type":"input","label":` + txt(1) + `,"element":` + element + `}]`
}

func option(text, value int) string {
	return fmt.Sprintf(`{"text":%s,"value":%q}`, txt(text), x(value))
}

// buttons have ids of their own, so many of them fit into one block.
func buttons(n int) string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf(`{"type":"button","action_id":"a%d","text":%s}`, i, txt(1)))
	}
	return strings.Join(out, ",")
}

// Each limit is tried at its edge and one beyond; want is the beginning of the first
// complaint.
func TestBlockLimits(t *testing.T) {
	confirm := func(title, text, yes int) string {
		return fmt.Sprintf(`{"type":"button","text":%s,"confirm":{"title":%s,"text":%s,"confirm":%s,"deny":%s}}`, txt(1), txt(title), md(text), txt(yes), txt(1))
	}
	divider := `{"type":"divider"}`
	tests := []struct {
		name, good, bad, want string
	}{
		{"blocks", many(50, divider), many(51, divider), "no more than 50 items allowed [json-pointer:/blocks]"},
		{"unknown block", many(1, divider), `[{"type":"alert"}]`, "unsupported type: alert [json-pointer:/blocks/0/type]"},
		{"unknown field", many(1, divider), `[{"type":"divider","color":"red"}]`, "invalid additional property: color"},
		{"section text", `[{"type":"section","text":` + md(3000) + `}]`, `[{"type":"section","text":` + md(3001) + `}]`, "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"},
		{"empty text", `[{"type":"section","text":` + md(1) + `}]`, `[{"type":"section","text":` + md(0) + `}]`, "must be more than 0 characters [json-pointer:/blocks/0/text/text]"},
		{"section without text", `[{"type":"section","fields":[` + md(1) + `]}]`, `[{"type":"section"}]`, "must define either"},
		{"fields", `[{"type":"section","fields":` + many(10, md(1)) + `}]`, `[{"type":"section","fields":` + many(11, md(1)) + `}]`, "no more than 10 items allowed [json-pointer:/blocks/0/fields]"},
		{"field text", `[{"type":"section","fields":[` + md(2000) + `]}]`, `[{"type":"section","fields":[` + md(2001) + `]}]`, "must be less than 2001"},
		{"accessory", `[{"type":"section","text":` + md(1) + `,"accessory":{"type":"button","text":` + txt(1) + `}}]`, `[{"type":"section","text":` + md(1) + `,"accessory":{"type":"datetimepicker"}}]`, "unsupported type: datetimepicker"},
		{"header", `[{"type":"header","text":` + txt(150) + `}]`, `[{"type":"header","text":` + txt(151) + `}]`, "must be less than 151"},
		{"header is plain", `[{"type":"header","text":` + txt(1) + `}]`, `[{"type":"header","text":` + md(1) + `}]`, "must be one of: plain_text"},
		{"context", `[{"type":"context","elements":` + many(10, md(1)) + `}]`, `[{"type":"context","elements":` + many(11, md(1)) + `}]`, "no more than 10"},
		{"empty context", `[{"type":"context","elements":[{"type":"image","image_url":"u","alt_text":"a"}]}]`, `[{"type":"context","elements":[]}]`, "no less than 1"},
		{"actions", actions(buttons(25)), actions(buttons(26)), "no more than 25"},
		{"button text", actions(`{"type":"button","text":` + txt(75) + `}`), actions(`{"type":"button","text":` + txt(76) + `}`), "must be less than 76"},
		{"button value", actions(`{"type":"button","text":` + txt(1) + `,"value":"` + x(2000) + `"}`), actions(`{"type":"button","text":` + txt(1) + `,"value":"` + x(2001) + `"}`), "must be less than 2001"},
		{"button style", actions(`{"type":"button","text":` + txt(1) + `,"style":"danger"}`), actions(`{"type":"button","text":` + txt(1) + `,"style":"big"}`), "must be a valid enum value"},
		{"button without text", actions(`{"type":"button","text":` + txt(1) + `}`), actions(`{"type":"button"}`), "missing required field: text [json-pointer:/blocks/0/elements/0]"},
		{"action id", actions(`{"type":"button","text":` + txt(1) + `,"action_id":"` + x(255) + `"}`), actions(`{"type":"button","text":` + txt(1) + `,"action_id":"` + x(256) + `"}`), "must be less than 256"},
		{"block id", `[{"type":"divider","block_id":"` + x(255) + `"}]`, `[{"type":"divider","block_id":"` + x(256) + `"}]`, "must be less than 256 characters [json-pointer:/blocks/0/block_id]"},
		{"button url", actions(`{"type":"button","text":` + txt(1) + `,"url":"` + x(3000) + `"}`), actions(`{"type":"button","text":` + txt(1) + `,"url":"` + x(3001) + `"}`), "must be less than 3001"},
		{"hint", `[{"type":"input","label":` + txt(1) + `,"hint":` + txt(2000) + `,"element":{"type":"plain_text_input"}}]`, `[{"type":"input","label":` + txt(1) + `,"hint":` + txt(2001) + `,"element":{"type":"plain_text_input"}}]`, "must be less than 2001 characters [json-pointer:/blocks/0/hint/text]"},
		{"option description", input(`{"type":"radio_buttons","options":[{"text":` + txt(1) + `,"value":"v","description":` + txt(75) + `}]}`), input(`{"type":"radio_buttons","options":[{"text":` + txt(1) + `,"value":"v","description":` + txt(76) + `}]}`), "must be less than 76 characters [json-pointer:/blocks/0/element/options/0/description/text]"},
		{"same action id", actions(buttons(2)), actions(buttons(1) + "," + buttons(1)), "`action_id` \"a0\" already exists"},
		{"same block id", `[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"b"}]`, `[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]`, "must be unique: a"},
		{"confirm title", actions(confirm(100, 1, 1)), actions(confirm(101, 1, 1)), "must be less than 101"},
		{"confirm text", actions(confirm(1, 300, 1)), actions(confirm(1, 301, 1)), "must be less than 301"},
		{"confirm button", actions(confirm(1, 1, 30)), actions(confirm(1, 1, 31)), "must be less than 31"},
		{"overflow", actions(`{"type":"overflow","options":` + many(5, option(75, 150)) + `}`), actions(`{"type":"overflow","options":` + many(6, option(75, 150)) + `}`), "no more than 5"},
		{"option text", input(`{"type":"static_select","options":[` + option(75, 1) + `]}`), input(`{"type":"static_select","options":[` + option(76, 1) + `]}`), "must be less than 76"},
		{"option value", input(`{"type":"static_select","options":[` + option(1, 150) + `]}`), input(`{"type":"static_select","options":[` + option(1, 151) + `]}`), "must be less than 151"},
		{"select", input(`{"type":"static_select","options":` + many(100, option(1, 1)) + `}`), input(`{"type":"static_select","options":` + many(101, option(1, 1)) + `}`), "no more than 100"},
		{"select without options", input(`{"type":"static_select","option_groups":[{"label":` + txt(75) + `,"options":[` + option(1, 1) + `]}]}`), input(`{"type":"static_select"}`), "must define exactly one of"},
		{"initial option", input(`{"type":"static_select","options":[` + option(1, 1) + `],"initial_option":` + option(1, 1) + `}`), input(`{"type":"static_select","options":[` + option(1, 1) + `],"initial_option":` + option(1, 2) + `}`), "initial option must be one of"},
		{"placeholder", input(`{"type":"external_select","placeholder":` + txt(150) + `,"min_query_length":0}`), input(`{"type":"external_select","placeholder":` + txt(151) + `}`), "must be less than 151"},
		{"checkboxes", input(`{"type":"checkboxes","options":` + many(10, option(1, 1)) + `}`), input(`{"type":"checkboxes","options":` + many(11, option(1, 1)) + `}`), "no more than 10"},
		{"radio buttons", input(`{"type":"radio_buttons","options":` + many(10, option(1, 1)) + `}`), input(`{"type":"radio_buttons","options":` + many(11, option(1, 1)) + `}`), "no more than 10"},
		{"text input", input(`{"type":"plain_text_input","max_length":3000,"min_length":0}`), input(`{"type":"plain_text_input","max_length":3001}`), "must be less than or equal to 3000"},
		{"label", `[{"type":"input","label":` + txt(2000) + `,"element":{"type":"datetimepicker","initial_date_time":1795228800}}]`, `[{"type":"input","label":` + txt(2001) + `,"element":{"type":"datetimepicker"}}]`, "must be less than 2001"},
		{"button in an input", input(`{"type":"datetimepicker"}`), input(`{"type":"button","text":` + txt(1) + `}`), "unsupported type: button"},
		{"image", `[{"type":"image","image_url":"u","alt_text":"` + x(2000) + `"}]`, `[{"type":"image","image_url":"u","alt_text":"` + x(2001) + `"}]`, "must be less than 2001"},
		{"rich text", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"a","style":{"bold":true}},{"type":"user","user_id":"U1"},{"type":"usergroup","usergroup_id":"S1"},{"type":"date","timestamp":1,"format":"{date}","fallback":"f"}]}]}]`, `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":""}]}]}]`, "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]"},
		{"rich date", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[]}]}]`, `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"date","format":"{date}"}]}]}]`, "missing required field: timestamp"},
	}
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		for _, tt := range tests {
			if got := r.complaint("chat.postMessage", `{"channel":"`+chan1+`","blocks":`+tt.good+`}`); got != "" {
				t.Errorf("%s: refused at the edge: %s", tt.name, got)
			}
			got := r.complaint("chat.postMessage", `{"channel":"`+chan1+`","blocks":`+tt.bad+`}`)
			if !strings.HasPrefix(got, "invalid_blocks: "+tt.want) {
				t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
			}
		}
		for body, want := range map[string]string{
			`"x"`: "invalid_blocks_format", many(5, `{"type":"section","text":`+md(2700)+`}`): "msg_blocks_too_long",
		} {
			if got := r.complaint("chat.postMessage", `{"channel":"`+chan1+`","blocks":`+body+`}`); got != want {
				t.Errorf("got %q, want %s", got, want)
			}
		}
	})
}

// complaint calls a method and returns its error and the first message, "" if it is ok.
func (r *rig) complaint(method, body string) string {
	r.t.Helper()
	_, raw := r.post(base+method, "application/json", body)
	var answer struct {
		OK       bool
		Error    string
		Errors   []string
		Metadata struct{ Messages []string } `json:"response_metadata"`
	}
	if err := json.Unmarshal([]byte(raw), &answer); err != nil {
		r.t.Fatalf("%s: %v", raw, err)
	}
	if answer.OK {
		return ""
	}
	if len(answer.Metadata.Messages) == 0 {
		return answer.Error
	}
	if answer.Error == "invalid_blocks" && "[ERROR] "+answer.Errors[0] != answer.Metadata.Messages[0] {
		r.t.Errorf("errors and messages differ: %s", raw)
	}
	return answer.Error + ": " + strings.TrimPrefix(answer.Metadata.Messages[0], "[ERROR] ")
}

func TestViewLimits(t *testing.T) {
	type view map[string]any
	title := map[string]string{"type": "plain_text", "text": x(24)}
	good := func(edit view) string {
		v := view{"type": "modal", "title": title, "submit": title, "blocks": []any{}}
		for k, val := range edit {
			if v[k] = val; val == nil {
				delete(v, k)
			}
		}
		raw, _ := json.Marshal(v)
		return string(raw)
	}
	in := json.RawMessage(input(`{"type":"plain_text_input"}`))
	tests := []struct{ name, view, want string }{
		{"good", good(view{"blocks": in, "private_metadata": x(3000), "callback_id": x(255)}), "invalid_trigger_id"},
		{"title", good(view{"title": map[string]string{"type": "plain_text", "text": x(25)}}), "invalid_arguments: must be less than 25 characters [json-pointer:/view/title/text]"},
		{"no title", good(view{"title": nil}), "invalid_arguments: missing required field: title [json-pointer:/view]"},
		{"private metadata", good(view{"private_metadata": x(3001)}), "invalid_arguments: must be less than 3001 characters [json-pointer:/view/private_metadata]"},
		{"callback id", good(view{"callback_id": x(256)}), "invalid_arguments: must be less than 256 characters [json-pointer:/view/callback_id]"},
		{"blocks", good(view{"blocks": json.RawMessage(many(101, `{"type":"divider"}`))}), "invalid_arguments: no more than 100 items allowed [json-pointer:/view/blocks]"},
		{"input without submit", good(view{"blocks": in, "submit": nil}), "invalid_arguments: missing required field: submit (the view has an input block) [json-pointer:/view]"},
		{"type", good(view{"type": "tab"}), "invalid_arguments: unsupported type: tab [json-pointer:/view/type]"},
		{"not an object", `[]`, "invalid_arguments: must provide an object [json-pointer:/view]"},
		{"size", good(view{"private_metadata": strings.Repeat("x", 250<<10)}), "view_too_large"},
	}
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		for _, tt := range tests {
			if got := r.complaint("views.open", `{"trigger_id":"1","view":`+tt.view+`}`); got != tt.want {
				t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
			}
		}
	})
}

func TestGeneratedIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, fakeslack.Options{})
		r.postBlocks(chan1, `[{"type":"divider"},{"type":"actions","elements":[{"type":"button","text":`+txt(1)+`}]}]`)
		var blocks []struct {
			ID       string `json:"block_id"`
			Elements []struct {
				ID string `json:"action_id"`
			}
		}
		if err := json.Unmarshal(r.srv.Messages(chan1)[0].Blocks, &blocks); err != nil {
			t.Fatal(err)
		}
		if blocks[0].ID == "" || blocks[1].ID == "" || blocks[0].ID == blocks[1].ID || blocks[1].Elements[0].ID == "" {
			t.Errorf("ids: %+v", blocks)
		}
	})
}
