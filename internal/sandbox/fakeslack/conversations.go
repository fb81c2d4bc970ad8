package fakeslack

import (
	"slices"
	"strconv"
	"strings"
)

// pageSize is the default number of items of a page.
const pageSize = 100

// known finds a conversation for a reading method; need is "read" or "history".
func (s *Server) known(req *request, need string) (*channel, error) {
	c := s.visible(req.args["channel"])
	if c == nil {
		return nil, fail("channel_not_found")
	}
	if err := s.need(c.kind() + ":" + need); err != nil {
		return nil, err
	}
	return c, nil
}

func (s *Server) conversationsOpen(req *request) (object, error) {
	if id := req.args["channel"]; id != "" {
		c := s.visible(id)
		if c == nil || !c.im() {
			return nil, fail("channel_not_found")
		}
		return object{"channel": object{"id": id}, "already_open": true, "no_op": true}, nil
	}
	users := strings.Split(req.args["users"], ",")
	if len(users) > 1 {
		return nil, s.need("mpim:write")
	}
	u, ok := s.users[users[0]]
	switch {
	case users[0] == "":
		return nil, fail("users_list_not_supplied")
	case !ok:
		return nil, fail("user_not_found")
	case u.Deleted:
		return nil, fail("user_disabled")
	case u.IsBot:
		return nil, fail("cannot_dm_bot")
	}
	return object{"channel": object{"id": s.dm(u.ID).data.ID}}, nil
}

func (s *Server) conversationsInfo(req *request) (object, error) {
	c, err := s.known(req, "read")
	if err != nil {
		return nil, err
	}
	info := object{
		"id": c.data.ID, "name": c.data.Name, "is_channel": c.kind() == "channels", "is_group": c.kind() == "groups", "is_im": c.im(),
		"is_mpim": false, "is_private": c.data.IsPrivate, "is_archived": c.data.Archived, "is_member": c.has(s.ws.BotUserID),
		"is_ext_shared": c.data.IsExtShared, "is_shared": c.data.IsExtShared, "is_org_shared": false, "context_team_id": s.ws.TeamID,
	}
	if c.im() {
		delete(info, "name")
		info["user"] = c.with
	}
	if req.args.bool("include_num_members") {
		info["num_members"] = len(c.data.Members)
	}
	return object{"channel": info}, nil
}

func (s *Server) conversationsMembers(req *request) (object, error) {
	c, err := s.known(req, "read")
	if err != nil {
		return nil, err
	}
	members, next, err := page(c.data.Members, req.args)
	if err != nil {
		return nil, err
	}
	return object{"members": members, "response_metadata": object{"next_cursor": next}}, nil
}

// page cuts the part of a list that cursor and limit ask for. A cursor is opaque to
// clients; here it is the index of the next item.
func page[T any](items []T, a args) (part []T, next string, err error) {
	from := 0
	if cursor := a["cursor"]; cursor != "" {
		if from, err = strconv.Atoi(cursor); err != nil || from < 0 || from > len(items) {
			return nil, "", fail("invalid_cursor")
		}
	}
	limit := a.int("limit", pageSize)
	if limit < 1 || limit > 1000 {
		return nil, "", fail("invalid_limit")
	}
	to := min(from+limit, len(items))
	if to < len(items) {
		next = strconv.Itoa(to)
	}
	return append([]T{}, items[from:to]...), next, nil
}

// history lists the newest first; replies are in it only if they were broadcast.
func (s *Server) history(req *request) (object, error) {
	return s.list(req, func(c *channel) ([]*Message, error) {
		if !c.has(s.ws.BotUserID) {
			return nil, fail("not_in_channel")
		}
		var out []*Message
		for _, m := range slices.Backward(c.msgs) {
			if m.ThreadTS == "" || m.Broadcast {
				out = append(out, m)
			}
		}
		return out, nil
	})
}

// replies lists a thread, the parent first.
func (s *Server) replies(req *request) (object, error) {
	return s.list(req, func(c *channel) ([]*Message, error) {
		if !c.has(s.ws.BotUserID) {
			return nil, fail("not_in_channel")
		}
		parent := c.find(req.args["ts"])
		if parent == nil || parent.EphemeralTo != "" {
			return nil, fail("thread_not_found")
		}
		ts := c.thread(parent.TS)
		return slices.DeleteFunc(slices.Clone(c.msgs), func(m *Message) bool { return m.TS != ts && m.ThreadTS != ts }), nil
	})
}

func (s *Server) list(req *request, find func(*channel) ([]*Message, error)) (object, error) {
	c, err := s.known(req, "history")
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"oldest", "latest"} {
		if at := req.args[name]; at != "" && at != "now" && !isTime(at) {
			return nil, fail("invalid_ts_" + name)
		}
	}
	found, err := find(c)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(m *Message) bool { return m.EphemeralTo != "" || !inRange(m.TS, req.args) })
	part, next, err := page(found, req.args)
	if err != nil {
		return nil, err
	}
	out := []object{}
	for _, m := range part {
		out = append(out, s.messageJSON(c, m, req.args.bool("include_all_metadata")))
	}
	return object{"messages": out, "has_more": next != "", "response_metadata": object{"next_cursor": next}}, nil
}

func isTime(ts string) bool {
	_, err := strconv.ParseFloat(ts, 64)
	return err == nil
}

// inRange applies oldest, latest and inclusive. A ts has ten digits before the dot
// until the year 2286, so it can be compared as text.
func inRange(ts string, a args) bool {
	oldest, latest := a["oldest"], a["latest"]
	if a.bool("inclusive") && (ts == oldest || ts == latest) {
		return true
	}
	return (oldest == "" || oldest == "0" || ts > oldest) && (latest == "" || latest == "now" || ts < latest)
}
