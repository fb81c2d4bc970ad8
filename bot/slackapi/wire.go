package slackapi

import "encoding/json"

// wire returns the JSON form of a value, "" for what has none.
func wire(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(raw)
}
