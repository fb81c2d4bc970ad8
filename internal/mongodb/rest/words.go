package rest

import "encoding/json"

// Words is a text for people in a document, as it may be shown: of one line, bounded, and with no more of a URL than its host.
type Words string

// UnmarshalJSON implements json.Unmarshaler.
func (w *Words) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	*w = Words(clean(text))
	return nil
}
