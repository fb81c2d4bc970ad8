package fakeslack

import (
	"encoding/json"
	"time"
	"unicode/utf8"
)

// Message is something said in a conversation. It is a copy: it does not change when
// the message does. Blocks, Metadata and Revisions must not be changed.
type Message struct {
	Channel     string
	TS          string
	ThreadTS    string // of the parent; empty unless it is a reply
	User        string
	ByApp       bool // posted by the app, not by a person
	Text        string
	Blocks      json.RawMessage // an array with all ids filled in; nil without blocks
	Metadata    json.RawMessage
	Broadcast   bool   // a reply shown in the channel, too
	EphemeralTo string // the only person who sees it; empty: everyone
	Edited      bool   // shows the mark "(edited)"
	PostedAt    time.Time
	Revisions   []Revision // what it was before each update, oldest first

	names map[string]string
}

// Revision is an earlier version of a message.
type Revision struct {
	ReplacedAt time.Time
	Text       string
	Blocks     json.RawMessage
	Metadata   json.RawMessage
}

// content is what a call says about a message.
type content struct {
	text      string
	blocks    []object
	hasBlocks bool
	metadata  json.RawMessage
}

// content checks the arguments that all calls with a message have in common.
func (s *Server) content(a args) (content, error) {
	c := content{text: a["text"]}
	if raw := a.raw("attachments"); raw != "" && raw != "[]" {
		return c, fail("invalid_attachments") // this fake serves none
	}
	if raw := a.raw("blocks"); raw != "" {
		blocks, err := s.kit.checkBlocks(raw)
		if err != nil {
			return c, err
		}
		c.blocks, c.hasBlocks = blocks, len(blocks) > 0
	}
	if c.text == "" && !c.hasBlocks {
		return c, fail("no_text")
	}
	if utf8.RuneCountInString(c.text) > maxMessageText {
		c.text = string([]rune(c.text)[:maxMessageText])
	}
	var err error
	c.metadata, err = checkMetadata(a.raw("metadata"))
	return c, err
}

// checkMetadata returns nil for metadata that says nothing, such as an empty event
// type, which clients write for a field that was left out.
func checkMetadata(raw string) (json.RawMessage, error) {
	if raw == "" {
		return nil, nil
	}
	var fields object
	if err := decode([]byte(raw), &fields); err != nil || fields == nil {
		return nil, fail("invalid_metadata_format")
	}
	if getString(fields, "event_type") == "" {
		return nil, nil
	}
	if _, ok := asObject(fields["event_payload"]); !ok {
		return nil, fail("invalid_metadata_schema")
	}
	if len(raw) > maxMetadata {
		return nil, fail("metadata_too_large")
	}
	return encode(fields), nil
}

func (c content) rawBlocks() json.RawMessage {
	if !c.hasBlocks {
		return nil
	}
	return encode(c.blocks)
}

// revise replaces what the message says and keeps what it said.
func (m *Message) revise(c content, now time.Time) {
	m.Revisions = append(m.Revisions, Revision{ReplacedAt: now, Text: m.Text, Blocks: m.Blocks, Metadata: m.Metadata})
	m.Text, m.Blocks = c.text, c.rawBlocks()
	m.Edited = !c.hasBlocks
	if c.metadata != nil {
		m.Metadata = c.metadata
	}
}

// blocks decodes the message's blocks.
func (m *Message) blocks() []object {
	var blocks []object
	if m.Blocks != nil {
		_ = decode(m.Blocks, &blocks) // they were validated when they came
	}
	return blocks
}

// messageJSON returns the message as the API and payloads show it.
func (s *Server) messageJSON(c *channel, m *Message, metadata bool) object {
	out := object{"type": "message", "user": m.User, "text": m.Text, "ts": m.TS, "team": s.ws.TeamID}
	if m.ByApp {
		out["bot_id"], out["app_id"] = s.ws.BotID, s.ws.AppID
	}
	if m.Blocks != nil {
		out["blocks"] = m.Blocks
	}
	if metadata && m.Metadata != nil {
		out["metadata"] = m.Metadata
	}
	if m.Edited {
		out["edited"] = object{"user": m.User, "ts": m.TS}
	}
	if m.ThreadTS != "" {
		out["thread_ts"] = m.ThreadTS
		if m.Broadcast {
			out["subtype"] = "thread_broadcast"
		}
	} else if n, last := c.replyCount(m.TS); n > 0 {
		out["thread_ts"], out["reply_count"], out["latest_reply"] = m.TS, n, last
	}
	return out
}

func (c *channel) replyCount(ts string) (n int, last string) {
	for _, m := range c.msgs {
		if m.ThreadTS == ts && m.EphemeralTo == "" {
			n, last = n+1, m.TS
		}
	}
	return n, last
}

// Messages returns what stands in the channel, replies and ephemeral messages
// included, in the order of their ts.
func (s *Server) Messages(channelID string) []Message {
	return s.messages(channelID, func(*Message) bool { return true })
}

// Thread returns the message with that ts and its replies.
func (s *Server) Thread(channelID, ts string) []Message {
	return s.messages(channelID, func(m *Message) bool { return m.TS == ts || m.ThreadTS == ts })
}

func (s *Server) messages(channelID string, keep func(*Message) bool) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	if c := s.channels[channelID]; c != nil {
		for _, m := range c.msgs {
			if keep(m) {
				out = append(out, *s.copyOf(m))
			}
		}
	}
	return out
}

// copyOf returns the message as it is now, for events and readers.
func (s *Server) copyOf(m *Message) *Message {
	c := *m
	c.names = s.names
	return &c
}
