package fakeslack

import (
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// args are the arguments of a call, whatever encoding brought them: strings as they
// are, everything else as JSON text. Absent and null are the same.
type args map[string]string

func (a args) bool(name string) bool { return a[name] == "true" || a[name] == "1" }

func (a args) int(name string, otherwise int) int {
	if n, err := strconv.Atoi(a[name]); err == nil {
		return n
	}
	return otherwise
}

// raw returns an argument that holds JSON, or "" if it says nothing: some clients
// write null or [] for what they leave out.
func (a args) raw(name string) string {
	if s := strings.TrimSpace(a[name]); s != "null" {
		return s
	}
	return ""
}

// parseArgs reads the query, and a form or JSON body.
func parseArgs(r *http.Request, body []byte) (args, error) {
	out := args{}
	out.addForm(r.URL.Query())
	contentType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case len(body) == 0:
	case contentType == "application/json":
		fields, err := jsonArgs(body)
		if err != nil {
			return nil, fail("invalid_json")
		}
		maps.Copy(out, fields)
	case contentType == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, fail("invalid_form_data")
		}
		out.addForm(form)
	default:
		return nil, fail("invalid_post_type")
	}
	return out, nil
}

func (a args) addForm(form url.Values) {
	for name, values := range form {
		a[name] = values[0]
	}
}

// jsonArgs turns a JSON object into args.
func jsonArgs(body []byte) (args, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return nil, fmt.Errorf("decode arguments: %w", err)
	}
	out := args{}
	for name, raw := range fields {
		var s string
		switch {
		case string(raw) == "null":
		case json.Unmarshal(raw, &s) == nil:
			out[name] = s
		default:
			out[name] = string(raw)
		}
	}
	return out, nil
}
