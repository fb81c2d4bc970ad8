package fakeslack

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// View is a modal or a home tab. It is a copy; Blocks and State must not be changed.
type View struct {
	ID              string
	Type            string // modal or home
	User            string // who sees it
	CallbackID      string
	ExternalID      string
	PrivateMetadata string
	Hash            string
	RootID          string
	PreviousID      string // of the view below in the stack
	Title           string
	SubmitLabel     string // empty: no such button
	CloseLabel      string
	NotifyOnClose   bool
	ClearOnClose    bool
	Blocks          json.RawMessage
	State           json.RawMessage   // block_id → action_id → what is filled in
	Errors          map[string]string // shown at the inputs, by block_id

	names map[string]string
}

// view is the server's side of a View, guarded by Server.mu.
type view struct {
	id, typ, user string
	body          object // as the app sent it, with all ids
	hash          string
	root, prev    string
	state         map[string]map[string]object
	offered       map[string][]object // options an external_select got, by action_id
	errors        map[string]string
}

func (v *view) blocks() []object { return getList(v.body, "blocks") }

func (v *view) is(name string) bool {
	on, _ := v.body[name].(bool)
	return on
}

// newView makes a view of a validated body.
func (s *Server) newView(user string, body object) (*view, error) {
	v := &view{
		id: "V" + fmt.Sprintf("%08d", len(s.views)+1), typ: getString(body, "type"), user: user, offered: map[string][]object{},
	}
	if err := s.fill(v, body); err != nil {
		return nil, err
	}
	v.root = v.id
	return v, nil
}

// fill gives the view a body. What was filled in stays where block_id, action_id and
// type are the same.
func (s *Server) fill(v *view, body object) error {
	if id := getString(body, "external_id"); id != "" {
		for _, other := range s.views {
			if other != v && getString(other.body, "external_id") == id {
				return fail("duplicate_external_id")
			}
		}
	}
	state := map[string]map[string]object{}
	v.body = body
	for _, c := range allControls(v.blocks()) {
		value := initialState(c)
		if value == nil {
			continue
		}
		if old := v.state[c.blockID][c.actionID]; getString(old, "type") == c.typ {
			value = old
		}
		if state[c.blockID] == nil {
			state[c.blockID] = map[string]object{}
		}
		state[c.blockID][c.actionID] = value
	}
	v.state, v.errors = state, nil
	v.hash = fmt.Sprintf("%d.%s", time.Now().Unix(), rand.Text()[:8])
	return nil
}

// viewJSON returns the view as the API and payloads show it, encoded at once because
// the view may change later.
func (s *Server) viewJSON(v *view, state bool) json.RawMessage {
	out := object{
		"id": v.id, "team_id": s.ws.TeamID, "app_id": s.ws.AppID, "bot_id": s.ws.BotID, "app_installed_team_id": s.ws.TeamID,
		"hash": v.hash, "root_view_id": v.root, "previous_view_id": nil, "state": object{"values": object{}},
		"title": nil, "submit": nil, "close": nil, "private_metadata": "", "callback_id": "", "external_id": "",
		"clear_on_close": false, "notify_on_close": false,
	}
	maps.Copy(out, v.body)
	if v.prev != "" {
		out["previous_view_id"] = v.prev
	}
	if state {
		out["state"] = object{"values": v.state}
	}
	return encode(out)
}

// show returns the view as people and events see it.
func (s *Server) show(v *view) View {
	return View{
		ID: v.id, Type: v.typ, User: v.user, CallbackID: getString(v.body, "callback_id"),
		ExternalID: getString(v.body, "external_id"), PrivateMetadata: getString(v.body, "private_metadata"),
		Hash: v.hash, RootID: v.root, PreviousID: v.prev,
		Title: getString(getObject(v.body, "title"), "text"), SubmitLabel: getString(getObject(v.body, "submit"), "text"),
		CloseLabel:    getString(getObject(v.body, "close"), "text"),
		NotifyOnClose: v.is("notify_on_close"), ClearOnClose: v.is("clear_on_close"),
		Blocks: encode(v.body["blocks"]), State: encode(v.state), Errors: v.errors, names: s.names,
	}
}

func (s *Server) emitView(k EventKind, v *view, trigger string) {
	shown := s.show(v)
	s.emit(Event{Kind: k, Person: v.user, View: &shown, Trigger: trigger})
}

// push puts a view on the person's stack.
func (s *Server) push(v *view, trigger string) error {
	stack := s.stacks[v.user]
	if len(stack) >= maxViewStack {
		return fail("push_limit_reached")
	}
	if len(stack) > 0 {
		top := stack[len(stack)-1]
		v.root, v.prev = top.root, top.id
	}
	s.views[v.id] = v
	s.stacks[v.user] = append(stack, v)
	s.emitView(ViewOpened, v, trigger)
	return nil
}

// top returns the view that the person has before the eyes, or nil.
func (s *Server) top(user string) *view {
	if stack := s.stacks[user]; len(stack) > 0 {
		return stack[len(stack)-1]
	}
	return nil
}

// closeView takes the top view away, and returns the views that are gone: every
// one of them if all says so.
func (s *Server) closeView(user string, all bool) []*view {
	stack := s.stacks[user]
	if len(stack) == 0 {
		return nil
	}
	from := len(stack) - 1
	if all {
		from = 0
	}
	gone := slices.Clone(stack[from:])
	slices.Reverse(gone)
	s.stacks[user] = stack[:from:from]
	for _, v := range gone {
		v.body["external_id"] = "" // it may be used again
		s.emitView(ViewClosed, v, "")
	}
	return gone
}

// isOpen reports whether somebody still sees the view.
func (s *Server) isOpen(v *view) bool {
	return s.homes[v.user] == v || slices.Contains(s.stacks[v.user], v)
}
