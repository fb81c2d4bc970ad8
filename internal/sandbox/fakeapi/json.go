package fakeapi

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// envelopeDoc wraps a single result. Current pages call the wrapped field content, older ones envelope.
type envelopeDoc struct {
	Content any `json:"content"`
	Status  int `json:"status"`
}

// JSON returns an answer that prints doc as the query parameters pretty and envelope ask.
func JSON(r *http.Request, status int, doc any) *Answer {
	query := r.URL.Query()
	if query.Get("envelope") == "true" {
		if list, ok := doc.(List); ok {
			list.Status = status
			doc = list
		} else {
			doc = envelopeDoc{Content: doc, Status: status}
		}
	}
	body := Marshal(doc, query.Get("pretty") == "true")
	return &Answer{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
}

// Marshal prints doc without escaping & in links. The documents here always encode.
func Marshal(doc any, pretty bool) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if pretty {
		enc.SetIndent("", "  ")
	}
	if err := enc.Encode(doc); err != nil {
		panic("encode answer: " + err.Error())
	}
	return b.Bytes()
}
