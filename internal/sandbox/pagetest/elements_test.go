package pagetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// everything is a modal with each input that the chat knows.
const everything = `{"type":"modal","callback_id":"all","title":{"type":"plain_text","text":"Everything"},
	"submit":{"type":"plain_text","text":"Go on"},"close":{"type":"plain_text","text":"Not now"},"blocks":[
	{"type":"input","block_id":"b-text","label":{"type":"plain_text","text":"Why"},"element":{"type":"plain_text_input","action_id":"text","multiline":true}},
	{"type":"input","block_id":"b-static","label":{"type":"plain_text","text":"Color"},"element":{"type":"static_select","action_id":"static","options":[
		{"text":{"type":"plain_text","text":"Red"},"value":"r"},{"text":{"type":"plain_text","text":"Green"},"value":"g"},{"text":{"type":"plain_text","text":"Blue"},"value":"b"}]}},
	{"type":"input","block_id":"b-external","label":{"type":"plain_text","text":"Cluster"},"hint":{"type":"plain_text","text":"Type two letters"},
		"element":{"type":"external_select","action_id":"external","min_query_length":2}},
	{"type":"input","block_id":"b-when","label":{"type":"plain_text","text":"When"},"element":{"type":"datetimepicker","action_id":"when","initial_date_time":1782892800}},
	{"type":"input","block_id":"b-many","optional":true,"label":{"type":"plain_text","text":"Extras"},"element":{"type":"checkboxes","action_id":"many","options":[
		{"text":{"type":"mrkdwn","text":"*loud*"},"value":"l"},{"text":{"type":"plain_text","text":"soft"},"value":"s"}]}},
	{"type":"input","block_id":"b-one","label":{"type":"plain_text","text":"One"},"element":{"type":"radio_buttons","action_id":"one","options":[
		{"text":{"type":"plain_text","text":"this"},"value":"1"},{"text":{"type":"plain_text","text":"that"},"value":"2"}]}}]}`

// second lies on the first.
const second = `{"response_action":"push","view":{"type":"modal","title":{"type":"plain_text","text":"Really?"},
	"close":{"type":"plain_text","text":"Back"},"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"*Sure*"}}]}}`

// TestElements fills in a modal with each kind of input, sends it, has another modal pushed onto it, and uses the elements
// of a message.
func TestElements(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	heard := make(chan map[string]any, 20)
	a.hear(func(_ string, payload map[string]any) any {
		switch kind, _ := payload["type"].(string); {
		case payload["command"] == "/form":
			go a.call("xoxb-1", "views.open", map[string]string{"trigger_id": fmt.Sprint(payload["trigger_id"]), "view": everything})
			return nil
		case kind == "block_suggestion":
			var options []any
			for _, name := range []string{"orders-prod", "orders-staging"} {
				if strings.Contains(name, fmt.Sprint(payload["value"])) {
					options = append(options, map[string]any{"text": map[string]any{"type": "plain_text", "text": name}, "value": name})
				}
			}
			return map[string]any{"options": options}
		case kind == "view_submission":
			heard <- payload
			return json.RawMessage(second)
		default:
			heard <- payload
			return nil
		}
	})
	b := open(t, a.page, desk)
	b.command("/form")
	b.shows(form, "Everything")
	b.press("#modal-submit", "")
	b.wait(`document.querySelectorAll('#modal .error:not(:empty)').length >= 4`)
	b.press("#modal textarea", "")
	b.types("because")
	b.press("#modal input[data-action=static]", "")
	b.types("gr")
	b.key("ArrowDown")
	b.wait(`document.querySelector('#' + document.activeElement.getAttribute('aria-activedescendant'))?.innerText === 'Green'`)
	b.key("Enter")
	b.press("#modal input[data-action=external]", "")
	b.types("o")
	b.shows("#modal [role=listbox]:not([hidden])", "Type 2 or more characters.")
	b.types("rders-s")
	b.shows("#modal [role=listbox]:not([hidden]) .option", "orders-staging")
	b.shot("1-searching")
	b.key("ArrowDown")
	b.key("Enter")
	b.wait(`document.querySelector('#modal input[data-action=external]').value === 'orders-staging'`)
	if at := eval[string](b, `document.querySelector('#modal input[type=datetime-local]').value`); at != "2026-07-01T10:00" {
		t.Errorf("10:00 in Berlin is shown as %s", at)
	}
	b.press("#modal .tick label", "loud")
	b.press("#modal .tick label", "that")
	b.names("everything")
	b.shot("2-filled")
	b.press("#modal-submit", "")
	b.shows(form, "Really?")
	b.press(form+" footer button", "Back")
	b.shows(form, "Everything")
	b.wait(`document.querySelector('#modal textarea').value === 'because'`)
	want := `{"b-external":{"external":"orders-staging"},"b-many":{"many":["l"]},"b-one":{"one":"2"},"b-static":{"static":"g"},"b-text":{"text":"because"},"b-when":{"when":1782892800}}`
	if got := values(<-heard); got != want {
		t.Errorf("submitted %s\nwant %s", got, want)
	}
	b.key("Escape")
	b.wait(`!document.querySelector('#modal').open`)

	a.post("controls", `[{"type":"actions","block_id":"row","elements":[
		{"type":"overflow","action_id":"more","options":[{"text":{"type":"plain_text","text":"First"},"value":"1"},{"text":{"type":"plain_text","text":"Second"},"value":"2"}]},
		{"type":"static_select","action_id":"pick","placeholder":{"type":"plain_text","text":"Pick"},"options":[{"text":{"type":"plain_text","text":"Here"},"value":"h"}]}]}]`)
	b.press(channel+" button", "More actions")
	b.key("ArrowDown")
	b.key("Enter")
	if got := chosen(<-heard); got != "more 2" {
		t.Errorf("used %s", got)
	}
	b.press(channel+" input[data-action=pick]", "")
	b.press(channel+" .option", "Here")
	if got := chosen(<-heard); got != "pick h" {
		t.Errorf("used %s", got)
	}
}

// values returns what was filled in, by block and action.
func values(payload map[string]any) string {
	var p struct {
		View struct {
			State struct {
				Values map[string]map[string]struct {
					Value    *string                   `json:"value"`
					At       *int64                    `json:"selected_date_time"`
					Selected *struct{ Value string }   `json:"selected_option"`
					Many     *[]struct{ Value string } `json:"selected_options"`
				} `json:"values"`
			} `json:"state"`
		} `json:"view"`
	}
	again(payload, &p)
	out := map[string]map[string]any{}
	for block, actions := range p.View.State.Values {
		out[block] = map[string]any{}
		for action, v := range actions {
			switch {
			case v.Value != nil:
				out[block][action] = *v.Value
			case v.At != nil:
				out[block][action] = *v.At
			case v.Selected != nil:
				out[block][action] = v.Selected.Value
			case v.Many != nil:
				var all []string
				for _, o := range *v.Many {
					all = append(all, o.Value)
				}
				out[block][action] = all
			}
		}
	}
	return quoteAny(out)
}

// chosen returns which option of which element was chosen.
func chosen(payload map[string]any) string {
	var p struct {
		Actions []struct {
			ID       string                 `json:"action_id"`
			Selected struct{ Value string } `json:"selected_option"`
		} `json:"actions"`
	}
	again(payload, &p)
	if len(p.Actions) != 1 {
		return fmt.Sprint(payload)
	}
	return p.Actions[0].ID + " " + p.Actions[0].Selected.Value
}

// again decodes what was decoded already into something more definite.
func again(from map[string]any, into any) {
	if err := json.Unmarshal([]byte(quoteAny(from)), into); err != nil {
		panic(err)
	}
}

func quoteAny(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}
