package views

import (
	"encoding/json"
	"errors"
	"fmt"

	"snapback/commands"
	"snapback/internal/restore"
)

// metaVersion is the version of the form in which a modal remembers what it is about.
const metaVersion = 1

// Meta is what a modal remembers of the card that it was opened from, in its private_metadata. It comes back from
// Slack, so nothing in it is to be trusted.
type Meta struct {
	Version      int             `json:"v"`
	Installation string          `json:"installation"`
	Subject      restore.Subject `json:"subject"`
	Revision     int             `json:"revision"`
	Nonce        string          `json:"nonce"`
	Channel      string          `json:"channel"` // where the form was asked for; "" if that is not known
}

// ErrMeta says that a modal was not opened by this installation, or not by a version that this one understands.
var ErrMeta = errors.New("modal does not belong to this installation")

func (v Renderer) meta(c commands.Card, channel string) Meta {
	return Meta{
		Version: metaVersion, Installation: v.Installation, Subject: c.Subject, Revision: c.Revision, Nonce: c.Nonce,
		Channel: channel,
	}
}

// String returns the form that [Renderer.ParseMeta] reads.
func (m Meta) String() string {
	raw, err := json.Marshal(m)
	if err != nil {
		return "" // cannot happen: strings and a number
	}
	return string(raw)
}

// Card returns the card that the modal was opened from.
func (m Meta) Card() commands.Card {
	return commands.Card{Subject: m.Subject, Revision: m.Revision, Nonce: m.Nonce}
}

// ParseMeta reads a modal's private_metadata. It fails with [ErrMeta].
func (v Renderer) ParseMeta(raw string) (Meta, error) {
	var m Meta
	if err := json.Unmarshal([]byte(raw), &m); err != nil {
		return Meta{}, fmt.Errorf("read private_metadata: %w", errors.Join(ErrMeta, err))
	}
	if m.Version != metaVersion || m.Installation != v.Installation || m.Subject.Number() == 0 {
		return Meta{}, fmt.Errorf("private_metadata of %q, version %d: %w", m.Installation, m.Version, ErrMeta)
	}
	return m, nil
}
