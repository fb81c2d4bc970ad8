package fakeslack

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// target finds the conversation that a call names; a user's id means the direct
// message with that user.
func (s *Server) target(id string) (*channel, error) {
	if c := s.visible(id); c != nil {
		return c, nil
	}
	if u, ok := s.users[id]; ok && !u.Deleted && !u.IsBot {
		return s.dm(id), nil
	}
	return nil, fail("channel_not_found")
}

// visible returns the conversation if the bot can know of it: private channels exist
// for their members only.
func (s *Server) visible(id string) *channel {
	c := s.channels[id]
	if c == nil || c.data.IsPrivate && !c.has(s.ws.BotUserID) {
		return nil
	}
	return c
}

// writable checks whether the bot may post in the conversation.
func (s *Server) writable(c *channel) error {
	switch {
	case c.data.Archived:
		return fail("is_archived")
	case c.im() && s.noMessages:
		return fail("messages_tab_disabled")
	case c.has(s.ws.BotUserID), !c.data.IsPrivate && slices.Contains(s.ws.Scopes, "chat:write.public"):
		return nil
	default:
		return fail("not_in_channel")
	}
}

func (s *Server) postMessage(req *request) (object, error) {
	c, err := s.target(req.args["channel"])
	if err != nil {
		return nil, err
	}
	if err := s.writable(c); err != nil {
		return nil, err
	}
	said, err := s.content(req.args)
	if err != nil {
		return nil, err
	}
	if err := s.pace(c.data.ID, time.Second, postBurst); err != nil {
		return nil, err
	}
	m := &Message{
		ThreadTS: c.thread(req.args["thread_ts"]), User: s.ws.BotUserID, ByApp: true,
		Text: said.text, Blocks: said.rawBlocks(), Metadata: said.metadata,
	}
	m.Broadcast = m.ThreadTS != "" && req.args.bool("reply_broadcast")
	s.post(c, m, "")
	return object{"channel": c.data.ID, "ts": m.TS, "message": s.messageJSON(c, m, true)}, nil
}

// thread returns the parent's ts for a reply. A reply to a message that is gone loses
// its thread, and a reply to a reply joins the thread.
func (c *channel) thread(ts string) string {
	m := c.find(ts)
	switch {
	case ts == "" || m == nil || m.EphemeralTo != "":
		return ""
	case m.ThreadTS != "":
		return m.ThreadTS
	default:
		return ts
	}
}

// post puts a message into the conversation. responseURL is the one it came over.
func (s *Server) post(c *channel, m *Message, responseURL string) {
	now := time.Now()
	m.Channel, m.PostedAt, m.TS = c.data.ID, now, c.nextTS(now)
	c.msgs = append(c.msgs, m)
	e := Event{Kind: MessagePosted, Person: m.User, Channel: m.Channel, Message: s.copyOf(m), ResponseURL: responseURL}
	if m.EphemeralTo != "" {
		e.Kind, e.Person = EphemeralPosted, m.EphemeralTo
	}
	s.emit(e)
}

func (s *Server) postEphemeral(req *request) (object, error) {
	c := s.visible(req.args["channel"])
	if c == nil {
		return nil, fail("channel_not_found")
	}
	if err := s.writable(c); err != nil {
		return nil, err
	}
	user, ok := s.users[req.args["user"]]
	if !ok || user.Deleted || !c.has(user.ID) {
		return nil, fail("user_not_in_channel")
	}
	// Others are cut at this length; only this one says in its errors that it is refused.
	if utf8.RuneCountInString(req.args["text"]) > maxMessageText {
		return nil, fail("msg_too_long")
	}
	said, err := s.content(req.args)
	if err != nil {
		return nil, err
	}
	m := &Message{
		ThreadTS: c.thread(req.args["thread_ts"]), User: s.ws.BotUserID, ByApp: true, EphemeralTo: user.ID,
		Text: said.text, Blocks: said.rawBlocks(),
	}
	s.post(c, m, "")
	return object{"message_ts": m.TS}, nil
}

// own finds a message that the app may change. To the API ephemeral ones do not exist.
func (s *Server) own(req *request, refusal string) (*channel, *Message, error) {
	c := s.visible(req.args["channel"])
	if c == nil {
		return nil, nil, fail("channel_not_found")
	}
	m := c.find(req.args["ts"])
	switch {
	case m == nil || m.EphemeralTo != "":
		return nil, nil, fail("message_not_found")
	case !m.ByApp:
		return nil, nil, fail(refusal)
	case c.data.Archived:
		return nil, nil, fail("is_inactive") // another word than for a new message; source: the errors of chat.update
	}
	return c, m, nil
}

// updateMessage replaces a message: text without blocks removes the blocks, metadata
// that is left out stays.
func (s *Server) updateMessage(req *request) (object, error) {
	c, m, err := s.own(req, "cant_update_message")
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(req.args["text"]) > maxUpdateText {
		return nil, fail("msg_too_long")
	}
	said, err := s.content(req.args)
	if err != nil {
		return nil, err
	}
	m.revise(said, time.Now())
	s.emit(Event{Kind: MessageUpdated, Person: m.User, Channel: c.data.ID, Message: s.copyOf(m)})
	return object{"channel": c.data.ID, "ts": m.TS, "text": m.Text, "message": s.messageJSON(c, m, true)}, nil
}

func (s *Server) deleteMessage(req *request) (object, error) {
	c, m, err := s.own(req, "cant_delete_message")
	if err != nil {
		return nil, err
	}
	s.remove(c, m)
	return object{"channel": c.data.ID, "ts": m.TS}, nil
}

// remove takes a message away, whoever asked for it.
func (s *Server) remove(c *channel, m *Message) {
	c.remove(m.TS)
	e := Event{Kind: MessageDeleted, Person: m.User, Channel: c.data.ID, Message: s.copyOf(m)}
	if m.EphemeralTo != "" {
		e.Kind, e.Person = EphemeralDeleted, m.EphemeralTo
	}
	s.emit(e)
}

func (s *Server) permalink(req *request) (object, error) {
	c := s.visible(req.args["channel"])
	if c == nil {
		return nil, fail("channel_not_found")
	}
	m := c.find(req.args["message_ts"])
	if m == nil || m.EphemeralTo != "" {
		return nil, fail("message_not_found")
	}
	link := "https://" + s.ws.Domain + ".slack.com/archives/" + c.data.ID + "/p" + strings.ReplaceAll(m.TS, ".", "")
	if m.ThreadTS != "" {
		link += "?thread_ts=" + m.ThreadTS + "&cid=" + c.data.ID
	}
	return object{"channel": c.data.ID, "permalink": link}, nil
}
