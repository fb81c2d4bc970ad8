package fakeslack

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// object is a decoded JSON object; its numbers are json.Number.
type object = map[string]any

// problem is one finding of the validator, in the words Slack uses.
type problem struct {
	text    string
	pointer string
}

// String formats the finding as it stands in "errors".
func (p problem) String() string { return p.text + " [json-pointer:" + p.pointer + "]" }

// validator checks decoded blocks against the table and fills in the ids that are
// missing, as Slack does.
type validator struct {
	kit      kit
	problems []problem
	blockIDs map[string]bool
}

func newValidator(k kit) *validator { return &validator{kit: k, blockIDs: map[string]bool{}} }

func (v *validator) reportf(pointer, format string, args ...any) {
	v.problems = append(v.problems, problem{text: fmt.Sprintf(format, args...), pointer: pointer})
}

// object checks o against the shape. The type itself was checked by the caller.
func (v *validator) object(o object, shape, at string) {
	fields := v.kit[shape]
	for _, name := range slices.Sorted(maps.Keys(o)) {
		known := slices.ContainsFunc(fields, func(f field) bool { return f.name == name })
		switch {
		case o[name] == nil:
			delete(o, name)
		case name != "type" && !known:
			v.reportf(at, "invalid additional property: %s", name)
		}
	}
	for _, f := range fields {
		value, present := o[f.name]
		switch {
		case present:
			v.field(f, value, at+"/"+f.name)
		case f.required:
			v.reportf(at, "missing required field: %s", f.name)
		}
	}
	v.extra(o, shape, at)
}

func (v *validator) field(f field, value any, at string) {
	switch f.kind {
	case kindString, kindEnum:
		v.str(f, value, at)
	case kindBool:
		if _, ok := value.(bool); !ok {
			v.reportf(at, "must provide a boolean")
		}
	case kindInt:
		v.integer(f, value, at)
	case kindText:
		v.text(value, f.textMax, at, "plain_text", "mrkdwn")
	case kindPlain:
		v.text(value, f.textMax, at, "plain_text")
	case kindTyped:
		v.typed(f, value, at)
	case kindShape:
		if o, ok := asObject(value); ok {
			v.object(o, f.of[0], at)
		} else {
			v.reportf(at, "must provide an object")
		}
	case kindTexts, kindList, kindShapes:
		v.list(f, value, at)
	}
}

func (v *validator) list(f field, value any, at string) {
	items, ok := value.([]any)
	if !ok {
		v.reportf(at, "must provide an array")
		return
	}
	if f.max > 0 && len(items) > f.max {
		v.reportf(at, "no more than %d items allowed", f.max)
	}
	if len(items) < f.min {
		v.reportf(at, "no less than %d items allowed", f.min)
	}
	one := map[kind]kind{kindTexts: kindText, kindList: kindTyped, kindShapes: kindShape}[f.kind]
	for i, item := range items {
		v.field(field{kind: one, of: f.of, textMax: f.textMax}, item, fmt.Sprintf("%s/%d", at, i))
	}
}

func (v *validator) str(f field, value any, at string) {
	s, ok := value.(string)
	if !ok {
		v.reportf(at, "must provide a string")
		return
	}
	if f.kind == kindEnum && !slices.Contains(f.of, s) {
		v.reportf(at, "must be a valid enum value")
	}
	v.length(s, f.min, f.max, at)
}

func (v *validator) length(s string, lowest, highest int, at string) {
	n := utf8.RuneCountInString(s)
	if n < lowest {
		v.reportf(at, "must be more than %d characters", lowest-1)
	}
	if highest > 0 && n > highest {
		v.reportf(at, "must be less than %d characters", highest+1)
	}
}

func (v *validator) integer(f field, value any, at string) {
	number, _ := value.(json.Number)
	n, err := number.Int64()
	switch {
	case err != nil:
		v.reportf(at, "must provide an integer")
	case n < int64(f.min):
		v.reportf(at, "must be greater than or equal to %d", f.min)
	case f.max > 0 && n > int64(f.max):
		v.reportf(at, "must be less than or equal to %d", f.max)
	}
}

// text checks a text object. An empty text is the most frequent reason for which
// Slack refuses blocks.
func (v *validator) text(value any, limit int, at string, types ...string) {
	o, ok := asObject(value)
	if !ok {
		v.reportf(at, "must provide an object")
		return
	}
	typ := getString(o, "type")
	if !slices.Contains(types, typ) {
		v.reportf(at+"/type", "must be one of: %s", strings.Join(types, ", "))
		return
	}
	for name, content := range o {
		if content != nil && name != "type" && !slices.ContainsFunc(v.kit[typ], func(f field) bool { return f.name == name }) {
			v.reportf(at, "invalid additional property: %s", name)
		}
	}
	body, ok := o["text"].(string)
	if !ok {
		v.reportf(at, "missing required field: text")
		return
	}
	v.length(body, 1, limit, at+"/text")
}

func (v *validator) typed(f field, value any, at string) {
	o, ok := asObject(value)
	if !ok {
		v.reportf(at, "must provide an object")
		return
	}
	typ := getString(o, "type")
	for _, of := range f.of {
		name, shape, renamed := strings.Cut(of, "=")
		if name != typ {
			continue
		}
		if !renamed {
			shape = name
		}
		v.object(o, shape, at)
		return
	}
	v.reportf(at+"/type", "unsupported type: %s", typ)
}

// newID returns an id like those that Slack gives to blocks and elements without one.
func newID() string { return rand.Text()[:5] }

func asObject(value any) (object, bool) {
	o, ok := value.(object)
	return o, ok
}

func getString(o object, name string) string {
	s, _ := o[name].(string)
	return s
}

func getObject(o object, name string) object {
	inner, _ := o[name].(object)
	return inner
}

func getList(o object, name string) []object {
	items, _ := o[name].([]any)
	var out []object
	for _, item := range items {
		if inner, ok := item.(object); ok {
			out = append(out, inner)
		}
	}
	return out
}

// decode reads JSON and keeps numbers as they were written.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("decode JSON: %w", err)
	}
	return nil
}

// encode writes JSON without turning & < > into escapes. It is called with values made
// of decoded JSON only, which cannot fail.
func encode(value any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(fmt.Sprintf("fakeslack: encode %T: %v", value, err))
	}
	return bytes.TrimSpace(b.Bytes())
}
