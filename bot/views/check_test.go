package views

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// checker walks a decoded message or view and holds it against Slack's limits.
// Source: https://docs.slack.dev/reference/block-kit.
type checker struct {
	t        testing.TB
	blockIDs map[string]bool
	total    int // code points of all texts
}

// checkMessage fails the test for anything in a message that Slack would refuse, or parse although a person typed it.
func checkMessage(tb testing.TB, m Message) {
	tb.Helper()
	c := &checker{t: tb, blockIDs: map[string]bool{}}
	if n := utf8.RuneCountInString(m.Text); n == 0 || n > 4000 {
		tb.Errorf("text has %d code points", n)
	}
	c.parsed(m.Text, "text")
	if n := len(m.Blocks); n == 0 || n > 50 {
		tb.Errorf("%d blocks", n)
	}
	c.walk(decode(tb, m.Blocks), "blocks")
	if c.total > 12000 {
		tb.Errorf("%d code points of text in all", c.total)
	}
}

func checkView(tb testing.TB, v slack.ModalViewRequest) {
	tb.Helper()
	c := &checker{t: tb, blockIDs: map[string]bool{}}
	raw, _ := decode(tb, v).(map[string]any)
	for _, name := range []string{"title", "submit", "close"} {
		if o, ok := raw[name].(map[string]any); ok {
			c.text(o, name, 24)
		}
	}
	if raw["title"] == nil || raw["close"] == nil {
		tb.Error("no title or no way out")
	}
	if n := utf8.RuneCountInString(v.PrivateMetadata); n > 3000 {
		tb.Errorf("private_metadata of %d code points", n)
	}
	if n := len(v.Blocks.BlockSet); n == 0 || n > 100 {
		tb.Errorf("%d blocks", n)
	}
	c.walk(raw["blocks"], "blocks")
}

func decode(tb testing.TB, value any) any {
	tb.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		tb.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(raw, &out); err != nil {
		tb.Fatal(err)
	}
	return out
}

// encode writes JSON as it is read best, with the brackets that slack-go escapes.
func encode(tb testing.TB, value any) []byte {
	tb.Helper()
	value = decode(tb, value)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(value); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func (c *checker) walk(value any, at string) {
	switch x := value.(type) {
	case []any:
		for i, item := range x {
			c.walk(item, fmt.Sprintf("%s/%d", at, i))
		}
	case map[string]any:
		c.object(x, at)
		for name, item := range x {
			c.walk(item, at+"/"+name)
		}
	}
}

func (c *checker) object(o map[string]any, at string) {
	if id, ok := o["block_id"].(string); ok {
		if c.blockIDs[id] || id == "" || utf8.RuneCountInString(id) > 255 {
			c.t.Errorf("%s: block_id %q is empty, long or there twice", at, id)
		}
		c.blockIDs[id] = true
	}
	if s, ok := o["text"].(string); ok {
		c.total += utf8.RuneCountInString(s) // each text once, whatever else looks at it
	}
	switch o["type"] {
	case "plain_text", "mrkdwn":
		c.text(o, at, 3000)
	case "text":
		c.filled(o["text"], at, 3000)
	case "header":
		c.text(o["text"], at, 150)
	case "section":
		c.section(o, at)
	case "context":
		c.count(o["elements"], at, 1, 10)
	case "actions":
		c.count(o["elements"], at, 1, 25)
		elements, _ := o["elements"].([]any)
		c.actions(elements, at)
	case "button":
		c.button(o, at)
	case "input":
		c.text(o["label"], at, 2000)
		c.text(o["hint"], at, 2000)
		if element, _ := o["element"].(map[string]any); element["action_id"] != o["block_id"] {
			c.t.Errorf("%s: input %v has the action_id %v", at, o["block_id"], element["action_id"])
		}
	case "radio_buttons":
		c.radio(o, at)
	case "rich_text", "rich_text_section", "rich_text_quote":
		c.count(o["elements"], at, 1, 1000)
	case "date":
		if o["fallback"] == nil || o["format"] == "" {
			c.t.Errorf("%s: date without a fallback or a format", at)
		}
	case "user":
		c.filled(o["user_id"], at, 20)
	case "usergroup":
		c.filled(o["usergroup_id"], at, 20)
	case "link":
		c.filled(o["text"], at, 200)
		if url, _ := o["url"].(string); !cardURL.MatchString(url) {
			c.t.Errorf("%s: link to %q", at, url)
		}
	case "broadcast", "emoji":
		c.t.Errorf("%s: element of type %v, which nobody wants here", at, o["type"])
	}
}

func (c *checker) section(o map[string]any, at string) {
	if o["text"] == nil && o["fields"] == nil {
		c.t.Errorf("%s: neither text nor fields", at)
	}
	if fields, ok := o["fields"].([]any); ok {
		c.count(fields, at, 1, 10)
		for _, f := range fields {
			c.text(f, at, 2000)
		}
	}
}

func (c *checker) actions(elements []any, at string) {
	seen := make(map[any]bool)
	primary := 0
	for _, e := range elements {
		button, _ := e.(map[string]any)
		id := button["action_id"]
		if seen[id] {
			c.t.Errorf("%s: action_id %v is there twice", at, id)
		}
		seen[id] = true
		if button["style"] == "primary" {
			primary++
		}
	}
	if primary > 1 {
		c.t.Errorf("%s: %d primary buttons", at, primary)
	}
}

func (c *checker) button(o map[string]any, at string) {
	c.text(o["text"], at, 75)
	c.filled(o["value"], at, 2000)
	c.filled(o["action_id"], at, 255)
	if q, ok := o["confirm"].(map[string]any); ok {
		c.text(q["title"], at, 100)
		c.text(q["text"], at, 300)
		c.text(q["confirm"], at, 30)
		c.text(q["deny"], at, 30)
	}
}

func (c *checker) radio(o map[string]any, at string) {
	c.count(o["options"], at, 1, 10)
	options, _ := o["options"].([]any)
	offered := o["initial_option"] == nil
	for _, each := range options {
		option, _ := each.(map[string]any)
		c.text(option["text"], at, 75)
		c.text(option["description"], at, 75)
		c.filled(option["value"], at, 75)
		offered = offered || reflect.DeepEqual(option, o["initial_option"])
	}
	if !offered {
		c.t.Errorf("%s: what is chosen at first is no option: %v", at, o["initial_option"])
	}
}

func (c *checker) count(list any, at string, fewest, most int) {
	items, _ := list.([]any)
	if n := len(items); n < fewest || n > most {
		c.t.Errorf("%s: %d elements", at, n)
	}
}

func (c *checker) text(value any, at string, limit int) {
	o, ok := value.(map[string]any)
	if !ok {
		c.t.Errorf("%s: no text", at)
		return
	}
	c.filled(o["text"], at, limit)
	if o["type"] == "mrkdwn" {
		s, _ := o["text"].(string)
		c.parsed(s, at)
		if o["verbatim"] != true {
			c.t.Errorf("%s: mrkdwn in which Slack looks for links and names", at)
		}
	}
}

func (c *checker) filled(value any, at string, limit int) {
	s, _ := value.(string)
	n := utf8.RuneCountInString(s)
	if n == 0 || n > limit {
		c.t.Errorf("%s: %d code points, want 1 to %d", at, n, limit)
	}
	if !utf8.ValidString(s) {
		c.t.Errorf("%s: cut within a rune", at)
	}
}

// cardURL is where our only links lead: to a message of the workspace.
var cardURL = regexp.MustCompile(`^https://demo\.slack\.com/archives/[A-Z0-9]+/p\d{16}$`)

// ours is everything in brackets that we write ourselves.
var ours = regexp.MustCompile(`<@[A-Z0-9]+>|<https://demo\.slack\.com/archives/[A-Z0-9]+/p\d{16}\|R-\d+>|<!subteam\^[A-Z0-9]+>|<!date\^\d+\^[^<>|]+\|[^<>|]+>`)

// parsed checks a text in which Slack parses markup: brackets are ours or escaped, and so is every ampersand.
func (c *checker) parsed(s, at string) {
	rest := ours.ReplaceAllString(s, "")
	if strings.ContainsAny(rest, "<>") {
		c.t.Errorf("%s: markup that is not ours: %q", at, rest)
	}
	rest = strings.NewReplacer("&amp;", "", "&lt;", "", "&gt;", "").Replace(rest)
	if strings.Contains(rest, "&") {
		c.t.Errorf("%s: an ampersand that is not escaped: %q", at, rest)
	}
}
