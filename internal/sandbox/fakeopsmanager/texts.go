package fakeopsmanager

import (
	"bytes"
	"encoding/json"

	"snapback/internal/sandbox/fakeapi"
)

// texts prints the numbers of a document as strings. What is no document stays as it is.
func texts(body []byte) []byte {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var doc any
	if d.Decode(&doc) != nil {
		return body
	}
	return fakeapi.Marshal(numbersAsTexts(doc), false)
}

func numbersAsTexts(value any) any {
	switch v := value.(type) {
	case json.Number:
		return v.String()
	case []any:
		for i, item := range v {
			v[i] = numbersAsTexts(item)
		}
	case map[string]any:
		for name, item := range v {
			v[name] = numbersAsTexts(item)
		}
	}
	return value
}
