package fakeslack

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// channel is a conversation and what was said in it, guarded by Server.mu.
type channel struct {
	data   Channel
	with   string // the person of a direct message with the bot
	msgs   []*Message
	lastTS int64 // microseconds, of the newest ts given out
}

func (c *channel) im() bool { return c.with != "" }

func (c *channel) has(user string) bool { return slices.Contains(c.data.Members, user) }

// kind returns the word for the conversation's type in scope names.
func (c *channel) kind() string {
	switch {
	case c.im():
		return "im"
	case c.data.IsPrivate:
		return "groups"
	default:
		return "channels"
	}
}

// nextTS returns a ts that is the time now, yet later than any other of the channel.
func (c *channel) nextTS(now time.Time) string {
	c.lastTS = max(c.lastTS+1, now.UnixMicro())
	return tsOf(time.UnixMicro(c.lastTS))
}

func tsOf(t time.Time) string {
	return fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/1000)
}

// find returns the message with that ts, ephemeral ones included, or nil.
func (c *channel) find(ts string) *Message {
	for _, m := range c.msgs {
		if m.TS == ts {
			return m
		}
	}
	return nil
}

func (c *channel) remove(ts string) {
	c.msgs = slices.DeleteFunc(c.msgs, func(m *Message) bool { return m.TS == ts })
}

func (c Channel) clone() Channel {
	c.Members = slices.Clone(c.Members)
	return c
}

func (s *Server) putUser(u User) {
	if u.TeamID == "" {
		u.TeamID = s.ws.TeamID
	}
	if _, known := s.users[u.ID]; !known {
		s.userOrder = append(s.userOrder, u.ID)
	}
	s.users[u.ID] = u
	s.rename("@"+u.Name, u.ID)
}

func (s *Server) putUsergroup(g Usergroup) {
	g.Members = slices.Clone(g.Members)
	if _, known := s.groups[g.ID]; !known {
		s.groupOrder = append(s.groupOrder, g.ID)
	}
	s.groups[g.ID] = g
	s.rename("@"+g.Handle, g.ID)
}

func (s *Server) putChannel(data Channel) *channel {
	c := s.channels[data.ID]
	if c == nil {
		c = &channel{}
		s.channels[data.ID] = c
		s.channelOrder = append(s.channelOrder, data.ID)
	}
	c.data = data.clone()
	s.rename("#"+data.Name, data.ID)
	return c
}

// rename keeps the id → name map that renders mentions. Messages hold on to the map
// they were read with, so it is replaced, not changed.
func (s *Server) rename(name, id string) {
	names := maps.Clone(s.names)
	if names == nil {
		names = map[string]string{}
	}
	names[id] = name
	s.names = names
}

// dm returns the direct message between a person and the bot, and makes it if needed.
func (s *Server) dm(user string) *channel {
	for _, id := range s.channelOrder {
		if c := s.channels[id]; c.with == user {
			return c
		}
	}
	c := s.putChannel(Channel{
		ID: "D" + strings.TrimLeft(user, "UW"), Name: "directmessage", IsPrivate: true, Members: []string{user, s.ws.BotUserID},
	})
	c.with = user
	return c
}

// channelName is the name as payloads carry it.
func (c *channel) channelName() string {
	switch {
	case c.im():
		return "directmessage"
	case c.data.IsPrivate:
		return "privategroup"
	default:
		return c.data.Name
	}
}
